//! Hashes of what is in memory.

use crate::library::sealed::hexadecimal;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes, in hexadecimal. Loading Node's own takes longer than reading a header from the cache.
#[napi(js_name = "sha256", catch_unwind)]
pub fn sha256(bytes: Uint8Array) -> String {
    hexadecimal(&Sha256::digest(&*bytes))
}
