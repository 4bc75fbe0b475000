//! The entries.

use super::bare;
use super::places::{PLACES, Place};
use super::result::{Address, Result};
use crate::frame::Frame;
use crate::instance::Instance;
use crate::invoke::invoke;
use crate::presence::{marks, number_of};
use crate::targets::Target;
use std::ffi::c_void;

/// What became of a call; the numbers are those of `lib/fast/provider.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    /// It was made, and the entry has returned the result, or left it in the frame where that is asked for; most do both.
    Ok = 0,
    /// It was not made: it has to go through [`crate::enter`], which also throws if the function is closed.
    NotCalled = 1,
    /// It was made; the result is in the frame only.
    InFrame = 2,
    /// It was made, and there may be something to throw.
    SeeTo = 3,
    /// It was made, JavaScript may have run inside, and there may be something to throw.
    Inside = 4,
}

/// Integer arguments of an entry.
pub const INTS: usize = 6;
/// Those of an entry for few.
pub const FEW: usize = 4;

macro_rules! entries {
    ($direct:ident $with_scratch:ident $of_host:ident $($int:ident)*) => {
        /// The engine's entry: its code passes a receiver first, and behind the values what is only to be kept reachable.
        /// The values that a signature does not have are whatever is in the registers.
        ///
        /// # Safety
        ///
        /// The [callee](crate::presence::callee) is a function whose parameters, integers and floats each in their order, are
        /// these, none of them a string unless there may be `TEXTS`, and whose result is an `R`; this is the thread of the
        /// environment at the place.
        #[rustfmt::skip]
        pub(super) unsafe extern "C" fn $direct<const PLACE: usize, const TEXTS: bool, R: Result>(
            _receiver: usize, callee: u32, $($int: u64,)*
            s: f64, t: f64, u: f64, v: f64, w: f64, x: f64, y: f64, z: f64,
        ) -> R::Returned {
            // SAFETY: as the caller says; a function of C ignores the registers that it has no parameters for.
            unsafe {
                let place = Place::of::<PLACE>();
                if TEXTS && (*place.frame()).has_scratch() {
                    return $with_scratch::<R>(place, callee, $($int,)* s, t, u, v, w, x, y, z);
                }
                bare::enter::<PLACE, R>(callee, |address, _| {
                    entries!(@type $($int)*);
                    std::mem::transmute::<*const c_void, Function<R>>(address)($($int,)* s, t, u, v, w, x, y, z)
                })
            }
        }

        /// The same of any place for a call with strings in scratch memory.
        ///
        /// # Safety
        ///
        /// As for the entry itself.
        #[rustfmt::skip]
        #[inline(never)]
        unsafe extern "C" fn $with_scratch<R: Result>(
            place: &Place, callee: u32, $($int: u64,)*
            s: f64, t: f64, u: f64, v: f64, w: f64, x: f64, y: f64, z: f64,
        ) -> R::Returned {
            // SAFETY: as the caller says.
            unsafe {
                place.instance().enter_counted(number_of(callee), |target| {
                    entries!(@type $($int)*);
                    std::mem::transmute::<*const c_void, Function<R>>(target.address)($($int,)* s, t, u, v, w, x, y, z)
                })
            }
        }

        /// The same for a host that passes nothing first.
        ///
        /// # Safety
        ///
        /// As for the entry itself.
        #[rustfmt::skip]
        pub(super) unsafe extern "C" fn $of_host<const PLACE: usize, const TEXTS: bool, R: Result>(
            callee: u32, $($int: u64,)*
            s: f64, t: f64, u: f64, v: f64, w: f64, x: f64, y: f64, z: f64,
        ) -> R::Returned {
            // SAFETY: as the caller says.
            unsafe { $direct::<PLACE, TEXTS, R>(0, callee, $($int,)* s, t, u, v, w, x, y, z) }
        }
    };
    (@type $($int:ident)*) => {
        // Variadic functions look for how many floating-point registers there may be, also when they are bound as others.
        type Function<R> = unsafe extern "C" fn($(entries!(@u64 $int),)* f64, f64, f64, f64, f64, f64, f64, f64, ...) -> R;
    };
    (@u64 $int:ident) => { u64 };
}

// On x86-64, what comes after the fourth is on the stack, because two registers are taken already.
entries!(few few_with_scratch few_of_host a b c d);
entries!(many many_with_scratch many_of_host a b c d e f);

/// The entry for calls of any signature, whose arguments are in the frame.
///
/// # Safety
///
/// This is the thread of the environment at the place, which has filled the frame for this [callee](crate::presence::callee).
pub(super) unsafe extern "C" fn by_frame<const PLACE: usize>(_receiver: usize, callee: u32) {
    // SAFETY: as the caller says; the plan lives as long as the function.
    unsafe {
        let place = Place::of::<PLACE>();
        let frame = place.frame();
        if (*frame).has_scratch() {
            return place.instance().enter_by_frame(number_of(callee));
        }
        enter_filled::<PLACE>(callee);
    }
}

