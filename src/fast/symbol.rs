//! What the host exports by names.

use std::ffi::{CStr, c_void};

/// The function with this name, if the process has one.
///
/// # Safety
///
/// `F` is the type of a pointer to it.
#[cfg(unix)]
pub(super) unsafe fn named<F: Copy>(name: &CStr) -> Option<F> {
    const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
    // SAFETY: it only looks the name up.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    // SAFETY: as the caller says; both are pointers.
    (!address.is_null()).then(|| unsafe { std::mem::transmute_copy::<*mut c_void, F>(&address) })
}

/// Nothing is looked up here.
///
/// # Safety
///
/// As on Unix.
#[cfg(not(unix))]
pub(super) unsafe fn named<F: Copy>(_name: &CStr) -> Option<F> {
    None
}
