//! The code at a callback's address: of our own where there is some for this machine, else libffi's.

use super::slot::Slot;
use super::{stubs, thunk};
use crate::error::{Code, Error};
use crate::invoke::Backend;
use libffi::low::CodePtr;
use libffi::raw::{ffi_cif, ffi_closure, ffi_prep_closure_loc, ffi_status_FFI_OK};
use std::sync::OnceLock;

/// Code that passes calls on to a [`Slot`].
pub enum Closure {
    /// Of [`stubs`], for any signature.
    Ours(usize),
    /// Of libffi's, for the signature that it was prepared for.
    Libffi(*mut ffi_closure, CodePtr),
}

/// Whether this process has code of its own: where it is known, the system allows it, and `ARKFFI_BACKEND` does not say
/// `libffi`.
pub fn are_ours() -> bool {
    static ARE_OURS: OnceLock<bool> = OnceLock::new();
    *ARE_OURS.get_or_init(|| Backend::from_environment() != Backend::Libffi && stubs::make().is_some())
}

impl Closure {
    /// Code that nobody has yet.
    ///
    /// # Errors
    ///
    /// `ERR_MALLOC_FAILED` when the system has no memory for code.
    pub fn new() -> Result<Closure, Error> {
        let closure = if are_ours() {
            stubs::take().map(Closure::Ours)
        } else {
            libffi::low::try_closure_alloc().map(|(closure, code)| Closure::Libffi(closure, code))
        };
        closure.ok_or_else(|| Error::new(Code::MallocFailed, "the system gives no memory for the code of another callback"))
    }

    /// The address for C.
    pub fn address(&self) -> usize {
        match self {
            Closure::Ours(address) => *address,
            Closure::Libffi(_, code) => code.as_ptr().expose_provenance(),
        }
    }

    /// Has it pass calls on to a slot. `cif` is for libffi.
    ///
    /// # Errors
    ///
    /// `ERR_UNSUPPORTED_ARGS` when libffi makes no code for the signature.
    ///
    /// # Safety
    ///
    /// C does not call it meanwhile, and the cif lives until it is prepared again.
    pub unsafe fn prepare(&self, slot: &'static Slot, cif: Option<*mut ffi_cif>) -> Result<(), Error> {
        let data = std::ptr::from_ref(slot).cast_mut();
        match (self, cif) {
            // SAFETY: as the caller says; the address is one of a stub.
            (Closure::Ours(address), _) => unsafe { stubs::aim(*address, data) },
            (Closure::Libffi(closure, code), Some(cif)) => {
                // SAFETY: as the caller says; the closure is allocated, and the slot lives for ever.
                let status = unsafe { ffi_prep_closure_loc(*closure, cif, Some(thunk::by_libffi), data.cast(), code.as_mut_ptr()) };
                if status != ffi_status_FFI_OK {
                    return Err(Error::new(Code::UnsupportedArgs, "libffi makes no function of this signature"));
                }
            }
            (Closure::Libffi(..), None) => unreachable!("plans for libffi have what it needs"),
        }
        Ok(())
    }
}
