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
    /// The arguments as they are to lie in the frame's words.
    pub words: Box<[u64]>,
    /// The asynchronous call whose thread this is, of any environment.
    pub caller: Option<Arc<AsyncCall>>,
    /// Copies of the arguments that are strings, for whoever does not wait.
    _strings: Vec<CString>,
    state: Mutex<State>,
    answered: Condvar,
}

enum State {
    /// Nobody is at it: it has not been read, or a promise is to be settled.
    Open,
    /// JavaScript is at it.
    Reading,
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

    /// JavaScript begins to read it; false if nobody waits any more.
    pub fn begin(&self) -> bool {
        let mut state = self.state();
        let is_open = matches!(*state, State::Open);
        if is_open {
            *state = State::Reading;
        }
        is_open
    }

    /// JavaScript has read it, and will answer later.
    pub fn wait_on(&self) {
        let mut state = self.state();
        if matches!(*state, State::Reading) {
            *state = State::Open;
        }
    }

    /// Answers; `None` is the default. Only the first answer counts.
    pub fn answer(&self, answer: Option<Answer>) {
        let mut state = self.state();
        if matches!(*state, State::Open | State::Reading) {
            *state = State::Answered(answer);
            self.answered.notify_one();
        }
    }

    /// Waits for the answer, for so long.
    pub fn wait(&self, limit: Duration) -> Option<Option<Answer>> {
        let is_open = |state: &mut State| matches!(state, State::Open | State::Reading);
        let waited = self.answered.wait_timeout_while(self.state(), limit, is_open);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        take_answer(&mut state)
    }

    /// Waits no more, unless the reason to do so has gone: where JavaScript is at the letter, it may use what
    /// belongs to C.
    pub fn give_up(&self, is_still_so: impl FnOnce() -> bool) -> GivenUp {
        let mut state = self.state();
        if let Some(answer) = take_answer(&mut state) {
            return GivenUp::Answered(answer);
        }
        // Nobody begins to read it meanwhile.
        if !is_still_so() {
            return GivenUp::No;
        }
        *state = State::Dropped;
        GivenUp::Yes
    }
}

/// What came of giving up.
pub enum GivenUp {
    /// There is an answer.
    Answered(Option<Answer>),
    /// Nobody waits any more.
    Yes,
    /// The wait goes on.
    No,
}

fn take_answer(state: &mut State) -> Option<Option<Answer>> {
    if !matches!(state, State::Answered(_)) {
        return None;
    }
    match std::mem::replace(state, State::Dropped) {
        State::Answered(answer) => Some(answer),
        State::Open | State::Reading | State::Dropped => None,
    }
}
