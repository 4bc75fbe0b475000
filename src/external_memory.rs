//! Telling the engine of memory that its objects keep outside of it, so that it collects them sooner.

use napi::sys;
use std::sync::OnceLock;

type Adjust = unsafe extern "C" fn(sys::napi_env, i64, *mut i64) -> sys::napi_status;

/// The host's function, looked up once: not every host has it.
fn host_function() -> Option<Adjust> {
    static FUNCTION: OnceLock<Option<Adjust>> = OnceLock::new();
    *FUNCTION.get_or_init(|| {
        #[cfg(unix)]
        let host = libloading::os::unix::Library::this();
        #[cfg(windows)]
        let host = libloading::os::windows::Library::this().ok()?;
        // SAFETY: Node-API says that the function of this name has this type.
        let symbol = unsafe { host.get::<Adjust>("napi_adjust_external_memory") }.ok()?;
        let function = *symbol;
        // The host is never unloaded.
        std::mem::forget(host);
        Some(function)
    })
}

/// There are so many bytes more, or less, where the engine can be told.
///
/// # Safety
///
/// `env` is a live environment, on its thread.
pub unsafe fn adjust(env: sys::napi_env, change: i64) {
    let mut total = 0;
    if let (true, Some(function)) = (change != 0, host_function()) {
        // SAFETY: as the caller says; one number is stored.
        unsafe { function(env, change, &raw mut total) };
    }
}
