//! A short cut past the host's look-up of instance data, which costs a fifth of a call: one environment
//! of the process (the first, usually the main thread's) finds its instance here. Never the only way.

use napi::sys;
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::AtomicPtr;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

// Only the environment in `ENV` reads or writes `INSTANCE`, always on its one thread; the order is for
// one environment following another.
static ENV: AtomicPtr<sys::napi_env__> = AtomicPtr::new(ptr::null_mut());
static INSTANCE: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

/// The instance of `env`, if it is the one with the short cut.
#[inline(always)]
pub fn get(env: sys::napi_env) -> Option<*const c_void> {
    (ENV.load(Acquire) == env).then(|| INSTANCE.load(Relaxed).cast_const())
}

/// Takes the short cut for `env` if it is free, or left by an ended environment at this address
/// whose host ran no finalizer.
pub fn offer(env: sys::napi_env, instance: *mut c_void) {
    let owner = ENV.compare_exchange(ptr::null_mut(), env, AcqRel, Acquire).unwrap_or_else(|owner| owner);
    if owner.is_null() || owner == env {
        INSTANCE.store(instance, Relaxed);
    }
}

/// Frees the short cut of an instance that is being deleted.
pub fn clear(instance: *mut c_void) {
    if INSTANCE.compare_exchange(instance, ptr::null_mut(), Relaxed, Relaxed).is_ok() {
        ENV.store(ptr::null_mut(), Release);
    }
}
