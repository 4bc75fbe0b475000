//! What an environment keeps for calls that do not come through Node-API.

use super::Instance;
use super::notes::Note;
use crate::fast::collections::Hearing;
use crate::fast::entry::Status;
use crate::fast::places::{self, Parts};
use crate::invoke::Call;
use crate::presence::{marks, number_of};
use napi::sys;
use std::cell::{Cell, OnceCell};
use std::ptr;
use std::rc::Rc;

/// Of one environment.
#[derive(Default)]
pub struct FastState {
    /// The place of its entries, once it has asked for one; `Some(None)` if there was none.
    place: Cell<Option<Option<usize>>>,
    /// What is to be thrown, and the number of the function that was called.
    noted: Cell<Option<(Note, u32)>>,
    /// How many calls came from code that the engine had not compiled.
    slow: Cell<u64>,
    /// What tells watched calls of collections, where that is needed.
    hearing: OnceCell<Option<Hearing>>,
    /// Whether the engine has collected inside of the call that the thread is inside of.
    has_collected: Cell<bool>,
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

    /// The place of this environment's entries, which make no calls before it is [opened](Instance::open_place).
    pub fn place(&self) -> Option<usize> {
        if let Some(place) = self.fast.place.get() {
            return place;
        }
        let place = places::take(self, &Parts { frame: self.frame.as_ptr(), errno: self.errno.location() });
        self.fast.place.set(Some(place));
        place
    }

    /// Has the entries make calls from now on.
    pub fn open_place(&self) {
        if let Some(Some(place)) = self.fast.place.get() {
            places::place(place).open(&raw const self.mailbox.presence, self.targets.start());
        }
    }

    /// Whether watched calls find what they rely on, and are told of collections from now on.
    ///
    /// # Safety
    ///
    /// The engine is V8 13.6, and this is a call from JavaScript in this environment.
    pub unsafe fn can_watch(&self) -> bool {
        // SAFETY: as the caller says. The instance ends with its environment, before its engine.
        self.fast.hearing.get_or_init(|| unsafe { Hearing::begin(self) }).is_some()
    }

    /// The engine is about to collect. Where its handles are sealed, the call that the thread is inside of can only be told
    /// when it returns.
    pub(crate) fn hear_collection(&self) {
        if self.mailbox.presence.call() & marks::UNCOUNTED != 0 {
            self.fast.has_collected.set(true);
            self.mailbox.presence.look();
        }
    }

    /// Watched calls hear of no collections any more.
    pub(super) fn end_hearing(&mut self) {
        self.fast.hearing.take();
    }

    /// Says in the place where the functions are.
    pub(super) fn tell_place(&self) {
        if let Some(Some(place)) = self.fast.place.get() {
            places::place(place).move_targets(self.targets.start());
        }
    }

    /// A call has returned and left notes. What is to be thrown is kept, because it cannot be thrown from here. Returns
    /// whether there is something; if JavaScript never asks for it, it is forgotten.
    pub(crate) fn keep_note(&self, call: u64, function: u32) -> bool {
        let note = match self.take_note(call) {
            // What callbacks of such calls throw is kept at once. So the engine has stopped JavaScript, and goes on with that.
            Some(Note::Pending) => None,
            note => note,
        };
        self.fast.noted.set(note.map(|note| (note, function)));
        note.is_some()
    }

    /// A fast call has returned, and something is to be done; see `fast::bare`.
    pub(crate) fn look_closer(&self) {
        let presence = &self.mailbox.presence;
        let (serial, function) = (presence.serial(), number_of(presence.call()));
        presence.leave();
        if self.fast.has_collected.take()
            && let Some(Some(hearing)) = self.fast.hearing.get()
        {
            // SAFETY: this is the environment's thread.
            unsafe { hearing.tell() };
        }
        let gate = self.levels.here(|level| std::mem::replace(&mut level.gate, ptr::null()));
        if self.levels.is_used() {
            self.end_level();
        }
        // SAFETY: it was held by `hold_current`.
        if !gate.is_null() && unsafe { (*gate).release() } {
            self.finish_closing_after(self.levels.here(|level| level.is_text_later));
        }
        if self.closing.borrow().is_empty() {
            presence.look_no_more();
        }
        let has_note = self.has_notes() && self.keep_note(serial, function);
        let status = if has_note { Status::SeeTo } else { Status::Ok };
        // Always: destructors may have got back into JavaScript, whose calls have left another.
        // SAFETY: the frame lives as long as the instance.
        unsafe { (*self.frame.as_ptr()).status = status as u32 };
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
        let number = number_of(self.mailbox.presence.call());
        self.levels.here(|level| {
            if level.gate.is_null() {
                let target = self.targets.get(number);
                (level.gate, level.is_text_later) = (target.gate, target.marks & marks::TEXT_LATER != 0);
                // SAFETY: the function was open when it was called, and JavaScript, which could close it, has not run.
                unsafe { (*level.gate).hold() };
                self.mailbox.presence.look();
            }
        });
    }

    /// Throws what has to be thrown after the call that was kept last.
    ///
    /// # Safety
    ///
    /// `env` is the environment's, in a call from JavaScript; the kept call has just returned.
    pub unsafe fn see_to_kept(&self, env: sys::napi_env) {
        if let Some((note, function)) = self.fast.noted.take() {
            // SAFETY: as the caller says.
            unsafe { self.throw_note(env, note, function) };
        }
    }

    /// Forgets what an earlier call has left to throw, and nobody has asked for.
    pub(crate) fn forget_kept(&self) {
        self.fast.noted.set(None);
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
