//! Tells the linker what a Node-API addon needs on this platform, and the sources what the platform has.

use std::env;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(isolates)");
    // Helper processes need more of POSIX than Android has (`posix_spawn` with attributes).
    let is_android = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "android");
    if env::var_os("CARGO_CFG_UNIX").is_some() && !is_android {
        println!("cargo::rustc-cfg=isolates");
    }
    napi_build::setup();
}
