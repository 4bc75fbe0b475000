//! Copies strings to scratch memory for the calls of any provider: the engine gives them as they lie in its memory.

use super::places::{PLACES, Place};
use super::slow::{Callback, Info};
use crate::frame::Frame;
use std::ffi::c_void;

/// A `v8::FastOneByteString`: of Latin-1, in one piece.
#[repr(C)]
pub struct OneByteString {
    data: *const u8,
    length: u32,
}

/// In the frame's value: the string was not copied, because it has a NUL, or there is no room for it.
const NOT_COPIED: u64 = 0;
/// In the frame's value: its address is in the frame, or 0 there if it cannot be copied.
const ELSEWHERE: u64 = 1;

/// What the engine's compiled code calls: copies a string without NUL to the scratch stack, and leaves where
/// that is in the frame as its value. It returns nothing, because V8 ends the process when another string makes it call
/// the slow form and that returns something else.
///
/// # Safety
///
/// This is the thread of the environment at the place, in a call from JavaScript.
unsafe extern "C" fn copy<const PLACE: usize>(_receiver: usize, text: *const OneByteString) {
    // SAFETY: as the caller says.
    unsafe { copy_to(Place::of::<PLACE>().frame(), text) };
}

/// The same for all places.
///
/// # Safety
///
/// As for [`copy`]; this is the frame there.
#[inline(never)]
unsafe fn copy_to(frame: *mut Frame, text: *const OneByteString) {
    // SAFETY: as the caller says.
    unsafe { (*frame).value = take_copy(frame, text).map_or(NOT_COPIED, u64::from) };
}

/// Copies a string without NUL to the scratch stack, as UTF-8. Returns its offset in the frame; `None` if there is a NUL, or
/// no room.
///
/// # Safety
///
/// The frame is allocated, and the string is the engine's, which does not run meanwhile.
#[inline(always)]
pub(super) unsafe fn take_copy(frame: *mut Frame, text: *const OneByteString) -> Option<u32> {
    // SAFETY: as the caller says; the frame has room for it.
    unsafe {
        let OneByteString { data, length } = text.read();
        let (top, mut length) = ((*frame).scratch_top, length as usize);
        let room = size_of::<Frame>().saturating_sub(top as usize);
        if length + SPARE > room {
            return None;
        }
        let target = frame.cast::<u8>().add(top as usize);
        if !copy_ascii(data, target, length) {
            length = copy_latin1(std::slice::from_raw_parts(data, length), std::slice::from_raw_parts_mut(target, room - SPARE))?;
        }
        *target.add(length) = 0;
        // Eight-byte steps keep every copy aligned.
        (*frame).scratch_top = ((top as usize + length + SPARE) & !7) as u32;
        Some(top)
    }
}

/// Behind each copy there is room for a NUL, and up to the next multiple of this.
const SPARE: usize = 8;

/// Copies Latin-1 as UTF-8. Returns how many bytes that is; `None` if there is a NUL, or no room (16 bytes at the end are not used).
#[inline(never)]
fn copy_latin1(text: &[u8], target: &mut [u8]) -> Option<usize> {
    let mut length = 0;
    for chunk in text.chunks(8) {
        let place = target.get_mut(length..length + 16)?;
        if let Ok(word) = chunk.try_into().map(u64::from_le_bytes)
            && is_plain(word)
        {
            place[..8].copy_from_slice(chunk);
            length += 8;
            continue;
        }
        let mut at = 0;
        for &byte in chunk {
            if byte == 0 {
                return None;
            }
            if byte.is_ascii() {
                place[at] = byte;
            } else {
                // The characters of Latin-1 are the first of Unicode.
                place[at] = 0xc0 | byte >> 6;
                at += 1;
                place[at] = 0x80 | byte & 0x3f;
            }
            at += 1;
        }
        length += at;
    }
    Some(length)
}

/// Whether all eight bytes are ASCII, and none is NUL.
#[inline(always)]
fn is_plain(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = ONES << 7;
    // A byte above 127 has its highest bit set, and 0 - 1 sets it.
    (word | word.wrapping_sub(ONES)) & HIGHS == 0
}

/// So many bytes of long strings are copied at once.
const BLOCK: usize = 32;

