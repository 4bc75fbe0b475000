//! Callbacks and asynchronous calls, as far as they are cold.

use super::{Thrown, spot_numbers, strong_reference, with_instance};
use crate::instance::Listener;
use napi::bindgen_prelude::Unknown;
use napi::{Env, JsValue};
use napi_derive::napi;
use std::ptr;

/// The plan for callbacks of a signature, in the same form.
#[napi(catch_unwind)]
pub fn callback_plan(env: Env, types: &[u32]) -> Thrown<Vec<u32>> {
    with_instance(&env, |instance| {
        let (number, callback) = instance.callback_plan(types)?;
        let spots = [&callback.plan.result].into_iter().chain(&callback.plan.params);
        Ok([number].into_iter().chain(spots.flat_map(spot_numbers)).collect())
    })
}

/// Adds a function that runs the callback named in the frame, and returns its number. `is_still` says that the engine moves no
/// objects.
#[napi(catch_unwind, ts_args_type = "run: () => void, isStill: boolean")]
pub fn add_runner(env: Env, run: Unknown<'_>, is_still: bool) -> Thrown<u32> {
    let reference = strong_reference(env.raw(), run.raw())?;
    with_instance(&env, |instance| {
        if is_still {
            // SAFETY: this is a call from JavaScript; the rest as JavaScript says.
            unsafe { instance.expect_lasting(reference) };
        }
        Ok(instance.add_runner(reference))
    })
}

/// Lets other threads reach this one (see [`Instance::listen`](crate::instance::Instance::listen)); once for each copy of
/// the package. Returns its number.
#[napi(
    catch_unwind,
    ts_args_type = "readLetter: () => void, settle: () => void, nothing: () => void, thrown: unknown[], later?: () => void"
)]
pub fn listen(
    env: Env,
    read_letter: Unknown<'_>,
    settle: Unknown<'_>,
    nothing: Unknown<'_>,
    thrown: Unknown<'_>,
    later: Option<Unknown<'_>>,
) -> Thrown<u32> {
    let raw = env.raw();
    let reference = |value: &Unknown<'_>| strong_reference(raw, value.raw());
    let listener = Listener {
        reader: reference(&read_letter)?,
        settler: reference(&settle)?,
        nothing: reference(&nothing)?,
        thrown: reference(&thrown)?,
        later: later.as_ref().map_or(Ok(ptr::null_mut()), reference)?,
    };
    // SAFETY: this is a call from JavaScript in `env`.
    with_instance(&env, |instance| unsafe { instance.listen(raw, listener) })
}

/// Does what other threads have left to do: see `Listener::later`.
#[napi(catch_unwind)]
pub fn read_mail(env: Env) -> Thrown<()> {
    with_instance(&env, |instance| {
        // SAFETY: this is a call from JavaScript in `env`.
        unsafe { instance.read_mail() };
        Ok(())
    })
}

/// So many more callbacks keep the process running, or fewer.
#[napi(catch_unwind)]
pub fn keep_alive(env: Env, change: i32) -> Thrown<()> {
    let raw = env.raw();
    with_instance(&env, |instance| {
        // SAFETY: this is a call from JavaScript in `env`.
        unsafe { instance.keep_alive(raw, change) };
        Ok(())
    })
}

/// The process or worker says that it exits (see [`Instance::note_exit`](crate::instance::Instance::note_exit)).
#[napi(catch_unwind)]
pub fn note_exit(env: Env) -> Thrown<()> {
    with_instance(&env, |instance| {
        instance.note_exit();
        Ok(())
    })
}

/// Takes back an asynchronous call that has not begun; false when it has.
#[napi(catch_unwind)]
pub fn withdraw(env: Env, number: u32) -> Thrown<bool> {
    with_instance(&env, |instance| Ok(instance.withdraw(number)))
}
