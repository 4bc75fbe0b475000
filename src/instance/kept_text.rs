//! Strings that C has returned and JavaScript reads after the call, if what they may be in is freed when that returns.

use super::Instance;
use crate::memory;
use std::cell::RefCell;
use std::ffi::CString;

/// The copy of the last one: the frame says where the result is.
#[derive(Default)]
pub struct KeptText(RefCell<Option<CString>>);

impl Instance {
    /// Copies the string whose address C has returned, and has the frame say that it is there.
    #[cold]
    #[inline(never)]
    pub(super) fn keep_text(&self) {
        // SAFETY: the frame lives as long as the instance.
        let result = unsafe { &mut (*self.frame.as_ptr()).int_results[0] };
        let Ok(pointer) = memory::checked(*result) else { return };
        // SAFETY: that a string is there is what the signature claims, and nothing that it may be in has been freed. It has no
        // NUL before its end.
        let copy = unsafe { CString::from_vec_unchecked(memory::c_string(pointer, None).to_vec()) };
        *result = copy.as_ptr().expose_provenance() as u64;
        // The last one may be what has just been copied.
        self.kept_text.0.replace(Some(copy));
    }

    /// Frees the copy: the string has been read.
    pub fn forget_text(&self) {
        self.kept_text.0.take();
    }
}
