//! Letters: calls of a callback from other threads, on their way to the JavaScript thread and back.

use super::plan::{Answer, CallbackPlan};
use super::slot::Slot;
use crate::async_call::AsyncCall;
use std::ffi::{CStr, CString, c_char};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One call.
pub struct Letter {
    /// What was called.
    pub slot: &'static Slot,
    /// Which opening of the slot.
    pub serial: u32,
    /// The number of the callback.
    pub number: u32,
    /// How it is read and answered.
    pub plan: Arc<CallbackPlan>,
    /// The arguments as they are to lie in the frame's stack area.
    pub words: Box<[u64]>,
    /// The asynchronous call whose thread this is, of any environment.
    pub caller: Option<Arc<AsyncCall>>,
    /// Copies of the arguments that are strings, for whoever does not wait.
    _strings: Vec<CString>,
    state: Mutex<State>,
    answered: Condvar,
}

enum State {
    /// Not opened yet, or JavaScript is at it.
    Open,
    /// JavaScript has answered, with the default if `None`.
    Answered(Option<Answer>),
    /// Nobody waits any more.
    Dropped,
}

impl Letter {
    /// A letter with copied arguments. `words` are as [`CallbackPlan::copy_arguments`] leaves them.
    ///
    /// # Safety
    ///
    /// Where `copies_strings`, the arguments that are strings are NULL or C strings.
    pub unsafe fn new(
        slot: &'static Slot,
        (serial, number): (u32, u32),
        plan: Arc<CallbackPlan>,
        mut words: Box<[u64]>,
        caller: Option<Arc<AsyncCall>>,
        copies_strings: bool,
    ) -> Letter {
        let mut strings = Vec::new();
        for &word in if copies_strings { plan.strings_in_words() } else { &[] } {
            let address = std::ptr::with_exposed_provenance::<c_char>(words[word as usize] as usize);
            if !address.is_null() {
                // SAFETY: as the caller says.
                let copy = unsafe { CStr::from_ptr(address) }.to_owned();
                words[word as usize] = copy.as_ptr().expose_provenance() as u64;
                strings.push(copy);
            }
        }
        Letter { slot, serial, number, plan, words, caller, _strings: strings, state: Mutex::new(State::Open), answered: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody still wants it to be read.
    pub fn is_open(&self) -> bool {
        matches!(*self.state(), State::Open)
    }

    /// Answers; `None` is the default. Only the first answer counts.
    pub fn answer(&self, answer: Option<Answer>) {
        let mut state = self.state();
        if matches!(*state, State::Open) {
            *state = State::Answered(answer);
            self.answered.notify_one();
        }
    }

    /// Waits for the answer, for so long.
    pub fn wait(&self, limit: Duration) -> Option<Option<Answer>> {
        let is_open = |state: &mut State| matches!(state, State::Open);
        let waited = self.answered.wait_timeout_while(self.state(), limit, is_open);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *state, State::Open) {
            State::Answered(answer) => {
                *state = State::Dropped;
                Some(answer)
            }
            other => {
                *state = other;
                None
            }
        }
    }

    /// Nobody waits any more: an answer goes nowhere. The one that has come meanwhile, if any.
    pub fn give_up(&self) -> Option<Option<Answer>> {
        match std::mem::replace(&mut *self.state(), State::Dropped) {
            State::Answered(answer) => Some(answer),
            State::Open | State::Dropped => None,
        }
    }
}
