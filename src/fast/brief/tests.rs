use super::*;
use crate::fast::entry::Status;
use crate::fast::places::place;
use crate::fast::test_place::{CLOSED, ERRNO, FUNCTION, TestPlace};
use crate::presence::callee;
use std::ffi::{c_int, c_void};
use std::mem::transmute;
use std::ptr::{null, with_exposed_provenance};

type OfHost<R> = extern "C" fn(u32, u64, u64, u64, u64, f64, f64) -> R;
type OfEngine<R> = extern "C" fn(usize, u32, u64, u64, u64, u64, f64, f64) -> R;

/// Who calls.
#[derive(Clone, Copy, Debug)]
enum Who {
    Host,
    /// May there be floating-point numbers?
    Engine(bool),
}

const ALL: [Who; 3] = [Who::Host, Who::Engine(false), Who::Engine(true)];

/// Calls an entry of a place with 1 to 6.
///
/// # Safety
///
/// The place is this thread's, or nobody's, and the entry returns an `R`.
unsafe fn call<R>(who: Who, index: usize, address: fn(Entries) -> usize, number: u32) -> R {
    let of = |entries: Entries| with_exposed_provenance::<c_void>(address(entries));
    // SAFETY: as the caller says.
    unsafe {
        match who {
            Who::Host => transmute::<*const c_void, OfHost<R>>(of(Entries::of_host(index)))(callee(number), 1, 2, 3, 4, 5.0, 6.0),
            Who::Engine(floats) => {
                transmute::<*const c_void, OfEngine<R>>(of(Entries::of_engine(index, floats)))(0, callee(number), 1, 2, 3, 4, 5.0, 6.0)
            }
        }
    }
}

extern "C" fn sum(a: u64, b: u64, c: u64, d: u64, x: f64, y: f64) -> u64 {
    a + 10 * b + 100 * c + 1000 * d + (10_000.0 * x + 100_000.0 * y) as u64
}

extern "C" fn float_sum(a: u64, b: u64, c: u64, d: u64, x: f64, y: f64) -> f64 {
    sum(a, b, c, d, 0.0, 0.0) as f64 + x / 2.0 + y / 4.0
}

/// What an entry returns, and leaves in the frame as the result and as the status, at a place where one function is open.
fn called<R: Copy>(who: Who, address: fn(Entries) -> usize, function: *const c_void, number: u32, errno: c_int) -> (R, u64, u32) {
    let place = TestPlace::new(function, errno);
    // SAFETY: the place is this test's, and has what the entry needs; each test names the type that its function returns.
    unsafe {
        (*place.frame).status = Status::InFrame as u32;
        (call::<R>(who, place.index, address, number), (*place.frame).int_results[0], (*place.frame).status)
    }
}

#[test]
fn arguments_and_results_are_where_c_has_them() {
    for who in ALL {
        let (result, _, status) = called::<u64>(who, |entries| entries.returns, sum as *const c_void, FUNCTION, ERRNO);
        assert_eq!((result, status), (654_321, Status::Ok as u32), "{who:?}");
        let (result, _, status) = called::<f64>(who, |entries| entries.returns, float_sum as *const c_void, FUNCTION, ERRNO);
        assert_eq!((result, status), (4325.0, Status::Ok as u32), "{who:?}");
        let (_, stored, status) = called::<u64>(who, |entries| entries.stores, sum as *const c_void, FUNCTION, ERRNO);
        assert_eq!((stored, status), (654_321, Status::Ok as u32), "{who:?}");
    }
}

extern "C" fn give<const ADDRESS: u64>() -> u64 {
    ADDRESS
}

/// Functions that return these addresses, and what an entry returns for each.
const ADDRESSES: [(u64, *const c_void, f64); 6] = [
    (0, give::<0> as *const c_void, 0.0),
    ((1 << 47) + 5, give::<{ (1 << 47) + 5 }> as *const c_void, 140_737_488_355_333.0),
    ((1 << 53) - 1, give::<{ (1 << 53) - 1 }> as *const c_void, 9_007_199_254_740_991.0),
    (1 << 53, give::<{ 1 << 53 }> as *const c_void, -1.0),
    (1 << 63, give::<{ 1 << 63 }> as *const c_void, -1.0),
    (u64::MAX, give::<{ u64::MAX }> as *const c_void, -1.0),
];

#[test]
fn what_is_stored_is_returned_as_an_address_too_if_it_is_a_safe_integer() {
    for who in ALL {
        for (address, function, expected) in ADDRESSES {
            let (returned, stored, status) = called::<f64>(who, |entries| entries.stores, function, FUNCTION, ERRNO);
            assert_eq!((returned, stored, status), (expected, address, Status::Ok as u32), "{who:?}");
        }
    }
}

/// Every way to an entry.
fn ways() -> impl Iterator<Item = (Who, fn(Entries) -> usize)> {
    let addresses: [fn(Entries) -> usize; 2] = [|entries| entries.returns, |entries| entries.stores];
    ALL.into_iter().flat_map(move |who| addresses.map(|address| (who, address)))
}

#[test]
fn no_call_is_made_of_a_closed_function() {
    for (who, address) in ways() {
        for (function, number) in [(sum as *const c_void, CLOSED), (null(), FUNCTION)] {
            assert_eq!(called::<u64>(who, address, function, number, ERRNO), (0, 0, Status::NotCalled as u32), "{who:?}");
        }
    }
}

#[test]
fn the_errno_that_the_last_call_has_left_is_put_back() {
    for (who, address) in ways() {
        let place = TestPlace::new(sum as *const c_void, ERRNO + 1);
        // SAFETY: the place is this test's.
        unsafe { call::<u64>(who, place.index, address, FUNCTION) };
        assert_eq!(place.errno(), ERRNO, "{who:?}");
        drop(place);
        // All arguments are where they were.
        let (returned, stored, status) = called::<u64>(who, address, sum as *const c_void, FUNCTION, ERRNO + 1);
        assert_eq!((returned.max(stored), status), (654_321, Status::Ok as u32), "{who:?}");
    }
}

#[test]
fn no_call_is_made_at_a_place_that_is_not_open() {
    let taken = TestPlace::taken(sum as *const c_void, ERRNO);
    // No environment of these tests takes so many places: the other is nobody's.
    for index in [taken.index, PLACES - 1] {
        let frame = place(index).frame();
        for (who, address) in ways() {
            // SAFETY: no call is made; there is a frame everywhere.
            let (result, status) = unsafe {
                (*frame).status = Status::Ok as u32;
                (call::<u64>(who, index, address, FUNCTION), (*frame).status)
            };
            assert_eq!((result, status), (0, Status::NotCalled as u32), "{who:?}");
        }
    }
}
