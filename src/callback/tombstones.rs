//! Closed slots, and when they are used again: only when many others have been closed after them.

use super::slot::Slot;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many others are closed before an address is given out again.
const TOMBSTONES: usize = 65_536;

/// So many come and go at a time.
const BATCH: usize = 64;

/// Closed slots of all environments, the one that was closed first at the front. Closures are code, which they share.
static CLOSED: Mutex<VecDeque<&'static Slot>> = Mutex::new(VecDeque::new());

fn closed() -> MutexGuard<'static, VecDeque<&'static Slot>> {
    // Nothing panics while it is held.
    CLOSED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an environment has of them: it takes and brings many at a time, because each time there is a lock.
#[derive(Default)]
pub struct Tombstones {
    /// Closed long enough ago; the last one first.
    ready: RefCell<Vec<&'static Slot>>,
    /// Closed here, in order.
    new: RefCell<Vec<&'static Slot>>,
}

impl Tombstones {
    /// A slot that was closed long enough ago, which nobody else has.
    #[inline]
    pub fn take(&self) -> Option<&'static Slot> {
        let mut ready = self.ready.borrow_mut();
        if ready.is_empty() {
            let mut closed = closed();
            let count = closed.len().saturating_sub(TOMBSTONES).min(BATCH);
            ready.extend(closed.drain(..count).rev());
        }
        let slot = ready.pop();
        if let Some(next) = ready.last() {
            next.fetch();
        }
        slot
    }

    /// A slot was closed, and none of its calls runs.
    #[inline]
    pub fn add(&self, slot: &'static Slot) {
        let mut new = self.new.borrow_mut();
        new.push(slot);
        if new.len() == BATCH {
            closed().extend(new.drain(..));
        }
    }
}

/// Others get what the environment has.
impl Drop for Tombstones {
    fn drop(&mut self) {
        let mut closed = closed();
        // Of the ready ones the next is the last, so the first of all ends up in front again.
        for slot in self.ready.get_mut().drain(..) {
            closed.push_front(slot);
        }
        closed.extend(self.new.get_mut().drain(..));
    }
}
