//! Slots: the addresses that C calls, each with what is behind it. They live as long as the process, since
//! nobody knows how long C keeps an address: a closed one still answers, and is used again only when many
//! others have been closed after it.

use super::closure::Closure;
use super::plan::{Answer, CallbackPlan};
use super::thread::this_thread;
use super::tombstones::Tombstones;
use crate::error::Error;
use crate::instance::Instance;
use crate::mailbox::Mailbox;
use napi::sys;
use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How calls of callbacks are made: mostly the same for all of a signature.
pub struct Manner {
    /// How calls are read and answered.
    pub plan: Arc<CallbackPlan>,
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

// SAFETY: nothing is written after it is made. The instance and the references are used by the environment's thread only.
unsafe impl Send for Manner {}
// SAFETY: as above.
unsafe impl Sync for Manner {}

/// What is behind an address.
#[derive(Clone)]
pub struct Behind {
    /// How calls are made.
    pub manner: Arc<Manner>,
    /// What C gets when there is no result.
    pub default: Answer,
}

/// An address that C can call.
pub struct Slot {
    closure: Closure,
    /// The [thread](this_thread) of the environment that has it open; 0 while it is closed. Only that thread closes
    /// it, so that what is behind an own slot can be read without the lock.
    owner: AtomicUsize,
    /// Held to write what is behind, and by other threads to read it.
    lock: Mutex<()>,
    behind: UnsafeCell<Option<Behind>>,
    /// The number that JavaScript knows the callback by.
    number: AtomicU32,
    /// Changes whenever the slot is opened.
    serial: AtomicU32,
    /// Calls on the owner's thread that have not returned.
    running: Cell<u32>,
    /// The environment that had it open is gone, and with it what its default may point to.
    is_over: AtomicBool,
}

// SAFETY: the atomics and `lock` are for all threads. What is behind is written under the lock by whoever
// has the slot alone (from `Tombstones` or new), and read under the lock or by the owner. `running` is
// the owner's. The closure is prepared only by whoever has the slot alone.
unsafe impl Sync for Slot {}
// SAFETY: as above; nothing of it belongs to one thread.
unsafe impl Send for Slot {}

/// What another thread finds at an address.
pub struct Found {
    /// How it is called.
    pub manner: Arc<Manner>,
    /// What C gets when there is no result.
    pub default: Answer,
    /// Which opening of the slot it is.
    pub serial: u32,
    /// The callback's number.
    pub number: u32,
    /// Whether it is open.
    pub is_open: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it is held.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slot {
    /// Opens a slot for the calling thread, and for the callback with this number.
    ///
    /// # Errors
    ///
    /// `ERR_MALLOC_FAILED` when the system has no memory for code.
    pub fn open(tombstones: &Tombstones, manner: &Arc<Manner>, default: Answer, number: u32) -> Result<&'static Slot, Error> {
        let slot = match tombstones.take() {
            Some(slot) => slot,
            None => new_slot()?,
        };
        // SAFETY: a slot from `Tombstones` or `new_slot` is nobody else's: others only read what is behind.
        let behind = unsafe { &*slot.behind.get() };
        let is_same = behind.as_ref().is_some_and(|old| Arc::ptr_eq(&old.manner, manner) && old.default == default);
        // Mostly it is, and then nobody can find it half done.
        if !is_same && let Err(error) = slot.rewrite(Behind { manner: manner.clone(), default }) {
            tombstones.add(slot);
            return Err(error);
        }
        slot.number.store(number, Relaxed);
        slot.serial.store(slot.serial().wrapping_add(1), Relaxed);
        slot.owner.store(this_thread(), Release);
        Ok(slot)
    }

    /// Puts something else behind a slot that is nobody else's.
    fn rewrite(&'static self, behind: Behind) -> Result<(), Error> {
        let (cif, _guard) = (behind.manner.plan.cif(), lock(&self.lock));
        // SAFETY: as the caller says, and the lock is held.
        unsafe {
            if (*self.behind.get()).as_ref().is_none_or(|old| old.manner.plan.cif() != cif) {
                // SAFETY: the cif lives as long as the plan behind the slot, which is replaced only here.
                self.closure.prepare(self, cif)?;
            }
            *self.behind.get() = Some(behind);
        }
        self.is_over.store(false, Relaxed);
        Ok(())
    }

    /// The address for C.
    pub fn address(&self) -> usize {
        self.closure.address()
    }

    /// Has the processor fetch the slot, which nobody has looked at for long.
    #[inline(always)]
    pub fn fetch(&self) {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            let slot = std::ptr::from_ref(self).cast::<i8>();
            // SAFETY: nothing is read that the program would see.
            unsafe {
                _mm_prefetch::<_MM_HINT_T0>(slot);
                _mm_prefetch::<_MM_HINT_T0>(slot.wrapping_add(size_of::<Slot>() - 1));
            }
        }
    }

    /// Which opening of the slot this is.
    pub fn serial(&self) -> u32 {
        self.serial.load(Relaxed)
    }

    /// The number of the callback.
    #[inline]
    pub fn number(&self) -> u32 {
        self.number.load(Relaxed)
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

    /// What other threads find here.
    pub fn look(&self) -> Option<Found> {
        let _guard = lock(&self.lock);
        // Before the rest, which is at least as new then.
        let is_open = self.owner.load(Acquire) != 0;
        // SAFETY: the lock is held.
        let Behind { manner, mut default } = unsafe { (*self.behind.get()).clone() }?;
        if self.is_over.load(Relaxed) {
            default = manner.plan.zero();
        }
        Some(Found { manner, default, serial: self.serial(), number: self.number(), is_open })
    }

    /// A call on the owner's thread begins.
    #[inline]
    pub fn go_in(&self) {
        self.running.set(self.running.get() + 1);
    }

    /// It returns; the slot may have been closed meanwhile.
    #[inline]
    pub fn come_out(&'static self, tombstones: &Tombstones) {
        self.running.set(self.running.get() - 1);
        if self.running.get() == 0 && self.owner.load(Relaxed) == 0 {
            tombstones.add(self);
        }
    }

    /// Closes a slot of the calling thread: it answers with its default from now on. Calls that run may still look at what
    /// is behind.
    #[inline]
    pub fn close(&'static self, tombstones: &Tombstones) {
        self.owner.store(0, Release);
        if self.running.get() == 0 {
            tombstones.add(self);
        }
    }

    /// The same when the environment and its memory end too: it answers with zero.
    pub fn end(&'static self, tombstones: &Tombstones) {
        {
            let _guard = lock(&self.lock);
            self.is_over.store(true, Relaxed);
        }
        self.close(tombstones);
    }
}

fn new_slot() -> Result<&'static Slot, Error> {
    let (closure, place) = Closure::new()?;
    Ok(place.write(Slot {
        closure,
        owner: AtomicUsize::new(0),
        lock: Mutex::new(()),
        behind: UnsafeCell::new(None),
        number: AtomicU32::new(0),
        serial: AtomicU32::new(0),
        running: Cell::new(0),
        is_over: AtomicBool::new(false),
    }))
}
