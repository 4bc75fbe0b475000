//! The same calls from code that V8 has not compiled, or not with its best compiler: it then calls a
//! `v8::FunctionCallback`, which finds the values as handles, and returns one.

use super::engine::Layout;
use super::entry::Status;
use super::places::{PLACES, Place};
use super::result::Address;
use crate::frame::{FLOAT_SLOTS, Frame, INT_SLOTS};
use crate::instance::Instance;
use crate::plan::{Number, Plan, Spot};
use crate::presence::number_of;
use napi::sys;
use std::ffi::c_void;
use std::mem::offset_of;
use std::ptr;

/// A `v8::FunctionCallback`.
pub type Callback = unsafe extern "C" fn(info: *const c_void);

/// The callee that is no function: the caller asks whether values are found where they should be.
pub const PROBE: u32 = u32::MAX;
/// What a probe passes besides, an integer and a double, and what it gets.
pub const PROBED: (i64, f64, u64) = (-5, 0.5, 42);

/// What the engine gives a callback, as far as that is known of its version.
#[derive(Clone, Copy)]
pub(super) struct Info {
    info: *const usize,
    layout: Layout,
}

impl Info {
    /// `info` in this process's engine.
    pub fn of(info: *const c_void) -> Option<Info> {
        Some(Info { info: info.cast(), layout: Layout::current()? })
    }

    /// The value at `index` as a handle.
    ///
    /// # Safety
    ///
    /// The engine has called a callback with this, and so many values.
    pub unsafe fn value(self, index: usize) -> sys::napi_value {
        // SAFETY: as the caller says, and the layout is that of this version.
        let first = unsafe {
            match self.layout {
                Layout::Separate => *self.info.add(1) as *const usize,
                Layout::InFrame => self.info.add(10),
            }
        };
        // SAFETY: as above. Node-API's values are V8's local handles: addresses of slots.
        unsafe { first.add(index).cast_mut().cast() }
    }

    /// Has the callback return `value`.
    ///
    /// # Safety
    ///
    /// As for [`value`](Info::value); `value` is a handle of this environment's, not NULL.
    unsafe fn give(self, value: sys::napi_value) {
        // SAFETY: as the caller says: this is what `v8::ReturnValue::Set` does in these versions.
        unsafe {
            let slot = match self.layout {
                Layout::Separate => (*self.info as *mut usize).add(3),
                Layout::InFrame => self.info.add(6).cast_mut(),
            };
            *slot = *value.cast();
        }
    }
}

/// For callers that pass values.
unsafe extern "C" fn values_slowly<const PLACE: usize>(info: *const c_void) {
    // SAFETY: V8 calls this on the environment's thread with what it gives callbacks, and only stubs have the function.
    unsafe { enter_with_values(Place::of::<PLACE>().instance(), info) };
}

/// The same for all places: there is more code than in what compiled code calls.
///
/// # Safety
///
/// V8 has given this to a callback of the instance's for values, on its thread.
#[inline(never)]
unsafe fn enter_with_values(instance: &Instance, info: *const c_void) {
    // SAFETY: as the caller says.
    unsafe {
        let Some(info) = Info::of(info) else { return };
        let callee = integer(instance, info.value(0)).unwrap_or(-1) as u32;
        let is_made = if callee == PROBE { probe(instance, info) } else { instance.enter_and_give(callee, info) };
        if !is_made {
            (*instance.frame.as_ptr()).status = Status::NotCalled as u32;
        }
    }
}

/// For callers that pass nothing else than the callee.
unsafe extern "C" fn filled_slowly<const PLACE: usize>(info: *const c_void) {
    // SAFETY: as for `values_slowly`; the stub has filled the frame.
    unsafe { enter_filled_frame(Place::of::<PLACE>().instance(), info) };
}

/// # Safety
///
/// V8 has given this to a callback of the instance's, on its thread, and the frame is filled.
#[inline(never)]
unsafe fn enter_filled_frame(instance: &Instance, info: *const c_void) {
    // SAFETY: as the caller says.
    unsafe {
        let Some(info) = Info::of(info) else { return };
        let callee = integer(instance, info.value(0));
        let is_made = callee.is_some_and(|callee| instance.enter_slow(callee as u32, |_| Some(())));
        if !is_made {
            (*instance.frame.as_ptr()).status = Status::NotCalled as u32;
        }
    }
}

/// Stores the values in the frame as the plan says. `None` when one is no Number.
///
/// # Safety
///
/// As for [`Info::value`]: there is a value for each parameter, behind the callee.
unsafe fn fill(instance: &Instance, plan: &Plan, info: Info) -> Option<()> {
    const INTS: u32 = offset_of!(Frame, ints) as u32;
    const FLOATS: u32 = offset_of!(Frame, floats) as u32;
    let frame = instance.frame.as_ptr();
    for (index, spot) in plan.params.iter().enumerate() {
        let Spot::Scalar(offset) = *spot else { return None };
        // SAFETY: as the caller says.
        let value = unsafe { info.value(index + 1) };
        let (int, float) = (offset.wrapping_sub(INTS) as usize / 8, offset.wrapping_sub(FLOATS) as usize / 8);
        // SAFETY: as the caller says; the frame lives as long as the instance, and registers are within it.
        unsafe {
            if int < INT_SLOTS {
                (*frame).ints[int] = integer(instance, value)? as u64;
            } else if float < FLOAT_SLOTS {
                let value = double(instance, value)?;
                let is_single = plan.singles & (1 << float) != 0;
                (*frame).floats[float] = if is_single { u64::from((value as f32).to_bits()) } else { value.to_bits() };
            } else {
                return None;
            }
        }
    }
    Some(())
}

