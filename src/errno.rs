//! The C library's `errno`, and its texts.

/// `errno` of one thread.
pub struct Errno {
    /// Its address, asked for once: the functions that tell it cost a call each.
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    location: *mut libc::c_int,
    /// Not to be sent to another thread.
    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    thread: std::marker::PhantomData<*mut i32>,
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
impl Errno {
    /// The `errno` of the calling thread.
    pub fn of_this_thread() -> Errno {
        // SAFETY: these functions only return an address, valid while the thread lives.
        #[cfg(target_os = "linux")]
        let location = unsafe { libc::__errno_location() };
        // SAFETY: as above.
        #[cfg(target_vendor = "apple")]
        let location = unsafe { libc::__error() };
        Errno { location }
    }

    /// Its address.
    pub fn location(&self) -> *mut libc::c_int {
        self.location
    }

    /// Its value.
    #[inline]
    pub fn get(&self) -> i32 {
        // SAFETY: an `Errno` stays on its thread, so the address is valid.
        unsafe { *self.location }
    }

    /// Changes its value. Mostly it is the one already: not to store it then keeps calls from waiting for each other.
    #[inline]
    pub fn set(&self, value: i32) {
        // SAFETY: an `Errno` stays on its thread, so the address is valid.
        unsafe {
            if *self.location != value {
                *self.location = value;
            }
        }
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
impl Errno {
    /// The `errno` of the calling thread.
    pub fn of_this_thread() -> Errno {
        Errno { thread: std::marker::PhantomData }
    }

    /// Its address, which is not known here.
    pub fn location(&self) -> *mut std::ffi::c_int {
        std::ptr::null_mut()
    }

    /// Its value.
    pub fn get(&self) -> i32 {
        errno::errno().0
    }

    /// Changes its value.
    pub fn set(&self, value: i32) {
        errno::set_errno(errno::Errno(value));
    }
}

/// The system's text for an `errno` value.
pub fn text(number: i32) -> String {
    let text = errno::Errno(number).to_string();
    // What the crate says where the system has no text.
    if text.contains("strerror_r returned") { format!("Unknown error {number}") } else { text }
}
