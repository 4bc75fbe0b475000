//! The asynchronous calls of an environment, from the queue to the promise, and the threads of the pool that serve it.

use super::Instance;
use super::mail::refused;
use crate::async_call::{AsyncCall, serve};
use crate::error::{Code, Error};
use crate::mailbox::Mailbox;
use napi::sys;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

/// The asynchronous calls of an environment.
#[derive(Default)]
pub struct AsyncCalls {
    last: Cell<u32>,
    /// All that have not settled, by number.
    calls: RefCell<HashMap<u32, Arc<AsyncCall>>>,
    /// Threads of the pool that serve the queue, or are about to.
    servers: Cell<usize>,
}

/// A piece of work for the pool: to serve the queue.
struct Server {
    mailbox: Arc<Mailbox>,
    work: Cell<sys::napi_async_work>,
}

impl Instance {
    /// Queues the call that the frame names, with the arguments in the frame. Returns its number; `None` if
    /// the function or its library is closed.
    ///
    /// # Safety
    ///
    /// JavaScript has just filled the frame for the function.
    pub unsafe fn start_async(&self, env: sys::napi_env) -> Result<u32, Error> {
        let frame = self.frame.as_ptr();
        // SAFETY: the frame lives as long as the instance.
        let function = unsafe {
            (*frame).count_call();
            (*frame).target
        };
        let target = self.targets.get(function);
        let plan = self.bound.borrow().get(function as usize).and_then(|bound| Some(Rc::clone(&bound.as_ref()?.call)));
        let Some(plan) = plan.filter(|_| !target.address.is_null()) else { return Err(self.closed_error(function)) };
        let number = self.next_async_number();
        // SAFETY: the frame lives as long as the instance.
        let (listener, is_text) = unsafe { ((*frame).listener, (*frame).value == 1) };
        let settler = self.listener(listener)?.settler;
        let text = is_text.then(|| self.text_result(function));
        let free = text.map_or(Ok(None), |text| self.free_of(&text)).map_err(|closed| self.closed_error(closed))?;
        let text = text.map(|text| (text, free));
        // SAFETY: as the caller says.
        let call = Arc::new(unsafe {
            AsyncCall::new((number, settler), self.mailbox.clone(), target, frame, (plan.plan.stack_words as usize, text))
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
        unsafe { (*target.gate).hold() };
        self.enter_free(free);
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
        // Before it is queued: a thread may have it at once.
        self.mailbox.expect_server();
        // SAFETY: `env` is live; the host gives the box to `leave` once, when the work is done or cancelled.
        let status = unsafe {
            sys::napi_create_string_utf8(env, c"arkffi".as_ptr(), -1, &raw mut name);
            let status =
                sys::napi_create_async_work(env, ptr::null_mut(), name, Some(work_through), Some(leave), server.cast(), &raw mut work);
            (*server).work.set(work);
            if status == sys::Status::napi_ok { sys::napi_queue_async_work(env, work) } else { status }
        };
        if status != sys::Status::napi_ok {
            self.mailbox.begin_server();
            // SAFETY: the host has refused the box.
            drop(unsafe { Box::from_raw(server) });
            return if servers.get() == 0 { Err(refused("asynchronous work")) } else { Ok(()) };
        }
        servers.set(servers.get() + 1);
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
        self.leave_free(call.free());
        // SAFETY: the call has kept its library, and so the gate, until now.
        if unsafe { (*call.target.gate).release() } {
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
    pub(super) unsafe fn settle(&self, call: &AsyncCall) {
        let env = self.env.get();
        let frame = self.frame.as_ptr();
        let (mut scope, mut function) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: as the caller says; the call has returned.
        unsafe {
            sys::napi_open_handle_scope(env, &raw mut scope);
            sys::napi_get_reference_value(env, call.settler, &raw mut function);
            let fill = || {
                call.copy_outcome(frame);
                (*frame).subject = call.number;
            };
            let run = || sys::napi_call_function(env, function, function, 0, ptr::null(), ptr::null_mut());
            let status = self.hand_over(AsyncCall::OUTCOME, fill, run);
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
