//! Strings between JavaScript and C, through Node-API.

use crate::error::{Code, Error};
use napi::sys;
use std::ffi::c_char;
use std::ptr;

/// A copy of a string that did not fit the scratch stack.
pub struct HeapBlock {
    bytes: Vec<u8>,
}

impl HeapBlock {
    /// The copy's address.
    pub fn address(&self) -> *const u8 {
        self.bytes.as_ptr()
    }

    /// The copy's length without the NUL.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }
}

/// Writes the string and a NUL to `target`; lone surrogates become U+FFFD. Returns the length without
/// the NUL; `None` when it does not fit, and for what is no string.
///
/// # Safety
///
/// `env` and `string` are live, and `room` bytes at `target` are writable.
pub unsafe fn write_utf8(env: sys::napi_env, string: sys::napi_value, target: *mut u8, room: usize) -> Option<usize> {
    // The host leaves out what does not fit, whole characters of up to four bytes.
    const SPARE: usize = 4;
    if room <= SPARE {
        return None;
    }
    let mut length = 0;
    // SAFETY: the host writes at most `room` bytes, the NUL included.
    let status = unsafe { sys::napi_get_value_string_utf8(env, string, target.cast::<c_char>(), room, &raw mut length) };
    (status == sys::Status::napi_ok && length + SPARE < room).then_some(length)
}

/// Copies the string and a NUL to the heap; `None` when there is no memory.
///
/// # Safety
///
/// `env` and `string` are live.
pub unsafe fn copy_to_heap(env: sys::napi_env, string: sys::napi_value) -> Option<HeapBlock> {
    let mut length = 0;
    // SAFETY: with a NULL buffer only the length is stored.
    unsafe { sys::napi_get_value_string_utf8(env, string, ptr::null_mut(), 0, &raw mut length) };
    let room = length + 8;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(room).ok()?;
    // SAFETY: the vector has this room; the host writes the bytes and a NUL, which stays behind the
    // vector's length.
    unsafe {
        let written = write_utf8(env, string, bytes.as_mut_ptr(), room)?;
        bytes.set_len(written);
    }
    Some(HeapBlock { bytes })
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
