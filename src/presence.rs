//! Where the JavaScript thread of an environment is: inside a C call, or not. Other threads that wait for
//! it look there, and leave notes for the call to find when C returns.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A callback threw: no JavaScript runs until C returns.
const THROWN: u32 = 1;
/// A thread gave up waiting for this one.
const DEADLOCK: u32 = 2;
/// C called a callback in a call during which it must not.
const LEAF: u32 = 4;
/// So many times more than the notes above: how many threads [watch](Presence::watch) this one.
const WATCHED: u32 = 8;

/// What [`Presence::call`] tells of a call, in its lowest bits.
pub mod marks {
    /// Nothing special.
    pub const NONE: u32 = 0;
    /// No JavaScript may run until C returns. Bare calls do not have it here, but in their [`Target`](crate::targets::Target).
    pub const LEAF: u32 = 1;
    /// The host has opened no handle scope for it.
    pub const NO_SCOPE: u32 = 2;
    /// It has not been counted as a use of its library; see [`Instance::hold_current`](crate::instance::Instance).
    pub const UNCOUNTED: u32 = 4;
    /// Of every call, so that none is 0.
    pub const ANY: u32 = 8;
    /// Its result is a string that JavaScript reads after it.
    pub const TEXT_LATER: u32 = 16;
    /// Of every call that is not counted: such calls are made without a handle scope too.
    pub const BARE: u32 = ANY | NO_SCOPE | UNCOUNTED;
}

/// What a bare call tells of itself, its callee, is the number of the function above so many bits for [`marks`]: but for the
/// marks that is where its [`Target`](crate::targets::Target) lies.
const BITS: u32 = 6;
/// So many functions have numbers that fit, also where JavaScript passes 32 bits with a sign.
pub const MOST_FUNCTIONS: u32 = 1 << (i32::BITS - 1 - BITS);

/// What a bare call of the function with this number tells.
pub const fn callee(number: u32) -> u32 {
    number << BITS | marks::BARE
}

/// How JavaScript makes that of a number: by what it multiplies it, and adds.
pub const CALLEES: (u32, u32) = (1 << BITS, marks::BARE);

/// The number of the function that a bare call is of.
pub const fn number_of(callee: u32) -> u32 {
    callee >> BITS
}

/// The call that the thread is inside of, while it is put aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    /// Its [`marks`], and what else a bare call tells; 0 for none.
    pub call: u32,
    /// Its number.
    pub serial: u64,
}

/// What threads share, and with it what their calls change: they find all of it by one address.
pub struct Presence {
    /// What the call tells of itself that the thread is inside of; 0 while it runs JavaScript or waits for events.
    call: AtomicU32,
    notes: AtomicU32,
    /// Whether fast calls have to look closer when they return: 1 or 0. Not among the notes, which other threads write too: so
    /// it only has to be stored.
    look: AtomicU32,
    /// The number of that call, or of the last one. Bare calls have that of the call before, unless somebody
    /// [watches](Presence::watch).
    serial: AtomicU64,
    /// The number with which those of calls inside of the last callback began. Only for the JavaScript thread.
    began: AtomicU64,
    /// The numbers of the calls that somebody waited for in vain.
    deadlocked: Mutex<Vec<u64>>,
}

/// Calls inside of a callback are numbered from another multiple of this, so that the call around can go on with its own
/// number.
const BEGINNING: u64 = 1 << 32;

impl Default for Presence {
    fn default() -> Presence {
        Presence::outside(0)
    }
}

impl Presence {
    /// Where that it is inside of a call stands, in bytes; for entries that are not made of Rust.
    pub const CALL: usize = std::mem::offset_of!(Presence, call);

    /// That of no thread: no call can be made there.
    pub const fn nobody() -> Presence {
        Presence::outside(marks::ANY)
    }

    const fn outside(call: u32) -> Presence {
        Presence {
            call: AtomicU32::new(call),
            notes: AtomicU32::new(0),
            look: AtomicU32::new(0),
            serial: AtomicU64::new(0),
            began: AtomicU64::new(0),
            deadlocked: Mutex::new(Vec::new()),
        }
    }

