//! Variadic functions.

use super::{Thrown, spot_numbers, with_instance};
use napi::Env;
use napi_derive::napi;

/// Binds a variadic function once more, for calls with arguments of these types (the result's first), of which
/// its prototype names so many. Returns `[number, result…, parameters…]` in the form of `plan`.
#[napi(catch_unwind)]
pub fn bind_variant(env: Env, function: u32, types: &[u32], named: u32) -> Thrown<Vec<u32>> {
    with_instance(&env, |instance| {
        let (number, call) = instance.bind_variant(function, types, named)?;
        let spots = [&call.plan.result].into_iter().chain(&call.plan.params);
        Ok([number].into_iter().chain(spots.flat_map(spot_numbers)).collect())
    })
}
