//! Whether there is a function at an address.

use super::{Thrown, get_frame, with_instance};
use crate::executable;
use napi::Env;
use napi_derive::napi;

/// Throws unless the frame's address is one of code; `name` is for error messages.
#[napi(catch_unwind)]
pub fn demand_executable(env: Env, name: String) -> Thrown<()> {
    with_instance(&env, |instance| {
        let (address, _) = get_frame(instance);
        executable::demand(address)
            .map_err(|error| crate::error::Error { message: format!("{name}: ptr: {}", error.message), ..error }.of_symbol(&name))
    })
}
