//! Where the JavaScript thread of an environment is: inside a C call, or not. Other threads that wait for
//! it look there, and leave notes for the call to find when C returns.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A callback threw: no JavaScript runs until C returns.
const THROWN: u32 = 1;
/// A thread gave up waiting for this one.
const DEADLOCK: u32 = 2;
/// C called a callback in a call during which it must not.
const LEAF: u32 = 4;
/// Fast calls have to look closer when they return.
const LOOK: u32 = 8;

/// What a call's number tells of it, in its lowest bits.
pub mod marks {
    /// Nothing special.
    pub const NONE: u32 = 0;
    /// No JavaScript may run until C returns.
    pub const LEAF: u32 = 1;
    /// The host has opened no handle scope for it.
    pub const NO_SCOPE: u32 = 2;
    /// It has not been counted as a use of its library; see [`Instance::hold_current`](crate::instance::Instance).
    pub const UNCOUNTED: u32 = 4;
    /// In every number, so that none is 0.
    pub const ANY: u32 = 8;
    /// Of every call that is not counted: such calls are made without a handle scope too.
    pub const BARE: u32 = ANY | NO_SCOPE | UNCOUNTED;
    /// Numbers differ by this.
    pub(super) const STEP: u32 = 16;
}

/// What threads share, and with it what their calls change: they find all of it by one address.
pub struct Presence {
    /// The number of the call that the thread is inside of; 0 while it runs JavaScript or waits for events.
    call: AtomicU32,
    notes: AtomicU32,
    /// The number of the last call, with the marks of a bare one. Only for the JavaScript thread.
    last: AtomicU32,
    /// The function that the innermost bare call is of. Only for the JavaScript thread.
    function: AtomicU32,
    /// The numbers of the calls that somebody waited for in vain.
    deadlocked: Mutex<Vec<u32>>,
}

impl Default for Presence {
    fn default() -> Presence {
        Presence {
            call: AtomicU32::new(0),
            notes: AtomicU32::new(0),
            last: AtomicU32::new(marks::BARE),
            function: AtomicU32::new(0),
            deadlocked: Mutex::default(),
        }
    }
}

impl Presence {
    /// Goes into C. Returns the number of the call, which is never 0 and has these [`marks`].
    #[inline(always)]
    pub fn enter(&self, marks: u32) -> u32 {
        let call = (self.next() & !marks::BARE) | marks::ANY | marks;
        self.call.store(call, Relaxed);
        call
    }

    /// Goes into C by a bare call of this function, which has the marks that `marks` gives besides.
    #[inline(always)]
    pub fn enter_bare(&self, function: u32, marks: impl FnOnce() -> u32) {
        let next = self.next();
        self.function.store(function, Relaxed);
        self.call.store(next | marks(), Relaxed);
    }

    /// The number of the next call, as a bare one has it.
    #[inline(always)]
    fn next(&self) -> u32 {
        let next = self.last.load(Relaxed).wrapping_add(marks::STEP);
        self.last.store(next, Relaxed);
        next
    }

    /// The number of the last call, if it was a bare one, and its function.
    pub fn last_bare(&self) -> (u32, u32) {
        (self.last.load(Relaxed), self.function.load(Relaxed))
    }

    /// Comes out of C.
    #[inline(always)]
    pub fn leave(&self) {
        self.call.store(0, Relaxed);
    }

    /// Whether there are notes to look at.
    #[inline(always)]
    pub fn has_notes(&self) -> bool {
        self.notes.load(Relaxed) & !LOOK != 0
    }

    /// Whether there are, or a fast call has something else to do when it returns.
    #[inline(always)]
    pub fn is_unusual(&self) -> bool {
        self.notes.load(Relaxed) != 0
    }

    /// The fast call that the thread is inside of, and those around it, do not just return.
    pub fn look(&self) {
        self.notes.fetch_or(LOOK, Relaxed);
    }

    /// They do again.
    pub fn look_no_more(&self) {
        self.notes.fetch_and(!LOOK, Relaxed);
    }

