//! Reading and writing memory that JavaScript names by a raw address.

use crate::encoding::Encoding;
use crate::error::{Code, Error};
use std::ffi::{CStr, c_char};

/// The first address that can be valid: systems keep the first 64 KiB unmapped, so anything below is
/// NULL with an offset, or a small number mistaken for a pointer.
pub const FIRST_ADDRESS: u64 = 65_536;

/// The address as a pointer.
///
/// # Errors
///
/// `ERR_INVALID_POINTER` below [`FIRST_ADDRESS`] and above what the machine can address.
pub fn checked(address: u64) -> Result<*mut u8, Error> {
    match usize::try_from(address) {
        Ok(pointer) if address >= FIRST_ADDRESS => Ok(std::ptr::with_exposed_provenance_mut(pointer)),
        _ if address == 0 => Err(Error::new(Code::InvalidPointer, "the address is NULL")),
        _ => Err(Error::new(Code::InvalidPointer, format!("0x{address:x} cannot be a valid address"))),
    }
}

/// Reads `size` bytes (1, 2, 4 or 8) at any alignment; the rest of the result is zero.
///
/// # Safety
///
/// That many bytes at `source` are readable.
pub unsafe fn load(source: *const u8, size: usize) -> u64 {
    let mut bytes = [0; 8];
    // SAFETY: the caller vouches for the source; the destination has eight bytes and `size` is cut
    // to that.
    unsafe { source.copy_to_nonoverlapping(bytes.as_mut_ptr(), size.min(8)) };
    u64::from_le_bytes(bytes)
}

/// Writes the low `size` bytes (1, 2, 4 or 8) of `value` at any alignment.
///
/// # Safety
///
/// That many bytes at `target` are writable.
pub unsafe fn store(target: *mut u8, size: usize, value: u64) {
    let bytes = value.to_le_bytes();
    // SAFETY: the caller vouches for the target; the source has eight bytes and `size` is cut to that.
    unsafe { target.copy_from_nonoverlapping(bytes.as_ptr(), size.min(8)) };
}

/// The bytes of the C string at `pointer`, without the NUL; with `limit`, at most that many.
///
/// # Safety
///
/// The string is readable up to its NUL or the limit and does not change while the result is used.
pub unsafe fn c_string<'a>(pointer: *const u8, limit: Option<usize>) -> &'a [u8] {
    match limit {
        // SAFETY: the caller says that a NUL follows.
        None => unsafe { CStr::from_ptr(pointer.cast::<c_char>()) }.to_bytes(),
        Some(limit) => {
            // SAFETY: the caller says that all bytes up to a NUL or the limit are readable.
            let length = (0..limit).position(|at| unsafe { pointer.add(at).read() } == 0).unwrap_or(limit);
            // SAFETY: these bytes have just been read.
            unsafe { std::slice::from_raw_parts(pointer, length) }
        }
    }
}

/// The bytes of text at `pointer` at any alignment, without the NUL; at most `limit` bytes.
///
/// # Safety
///
/// As of [`c_string`], in units of the encoding.
pub unsafe fn text<'a>(pointer: *const u8, encoding: Encoding, limit: Option<usize>) -> &'a [u8] {
    let unit = encoding.unit();
    if unit == 1 {
        // SAFETY: as the caller says.
        return unsafe { c_string(pointer, limit) };
    }
    let most = limit.map_or(usize::MAX, |limit| limit / unit);
    let is_end = |at: usize| {
        let place = pointer.wrapping_add(at * unit);
        // SAFETY: the caller says that all units up to a NUL or the limit are readable.
        unsafe { if unit == 2 { place.cast::<u16>().read_unaligned() == 0 } else { place.cast::<u32>().read_unaligned() == 0 } }
    };
    let count = (0..most).position(is_end).unwrap_or(most);
    // SAFETY: these bytes have just been read.
    unsafe { std::slice::from_raw_parts(pointer, count * unit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_small_numbers_are_not_addresses() {
        assert_eq!(checked(0).unwrap_err().code, Code::InvalidPointer);
        assert_eq!(checked(65_535).unwrap_err().code, Code::InvalidPointer);
        assert!(checked(65_536).is_ok());
    }

    #[test]
    fn values_of_every_width_survive_a_store_and_a_load_at_any_alignment() {
        let mut memory = [0xee_u8; 32];
        for size in [1, 2, 4, 8] {
            for at in 0..9 {
                let target = memory[at..at + 8].as_mut_ptr();
                // SAFETY: eight bytes at `target` are the array's.
                let loaded = unsafe {
                    store(target, size, 0x8182_8384_8586_8788);
                    load(target, size)
                };
                assert_eq!(loaded, 0x8182_8384_8586_8788 & (u64::MAX >> (64 - 8 * size)));
            }
        }
    }

    #[test]
    fn a_c_string_ends_at_its_nul_or_at_the_limit() {
        let text = *b"abc\0def\0";
        // SAFETY: `text` has a NUL and eight bytes.
        let read = |limit| unsafe { c_string(text.as_ptr(), limit) };
        assert_eq!(read(None), b"abc");
        assert_eq!(read(Some(2)), b"ab");
        assert_eq!(read(Some(8)), b"abc");
    }
}
