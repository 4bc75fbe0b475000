//! What an environment keeps for calls that do not come through Node-API.

use super::Instance;
use crate::enter::see_to;
use crate::fast::entry::{Result, Status};
use crate::fast::places;
use crate::invoke::Call;
use crate::presence::marks;
use napi::sys;
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;
use std::rc::Rc;

/// What every fast call is; see [`marks`].
const UNCOUNTED: u32 = marks::NO_SCOPE | marks::UNCOUNTED;

/// Of one environment.
#[derive(Default)]
pub struct FastState {
    /// The place of its entries, once it has asked for one; `Some(None)` if there was none.
    place: Cell<Option<Option<usize>>>,
    /// The call that has something to see to, and the number of its function.
    noted: Cell<(u32, u32)>,
    /// The function that the innermost uncounted call is of.
    current: Cell<u32>,
    /// How many calls came from code that the engine had not compiled.
    slow: Cell<u64>,
}

impl Instance {
    /// The environment.
    pub fn env(&self) -> sys::napi_env {
        self.env.get()
    }

    /// How the function with this number is called.
    pub(crate) fn call_of(&self, number: u32) -> Option<Rc<Call>> {
        Some(self.bound.borrow().get(number as usize)?.as_ref()?.call.clone())
    }

    /// The place of this environment's entries.
    pub fn place(&self) -> Option<usize> {
        let place = self.fast.place.get().unwrap_or_else(|| places::take(self));
        self.fast.place.set(Some(place));
        place
    }

    /// A call has returned and left notes.
    pub(crate) fn keep_for_seeing_to(&self, call: u32, number: u32) {
        self.fast.noted.set((call, number));
    }

    /// Calls a function that has no strings or images in scratch memory. It is only counted as a use of its library when
    /// JavaScript runs inside of it: nothing else could close that. Leaves in the frame what became of the call.
    /// Everything not as usual is kept apart, and nothing but `self` needed after the call: what is to be
    /// saved around it takes time.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, in a call from JavaScript, and `call` may call the function at the address of
    /// the target with this number.
    #[inline(always)]
    pub(crate) unsafe fn enter_bare<R: Result>(&self, number: u32, call: impl FnOnce(*const c_void) -> R) -> R {
        let presence = &self.mailbox.presence;
        let (address, marks) = self.targets.address(number);
        if self.is_inside() || address.is_null() {
            return self.not_called();
        }
        self.fast.current.set(number);
        presence.enter(&self.last_call, marks | UNCOUNTED);
        let frame = self.frame.as_ptr();
        // SAFETY: the frame lives as long as the instance; the rest as the caller says.
        unsafe {
            self.errno.set((*frame).errno);
            let result = call(address);
            result.store(frame);
            (*frame).errno = self.errno.get();
            presence.leave();
            (*frame).status = Status::Ok as u32;
            if presence.is_unusual() {
                self.look_closer(marks);
            }
            result
        }
    }

    #[cold]
    #[inline(never)]
    fn not_called<R: Result>(&self) -> R {
        // SAFETY: the frame lives as long as the instance.
        unsafe { (*self.frame.as_ptr()).status = Status::NotCalled as u32 };
        R::NONE
    }

    /// An uncounted call has returned, and something is to be done. `marks` are those of its function.
    #[cold]
    #[inline(never)]
    fn look_closer(&self, marks: u32) {
        // If JavaScript has run inside, calls may have been made since.
        let (call, function) = if self.levels.is_used() {
            self.levels.here(|level| (level.call, level.function))
        } else {
            (self.last_call.get() | marks::ANY | marks | UNCOUNTED, self.fast.current.get())
        };
        if self.levels.is_used() {
            self.end_level();
        }
        let gate = self.levels.here(|level| std::mem::replace(&mut level.gate, ptr::null()));
        // SAFETY: it was held by `hold_current`.
        if !gate.is_null() && unsafe { (*gate).release() } {
            self.finish_closing();
        }
        if self.closing.borrow().is_empty() {
            self.mailbox.presence.look_no_more();
        }
        if self.has_notes() {
            self.keep_for_seeing_to(call, function);
            // SAFETY: the frame lives as long as the instance.
            unsafe { (*self.frame.as_ptr()).status = Status::SeeTo as u32 };
        }
    }

    /// Counts the call that the thread is inside of as a use of its library, if it is not yet: JavaScript is about to
    /// run, or does already.
    #[inline]
    pub fn hold_current(&self) {
        if self.mailbox.presence.call() & marks::UNCOUNTED != 0 {
            self.hold_now();
        }
    }

    #[cold]
    fn hold_now(&self) {
        let number = self.fast.current.get();
        self.levels.here(|level| {
            if level.gate.is_null() {
                let gate = self.targets.get(number).gate;
                (level.gate, level.function) = (gate, number);
                // SAFETY: the function was open when it was called, and JavaScript, which could close it, has not run.
                unsafe { (*gate).hold() };
                self.mailbox.presence.look();
            }
        });
    }

    /// Throws what has to be thrown after the call that was kept last.
    ///
    /// # Safety
    ///
    /// `env` is the environment's, in a call from JavaScript; the kept call has just returned.
    pub unsafe fn see_to_kept(&self, env: sys::napi_env, value: sys::napi_value) -> sys::napi_value {
        let (call, number) = self.fast.noted.get();
        // SAFETY: as the caller says.
        unsafe { see_to(self, env, call, number, value) }
    }

    /// A call comes from code that the engine has not compiled.
    pub(crate) fn count_slow(&self) {
        self.fast.slow.set(self.fast.slow.get() + 1);
    }

    /// How many such calls there were.
    pub fn slow_calls(&self) -> u64 {
        self.fast.slow.get()
    }
}
