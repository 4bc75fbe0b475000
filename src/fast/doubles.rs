//! The entries that get integers as floating-point numbers, for hosts whose own FFI is slow at 64-bit integers. Values of
//! JavaScript are such numbers: engines pass them as they are.

use super::entry::{Result, few_of_host};
use super::places::PLACES;

/// The integer that a number is; which one anything else gives does not matter.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn integer(number: f64) -> u64 {
    use std::arch::x86_64::{_mm_cvttsd_si64, _mm_set_sd};
    // SAFETY: every x86-64 has these instructions. A cast would look for what is no integer of 64 bits, which takes longer.
    unsafe { _mm_cvttsd_si64(_mm_set_sd(number)) as u64 }
}

/// The integer that a number is; which one anything else gives does not matter.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn integer(number: f64) -> u64 {
    number as i64 as u64
}

/// The entry for at most four integers, each a floating-point number, and behind all four the same number of others.
/// Those that a signature does not have are whatever is in the registers. There may be `TEXTS` where the result is an
/// integer: elsewhere they are seldom enough to go through the frame.
///
/// # Safety
///
/// As for the other entries of a host.
#[rustfmt::skip]
pub(super) unsafe extern "C" fn of_host<const PLACE: usize, const TEXTS: bool, R: Result>(
    callee: u32, a: f64, b: f64, c: f64, d: f64, w: f64, x: f64, y: f64, z: f64,
) -> R {
    // SAFETY: as the caller says. The last four are in their registers already, and nothing to C.
    unsafe { few_of_host::<PLACE, TEXTS, R>(callee, integer(a), integer(b), integer(c), integer(d), w, x, y, z, w, x, y, z) }
}

/// The addresses of a place's entries for a host, for integer results, or none, and for floating-point results.
pub fn entries(place: usize) -> [usize; 2] {
    ALL[place]()
}

fn of_place<const PLACE: usize>() -> [usize; 2] {
    [of_host::<PLACE, true, u64> as *const () as usize, of_host::<PLACE, false, f64> as *const () as usize]
}

macro_rules! for_places {
    ($($place:literal)*) => { [$(of_place::<$place>),*] };
}

static ALL: [fn() -> [usize; 2]; PLACES] = for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
