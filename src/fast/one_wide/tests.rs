use crate::fast::places::PLACES;
use crate::fast::test_place::{ERRNO, FUNCTION, TestPlace};
use crate::presence::callee;
use std::ffi::c_void;
use std::mem::transmute;

type Entry<R> = extern "C" fn(u32, u64, u64, u64, f64, f64, f64, f64, f64, f64, f64, f64) -> R;
/// What moves an integer to each of the four places, by the entries that they go on as.
struct Entries {
    integers: [unsafe extern "C" fn(); 4],
    floats: [unsafe extern "C" fn(); 4],
    brief: [unsafe extern "C" fn(); 4],
    brief_stores: [unsafe extern "C" fn(); 4],
}

macro_rules! named {
    ($name:literal $place:literal) => {
        named!($name $place: 0 1 2 3)
    };
    ($name:literal $place:literal: $($at:literal)*) => {
        [$({
            unsafe extern "C" {
                #[link_name = concat!("arkffi_", $name, $at, "_", $place)]
                fn entry();
            }
            entry
        }),*]
    };
}

macro_rules! for_places {
    ($($place:literal)*) => {
        [$(Entries {
            integers: named!("wideAt" $place),
            floats: named!("floatsWideAt" $place),
            brief: named!("briefWideAt" $place),
            brief_stores: named!("briefStoresWideAt" $place),
        }),*]
    };
}

fn all() -> [Entries; PLACES] {
    for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
}

#[rustfmt::skip]
extern "C" fn sum(a: i64, b: i64, c: i64, d: i64, s: f64, t: f64, u: f64, v: f64, w: f64, x: f64, y: f64) -> i64 {
    [s, t, u, v, w, x, y].iter().fold(a + 10 * b + 100 * c + 1000 * d, |sum, float| sum * 10 + *float as i64)
}

#[rustfmt::skip]
extern "C" fn float_sum(a: i64, b: i64, c: i64, d: i64, s: f64, t: f64, u: f64, v: f64, w: f64, x: f64, y: f64) -> f64 {
    sum(a, b, c, d, s, t, u, v, w, x, y) as f64 + 0.5
}

/// Calls an entry with 1 to 3, -9, and floating-point numbers.
///
/// # Safety
///
/// It returns an `R`, and a place of this test is the one that it is for.
unsafe fn call<R>(entry: unsafe extern "C" fn()) -> R {
    // SAFETY: that is what these entries take; the rest as the caller says.
    let entry = unsafe { transmute::<unsafe extern "C" fn(), Entry<R>>(entry) };
    entry(callee(FUNCTION), 1, 2, 3, -9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)
}

#[test]
fn the_number_that_comes_first_is_an_integer_at_its_place_and_the_others_are_behind_each_other() {
    let sums = [3201, 3111, 2121, -8679].map(|ints: i64| ints * 10_000_000 + 1_234_567);
    for (at, expected) in sums.into_iter().enumerate() {
        let place = TestPlace::new(sum as *const c_void, ERRNO);
        let Entries { integers, brief, brief_stores, .. } = &all()[place.index];
        // SAFETY: the place is this test's, and its function returns an integer.
        let given = unsafe {
            call::<f64>(brief_stores[at]);
            (call::<i64>(integers[at]), call::<i64>(brief[at]), (*place.frame).int_results[0] as i64)
        };
        assert_eq!(given, (expected, expected, expected), "{at}");
        drop(place);
        let place = TestPlace::new(float_sum as *const c_void, ERRNO);
        let Entries { floats, brief, .. } = &all()[place.index];
        // SAFETY: as above, but a floating-point number.
        let given = unsafe { (call::<f64>(floats[at]), call::<f64>(brief[at])) };
        let expected = expected as f64 + 0.5;
        assert_eq!(given, (expected, expected), "{at}");
    }
}
