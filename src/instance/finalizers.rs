//! Native functions that run when an object is collected, or when the environment ends.

use super::Instance;
use crate::error::{Code, Error};
use crate::external_memory::adjust;
use crate::library::{Library, closed_error};
use crate::memory;
use crate::trace;
use napi::sys;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicPtr;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::thread::{self, ThreadId};

/// The finalizers of an environment.
#[derive(Default)]
pub struct Finalizers {
    /// Those that have not run, by number, which is never used again.
    waiting: RefCell<BTreeMap<u64, Finalizer>>,
    last: Cell<u64>,
    /// The bytes that the engine knows of.
    told: Cell<i64>,
    link: RefCell<Option<Arc<Link>>>,
}

/// No process has more memory, and engines die when they are told of much more.
const MOST_BYTES: i64 = 1 << 47;

/// What is to be run.
struct Finalizer {
    function: *const c_void,
    pointer: *mut c_void,
    /// The library of the function. That it has to run counts as a call inside.
    library: Option<Rc<Library>>,
    /// What the engine was told of.
    size: i64,
}

/// How what the host keeps for collected objects finds the environment, as long as that lives.
struct Link {
    /// NULL when the environment has ended.
    instance: AtomicPtr<Instance>,
    thread: ThreadId,
}

/// What the host keeps for one object.
struct Ticket {
    link: Arc<Link>,
    number: u64,
}

/// Which function a finalizer runs.
pub enum Freeing {
    /// One that is bound, by number.
    Bound(u32),
    /// The one at an address.
    At(u64),
}

/// The host has collected an object, or drops what it keeps because the environment ends.
unsafe extern "C" fn collected(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: this is the box that `attach_finalizer` has leaked, and the host gives it back once.
    let ticket = unsafe { Box::from_raw(data.cast::<Ticket>()) };
    // One host finalizes on other threads: what was to be run then waits for the environment's end.
    if ticket.link.thread != thread::current().id() {
        return;
    }
    // SAFETY: the instance is freed on this thread, and takes itself out of the link before.
    if let Some(instance) = unsafe { ticket.link.instance.load(Acquire).as_ref() } {
        instance.finalize(ticket.number);
    }
}

/// The environment ends.
unsafe extern "C" fn end(instance: *mut c_void) {
    // SAFETY: the hook runs before the host frees the instance.
    unsafe { (*instance.cast::<Instance>()).finalize_all() };
}

impl Instance {
    /// Has a function run with `pointer` when `object` is collected. Returns the finalizer's number.
    ///
    /// # Errors
    ///
    /// `ERR_LIBRARY_CLOSED`, `ERR_INVALID_POINTER`; `ERR_CALL_FAILED` when the host refuses.
    ///
    /// # Safety
    ///
    /// This is a call from JavaScript in `env`, and `object` a value of it.
    pub unsafe fn attach_finalizer(
        &self,
        env: sys::napi_env,
        object: sys::napi_value,
        freeing: &Freeing,
        pointer: u64,
        size: i64,
    ) -> Result<u64, Error> {
        let (function, library) = self.function_of(freeing)?;
        let pointer = memory::checked(pointer)?.cast();
        let number = self.finalizers.last.get() + 1;
        // SAFETY: as the caller says.
        let ticket = Box::into_raw(Box::new(Ticket { link: unsafe { self.link(env) }, number }));
        // SAFETY: as the caller says; the host gives the box to `collected` once.
        let status = unsafe { sys::napi_add_finalizer(env, object, ticket.cast(), Some(collected), ptr::null_mut(), ptr::null_mut()) };
        if status != sys::Status::napi_ok {
            // SAFETY: the host has refused the box.
            drop(unsafe { Box::from_raw(ticket) });
            return Err(Error::new(Code::CallFailed, "attachFinalizer: the host adds no finalizer to this object"));
        }
        if let Some(library) = &library {
            library.gate().hold();
        }
        self.finalizers.last.set(number);
        let size = size.min(MOST_BYTES - self.finalizers.told.get());
        self.finalizers.waiting.borrow_mut().insert(number, Finalizer { function, pointer, library, size });
        // The engine may collect now.
        self.tell(size);
        Ok(number)
    }

    /// The address to call, and the library that holds it, which is open.
    fn function_of(&self, freeing: &Freeing) -> Result<(*const c_void, Option<Rc<Library>>), Error> {
        match *freeing {
            Freeing::At(address) => {
                let address = memory::checked(address)?.cast_const().cast::<c_void>();
                Ok((address, self.holder_of(address.addr())))
            }
            Freeing::Bound(number) => {
                let target = self.targets.get(number);
                let bound = self.bound.borrow();
                match bound.get(number as usize).and_then(Option::as_ref) {
                    Some(bound) if target.address.is_null() => Err(closed_error(&bound.name)),
                    Some(bound) => Ok((target.address, bound.library.clone())),
                    None => Err(self.closed_error(number)),
                }
            }
        }
    }

