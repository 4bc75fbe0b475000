//! Calls of functions that have no strings or images in scratch memory. Nearly everything that a call costs here is
//! instructions, so there are few, and nothing has to be saved while C runs. Such a call is only counted as a use of
//! its library when JavaScript runs inside of it: nothing else could close that.

use super::entry::Status;
use super::places::Place;
use super::result::Result;
use crate::targets::Target;
use std::ffi::c_void;

/// Calls this [callee](crate::presence::callee) by `call`, which gets its address and what else is known of it. Leaves the
/// result, and what became of the call, in the frame.
///
/// # Safety
///
/// This is the thread of the environment at the place, in a call from JavaScript, and `call` may call the function.
#[inline(always)]
pub(super) unsafe fn enter<const PLACE: usize, R: Result>(
    callee: u32,
    call: impl FnOnce(*const c_void, *const Target) -> R,
) -> R::Returned {
    let place = Place::of::<PLACE>();
    // SAFETY: as the caller says; all of this lives as long as the instance, and a target is not changed by C.
    unsafe {
        let presence = place.presence();
        if presence.is_inside() {
            return not_called::<PLACE, R>();
        }
        let target = place.target(callee);
        let address = (*target).address;
        if address.is_null() {
            return not_called::<PLACE, R>();
        }
        presence.enter_bare(callee);
        let (frame, errno) = (place.frame(), place.errno());
        // Mostly it is that already: not to store it then keeps calls from waiting for each other.
        if *errno != (*frame).errno {
            *errno = (*frame).errno;
        }
        let result = call(address, target);
        let (frame, errno, presence) = (place.frame(), place.errno(), place.presence());
        result.store(frame);
        (*frame).errno = *errno;
        if presence.is_unusual() {
            return look_closer::<PLACE, R>(result);
        }
        presence.leave();
        (*frame).status = Status::Ok as u32;
        result.into()
    }
}

/// Says that the call was not made.
///
/// # Safety
///
/// As for [`enter`].
#[cold]
#[inline(never)]
pub(super) unsafe extern "C" fn not_called<const PLACE: usize, R: Result>() -> R::Returned {
    // SAFETY: as the caller says; there is a frame even where nobody has taken the place.
    unsafe { (*Place::of::<PLACE>().frame()).status = Status::NotCalled as u32 };
    R::Returned::default()
}

/// # Safety
///
/// As for [`enter`], when the call has returned.
#[cold]
#[inline(never)]
unsafe extern "C" fn look_closer<const PLACE: usize, R: Result>(result: R) -> R::Returned {
    // SAFETY: as the caller says.
    unsafe { Place::of::<PLACE>().instance() }.look_closer();
    result.into()
}
