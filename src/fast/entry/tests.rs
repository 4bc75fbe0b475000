use super::*;
use crate::fast::test_place::{CLOSED, ERRNO, FUNCTION, TestPlace};
use crate::presence::callee;
use std::ffi::c_void;
use std::mem::transmute;
use std::ptr::with_exposed_provenance;

extern "C" fn answer() -> u64 {
    42
}

type OfHost = extern "C" fn(u32, u64, u64) -> u64;
type OfEngine = extern "C" fn(usize, u32, u64, u64) -> u64;

/// The addresses of entries without floating-point results.
fn addresses(entries: Entries) -> [usize; 4] {
    [entries.integers, entries.few_texts, entries.few_integers, entries.frame]
}

/// What becomes of a call by each entry of a place.
fn statuses(of: &TestPlace, number: u32) -> Vec<u32> {
    // SAFETY: entries take these, and more that is nothing to the function; the place is this test's.
    let called = |call: &dyn Fn()| unsafe {
        (*of.frame).status = Status::InFrame as u32;
        call();
        (*of.frame).status
    };
    let host = addresses(Entries::of_host(of.index)).map(|address| {
        // SAFETY: as above.
        let entry = unsafe { transmute::<*const c_void, OfHost>(with_exposed_provenance(address)) };
        called(&|| _ = entry(callee(number), 1, 2))
    });
    let engine = addresses(Entries::of_engine(of.index)).map(|address| {
        // SAFETY: as above.
        let entry = unsafe { transmute::<*const c_void, OfEngine>(with_exposed_provenance(address)) };
        called(&|| _ = entry(0, callee(number), 1, 2))
    });
    [host, engine].concat()
}

#[test]
fn calls_are_made_of_functions_that_are_open_at_places_that_are() {
    let of = TestPlace::new(answer as *const c_void, ERRNO);
    assert_eq!(statuses(&of, FUNCTION), [Status::Ok as u32; 8]);
    assert_eq!(statuses(&of, CLOSED), [Status::NotCalled as u32; 8]);
    let taken = TestPlace::taken(answer as *const c_void, ERRNO);
    assert_eq!(statuses(&taken, FUNCTION), [Status::NotCalled as u32; 8]);
}

extern "C" fn give<const ADDRESS: u64>() -> u64 {
    ADDRESS
}

#[test]
fn addresses_are_returned_as_doubles_if_they_are_safe_integers() {
    let safe = ((1 << 53) - 1, give::<{ (1 << 53) - 1 }> as *const c_void, 9_007_199_254_740_991.0);
    let others = [(1 << 53, give::<{ 1 << 53 }> as *const c_void), (u64::MAX, give::<{ u64::MAX }> as *const c_void)];
    for (address, function, expected) in [safe].into_iter().chain(others.map(|(address, function)| (address, function, -1.0))) {
        let of = TestPlace::new(function, ERRNO);
        let (host, engine) = (Entries::of_host(of.index).few_addresses, Entries::of_engine(of.index).few_addresses);
        // SAFETY: such entries take these; the place is this test's.
        let returned = unsafe {
            [
                transmute::<*const c_void, extern "C" fn(u32) -> f64>(with_exposed_provenance(host))(callee(FUNCTION)),
                transmute::<*const c_void, extern "C" fn(usize, u32) -> f64>(with_exposed_provenance(engine))(0, callee(FUNCTION)),
            ]
        };
        assert_eq!(returned, [expected; 2]);
        // SAFETY: as above.
        assert_eq!(unsafe { ((*of.frame).int_results[0], (*of.frame).status) }, (address, Status::Ok as u32));
    }
}
