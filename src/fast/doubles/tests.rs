use super::*;
use crate::fast::test_place::{ERRNO, FUNCTION, TestPlace};
use crate::presence::callee;
use std::ffi::c_void;
use std::mem::transmute;
use std::ptr::with_exposed_provenance;

type Entry<R> = extern "C" fn(u32, f64, f64, f64, f64, f64, f64, f64, f64) -> R;

extern "C" fn sum(a: i64, b: i64, c: i64, d: i64, w: f64, x: f64, y: f64, z: f64) -> i64 {
    [w, x, y, z].iter().fold(a + 10 * b + 100 * c + 1000 * d, |sum, float| sum * 10 + *float as i64)
}

extern "C" fn float_sum(a: i64, b: i64, c: i64, d: i64, w: f64, x: f64, y: f64, z: f64) -> f64 {
    sum(a, b, c, d, w, x, y, z) as f64 + 0.5
}

/// Calls an entry with 1, 2, 3, -9, and 1 to 4.
///
/// # Safety
///
/// It returns an `R`, and a place of this test is the one that it is for.
unsafe fn call<R>(entry: usize) -> R {
    // SAFETY: that is what these entries take; the rest as the caller says.
    let entry = unsafe { transmute::<*const c_void, Entry<R>>(with_exposed_provenance(entry)) };
    entry(callee(FUNCTION), 1.0, 2.0, 3.0, -9.0, 1.0, 2.0, 3.0, 4.0)
}

#[test]
fn the_first_four_numbers_are_integers_and_those_behind_them_stay_what_they_are() {
    let expected = -8_679 * 10_000 + 1234;
    let place = TestPlace::new(sum as *const c_void, ERRNO);
    let Entries { integers, addresses, brief, brief_stores, .. } = Entries::of_host(place.index);
    for stores in [addresses, brief_stores] {
        // SAFETY: the place is this test's, and its function returns an integer.
        let (returned, stored) = unsafe { (call::<f64>(stores), (*place.frame).int_results[0] as i64) };
        // It is below 0.
        assert_eq!((returned, stored), (-1.0, expected));
        // SAFETY: the frame is this test's.
        unsafe { (*place.frame).int_results[0] = 0 };
    }
    // SAFETY: as above.
    let given = unsafe { (call::<i64>(integers), call::<i64>(brief)) };
    assert_eq!(given, (expected, expected));
    drop(place);
    let place = TestPlace::new(float_sum as *const c_void, ERRNO);
    let Entries { floats, brief, .. } = Entries::of_host(place.index);
    // SAFETY: as above, but a floating-point number.
    let given = unsafe { (call::<f64>(floats), call::<f64>(brief)) };
    let expected = expected as f64 + 0.5;
    assert_eq!(given, (expected, expected));
}
