//! The register trampoline: loads a call's registers and stack words from the frame, calls C, and
//! stores the result registers back. One fixed piece of assembly per calling convention.

#[cfg(all(target_arch = "aarch64", not(windows)))]
mod aapcs64;
#[cfg(all(target_arch = "x86_64", not(windows)))]
mod sysv64;
#[cfg(all(target_arch = "x86_64", windows))]
mod win64;

#[cfg(all(target_arch = "aarch64", not(windows)))]
pub use aapcs64::trampoline;
#[cfg(all(target_arch = "x86_64", not(windows)))]
pub use sysv64::trampoline;
#[cfg(all(target_arch = "x86_64", windows))]
pub use win64::trampoline;

/// Whether this machine has one.
pub const EXISTS: bool = cfg!(any(target_arch = "x86_64", all(target_arch = "aarch64", not(windows))));

/// Stands where there is no trampoline; `Abi::of_machine` never chooses it there.
///
/// # Safety
///
/// Must not be called.
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", not(windows)))))]
pub unsafe extern "C" fn trampoline(_frame: *mut crate::frame::Frame, _function: *const std::ffi::c_void, _stack_words: usize) {
    std::process::abort()
}
