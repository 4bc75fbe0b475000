//! Functions of ours that stubs call as they call any function of C: where the engine, or the host's own FFI, does that itself,
//! it takes less time than a call by Node-API, of which these would be the smaller part. See `lib/own.js`.

use crate::error::Error;
use crate::instance::Instance;
use std::ffi::c_void;

/// Reads what is at an address, of any alignment.
///
/// # Safety
///
/// It is readable.
unsafe extern "C" fn load<T>(at: *const T) -> T {
    // SAFETY: as the caller says.
    unsafe { at.read_unaligned() }
}

/// Writes a value at an address, of any alignment.
///
/// # Safety
///
/// It is writable.
unsafe extern "C" fn store<T>(at: *mut T, value: T) {
    // SAFETY: as the caller says.
    unsafe { at.write_unaligned(value) };
}

macro_rules! functions {
    ($($function:expr),* $(,)?) => { [$($function as *const () as *const c_void),*] };
}

/// By the numbers of `lib/own.js`.
fn all() -> [*const c_void; 12] {
    functions![
        load::<u8>,
        load::<u16>,
        load::<u32>,
        load::<u64>,
        load::<f32>,
        load::<f64>,
        store::<u8>,
        store::<u16>,
        store::<u32>,
        store::<u64>,
        store::<f32>,
        store::<f64>,
    ]
}

impl Instance {
    /// Binds one of them to a plan. They are not [counted](Instance::counts).
    ///
    /// # Errors
    ///
    /// As of [`bind_address`](Instance::bind_address).
    pub fn bind_own(&self, index: usize, name: &str, plan: u32) -> Result<u32, Error> {
        let number = self.bind_address(name, all()[index].expose_provenance(), plan)?;
        self.own.set(self.own.get() + 1);
        Ok(number)
    }
}
