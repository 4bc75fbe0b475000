//! The code at a callback's address: of our own where there is some for this machine, else libffi's.

use super::slot::Slot;
use super::{stubs, thunk};
use crate::error::{Code, Error};
use crate::invoke::Backend;
use libffi::low::CodePtr;
use libffi::raw::{ffi_cif, ffi_closure, ffi_prep_closure_loc, ffi_status_FFI_OK};
use std::mem::MaybeUninit;
use std::sync::OnceLock;

/// Code that passes calls on to a [`Slot`].
pub enum Closure {
    /// Of [`stubs`], for any signature.
    Ours(usize),
    /// Of libffi's, for the signature that it was prepared for. Behind a pointer, because all slots have room for it.
    Libffi(Box<(*mut ffi_closure, CodePtr)>),
}

/// Whether this process has code of its own: where it is known, the system allows it, and `ARKFFI_BACKEND` does not say
/// `libffi`.
pub fn are_ours() -> bool {
    static ARE_OURS: OnceLock<bool> = OnceLock::new();
    *ARE_OURS.get_or_init(|| Backend::from_environment() != Backend::Libffi && stubs::make().is_some())
}

impl Closure {
    /// Code that nobody has yet, and memory for its slot.
    ///
    /// # Errors
    ///
    /// `ERR_MALLOC_FAILED` when the system has no memory for code.
    pub fn new() -> Result<(Closure, &'static mut MaybeUninit<Slot>), Error> {
        let made = if are_ours() {
            stubs::take().map(|stub| (Closure::Ours(stub.address), stub.place))
        } else {
            libffi::low::try_closure_alloc().map(|made| (Closure::Libffi(Box::new(made)), Box::leak(Box::new_uninit())))
        };
        made.ok_or_else(|| Error::new(Code::MallocFailed, "the system gives no memory for the code of another callback"))
    }

    /// The address for C.
    pub fn address(&self) -> usize {
        match self {
            Closure::Ours(address) => *address,
            Closure::Libffi(made) => made.1.as_ptr().expose_provenance(),
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
            // It does from the start.
            (Closure::Ours(_), _) => {}
            (Closure::Libffi(made), Some(cif)) => {
                let (closure, code) = **made;
                // SAFETY: as the caller says; the closure is allocated, and the slot lives for ever.
                let status = unsafe { ffi_prep_closure_loc(closure, cif, Some(thunk::by_libffi), data.cast(), code.as_mut_ptr()) };
                if status != ffi_status_FFI_OK {
                    return Err(Error::new(Code::UnsupportedArgs, "libffi makes no function of this signature"));
                }
            }
            (Closure::Libffi(_), None) => unreachable!("plans for libffi have what it needs"),
        }
        Ok(())
    }
}