    /// The link to this instance; with the first, the hook at the environment's end.
    ///
    /// # Safety
    ///
    /// This is a call from JavaScript in `env`.
    unsafe fn link(&self, env: sys::napi_env) -> Arc<Link> {
        let mut link = self.finalizers.link.borrow_mut();
        let made = || {
            let instance = ptr::from_ref(self).cast_mut();
            // SAFETY: as the caller says. The host runs the hook before it frees the instance.
            unsafe { sys::napi_add_env_cleanup_hook(env, Some(end), instance.cast()) };
            Arc::new(Link { instance: AtomicPtr::new(instance), thread: thread::current().id() })
        };
        link.get_or_insert_with(made).clone()
    }

    fn take_finalizer(&self, number: u64) -> Option<Finalizer> {
        self.finalizers.waiting.borrow_mut().remove(&number)
    }

    /// How many have not run.
    pub fn finalizer_count(&self) -> usize {
        self.finalizers.waiting.borrow().len()
    }

    /// The object is collected: runs what is to be run, once.
    fn finalize(&self, number: u64) {
        let Some(finalizer) = self.take_finalizer(number) else { return };
        self.tell(-finalizer.size);
        self.aside(|| self.without_callbacks(|| self.run(finalizer)));
    }

    /// Runs it now; callbacks that it calls run too. Returns the number it has as a call; `None` if it has run,
    /// or was taken back.
    pub fn run_finalizer(&self, number: u64) -> Option<u64> {
        let finalizer = self.take_finalizer(number)?;
        self.tell(-finalizer.size);
        Some(self.run(finalizer))
    }

    /// Takes it back: it will not run. Returns whether it would have; its library may be unloaded now.
    pub fn detach_finalizer(&self, number: u64) -> bool {
        let Some(finalizer) = self.take_finalizer(number) else { return false };
        self.tell(-finalizer.size);
        trace::memory(|| format!("finalizer detached: {:p}({:p})", finalizer.function, finalizer.pointer));
        self.leave_library(&finalizer);
        true
    }

    /// Runs all, the last one first: the environment ends.
    fn finalize_all(&self) {
        let Some(link) = self.finalizers.link.borrow().clone() else { return };
        // A host that has not waited for its pool may be inside of a call that uses what would be freed.
        if link.thread != thread::current().id() || self.has_servers() {
            return;
        }
        self.stop_calling_back();
        let next = || self.finalizers.waiting.borrow_mut().pop_last();
        while let Some((_, finalizer)) = next() {
            self.aside(|| self.without_callbacks(|| self.run(finalizer)));
        }
    }

    /// Runs what the hook has not, and lets no object find this any more: it is about to be freed.
    pub(super) fn end_finalizers(&self) {
        self.finalize_all();
        if let Some(link) = self.finalizers.link.take() {
            link.instance.store(ptr::null_mut(), Release);
        }
    }

    /// While the host collects or ends, no JavaScript can run: callbacks answer with their default, as after
    /// an exception. What they leave is nobody's.
    fn without_callbacks(&self, work: impl FnOnce() -> u64) {
        let presence = &self.mailbox.presence;
        let had_thrown = presence.has_thrown();
        presence.note_thrown();
        let call = work();
        if !had_thrown {
            presence.take_thrown();
        }
        presence.end_call(call, self.levels.depth() == 0);
    }

    /// Runs a finalizer. Returns the number it has as a call.
    fn run(&self, finalizer: Finalizer) -> u64 {
        trace::memory(|| format!("finalizer runs: {:p}({:p})", finalizer.function, finalizer.pointer));
        let errno = self.errno.get();
        // SAFETY: the address is that of a C function which takes a pointer, and this pointer, as whoever
        // attached it claims; its library is kept until the gate is left.
        let ((), call) = self.inside_c(|| unsafe {
            let function: unsafe extern "C" fn(*mut c_void) = std::mem::transmute(finalizer.function);
            function(finalizer.pointer);
        });
        self.leave_library(&finalizer);
        self.errno.set(errno);
        call
    }

    /// Tells the engine of so many bytes more, or less.
    fn tell(&self, change: i64) {
        self.finalizers.told.set(self.finalizers.told.get() + change);
        // SAFETY: the environment lives as long as objects are collected or JavaScript runs, and this is its thread.
        unsafe { adjust(self.env.get(), change) };
    }

    fn leave_library(&self, finalizer: &Finalizer) {
        if finalizer.library.as_ref().is_some_and(|library| library.gate().release()) {
            self.finish_closing();
        }
    }
}