/// # Safety
///
/// As for [`Info::value`].
unsafe fn probe(instance: &Instance, info: Info) -> bool {
    let (int, float, answer) = PROBED;
    // SAFETY: as the caller says.
    let is_right = unsafe { integer(instance, info.value(1)) == Some(int) && double(instance, info.value(2)) == Some(float) };
    if is_right {
        let frame = instance.frame.as_ptr();
        // SAFETY: the frame lives as long as the instance; the rest as the caller says.
        unsafe {
            (*frame).int_results[0] = answer;
            (*frame).status = if give(instance, info, Some(Number::I32)) { Status::Ok } else { Status::InFrame } as u32;
        }
    }
    is_right
}

/// Has the callback return the number that is in the frame. `false` where it could not: of a NaN, of which the engine would
/// make another, and of an address that is no safe integer: so it is read in the frame.
///
/// # Safety
///
/// As for [`Info::value`].
unsafe fn give(instance: &Instance, info: Info, number: Option<Number>) -> bool {
    let Some(number) = number else { return true };
    let (env, mut value) = (instance.env(), ptr::null_mut());
    // SAFETY: the frame lives as long as the instance, and the engine has opened a scope for handles.
    unsafe {
        let frame = instance.frame.as_ptr();
        let (int, float) = ((*frame).int_results[0], (*frame).float_results[0]);
        let is_made = match number {
            Number::I32 => sys::napi_create_int32(env, int as i32, &raw mut value),
            Number::U32 => sys::napi_create_uint32(env, int as u32, &raw mut value),
            Number::Address => {
                if int >> Address::BITS != 0 {
                    return false;
                }
                sys::napi_create_int64(env, int as i64, &raw mut value)
            }
            Number::F32 | Number::F64 => {
                let float = if number == Number::F32 { f32::from_bits(float as u32).into() } else { f64::from_bits(float) };
                if float.is_nan() {
                    return false;
                }
                sys::napi_create_double(env, float, &raw mut value)
            }
        } == sys::Status::napi_ok;
        if is_made {
            info.give(value);
        }
        is_made
    }
}

/// # Safety
///
/// `value` is a handle of this environment's.
pub(super) unsafe fn integer(instance: &Instance, value: sys::napi_value) -> Option<i64> {
    let mut integer = 0;
    // SAFETY: as the caller says.
    let status = unsafe { sys::napi_get_value_int64(instance.env(), value, &raw mut integer) };
    (status == sys::Status::napi_ok).then_some(integer)
}

/// # Safety
///
/// `value` is a handle of this environment's.
unsafe fn double(instance: &Instance, value: sys::napi_value) -> Option<f64> {
    let mut double = 0.0;
    // SAFETY: as the caller says.
    let status = unsafe { sys::napi_get_value_double(instance.env(), value, &raw mut double) };
    (status == sys::Status::napi_ok).then_some(double)
}

impl Instance {
    /// Fills the frame and calls this [callee](crate::presence::callee). Whether it did; then the status is set.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, in a call from JavaScript; `fill` leaves in the frame what the plan wants.
    unsafe fn enter_slow(&self, callee: u32, fill: impl FnOnce(&Plan) -> Option<()>) -> bool {
        self.count_slow();
        let number = number_of(callee);
        let Some(call) = self.call_of(number).filter(|_| !self.is_inside()) else { return false };
        // SAFETY: as the caller says.
        unsafe {
            if fill(&call.plan).is_none() {
                return false;
            }
            self.enter_by_frame(number);
        }
        true
    }

    /// The same with values, which are in `info` behind the callee; has the callback return what compiled calls do.
    ///
    /// # Safety
    ///
    /// As for [`enter_slow`](Instance::enter_slow), and [`Info::value`].
    unsafe fn enter_and_give(&self, callee: u32, info: Info) -> bool {
        // SAFETY: as the caller says; the frame lives as long as the instance.
        unsafe {
            let mut number = None;
            let is_made = self.enter_slow(callee, |plan| {
                number = plan.number;
                fill(self, plan, info)
            });
            let frame = self.frame.as_ptr();
            if is_made && (*frame).status == Status::Ok as u32 && !give(self, info, number) {
                (*frame).status = Status::InFrame as u32;
            }
            is_made
        }
    }
}

/// The callbacks of a place: for callers that pass values, and for those whose values are in the frame.
pub(super) fn callbacks(place: usize) -> (Callback, Callback) {
    ALL[place]
}

macro_rules! for_places {
    ($($place:literal)*) => { [$((values_slowly::<$place>, filled_slowly::<$place>)),*] };
}

static ALL: [(Callback, Callback); PLACES] = for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
