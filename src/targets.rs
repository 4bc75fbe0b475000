//! The table that a call looks its function up in: what is hot of each bound function, by number.

use crate::invoke::Path;
use crate::library::Gate;
use crate::presence::marks;
use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr;

/// What a call needs to know of a bound function. A copy stays valid while the call is inside the gate. Aligned so that a
/// call reads one line of the cache; where it lies is the [callee](crate::presence::callee).
#[derive(Clone, Copy)]
#[repr(align(64))]
pub struct Target {
    /// NULL: closed, or no function has this number.
    pub address: *const c_void,
    /// Owned by a library, which is not dropped while a call is inside, or by the instance.
    pub gate: *const Gate,
    /// The way into C; what it may point to is owned by the plan, which lives as long as the function has this number.
    pub path: Path,
    /// See [`crate::presence::marks`]: leaf, or a result that is read later.
    pub marks: u32,
}

impl Target {
    /// No function.
    pub const NONE: Target = Target { address: ptr::null(), gate: ptr::null(), path: Path::Integers, marks: marks::NONE };
}

/// Targets by number. A `RefCell` would do, but its bookkeeping shows in every call.
#[derive(Default)]
pub struct Targets(UnsafeCell<Vec<Target>>);

impl Targets {
    /// The function with this number.
    #[inline(always)]
    pub fn get(&self, number: u32) -> Target {
        // SAFETY: the type is not `Sync`, and no reference into the vector leaves these methods.
        let targets = unsafe { &*self.0.get() };
        targets.get(number as usize).copied().unwrap_or(Target::NONE)
    }

    /// Where they are.
    pub fn start(&self) -> *const Target {
        // SAFETY: as in `get`.
        unsafe { &*self.0.get() }.as_ptr()
    }

    /// The function with this number is called no more; what is inside of it goes on as it was called.
    pub fn shut(&self, number: u32) {
        self.set(number, Target { marks: self.get(number).marks, ..Target::NONE });
    }

    /// Replaces the function with this number, growing the table up to it.
    pub fn set(&self, number: u32, target: Target) {
        // SAFETY: as in `get`.
        let targets = unsafe { &mut *self.0.get() };
        let number = number as usize;
        if number >= targets.len() {
            targets.resize(number + 1, Target::NONE);
        }
        targets[number] = target;
    }
}
