//! Slots: the addresses that C calls, each with what is behind it. They live as long as the process, since
//! nobody knows how long C keeps an address: a closed one still answers, and is used again only when many
//! others have been closed after it.

use super::closure::Closure;
use super::plan::{Answer, CallbackPlan};
use crate::error::Error;
use crate::instance::Instance;
use crate::mailbox::Mailbox;
use napi::sys;
use std::cell::{Cell, UnsafeCell};
use std::collections::VecDeque;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So many others are closed before an address is given out again.
const TOMBSTONES: usize = 65_536;

/// What is behind an address.
#[derive(Clone)]
pub struct Behind {
    /// How calls are read and answered.
    pub plan: Arc<CallbackPlan>,
    /// What C gets when there is no result.
    pub default: Answer,
    /// The number that JavaScript knows the callback by.
    pub number: u32,
    /// The environment, which is there while the callback is open.
    pub instance: *const Instance,
    /// What runs it there.
    pub runner: sys::napi_ref,
    /// What runs it there for other threads.
    pub reader: sys::napi_ref,
    /// Where other threads leave their calls.
    pub mailbox: Arc<Mailbox>,
    /// Other threads do not wait for a result.
    pub is_listener: bool,
    /// How long other threads wait while the JavaScript thread is inside C; none for ever.
    pub timeout: Option<Duration>,
}

/// An address that C can call.
pub struct Slot {
    closure: Closure,
    /// The [`this_thread`] of the environment that has it open; 0 while it is closed. Only that thread closes
    /// it, so that what is behind an own slot can be read without the lock.
    owner: AtomicUsize,
    /// Held to write what is behind, and by other threads to read it.
    lock: Mutex<()>,
    behind: UnsafeCell<Option<Behind>>,
    /// The environment that had it open is gone, and with it what its default may point to.
    is_over: AtomicBool,
    /// Calls on the owner's thread that have not returned.
    running: Cell<u32>,
    /// Changes whenever the slot is opened.
    serial: Cell<u32>,
}

// SAFETY: `owner`, `is_over` and `lock` are for all threads. What is behind is written under the lock by whoever
// has the slot alone (from `FREE` or new), and read under the lock or by the owner. `running` is
// the owner's. `serial` is as what is behind. The closure is prepared only by whoever has the slot alone.
unsafe impl Sync for Slot {}
// SAFETY: as above; nothing of it belongs to one thread.
unsafe impl Send for Slot {}

/// Closed slots, the one that was closed first at the front. Closures are code, which all environments share.
static FREE: Mutex<VecDeque<&'static Slot>> = Mutex::new(VecDeque::new());

/// Tells running threads apart; never 0.
#[cfg(unix)]
#[inline]
pub fn this_thread() -> usize {
    // SAFETY: it only tells; on every supported system that is the address of something of the thread's.
    unsafe { libc::pthread_self() as usize }
}

/// Tells running threads apart; never 0.
#[cfg(not(unix))]
pub fn this_thread() -> usize {
    thread_local!(static PLACE: u8 = const { 0 });
    PLACE.with(|place| std::ptr::from_ref(place).addr())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it is held.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slot {
    /// Opens a slot for the calling thread.
    ///
    /// # Errors
    ///
    /// `ERR_MALLOC_FAILED` when the system has no memory for code.
    pub fn open(behind: Behind) -> Result<&'static Slot, Error> {
        let slot = match take_free() {
            Some(slot) => slot,
            None => new_slot()?,
        };
        let (cif, _guard) = (behind.plan.cif(), lock(&slot.lock));
        // SAFETY: a slot from `take_free` or `new_slot` is nobody else's, and the lock is held.
        unsafe {
            if (*slot.behind.get()).as_ref().is_none_or(|old| old.plan.cif() != cif) {
                // SAFETY: the cif lives as long as the plan behind the slot, which is replaced only here.
                slot.closure.prepare(slot, cif).inspect_err(|_| lock(&FREE).push_back(slot))?;
            }
            *slot.behind.get() = Some(behind);
        }
        slot.is_over.store(false, Relaxed);
        slot.serial.set(slot.serial.get().wrapping_add(1));
        slot.owner.store(this_thread(), Release);
        Ok(slot)
    }

    /// The address for C.
    pub fn address(&self) -> usize {
        self.closure.address()
    }

    /// Which opening of the slot this is.
    pub fn serial(&self) -> u32 {
        self.serial.get()
    }

    /// What is behind a slot that the calling thread has open.
    #[inline]
    pub fn own(&self) -> Option<&Behind> {
        if self.owner.load(Acquire) != this_thread() {
            return None;
        }
        // SAFETY: it is written only by `open`, for a slot that has no owner and in which no call of the last
        // owner's runs, so not while this borrow lasts.
        unsafe { (*self.behind.get()).as_ref() }
    }

    /// A copy of what is behind the slot, which opening that is, and whether it is open, for other threads.
    pub fn look(&self) -> Option<(Behind, u32, bool)> {
        let _guard = lock(&self.lock);
        // SAFETY: the lock is held.
        let mut behind = unsafe { (*self.behind.get()).clone() }?;
        if self.is_over.load(Relaxed) {
            behind.default = behind.plan.zero();
        }
        Some((behind, self.serial.get(), self.owner.load(Relaxed) != 0))
    }

    /// A call on the owner's thread begins.
    #[inline]
    pub fn go_in(&self) {
        self.running.set(self.running.get() + 1);
    }

    /// It returns; the slot may have been closed meanwhile.
    #[inline]
    pub fn come_out(&'static self) {
        self.running.set(self.running.get() - 1);
        if self.running.get() == 0 && self.owner.load(Relaxed) == 0 {
            lock(&FREE).push_back(self);
        }
    }

    /// Closes a slot of the calling thread: it answers with its default from now on, or with zero when the
    /// environment and its memory end too. Calls that run may still look at what is behind.
    pub fn close(&'static self, is_end: bool) {
        {
            let _guard = lock(&self.lock);
            self.owner.store(0, Release);
            self.is_over.store(is_end, Relaxed);
        }
        if self.running.get() == 0 {
            lock(&FREE).push_back(self);
        }
    }
}

/// A closed slot that can be used again.
fn take_free() -> Option<&'static Slot> {
    let mut free = lock(&FREE);
    if free.len() > TOMBSTONES { free.pop_front() } else { None }
}

fn new_slot() -> Result<&'static Slot, Error> {
    Ok(Box::leak(Box::new(Slot {
        closure: Closure::new()?,
        owner: AtomicUsize::new(0),
        lock: Mutex::new(()),
        behind: UnsafeCell::new(None),
        is_over: AtomicBool::new(false),
        running: Cell::new(0),
        serial: Cell::new(0),
    })))
}
