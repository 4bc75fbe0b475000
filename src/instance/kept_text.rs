//! Strings that C has returned and JavaScript reads after the call, if what they may be in is freed when that returns.

use super::Instance;
use crate::memory;
use std::cell::RefCell;
use std::ffi::{CStr, CString};

/// The copy of the last one: the frame says where the result is.
#[derive(Default)]
pub struct KeptText(RefCell<Option<CString>>);

impl Instance {
    /// A copy of the string whose address C has returned; `None` if there can be none.
    #[cold]
    #[inline(never)]
    pub(super) fn returned_text(&self) -> Option<CString> {
        // SAFETY: the frame lives as long as the instance.
        let pointer = memory::checked(unsafe { (*self.frame.as_ptr()).int_results[0] }).ok()?;
        // SAFETY: that a string is there is what the signature claims, and nothing that it may be in has been freed.
        Some(unsafe { CStr::from_ptr(pointer.cast()) }.to_owned())
    }

    /// Has the frame say that the string is in this copy of it.
    #[cold]
    #[inline(never)]
    pub(super) fn keep_text(&self, copy: Option<CString>) {
        if let Some(copy) = copy {
            // SAFETY: as above.
            unsafe { (*self.frame.as_ptr()).int_results[0] = copy.as_ptr().expose_provenance() as u64 };
            self.kept_text.0.replace(Some(copy));
        }
    }

    /// Frees the copy: the string has been read.
    pub fn forget_text(&self) {
        self.kept_text.0.take();
    }
}
