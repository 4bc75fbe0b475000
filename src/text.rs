//! Strings between JavaScript and C, through Node-API.

use crate::error::{Code, Error};
use napi::sys;
use std::ffi::c_char;
use std::ptr;

/// A copy of a string that did not fit the scratch stack. It lives until the call whose arguments it
/// belongs to gives the scratch stack back to below `mark`.
pub struct HeapBlock {
    /// Top of the scratch stack when the copy was made.
    pub mark: u32,
    bytes: Vec<u8>,
}

impl HeapBlock {
    /// The copy's address.
    pub fn address(&self) -> *const u8 {
        self.bytes.as_ptr()
    }
}

/// Length of the string in UTF-8, without a NUL.
///
/// # Errors
///
/// `ERR_INVALID_ARG_TYPE` when the value is not a string.
///
/// # Safety
///
/// `env` and `string` are live.
pub unsafe fn utf8_length(env: sys::napi_env, string: sys::napi_value) -> Result<usize, Error> {
    let mut length = 0;
    // SAFETY: with a NULL buffer only the length is stored.
    let status = unsafe { sys::napi_get_value_string_utf8(env, string, ptr::null_mut(), 0, &raw mut length) };
    if status == sys::Status::napi_ok { Ok(length) } else { Err(Error::new(Code::InvalidArgType, "expected a string")) }
}

/// Writes the string and a NUL to `target`; lone surrogates become U+FFFD. Returns the length without
/// the NUL.
///
/// # Safety
///
/// `env` and `string` are live, and `room` bytes at `target` are writable; more than the string needs.
pub unsafe fn write_utf8(env: sys::napi_env, string: sys::napi_value, target: *mut u8, room: usize) -> usize {
    let mut length = 0;
    // SAFETY: the host writes at most `room` bytes, the NUL included.
    unsafe { sys::napi_get_value_string_utf8(env, string, target.cast::<c_char>(), room, &raw mut length) };
    length
}

/// Copies the string and a NUL to the heap; `None` when there is no memory.
///
/// # Safety
///
/// `env` and `string` are live, and `length` is the string's length in UTF-8.
pub unsafe fn copy_to_heap(env: sys::napi_env, string: sys::napi_value, length: usize, mark: u32) -> Option<HeapBlock> {
    let room = length + 1;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(room).ok()?;
    // SAFETY: the vector has this room; the host writes the bytes and the NUL.
    unsafe {
        let written = write_utf8(env, string, bytes.as_mut_ptr(), room);
        bytes.set_len(written + 1);
    }
    Some(HeapBlock { mark, bytes })
}

/// Makes a JavaScript string of UTF-8 bytes; what is not UTF-8 becomes U+FFFD.
///
/// # Errors
///
/// `ERR_OUT_OF_RANGE` when the engine has no strings of that length.
///
/// # Safety
///
/// `env` is live.
pub unsafe fn to_js(env: sys::napi_env, bytes: &[u8]) -> Result<sys::napi_value, Error> {
    let (text, length) = (bytes.as_ptr().cast::<c_char>(), bytes.len() as isize);
    let mut value = ptr::null_mut();
    // ASCII needs no decoding, and engines are faster when told.
    let status = if bytes.is_ascii() {
        // SAFETY: the text is given with its length.
        unsafe { sys::napi_create_string_latin1(env, text, length, &raw mut value) }
    } else {
        // SAFETY: as above.
        unsafe { sys::napi_create_string_utf8(env, text, length, &raw mut value) }
    };
    if status == sys::Status::napi_ok {
        return Ok(value);
    }
    Err(Error::new(Code::OutOfRange, format!("a string of {length} bytes is longer than JavaScript can hold")))
}

/// JavaScript's `null`.
///
/// # Safety
///
/// `env` is live.
pub unsafe fn null(env: sys::napi_env) -> sys::napi_value {
    let mut value = ptr::null_mut();
    // SAFETY: `env` is live.
    unsafe { sys::napi_get_null(env, &raw mut value) };
    value
}
