//! Variables of libraries.

use super::{Thrown, set_address, with_instance};
use napi::Env;
use napi_derive::napi;

/// Leaves the address of a variable of a library in the frame, which has so many bytes (`name` is for error
/// messages), and returns whether it is read-only.
#[napi(catch_unwind)]
pub fn find_global(env: Env, library: u32, symbol: String, name: String, size: f64) -> Thrown<bool> {
    with_instance(&env, |instance| {
        let (address, is_read_only) = instance.find_global(library, &symbol, &name, size as u64)?;
        set_address(instance, address);
        Ok(is_read_only)
    })
}