    /// The number of the call that the thread is inside of, or 0.
    pub fn call(&self) -> u32 {
        self.call.load(Relaxed)
    }

    /// Whether the thread is inside of one, which only it may ask so.
    ///
    /// # Safety
    ///
    /// This is the thread.
    #[inline(always)]
    pub unsafe fn is_inside(&self) -> bool {
        // SAFETY: no other thread stores it. An atomic load would need a register of its own.
        unsafe { *self.call.as_ptr() != 0 }
    }

    /// A callback runs JavaScript. Returns the call to [`resume`](Presence::resume).
    #[inline]
    pub fn suspend(&self) -> u32 {
        let call = self.call.load(Relaxed);
        self.call.store(0, Relaxed);
        call
    }

    /// Back to C.
    #[inline]
    pub fn resume(&self, call: u32) {
        self.call.store(call, Relaxed);
    }

    /// The call that the thread is inside of throws when C returns.
    pub fn note_thrown(&self) {
        self.notes.fetch_or(THROWN, Relaxed);
    }

    /// Whether a callback of the call that the thread is inside of has thrown.
    #[inline(always)]
    pub fn has_thrown(&self) -> bool {
        self.notes.load(Relaxed) & THROWN != 0
    }

    /// The same, once.
    pub fn take_thrown(&self) -> bool {
        self.notes.fetch_and(!THROWN, Relaxed) & THROWN != 0
    }

    /// C called a callback that was not run, because the call is a leaf.
    pub fn note_leaf(&self) {
        self.notes.fetch_or(LEAF, Relaxed);
    }

    /// Whether that has happened since it was last asked.
    pub fn take_leaf(&self) -> bool {
        self.notes.fetch_and(!LEAF, Relaxed) & LEAF != 0
    }

    fn deadlocked(&self) -> MutexGuard<'_, Vec<u32>> {
        // Nothing panics while it is held.
        self.deadlocked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another thread gave up waiting for this one, which was inside this call.
    pub fn note_deadlock(&self, call: u32) {
        self.deadlocked().push(call);
        self.notes.fetch_or(DEADLOCK, Relaxed);
    }

    /// Whether somebody gave up waiting because of this call, which has just returned. `is_outermost` if no
    /// other call waits for it.
    pub fn take_deadlock(&self, call: u32, is_outermost: bool) -> bool {
        if self.notes.load(Relaxed) & DEADLOCK == 0 {
            return false;
        }
        let mut deadlocked = self.deadlocked();
        let is_ours = deadlocked.contains(&call);
        // What is not for a call further out came when its call had returned.
        deadlocked.retain(|&other| other != call && !is_outermost);
        if deadlocked.is_empty() {
            self.notes.fetch_and(!DEADLOCK, Relaxed);
        }
        is_ours
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadlock_is_told_to_the_call_that_it_was_meant_for() {
        let presence = Presence::default();
        let outer = presence.enter(marks::NONE);
        presence.note_deadlock(outer);
        presence.note_deadlock(outer);
        let suspended = presence.suspend();
        assert_eq!((suspended, presence.call()), (outer, 0));
        let inner = presence.enter(marks::NONE);
        presence.leave();
        assert!(presence.has_notes());
        assert!(!presence.take_deadlock(inner, false));
        presence.note_deadlock(inner);
        assert!(presence.take_deadlock(inner, false));
        presence.resume(suspended);
        presence.leave();
        assert!(presence.has_notes());
        assert!(presence.take_deadlock(outer, true));
        presence.leave();
        assert!(!presence.has_notes());
    }

    #[test]
    fn a_note_that_came_too_late_is_dropped() {
        let presence = Presence::default();
        let gone = presence.enter(marks::NONE);
        presence.leave();
        presence.note_deadlock(gone);
        let next = presence.enter(marks::NONE);
        presence.leave();
        assert!(presence.has_notes());
        assert!(!presence.take_deadlock(next, true));
        presence.leave();
        assert!(!presence.has_notes());
    }
}
