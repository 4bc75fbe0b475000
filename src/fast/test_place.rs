//! A place of a test's own, where one function is open: entries are called there without an environment.

use super::places::{self, Parts, place};
use crate::frame::Frame;
use crate::instance::Instance;
use crate::presence::Presence;
use crate::targets::Target;
use std::ffi::{c_int, c_void};
use std::ptr::from_ref;

/// The number of the function.
pub const FUNCTION: u32 = 3;
/// No function has this number any more.
pub const CLOSED: u32 = 4;
/// What `errno` is in the frame.
pub const ERRNO: c_int = 7;

/// The place, until it is dropped.
pub struct TestPlace {
    /// Which one it is.
    pub index: usize,
    /// Its frame.
    pub frame: *mut Frame,
    parts: Box<(Frame, Presence, [Target; 2], c_int)>,
}

impl TestPlace {
    /// One for this function, where the thread's `errno` is this.
    pub fn new(function: *const c_void, errno: c_int) -> TestPlace {
        let taken = TestPlace::taken(function, errno);
        let table = from_ref(&taken.parts.2).cast::<Target>().wrapping_sub(FUNCTION as usize);
        place(taken.index).open(&raw const taken.parts.1, table);
        taken
    }

    /// The same, not open.
    pub fn taken(function: *const c_void, errno: c_int) -> TestPlace {
        let targets = [Target { address: function, ..Target::NONE }, Target::NONE];
        // SAFETY: zero bytes are a frame.
        let frame = unsafe { std::mem::zeroed::<Frame>() };
        let mut parts = Box::new((frame, Presence::default(), targets, errno));
        let frame = &raw mut parts.0;
        let index = places::take(Self::instance(&parts), &Parts { frame, errno: &raw mut parts.3 }).unwrap();
        parts.0.errno = ERRNO;
        TestPlace { index, frame, parts }
    }

    /// What the thread's `errno` is.
    pub fn errno(&self) -> c_int {
        self.parts.3
    }

    /// What stands for the environment: it is only compared.
    fn instance(parts: &(Frame, Presence, [Target; 2], c_int)) -> *const Instance {
        from_ref(parts).cast()
    }
}

impl Drop for TestPlace {
    fn drop(&mut self) {
        places::leave(Self::instance(&self.parts).cast_mut());
    }
}