/// The same whether or not there is something in scratch memory, which stays there.
///
/// # Safety
///
/// As for [`by_frame`].
#[inline(always)]
pub(super) unsafe fn enter_filled<const PLACE: usize>(callee: u32) {
    // SAFETY: as the caller says; the plan lives as long as the function.
    unsafe { bare::enter::<PLACE, ()>(callee, |address, target| invoke_target(Place::of::<PLACE>().frame(), address, target)) };
}

/// [`invoke`] for all places: it is more code than what is around it.
///
/// # Safety
///
/// As for that; the path is the target's.
#[inline(never)]
unsafe fn invoke_target(frame: *mut Frame, address: *const c_void, target: *const Target) {
    // SAFETY: as the caller says.
    unsafe {
        (*frame).count_call();
        invoke(frame, address, (*target).path);
    }
}

/// The same for a host that passes nothing first; see the other entries for one.
///
/// # Safety
///
/// As for [`by_frame`].
pub(super) unsafe extern "C" fn of_host_by_frame<const PLACE: usize>(callee: u32) {
    // SAFETY: as the caller says.
    unsafe { by_frame::<PLACE>(0, callee) };
}

/// The addresses of a place's entries. Strings may be among the arguments where it is not said otherwise.
#[derive(Clone, Copy)]
pub struct Entries {
    /// Integer results, or none.
    pub integers: usize,
    /// The same for at most [`FEW`] integer arguments.
    pub few_texts: usize,
    /// The same without strings.
    pub few_integers: usize,
    /// Addresses that are returned as doubles, for the same.
    pub few_addresses: usize,
    /// Floating-point results.
    pub floats: usize,
    /// The same for at most [`FEW`] integer arguments, without strings.
    pub few_floats: usize,
    /// Everything through the frame.
    pub frame: usize,
}

impl Entries {
    /// Those that the engine calls.
    pub fn of_engine(place: usize) -> Entries {
        ENGINE[place]()
    }

    /// Those that a host's own FFI calls.
    pub fn of_host(place: usize) -> Entries {
        HOST[place]()
    }
}

fn engine<const PLACE: usize>() -> Entries {
    Entries {
        integers: many::<PLACE, true, u64> as *const () as usize,
        few_texts: few::<PLACE, true, u64> as *const () as usize,
        few_integers: few::<PLACE, false, u64> as *const () as usize,
        few_addresses: few::<PLACE, false, Address> as *const () as usize,
        floats: many::<PLACE, true, f64> as *const () as usize,
        few_floats: few::<PLACE, false, f64> as *const () as usize,
        frame: by_frame::<PLACE> as *const () as usize,
    }
}

fn host<const PLACE: usize>() -> Entries {
    Entries {
        integers: many_of_host::<PLACE, true, u64> as *const () as usize,
        few_texts: few_of_host::<PLACE, true, u64> as *const () as usize,
        few_integers: few_of_host::<PLACE, false, u64> as *const () as usize,
        few_addresses: few_of_host::<PLACE, false, Address> as *const () as usize,
        floats: many_of_host::<PLACE, true, f64> as *const () as usize,
        few_floats: few_of_host::<PLACE, false, f64> as *const () as usize,
        frame: of_host_by_frame::<PLACE> as *const () as usize,
    }
}

macro_rules! for_places {
    ($entries:ident $($place:literal)*) => { [$($entries::<$place>),*] };
}

static ENGINE: [fn() -> Entries; PLACES] = for_places!(engine 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
static HOST: [fn() -> Entries; PLACES] = for_places!(host 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

impl Instance {
    /// Calls the function with this number by `call`. Leaves the result, and what became of the call, in the frame.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, in a call from JavaScript, and `call` may call the target it is given.
    #[inline(always)]
    unsafe fn enter_counted<R: Result>(&self, number: u32, call: impl FnOnce(&Target) -> R) -> R::Returned {
        let frame = self.frame.as_ptr();
        // SAFETY: as the caller says; the frame lives as long as the instance.
        unsafe {
            if self.is_inside() {
                (*frame).status = Status::NotCalled as u32;
                return R::Returned::default();
            }
            let store = |target: &Target| {
                let result = call(target);
                result.store(frame);
                result
            };
            let made = self.call_by(number, marks::NO_SCOPE, store, || ());
            // Always stored: a script that was stopped may have left another.
            (*frame).status = match made {
                Some((_, (), serial)) if self.has_notes() && self.keep_note(serial, number) => Status::SeeTo,
                Some(_) => Status::Ok,
                None => Status::NotCalled,
            } as u32;
            made.map(|(result, (), _)| result.into()).unwrap_or_default()
        }
    }

    /// The same for a function whose arguments are in the frame.
    ///
    /// # Safety
    ///
    /// As for [`enter_counted`](Instance::enter_counted); the frame is filled for the function.
    pub(super) unsafe fn enter_by_frame(&self, number: u32) {
        let frame = self.frame.as_ptr();
        // SAFETY: as the caller says; the plan lives as long as the function.
        unsafe { self.enter_counted(number, |target| invoke(frame, target.address, target.path)) }
    }
}

#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tests;
