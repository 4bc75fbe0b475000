//! The places of environments. Each has entries of its own, which find their environment by the place that they were
//! compiled for: no data is passed, no thread-local variable looked up, and no code made at run time.

use crate::frame::Frame;
use crate::instance::Instance;
use crate::presence::Presence;
use crate::targets::Target;
use std::ffi::c_int;
use std::ptr;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use std::sync::atomic::{AtomicPtr, AtomicUsize};

/// So many environments of a process have entries at a time: the main thread and workers. Others go by Node-API.
pub const PLACES: usize = 16;

static ALL: [Place; PLACES] = [const { Place::free() }; PLACES];

/// An environment, and what calls need of it. Everything but the instance is its own thread's: written while it takes
/// the place or binds a function, read by its calls. It is read there each time it is needed, because to keep it while C
/// runs takes longer.
#[derive(Debug)]
pub struct Place {
    instance: AtomicPtr<Instance>,
    frame: AtomicPtr<Frame>,
    presence: AtomicPtr<Presence>,
    errno: AtomicPtr<c_int>,
    targets: AtomicPtr<Target>,
    count: AtomicUsize,
}

/// What of an instance is in its place.
pub struct Parts {
    /// Its frame.
    pub frame: *mut Frame,
    /// Where its thread is.
    pub presence: *const Presence,
    /// Where its thread's `errno` is.
    pub errno: *mut c_int,
}

impl Place {
    const fn free() -> Place {
        Place {
            instance: AtomicPtr::new(ptr::null_mut()),
            frame: AtomicPtr::new(ptr::null_mut()),
            presence: AtomicPtr::new(ptr::null_mut()),
            errno: AtomicPtr::new(ptr::null_mut()),
            targets: AtomicPtr::new(ptr::null_mut()),
            count: AtomicUsize::new(0),
        }
    }

    /// The place that an entry is compiled for.
    #[inline(always)]
    pub fn of<const PLACE: usize>() -> &'static Place {
        &ALL[PLACE]
    }

    /// The instance here.
    ///
    /// # Safety
    ///
    /// It has [taken](take) the place and not left it, and this is its thread.
    #[inline(always)]
    pub unsafe fn instance<'a>(&self) -> &'a Instance {
        // SAFETY: as the caller says; it lives until it has left.
        unsafe { &*self.instance.load(Relaxed) }
    }

    /// Where its thread is.
    ///
    /// # Safety
    ///
    /// As for [`instance`](Place::instance).
    #[inline(always)]
    pub unsafe fn presence<'a>(&self) -> &'a Presence {
        // SAFETY: as the caller says; it lives as long as the instance.
        unsafe { &*self.presence.load(Relaxed) }
    }

    /// Its frame.
    #[inline(always)]
    pub fn frame(&self) -> *mut Frame {
        self.frame.load(Relaxed)
    }

    /// Where `errno` is.
    #[inline(always)]
    pub fn errno(&self) -> *mut c_int {
        self.errno.load(Relaxed)
    }

    /// The function with this number.
    #[inline(always)]
    pub fn target(&self, number: u32) -> Option<*const Target> {
        let number = number as usize;
        (number < self.count.load(Relaxed)).then(|| self.targets.load(Relaxed).cast_const().wrapping_add(number))
    }

    /// Says where the functions are.
    pub fn set_targets(&self, targets: *const Target, count: usize) {
        self.targets.store(targets.cast_mut(), Relaxed);
        self.count.store(count, Relaxed);
    }
}

/// A place for an instance that has none; `None` if all are taken.
pub fn take(instance: *const Instance, parts: &Parts) -> Option<usize> {
    let is_taken = |place: &Place| place.instance.compare_exchange(ptr::null_mut(), instance.cast_mut(), AcqRel, Acquire).is_ok();
    let index = ALL.iter().position(is_taken)?;
    let place = &ALL[index];
    place.frame.store(parts.frame, Relaxed);
    place.presence.store(parts.presence.cast_mut(), Relaxed);
    place.errno.store(parts.errno, Relaxed);
    Some(index)
}

/// The place with this index.
pub fn place(index: usize) -> &'static Place {
    &ALL[index]
}

/// Leaves the place of an instance, if it has one.
pub fn leave(instance: *mut Instance) {
    for place in &ALL {
        if place.instance.load(Acquire) == instance {
            place.set_targets(ptr::null(), 0);
            let _ = place.instance.compare_exchange(instance, ptr::null_mut(), AcqRel, Acquire);
        }
    }
}
