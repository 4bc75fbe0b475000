//! What other threads have for an environment: calls of callbacks, and calls that have returned.

use super::Instance;
use crate::async_call::{AsyncCall, serve};
use crate::error::{Code, Error};
use crate::exit;
use crate::mailbox::{Delivery, Mailbox};
use napi::sys;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

/// So much is done before others in the event loop get their turn.
const AT_ONCE: usize = 256;

/// The asynchronous calls of an environment.
#[derive(Default)]
pub struct AsyncCalls {
    last: Cell<u32>,
    /// All that have not settled, by number.
    calls: RefCell<HashMap<u32, Arc<AsyncCall>>>,
    /// Threads of the pool that serve the queue, or are about to.
    servers: Cell<usize>,
}

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
}

impl Listener {
    /// All of its references.
    pub fn references(self) -> [sys::napi_ref; 4] {
        [self.reader, self.settler, self.nothing, self.thrown]
    }
}

/// A piece of work for the pool: to serve the queue.
struct Server {
    mailbox: Arc<Mailbox>,
    work: Cell<sys::napi_async_work>,
}

fn refused(what: &str) -> Error {
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

    /// Does what other threads have left to do.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, between two calls, with a handle scope.
    unsafe fn read_mail(&self) {
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

    /// Queues the call that the frame names, with the arguments in the frame. Returns its number; `None` if
    /// the function or its library is closed.
    ///
    /// # Safety
    ///
    /// JavaScript has just filled the frame for the function.
    pub unsafe fn start_async(&self, env: sys::napi_env) -> Result<u32, Error> {
        let frame = self.frame.as_ptr();
        // SAFETY: the frame lives as long as the instance.
        let function = unsafe { (*frame).target };
        let target = self.targets.get(function);
        let plan = self.bound.borrow().get(function as usize).and_then(|bound| Some(Rc::clone(&bound.as_ref()?.call)));
        let Some(plan) = plan.filter(|_| !target.address.is_null()) else { return Err(self.closed_error(function)) };
        let number = self.next_async_number();
        // SAFETY: the frame lives as long as the instance.
        let (listener, is_text) = unsafe { ((*frame).letter, (*frame).verdict == 1) };
        let settler = self.listener(listener)?.settler;
        // SAFETY: as the caller says.
        let call = Arc::new(unsafe {
            AsyncCall::new((number, settler), self.mailbox.clone(), target, frame, (plan.plan.stack_words as usize, is_text))
        });
        if !self.mailbox.submit(call.clone()) {
            return Err(Error::new(Code::CallFailed, "no call can be started any more: the process is ending"));
        }
        // SAFETY: `env` is the environment's.
        if let Err(error) = unsafe { self.hire(env) }
            && call.withdraw()
        {
            return Err(error);
        }
        // SAFETY: the target is open, so its gate is there; the library is kept until the call has left.
        unsafe { (*target.gate).enter() };
        self.async_calls.calls.borrow_mut().insert(number, call);
        Ok(number)
    }

    fn next_async_number(&self) -> u32 {
        let calls = self.async_calls.calls.borrow();
        let mut number = self.async_calls.last.get();
        loop {
            number = number.wrapping_add(1).max(1);
            if !calls.contains_key(&number) {
                break;
            }
        }
        self.async_calls.last.set(number);
        number
    }

    /// Lets another thread of the pool serve the queue, unless as many do as there are.
    ///
    /// # Safety
    ///
    /// `env` is the environment's, in a call from JavaScript or of the host.
    unsafe fn hire(&self, env: sys::napi_env) -> Result<(), Error> {
        let servers = &self.async_calls.servers;
        if servers.get() >= 2 * pool_size() || !self.mailbox.wants_server() {
            return Ok(());
        }
        let server = Box::into_raw(Box::new(Server { mailbox: self.mailbox.clone(), work: Cell::new(ptr::null_mut()) }));
        let (mut name, mut work) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: `env` is live; the host gives the box to `leave` once, when the work is done or cancelled.
        let status = unsafe {
            sys::napi_create_string_utf8(env, c"arkffi".as_ptr(), -1, &raw mut name);
            let status =
                sys::napi_create_async_work(env, ptr::null_mut(), name, Some(work_through), Some(leave), server.cast(), &raw mut work);
            (*server).work.set(work);
            if status == sys::Status::napi_ok { sys::napi_queue_async_work(env, work) } else { status }
        };
        if status != sys::Status::napi_ok {
            // SAFETY: the host has refused the box.
            drop(unsafe { Box::from_raw(server) });
            return if servers.get() == 0 { Err(refused("asynchronous work")) } else { Ok(()) };
        }
        servers.set(servers.get() + 1);
        self.mailbox.expect_server();
        Ok(())
    }

    /// Takes back a call that no thread has begun. Returns whether it could be.
    pub fn withdraw(&self, number: u32) -> bool {
        let call = self.async_calls.calls.borrow().get(&number).cloned();
        let Some(call) = call.filter(|call| call.withdraw()) else { return false };
        self.release(&call);
        true
    }

    /// A call uses its library no more.
    fn release(&self, call: &AsyncCall) {
        self.async_calls.calls.borrow_mut().remove(&call.number);
        // SAFETY: the call has kept its library, and so the gate, until now.
        if unsafe { (*call.target.gate).leave() } {
            self.finish_closing();
            // What callbacks of destructors have thrown is nobody's error here.
            // SAFETY: this is the environment's thread, with a handle scope.
            unsafe {
                if self.has_notes() && self.see_to(self.env.get(), 0, u32::MAX) {
                    self.blame_nobody();
                }
            }
        }
    }

    /// Settles the promise of a call that has returned.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, between two calls, with a handle scope.
    unsafe fn settle(&self, call: &AsyncCall) {
        let env = self.env.get();
        let frame = self.frame.as_ptr();
        let (mut scope, mut function) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: as the caller says; the call has returned.
        unsafe {
            call.copy_results(frame);
            ((*frame).subject, (*frame).verdict) = (call.number, u32::from(call.ending()));
            sys::napi_open_handle_scope(env, &raw mut scope);
            sys::napi_get_reference_value(env, call.settler, &raw mut function);
            let status = sys::napi_call_function(env, function, function, 0, ptr::null(), ptr::null_mut());
            if status == sys::Status::napi_pending_exception {
                self.blame_nobody();
            }
            sys::napi_close_handle_scope(env, scope);
        }
        self.release(call);
    }

    /// Whether threads of the pool may be inside of calls.
    pub(super) fn has_servers(&self) -> bool {
        self.async_calls.servers.get() > 0
    }

    /// How many asynchronous calls have not settled.
    pub fn async_count(&self) -> usize {
        self.async_calls.calls.borrow().len()
    }
}

/// How many threads libuv's pool has. Twice as many servers are hired: one that waits in the pool's queue can
/// take the place of one that has had its turn, while JavaScript is busy.
fn pool_size() -> usize {
    static SIZE: OnceLock<usize> = OnceLock::new();
    *SIZE.get_or_init(|| {
        let wanted = std::env::var("UV_THREADPOOL_SIZE").ok().and_then(|size| size.parse().ok());
        wanted.unwrap_or(4).clamp(1, 1024)
    })
}

/// On the JavaScript thread, when it was woken.
unsafe extern "C" fn deliver(env: sys::napi_env, _function: sys::napi_value, _context: *mut c_void, _data: *mut c_void) {
    if env.is_null() {
        return;
    }
    // SAFETY: the host calls this on the environment's thread, from its event loop, with a handle scope.
    unsafe {
        if let Some(instance) = Instance::of(env) {
            instance.read_mail();
        }
    }
}

/// On a thread of the pool.
unsafe extern "C" fn work_through(_env: sys::napi_env, data: *mut c_void) {
    // SAFETY: the host gives the box that `hire` has leaked, and frees it by `leave` later.
    serve(unsafe { &(*data.cast::<Server>()).mailbox });
}

/// On the JavaScript thread, when a thread of the pool has left the queue.
unsafe extern "C" fn leave(env: sys::napi_env, _status: sys::napi_status, data: *mut c_void) {
    // SAFETY: this is the box that `hire` has leaked, given back once.
    let server = unsafe { Box::from_raw(data.cast::<Server>()) };
    if env.is_null() {
        return;
    }
    // SAFETY: the host calls this on the environment's thread, from its event loop, with a handle scope.
    unsafe {
        sys::napi_delete_async_work(env, server.work.get());
        let Some(instance) = Instance::of(env) else { return };
        let servers = &instance.async_calls.servers;
        servers.set(servers.get() - 1);
        instance.read_mail();
        // Where this fails, the next call tries again.
        let _ = instance.hire(env);
    }
}