    /// Goes into C. Returns the number of the call, which has these [`marks`].
    #[inline(always)]
    pub fn enter(&self, marks: u32) -> u64 {
        self.renumber();
        self.go_in(marks::ANY | marks);
        self.serial()
    }

    /// Goes into C by a bare call of this [`callee`].
    #[inline(always)]
    pub fn enter_bare(&self, callee: u32) {
        self.go_in(callee);
    }

    #[inline(always)]
    fn go_in(&self, call: u32) {
        // Whoever sees that the thread is inside of it sees its number too.
        self.call.store(call, Release);
    }

    /// The next call has another number than the last.
    #[inline(always)]
    pub fn renumber(&self) {
        self.serial.store(self.serial.load(Relaxed).wrapping_add(1), Relaxed);
    }

    /// The number of the call that the thread is inside of, or of the last one.
    #[inline(always)]
    pub fn serial(&self) -> u64 {
        self.serial.load(Relaxed)
    }

    /// Has every call be known by its number, for another thread. It may take the first two for one, if the first is about to
    /// return.
    pub fn watch(&self) -> Watch<'_> {
        self.notes.fetch_add(WATCHED, Relaxed);
        Watch(self)
    }

    /// Comes out of C.
    #[inline(always)]
    pub fn leave(&self) {
        self.call.store(0, Relaxed);
    }

    /// Whether there are notes to look at.
    #[inline(always)]
    pub fn has_notes(&self) -> bool {
        self.notes.load(Relaxed) != 0
    }

    /// Whether there are, or a fast call has something else to do when it returns.
    #[inline(always)]
    pub fn is_unusual(&self) -> bool {
        self.notes.load(Relaxed) | self.look.load(Relaxed) != 0
    }

    /// The fast call that the thread is inside of, and those around it, do not just return.
    pub fn look(&self) {
        self.look.store(1, Relaxed);
    }

    /// They do again.
    pub fn look_no_more(&self) {
        self.look.store(0, Relaxed);
    }

    /// What the call tells of itself that the thread is inside of: its [`marks`], and of a bare one the [number](number_of)
    /// of its function. 0 if there is none.
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
    pub fn suspend(&self) -> Inside {
        let inside = Inside { call: self.call.load(Relaxed), serial: self.serial() };
        let began = self.began.load(Relaxed).wrapping_add(BEGINNING);
        self.began.store(began, Relaxed);
        self.call.store(0, Relaxed);
        self.serial.store(began, Relaxed);
        inside
    }

    /// Back to C.
    #[inline]
    pub fn resume(&self, inside: Inside) {
        self.serial.store(inside.serial, Relaxed);
        self.call.store(inside.call, Release);
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

    fn deadlocked(&self) -> MutexGuard<'_, Vec<u64>> {
        // Nothing panics while it is held.
        self.deadlocked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another thread gave up waiting for this one, which was inside this call.
    pub fn note_deadlock(&self, call: u64) {
        self.deadlocked().push(call);
        self.notes.fetch_or(DEADLOCK, Relaxed);
    }

    /// The call with this number (0 for none) has returned, and there are notes: if somebody watches, the next has another. Returns
    /// whether somebody gave up waiting because of it. `is_outermost` if no other call waits for it.
    pub fn end_call(&self, call: u64, is_outermost: bool) -> bool {
        let notes = self.notes.load(Relaxed);
        // Where JavaScript runs unseen inside of a call, that keeps its number.
        if notes >= WATCHED && self.call() == 0 {
            self.renumber();
        }
        if notes & DEADLOCK == 0 {
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

/// Another thread that looks at the calls of this one, until it is dropped.
pub struct Watch<'a>(&'a Presence);

impl Watch<'_> {
    /// The number of the call that the thread is inside of.
    pub fn current(&self) -> Option<u64> {
        (self.0.call.load(Acquire) != 0).then(|| self.0.serial())
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.0.notes.fetch_sub(WATCHED, Relaxed);
    }
}

#[cfg(test)]
mod tests;
