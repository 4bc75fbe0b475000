//! How the string is read and freed that a function returns, where that is more than to read UTF-8 where it is.

use crate::checked;
use crate::encoding::Encoding;
use crate::error::Error;
use crate::memory;
use std::borrow::Cow;
use std::ffi::c_void;

/// What is known of the result of a bound function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextResult {
    /// How it is written.
    pub encoding: Encoding,
    /// It is read through the system.
    pub is_checked: bool,
    /// The number of the function that frees it.
    pub free: Option<u32>,
}

/// UTF-8 that belongs to C.
pub const PLAIN: TextResult = TextResult { encoding: Encoding::Utf8, is_checked: false, free: None };

impl TextResult {
    /// The bytes of the text at `address`, without the NUL; of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// `ERR_INVALID_POINTER` when no text can be there.
    ///
    /// # Safety
    ///
    /// Unless it is checked: text is there, and does not change while the result is used.
    pub unsafe fn read<'a>(&self, address: u64, limit: Option<usize>) -> Result<Cow<'a, [u8]>, Error> {
        let pointer = memory::checked(address)?;
        if self.is_checked {
            return checked::text(address, self.encoding, limit.unwrap_or(usize::MAX)).map(Cow::Owned);
        }
        // SAFETY: as the caller says.
        Ok(Cow::Borrowed(unsafe { memory::text(pointer, self.encoding, limit) }))
    }
}

/// Calls a function that frees memory.
///
/// # Safety
///
/// `free` is a C function that takes a pointer, `address` what it takes, and it is mapped until it has returned.
pub unsafe fn call_free(free: *const c_void, address: u64) {
    // SAFETY: as the caller says.
    let free = unsafe { std::mem::transmute::<*const c_void, unsafe extern "C-unwind" fn(*mut c_void)>(free) };
    // SAFETY: as above.
    unsafe { free(std::ptr::with_exposed_provenance_mut(address as usize)) };
}
