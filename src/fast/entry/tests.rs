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