/// Copies ASCII; false when there is a NUL or another character among it.
///
/// # Safety
///
/// There are so many bytes at both addresses.
unsafe fn copy_ascii(data: *const u8, target: *mut u8, length: usize) -> bool {
    // SAFETY: the places are within what the caller says.
    let word = |at: usize| unsafe {
        let word = data.add(at).cast::<u64>().read_unaligned();
        target.add(at).cast::<u64>().write_unaligned(word);
        is_plain(word)
    };
    if length > BLOCK {
        // SAFETY: as the caller says.
        return unsafe { copy_blocks(data, target, length) };
    }
    if length >= 8 {
        let mut at = 0;
        while at + 8 < length {
            if !word(at) {
                return false;
            }
            at += 8;
        }
        return word(length - 8);
    }
    (0..length).all(|at| {
        // SAFETY: as above.
        unsafe {
            let byte = *data.add(at);
            *target.add(at) = byte;
            byte.wrapping_sub(1) < 127
        }
    })
}

/// The same for more than a block. Apart, so that short strings need no registers for it.
///
/// # Safety
///
/// As for [`copy_ascii`].
#[inline(never)]
unsafe fn copy_blocks(data: *const u8, target: *mut u8, length: usize) -> bool {
    // SAFETY: the places are within what the caller says.
    let block = |at: usize| unsafe {
        let block = data.add(at).cast::<[u8; BLOCK]>().read_unaligned();
        target.add(at).cast::<[u8; BLOCK]>().write_unaligned(block);
        // As for words; compilers make vectors of it.
        block.iter().fold(0, |seen, &byte| seen | byte | byte.wrapping_sub(1)) < 128
    };
    let mut at = 0;
    while at + BLOCK < length {
        if !block(at) {
            return false;
        }
        at += BLOCK;
    }
    block(length - BLOCK)
}

/// What it calls while it has not compiled a caller, or for a string in pieces: copies any string, and leaves its
/// address in the frame, as [`crate::enter`]'s `encode` does.
unsafe extern "C" fn copy_slowly<const PLACE: usize>(info: *const c_void) {
    // SAFETY: V8 calls this on the environment's thread with what it gives callbacks, and only stubs have the function.
    unsafe {
        let Some(info) = Info::of(info) else { return };
        let instance = Place::of::<PLACE>().instance();
        (*instance.frame.as_ptr()).value = ELSEWHERE;
        instance.encode(instance.env(), info.value(0));
    }
}

/// Both, for a place.
pub fn copiers(place: usize) -> (usize, Callback) {
    let (fast, slow) = ALL[place];
    (fast as *const () as usize, slow)
}

type Copy = unsafe extern "C" fn(usize, *const OneByteString);

macro_rules! for_places {
    ($($place:literal)*) => { [$((copy::<$place>, copy_slowly::<$place>)),*] };
}

static ALL: [(Copy, Callback); PLACES] = for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(bytes: &[u8]) -> Option<Vec<u8>> {
        let mut target = vec![0xee; bytes.len() + 1];
        // SAFETY: there are so many bytes at both.
        let is_ascii = unsafe { copy_ascii(bytes.as_ptr(), target.as_mut_ptr(), bytes.len()) };
        assert_eq!(target.pop(), Some(0xee));
        is_ascii.then_some(target)
    }

    #[test]
    fn latin1_becomes_utf8_if_there_is_room() {
        for length in 0..60 {
            for first in 0..length {
                let text: String = (0..length).map(|at| if at < first { 'a' } else { char::from(0x60 + (at * 7 % 0xa0) as u8) }).collect();
                let bytes: Vec<u8> = text.chars().map(|character| character as u8).collect();
                let mut target = vec![0; text.len() + 16];
                assert_eq!(copy_latin1(&bytes, &mut target), Some(text.len()), "{text}");
                assert_eq!(&target[..text.len()], text.as_bytes());
                assert_eq!(copy_latin1(&bytes, &mut target[..text.len() - 1]), None);
            }
        }
    }

    #[test]
    fn latin1_with_a_nul_is_refused() {
        let mut target = [0; 64];
        for at in 0..20 {
            let mut bytes = [0xe4; 20];
            bytes[at] = 0;
            assert_eq!(copy_latin1(&bytes, &mut target), None);
        }
    }

    #[test]
    fn ascii_of_any_length_is_copied() {
        for length in 0..200 {
            let bytes: Vec<u8> = (0..length).map(|at| 1 + at % 127).collect();
            assert_eq!(copied(&bytes), Some(bytes));
        }
    }

    #[test]
    fn other_characters_are_found_anywhere() {
        for length in 1..100 {
            for at in 0..length {
                for other in [0, 128, 255] {
                    let mut bytes = vec![b'a'; length];
                    bytes[at] = other;
                    assert_eq!(copied(&bytes), None, "{other} at {at} of {length}");
                }
            }
        }
    }
}
