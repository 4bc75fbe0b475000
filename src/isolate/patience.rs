//! How long one side waits for the other.

use std::time::{Duration, Instant};

/// So often a helper that sends nothing is looked at: a child of it that has its pipes may outlive it.
pub const GLANCE: i32 = 50;

/// What came of waiting for descriptors.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// One of them is ready.
    Ready,
    /// None is.
    InVain,
    /// A signal came.
    Interrupted,
}

/// What is left of the milliseconds that somebody waits; `None` is for ever. Only what was waited in vain is counted,
/// as to ask for the time takes a part of a round trip.
#[derive(Clone, Copy)]
struct Left(Option<i32>);

impl Left {
    /// For ever for what is no finite number.
    fn of(milliseconds: f64) -> Left {
        Left(milliseconds.is_finite().then(|| milliseconds.ceil().clamp(0.0, f64::from(i32::MAX)) as i32))
    }

    fn is_over(self) -> bool {
        self.0 == Some(0)
    }

    /// So much at once, as the system takes it.
    fn step(self, most: Option<i32>) -> i32 {
        match (self.0, most) {
            (Some(left), Some(most)) => left.min(most),
            (left, most) => left.or(most).unwrap_or(-1),
        }
    }

    fn less(self, step: i32) -> Left {
        Left(self.0.map(|left| left - step.clamp(0, left)))
    }
}

/// How long somebody still waits, and when the helper is to be looked at.
pub struct Patience {
    left: Left,
    /// Up to when it was counted; unknown before anything was in vain.
    since: Option<Instant>,
    unseen: i32,
}

impl Patience {
    /// For ever for what is no finite number.
    pub fn of(milliseconds: f64) -> Patience {
        Patience { left: Left::of(milliseconds), since: None, unseen: 0 }
    }

    /// Whether it is at its end.
    pub fn is_over(&self) -> bool {
        self.left.is_over()
    }

    /// Whether it will ever be.
    pub fn ends(&self) -> bool {
        self.left.0.is_some()
    }

    /// So much at once, as the system takes it.
    pub fn step(&self, most: Option<i32>) -> i32 {
        self.left.step(most)
    }

    /// So many milliseconds were waited for nothing, or until a signal came, or a part of something. Tells whether
    /// the helper is to be looked at.
    pub fn count(&mut self, waited: Waited, step: i32) -> bool {
        let now = Instant::now();
        let counted = match self.since {
            Some(since) => (now - since).as_millis().min(i32::MAX as u128) as i32,
            None if waited == Waited::InVain => step,
            None => 0,
        };
        self.since = Some(self.since.map_or(now, |since| since + Duration::from_millis(counted as u64)));
        self.left = self.left.less(counted);
        self.unseen = self.unseen.saturating_add(counted);
        let is_due = waited == Waited::InVain || self.unseen >= GLANCE;
        if is_due {
            self.unseen = 0;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_and_parts_of_messages_take_time_too() {
        let mut patience = Patience::of(20.0);
        while !patience.is_over() {
            std::thread::sleep(Duration::from_millis(1));
            patience.count(Waited::Interrupted, GLANCE);
        }
    }

    #[test]
    fn what_is_in_vain_counts_without_the_clock() {
        let mut patience = Patience::of(60.0);
        assert!(patience.count(Waited::InVain, GLANCE));
        assert_eq!((patience.step(Some(GLANCE)), patience.is_over()), (10, false));
    }
}
