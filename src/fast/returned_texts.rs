//! Strings that C has returned, for a host that makes a string sooner of bytes that JavaScript sees than Node-API does of
//! bytes of C.

use super::places::{PLACES, Place};
use crate::memory;

/// Longer ones go by Node-API.
const MOST: usize = 256;
/// It goes by Node-API, which also tells what is wrong with it.
const OTHER: i32 = -1;

/// Copies the string whose address the last call has returned to where the frame has the words of the stack, which are not
/// used when C has returned, if it is short and ASCII. Returns its length.
///
/// # Safety
///
/// This is the thread of the environment at the place, and that call's result is a string.
unsafe extern "C" fn copy_text<const PLACE: usize>() -> i32 {
    // SAFETY: as the caller says.
    unsafe { copy_text_of(Place::of::<PLACE>()) }
}

/// The same for all places.
///
/// # Safety
///
/// As for [`copy_text`].
#[inline(never)]
unsafe fn copy_text_of(place: &Place) -> i32 {
    // SAFETY: as the caller says; the frame lives as long as the instance, and has room for so many bytes.
    unsafe {
        // Also if nobody has the place any more.
        if place.presence().is_inside() {
            return OTHER;
        }
        let frame = place.frame();
        let Ok(pointer) = memory::checked((*frame).int_results[0]) else { return OTHER };
        let text = memory::c_string(pointer, None);
        if text.len() > MOST || !text.is_ascii() {
            return OTHER;
        }
        (&raw mut (*frame).stack).cast::<u8>().copy_from_nonoverlapping(text.as_ptr(), text.len());
        text.len() as i32
    }
}

/// The address of a place's entry.
pub fn entry(place: usize) -> usize {
    ALL[place] as *const () as usize
}

macro_rules! for_places {
    ($($place:literal)*) => { [$(copy_text::<$place>),*] };
}

static ALL: [unsafe extern "C" fn() -> i32; PLACES] = for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
