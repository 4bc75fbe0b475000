//! Finalizers, as `lib/finalizer.js` attaches them.

use super::{Thrown, get_frame, instance, see_to, with_instance};
use crate::instance::Freeing;
use napi::bindgen_prelude::Unknown;
use napi::{Env, JsValue};
use napi_derive::napi;

/// Has a function run with the frame's address when the object is collected: the bound one with a number, or
/// else the one at the address in the frame's value. `size` is the bytes that the engine is told of. Returns
/// the finalizer's number.
#[napi(catch_unwind)]
pub fn attach_finalizer(env: Env, object: Unknown<'_>, bound: Option<u32>, size: f64) -> Thrown<f64> {
    let raw = env.raw();
    with_instance(&env, |instance| {
        // SAFETY: the frame lives as long as the instance, and nobody else uses it during this call.
        let address = unsafe { (*instance.frame.as_ptr()).value };
        let freeing = bound.map_or(Freeing::At(address), Freeing::Bound);
        let (pointer, _) = get_frame(instance);
        // SAFETY: this is a call from JavaScript in `env`, of which the object is.
        let number = unsafe { instance.attach_finalizer(raw, object.raw(), &freeing, pointer, size as i64) }?;
        Ok(number as f64)
    })
}

/// Runs a finalizer now. Returns whether it did: it may have run before, or been taken back.
#[napi(catch_unwind)]
pub fn run_finalizer(env: Env, number: f64) -> Thrown<bool> {
    instance(&env)?.aside(|| {
        let call = with_instance(&env, |instance| Ok(instance.run_finalizer(number as u64)))?;
        call.map_or(Ok(false), |call| see_to(&env, call).map(|()| true))
    })
}

/// Takes a finalizer back. Returns whether it would have run.
#[napi(catch_unwind)]
pub fn detach_finalizer(env: Env, number: f64) -> Thrown<bool> {
    instance(&env)?.aside(|| {
        let was_waiting = with_instance(&env, |instance| Ok(instance.detach_finalizer(number as u64)))?;
        // Destructors of its library may have run.
        see_to(&env, 0).map(|()| was_waiting)
    })
}
