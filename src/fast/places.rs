//! The places of environments. Each has entries of its own, which find their environment by the place that they were
//! compiled for: no data is passed, no thread-local variable looked up, and no code made at run time.

use crate::instance::Instance;
use std::ptr;
use std::sync::atomic::AtomicPtr;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};

/// So many environments of a process have entries at a time: the main thread and workers. Others go by the frame.
pub const PLACES: usize = 16;

static INSTANCES: [AtomicPtr<Instance>; PLACES] = [const { AtomicPtr::new(ptr::null_mut()) }; PLACES];

/// The instance at a place.
///
/// # Safety
///
/// The instance has [taken](take) the place and not left it, and this is its thread.
#[inline(always)]
pub unsafe fn at<'a, const PLACE: usize>() -> &'a Instance {
    // SAFETY: as the caller says; it lives until it has left. What it stored is its own thread's.
    unsafe { &*INSTANCES[PLACE].load(Relaxed) }
}

/// A place for an instance that has none; `None` if all are taken.
pub fn take(instance: *const Instance) -> Option<usize> {
    INSTANCES.iter().position(|place| place.compare_exchange(ptr::null_mut(), instance.cast_mut(), AcqRel, Acquire).is_ok())
}

/// Leaves the place of an instance, if it has one.
pub fn leave(instance: *mut Instance) {
    for place in &INSTANCES {
        let _ = place.compare_exchange(instance, ptr::null_mut(), AcqRel, Acquire);
    }
}
