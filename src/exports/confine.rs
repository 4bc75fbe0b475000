//! What the helper process of an isolate takes from itself. Nothing else calls it: it cannot be taken back.

use super::{Thrown, with_instance};
use crate::confine::Confinement;
use napi::Env;
use napi_derive::napi;

/// Takes from this process what it is to do without (see [`Confinement`]): `memory` is in bytes, `cpu_seconds` in
/// seconds, both beyond what there is and what was used now; `null` is no limit.
#[napi(catch_unwind)]
pub fn confine_process(env: Env, memory: Option<f64>, cpu_seconds: Option<u32>, no_new_privileges: bool, no_network: bool) -> Thrown<()> {
    let confinement =
        Confinement { memory: memory.map(|bytes| bytes as u64), cpu_seconds: cpu_seconds.map(u64::from), no_new_privileges, no_network };
    with_instance(&env, |_| confinement.enforce())
}
