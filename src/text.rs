//! Strings between JavaScript and C, through Node-API.

use crate::encoding::{Encoding, utf16_of_utf32};
use crate::error::{Code, Error};
use napi::sys;
use std::ffi::c_char;
use std::ptr;

/// A copy of a string that did not fit the scratch stack.
pub struct HeapBlock {
    bytes: Vec<u8>,
}

impl HeapBlock {
    /// A copy with its NUL, which is `unit` bytes long.
    pub fn of(mut bytes: Vec<u8>, unit: usize) -> HeapBlock {
        bytes.truncate(bytes.len() - unit);
        HeapBlock { bytes }
    }

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

/// Makes a JavaScript string of bytes of an encoding; what is no character becomes U+FFFD.
///
/// # Errors
///
/// As of [`to_js`]; `ERR_MALLOC_FAILED` for want of memory.
///
/// # Safety
///
/// `env` is live.
pub unsafe fn decode(env: sys::napi_env, encoding: Encoding, bytes: &[u8]) -> Result<sys::napi_value, Error> {
    let no_memory = || Error::new(Code::MallocFailed, "no memory for a copy of the string");
    let mut value = ptr::null_mut();
    let status = match encoding {
        // SAFETY: as the caller says.
        Encoding::Utf8 => return unsafe { to_js(env, bytes) },
        // SAFETY: the text is given with its length.
        Encoding::Latin1 => unsafe { sys::napi_create_string_latin1(env, bytes.as_ptr().cast(), bytes.len() as isize, &raw mut value) },
        Encoding::Utf16le => {
            let mut units = Vec::new();
            if !bytes.as_ptr().cast::<u16>().is_aligned() {
                units.try_reserve_exact(bytes.len() / 2).map_err(|_| no_memory())?;
                units.extend(bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])));
            }
            let text = if units.is_empty() { bytes.as_ptr().cast::<u16>() } else { units.as_ptr() };
            // SAFETY: the text is aligned, and given with its length.
            unsafe { sys::napi_create_string_utf16(env, text, (bytes.len() / 2) as isize, &raw mut value) }
        }
        Encoding::Utf32le => {
            let units = utf16_of_utf32(bytes).ok_or_else(no_memory)?;
            // SAFETY: the text is given with its length.
            unsafe { sys::napi_create_string_utf16(env, units.as_ptr(), units.len() as isize, &raw mut value) }
        }
    };
    if status == sys::Status::napi_ok {
        return Ok(value);
    }
    let length = bytes.len();
    Err(Error::new(Code::OutOfRange, format!("a string of {length} bytes is longer than JavaScript can hold")))
}

/// Writes the string's units of UTF-16 and a NUL to `target`. Returns their number without the NUL; `None` when
/// there may be no room for them, and for what is no string.
///
/// # Safety
///
/// `env` and `string` are live, and `room` units at `target` are writable.
pub unsafe fn write_utf16(env: sys::napi_env, string: sys::napi_value, target: *mut u16, room: usize) -> Option<usize> {
    let mut length = 0;
    // SAFETY: the host writes at most `room` units, the NUL included.
    let status = unsafe { sys::napi_get_value_string_utf16(env, string, target, room, &raw mut length) };
    // What did not fit was left out.
    (status == sys::Status::napi_ok && length + 1 < room).then_some(length)
}

/// The string's units of UTF-16; `None` for what is no string, and without memory.
///
/// # Safety
///
/// `env` and `string` are live.
pub unsafe fn units(env: sys::napi_env, string: sys::napi_value) -> Option<Vec<u16>> {
    let mut length = 0;
    let mut units: Vec<u16> = Vec::new();
    // SAFETY: with a NULL buffer only the length is stored; then the buffer has room for that and a NUL.
    unsafe {
        let status = sys::napi_get_value_string_utf16(env, string, ptr::null_mut(), 0, &raw mut length);
        if status != sys::Status::napi_ok {
            return None;
        }
        units.try_reserve_exact(length + 1).ok()?;
        sys::napi_get_value_string_utf16(env, string, units.as_mut_ptr(), length + 1, &raw mut length);
        units.set_len(length);
    }
    Some(units)
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
