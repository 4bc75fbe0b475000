//! The entry of Node-API that follows a call with something to see to.

use crate::instance::Instance;
use napi::sys;
use std::ptr;

/// The entries by the names of `lib/binding.js`.
pub const ENTRIES: &[(&std::ffi::CStr, sys::napi_callback)] = &[(c"seeTo", Some(see_to))];

/// `seeTo()`: throws what is to be thrown after the call that has just returned.
unsafe extern "C" fn see_to(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`.
    unsafe {
        let Some(instance) = Instance::of(env) else { return ptr::null_mut() };
        instance.see_to_kept(env);
        ptr::null_mut()
    }
}
