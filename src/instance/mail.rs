//! What other threads have for an environment: calls of callbacks, and calls that have returned.

use super::Instance;
use crate::error::{Code, Error};
use crate::exit;
use crate::mailbox::Delivery;
use napi::sys;
use std::ffi::c_void;
use std::ptr;

/// So much is done before others in the event loop get their turn.
const AT_ONCE: usize = 256;

/// The JavaScript functions of one copy of the package.
#[derive(Clone, Copy)]
pub struct Listener {
    /// Runs the callback that the letter in the frame asks for.
    pub reader: sys::napi_ref,
    /// Settles the asynchronous call that is the frame's subject.
    pub settler: sys::napi_ref,
    /// Does nothing; it cannot be called when the host lets no JavaScript run.
    pub nothing: sys::napi_ref,
    /// Not a function: an array that holds what a callback has thrown until C returns.
    pub thrown: sys::napi_ref,
    /// Has the mail read after the event loop's next turn; NULL where that is not needed. Bun's loop does nothing else as long
    /// as it is woken.
    pub later: sys::napi_ref,
}

impl Listener {
    /// All of its references.
    pub fn references(self) -> [sys::napi_ref; 5] {
        [self.reader, self.settler, self.nothing, self.thrown, self.later]
    }
}

/// The host gave nothing of what was asked of it.
pub(super) fn refused(what: &str) -> Error {
    Error::new(Code::CallFailed, format!("the host made no {what}"))
}

impl Instance {
    /// Adds a copy of the package that other threads may have something for, and makes them able to wake this
    /// thread. Returns its number, from 1.
    ///
    /// # Safety
    ///
    /// This is a call from JavaScript in `env`, and the references are strong.
    pub unsafe fn listen(&self, env: sys::napi_env, listener: Listener) -> Result<u32, Error> {
        if self.bell.get().is_null() {
            // SAFETY: as the caller says.
            unsafe { self.hang_bell(env)? };
        }
        let mut listeners = self.listeners.borrow_mut();
        listeners.push(listener);
        Ok(listeners.len() as u32)
    }

    /// The copy of the package with this number.
    pub fn listener(&self, number: u32) -> Result<Listener, Error> {
        let found = (number as usize).checked_sub(1).and_then(|index| self.listeners.borrow().get(index).copied());
        found.ok_or_else(|| Error::new(Code::CallFailed, format!("nobody listens with the number {number}")))
    }

    /// # Safety
    ///
    /// This is a call from JavaScript in `env`, the first of its kind.
    unsafe fn hang_bell(&self, env: sys::napi_env) -> Result<(), Error> {
        unsafe extern "C" fn end(instance: *mut c_void) {
            // SAFETY: the hook runs before the host frees the instance.
            unsafe { (*instance.cast::<Instance>()).end() };
        }
        exit::watch();
        let (mut name, mut bell) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: `env` is live. The hook is added after the function is made, so that it runs before that
        // is taken down. Open callbacks alone do not keep the process running.
        let status = unsafe {
            sys::napi_create_string_utf8(env, c"arkffi".as_ptr(), -1, &raw mut name);
            let (function, resource) = (ptr::null_mut(), ptr::null_mut());
            let none = ptr::null_mut;
            sys::napi_create_threadsafe_function(env, function, resource, name, 0, 1, none(), None, none(), Some(deliver), &raw mut bell)
        };
        if status != sys::Status::napi_ok {
            return Err(refused("thread-safe function"));
        }
        self.bell.set(bell);
        // SAFETY: as above.
        unsafe {
            sys::napi_unref_threadsafe_function(env, bell);
            sys::napi_add_env_cleanup_hook(env, Some(end), ptr::from_ref(self).cast_mut().cast());
        }
        self.mailbox.hang_bell(bell);
        Ok(())
    }

    /// Counts the callbacks that keep the process running.
    ///
    /// # Safety
    ///
    /// `env` is the environment's, in a call from JavaScript.
    pub unsafe fn keep_alive(&self, env: sys::napi_env, change: i32) {
        let (bell, before) = (self.bell.get(), self.keeps_alive.get());
        self.keeps_alive.set(before + change);
        if bell.is_null() || (before > 0) == (before + change > 0) {
            return;
        }
        // SAFETY: as the caller says; the function is there until the environment ends.
        unsafe {
            if before == 0 {
                sys::napi_ref_threadsafe_function(env, bell)
            } else {
                sys::napi_unref_threadsafe_function(env, bell)
            };
        }
    }

    /// Has the mail read later, where it must be. Whether it will be.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, between two calls, with a handle scope.
    unsafe fn read_mail_later(&self) -> bool {
        let Ok(Listener { later, .. }) = self.listener(1) else { return false };
        if later.is_null() {
            return false;
        }
        let (env, mut function) = (self.env.get(), ptr::null_mut());
        // SAFETY: as the caller says.
        unsafe {
            sys::napi_get_reference_value(env, later, &raw mut function);
            sys::napi_call_function(env, function, function, 0, ptr::null(), ptr::null_mut()) == sys::Status::napi_ok
        }
    }

    /// Does what other threads have left to do.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, between two calls, with a handle scope.
    pub unsafe fn read_mail(&self) {
        if self.is_ending.replace(false) {
            // The event loop goes on: nobody exits after all.
            self.mailbox.note_exit(false);
        }
        let deliveries = self.mailbox.collect(AT_ONCE);
        // C may have run the event loop inside of a call.
        self.aside(|| {
            if deliveries.is_empty() {
                // SAFETY: as the caller says.
                unsafe { self.look_for_end() };
            }
            for delivery in deliveries {
                // SAFETY: as the caller says.
                unsafe {
                    match delivery {
                        Delivery::Letter(number, letter) => self.read_letter(number, &letter),
                        Delivery::Done(call) => self.settle(&call),
                    }
                }
            }
        });
    }

    /// Looks whether the host still lets JavaScript run.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, with a handle scope.
    pub unsafe fn look_for_end(&self) {
        let (env, mut nothing) = (self.env.get(), ptr::null_mut());
        let Ok(listener) = self.listener(1) else { return };
        // SAFETY: as the caller says.
        let status = unsafe {
            sys::napi_get_reference_value(env, listener.nothing, &raw mut nothing);
            sys::napi_call_function(env, nothing, nothing, 0, ptr::null(), ptr::null_mut())
        };
        if status != sys::Status::napi_ok {
            let mut error = ptr::null_mut();
            // SAFETY: as the caller says. What is pending is the end of the script, not an error.
            unsafe { sys::napi_get_and_clear_last_exception(env, &raw mut error) };
            self.stop_calling_back();
        }
    }
}

/// On the JavaScript thread, when it was woken.
unsafe extern "C" fn deliver(env: sys::napi_env, _function: sys::napi_value, _context: *mut c_void, _data: *mut c_void) {
    if env.is_null() {
        return;
    }
    // SAFETY: the host calls this on the environment's thread, from its event loop, with a handle scope.
    unsafe {
        if let Some(instance) = Instance::of(env)
            && !instance.read_mail_later()
        {
            instance.read_mail();
        }
    }
}
