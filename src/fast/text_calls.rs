//! Calls through the frame with strings among their arguments, which the engine gives as they lie in its memory.

use super::entry::{Status, by_frame, enter_filled};
use super::places::{PLACES, Place};
use super::slow::{Callback, Info, integer};
use super::texts::{OneByteString, take_copy};
use crate::frame::Frame;
use crate::instance::Instance;
use std::ffi::c_void;

/// Where the addresses of one or two strings go: offsets in the frame, of 16 bits each. No argument has the offset 0.
#[derive(Clone, Copy)]
struct Slots(u32);

impl Slots {
    /// That of the first string.
    fn first(self) -> u32 {
        self.0 & 0xffff
    }

    /// That of the second string, if there is one.
    fn second(self) -> Option<u32> {
        let slot = self.0 >> 16;
        (slot != 0).then_some(slot)
    }

    /// Of all strings.
    fn all(self) -> impl Iterator<Item = u32> {
        [Some(self.first()), self.second()].into_iter().flatten()
    }
}

/// Stores the address of what is at an offset in the frame.
///
/// # Safety
///
/// The slot is one of a frame that is allocated up to it.
#[inline(always)]
unsafe fn store(frame: *mut Frame, slot: u32, address: u64) {
    // SAFETY: as the caller says.
    unsafe { frame.cast::<u8>().add(slot as usize).cast::<u64>().write(address) };
}

/// The entry: [`by_frame`](super::entry::by_frame) with copies of these strings. It makes no call if one of them cannot just
/// be copied.
///
/// # Safety
///
/// As for `by_frame`, but the strings' slots in the frame need not be filled; there is a string for each.
pub(super) unsafe extern "C" fn with_texts<const PLACE: usize>(
    _receiver: usize,
    callee: u32,
    slots: u32,
    first: *const OneByteString,
    second: *const OneByteString,
) {
    let (frame, slots) = (Place::of::<PLACE>().frame(), Slots(slots));
    // SAFETY: as the caller says. The strings are read before C runs.
    unsafe {
        (*frame).status = Status::NotCalled as u32;
        let pass = |slot: u32, text: *const OneByteString| match take_copy(frame, text) {
            Some(at) => {
                store(frame, slot, frame.expose_provenance() as u64 + u64::from(at));
                true
            }
            None => false,
        };
        // What was left there before is given back by Node-API's entry, to which the stub turns.
        if (*frame).has_scratch() {
            return;
        }
        let floor = (*frame).scratch_floor;
        if pass(slots.first(), first) && slots.second().is_none_or(|slot| pass(slot, second)) {
            // C may get into JavaScript in ways that nothing here sees.
            (*frame).scratch_floor = (*frame).scratch_top;
            enter_filled::<PLACE>(callee);
            (*frame).scratch_floor = floor;
        }
        (*frame).scratch_top = floor;
    }
}

/// The same from code that V8 has not compiled, and for strings of any kind.
unsafe extern "C" fn with_texts_slowly<const PLACE: usize>(info: *const c_void) {
    // SAFETY: V8 calls this on the environment's thread with what it gives callbacks, and only stubs have the function; they
    // have filled the frame but for the strings.
    unsafe {
        let instance = Place::of::<PLACE>().instance();
        let callee = copy_slowly(instance, info);
        let floor = instance.raise_floor();
        if let Some(callee) = callee {
            // What was copied is below the floor: it does as `enter_filled`, whose code would be here once more.
            by_frame::<PLACE>(0, callee);
        }
        instance.give_back(floor);
    }
}

/// Copies the strings, and returns the callee; `None` if no call is to be made.
///
/// # Safety
///
/// V8 has given this to a callback of the instance's for strings, on its thread.
#[inline(never)]
unsafe fn copy_slowly(instance: &Instance, info: *const c_void) -> Option<u32> {
    // SAFETY: as the caller says.
    unsafe {
        let frame = instance.frame.as_ptr();
        instance.count_slow();
        (*frame).status = Status::NotCalled as u32;
        let info = Info::of(info).filter(|_| !instance.is_inside())?;
        let (callee, slots) = (integer(instance, info.value(0))?, integer(instance, info.value(1))?);
        let copy = |(index, slot): (usize, u32)| {
            instance.encode(instance.env(), info.value(2 + index));
            store(frame, slot, (*frame).address);
            (*frame).address != 0
        };
        Slots(slots as u32).all().enumerate().all(copy).then_some(callee as u32)
    }
}

/// The address of a place's entry.
pub(super) fn entry(place: usize) -> usize {
    ALL[place].0 as *const () as usize
}

/// What stands for it in code that is not compiled.
pub(super) fn callback(place: usize) -> Callback {
    ALL[place].1
}

/// [`with_texts`].
pub(super) type Entry = unsafe extern "C" fn(usize, u32, u32, *const OneByteString, *const OneByteString);

macro_rules! for_places {
    ($($place:literal)*) => { [$((with_texts::<$place>, with_texts_slowly::<$place>)),*] };
}

static ALL: [(Entry, Callback); PLACES] = for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_integer_says_where_two_addresses_go() {
        assert_eq!(Slots(0x60).all().collect::<Vec<_>>(), [0x60]);
        assert_eq!(Slots(0x48_0060).all().collect::<Vec<_>>(), [0x60, 0x48]);
    }
}
