//! What an environment keeps for calls that do not come through Node-API.

use super::Instance;
use crate::enter::see_to;
use crate::fast::places;
use crate::invoke::Call;
use napi::sys;
use std::cell::Cell;
use std::rc::Rc;

/// Of one environment.
#[derive(Default)]
pub struct FastState {
    /// The place of its entries, once it has asked for one; `Some(None)` if there was none.
    place: Cell<Option<Option<usize>>>,
    /// The call that has something to see to, and the number of its function.
    noted: Cell<(u32, u32)>,
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
