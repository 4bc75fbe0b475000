//! What the text is that functions return.

use super::{Thrown, get_frame, with_instance};
use crate::encoding::Encoding;
use crate::memory;
use crate::text_result::TextResult;
use napi::Env;
use napi_derive::napi;

/// Says how the text is written that a bound function returns; `name` is for error messages. If it is freed, the
/// address of the function that does so is in the frame.
#[napi(catch_unwind)]
pub fn bind_text(env: Env, number: u32, name: String, encoding: u32, is_checked: bool, is_freed: bool) -> Thrown<()> {
    with_instance(&env, |instance| {
        let address = || memory::checked(get_frame(instance).0).map_err(|error| error.of_symbol(&name));
        let free = if is_freed { Some(address()?.addr()) } else { None };
        let text = TextResult { encoding: Encoding::from_number(u64::from(encoding)), is_checked, free: None };
        instance.bind_text(number, &name, text, free)
    })
}
