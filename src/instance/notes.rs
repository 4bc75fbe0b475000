//! What a call that has returned has to throw: what its callbacks have thrown, and what it must be told of.

use super::Instance;
use super::mail::Listener;
use crate::error::{Code, Error};
use crate::fast::engine;
use napi::sys;
use std::ptr;

/// What is to be thrown after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// It was a leaf, and called back.
    CalledBack,
    /// Somebody waited in vain.
    Deadlock,
    /// What a callback has thrown, which was taken from the host and kept.
    Kept,
    /// What a callback has thrown, which the host throws when this call from JavaScript returns.
    Pending,
}

impl Instance {
    /// Whether the call that has just returned has something to [`see to`](Instance::see_to).
    #[inline(always)]
    pub fn has_notes(&self) -> bool {
        self.mailbox.presence.has_notes()
    }

    /// Throws what a callback of the call has thrown, or that somebody waited in vain for this thread while it
    /// was inside the call. Returns whether it did.
    ///
    /// # Safety
    ///
    /// `env` is the environment's, in a call from JavaScript; `call` has just returned.
    #[cold]
    pub unsafe fn see_to(&self, env: sys::napi_env, call: u64, function: u32) -> bool {
        let Some(note) = self.take_note(call) else { return false };
        // SAFETY: as the caller says.
        unsafe { self.throw_note(env, note, function) };
        true
    }

    /// What is to be thrown after a call that has just returned.
    pub(super) fn take_note(&self, call: u64) -> Option<Note> {
        let presence = &self.mailbox.presence;
        let was_deadlock = presence.end_call(call, self.levels.depth() == 0);
        if presence.take_leaf() {
            Some(Note::CalledBack)
        } else if presence.take_thrown() {
            Some(if self.has_error.take() { Note::Kept } else { Note::Pending })
        } else {
            was_deadlock.then_some(Note::Deadlock)
        }
    }

    /// Throws it.
    ///
    /// # Safety
    ///
    /// `env` is the environment's, in a call from JavaScript.
    pub(super) unsafe fn throw_note(&self, env: sys::napi_env, note: Note, function: u32) {
        let throw = |code, message: &str| {
            // SAFETY: as the caller says.
            unsafe { self.throw(env, &self.error_of(function, Error::new(code, message))) };
        };
        match note {
            Note::CalledBack => throw(Code::LeafCalledBack, "the function is a leaf, but a callback was called inside of it"),
            Note::Deadlock => throw(
                Code::CallbackDeadlock,
                "a thread called a callback and waited for its result, but this call blocked the JavaScript thread; \
                 make it with .async, or let the callback be a 'listener'",
            ),
            Note::Kept => {
                let Ok(Listener { thrown: holder_of, .. }) = self.listener(1) else { return };
                let (mut holder, mut error, mut nothing) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
                // SAFETY: as the caller says; the holder is an array of ours.
                unsafe {
                    sys::napi_get_reference_value(env, holder_of, &raw mut holder);
                    sys::napi_get_element(env, holder, self.levels.depth(), &raw mut error);
                    sys::napi_get_undefined(env, &raw mut nothing);
                    sys::napi_set_element(env, holder, self.levels.depth(), nothing);
                    sys::napi_throw(env, error);
                }
            }
            Note::Pending => {
                let mut is_pending = false;
                // SAFETY: as the caller says.
                unsafe { sys::napi_is_exception_pending(env, &raw mut is_pending) };
                // An engine that stops JavaScript goes on with that by itself.
                if !is_pending && !engine::is_stopping() {
                    throw(Code::CallFailed, "a callback failed, and the host does not tell why");
                }
            }
        }
    }
}
