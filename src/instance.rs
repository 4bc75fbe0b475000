//! The state of one environment (the main thread, or one worker): its frame, its libraries, the
//! functions bound in it. Nothing here is shared between environments.

mod async_calls;
mod binding;
mod callbacks;
mod calling;
mod fast_calls;
mod finalizers;
mod kept_text;
mod letters;
mod levels;
mod lives;
mod mail;
mod notes;
mod plans;
mod running;
mod symbols;
mod texts;
mod variants;

use crate::callback::tombstones::Tombstones;
use crate::errno::Errno;
use crate::error::Error;
use crate::fast::places;
use crate::frame::Frame;
use crate::invoke::{Backend, Call};
use crate::library::{Gate, Library, object_at};
use crate::mailbox::Mailbox;
use crate::segments::Segment;
use crate::shortcut;
use crate::targets::{Target, Targets};
use crate::text::HeapBlock;
use crate::text_result::TextResult;
use crate::typetable::TypeTable;
use async_calls::AsyncCalls;
use callbacks::Callbacks;
pub use callbacks::Wish;
use fast_calls::FastState;
pub use finalizers::Freeing;
use kept_text::KeptText;
use levels::Levels;
pub use mail::Listener;
use napi::sys;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::rc::Rc;
use std::sync::Arc;

/// What is cold of a bound function; [`Targets`] has the rest.
struct Bound {
    name: Box<str>,
    library: Option<Rc<Library>>,
    /// Bound by `CFunction` at an address, not by name.
    by_address: bool,
    /// The variadic function that this is, for calls with arguments of certain types.
    variant_of: Option<u32>,
    call: Rc<Call>,
    /// What its result is, where that is more than UTF-8 that belongs to C.
    text: Option<TextResult>,
}

/// The state of one environment.
pub struct Instance {
    /// The frame, which lives as long as this.
    pub frame: NonNull<Frame>,
    /// The ArrayBuffer that the frame is in; this reference keeps it.
    pub frame_buffer: sys::napi_ref,
    /// Strings of running calls that did not fit the scratch stack, oldest first.
    pub heap: RefCell<Vec<HeapBlock>>,
    /// The way into C.
    pub backend: Backend,
    errno: Errno,
    /// The JavaScript function `(code, message, symbol, cause) => error`.
    error_factory: sys::napi_ref,
    targets: Targets,
    bound: RefCell<Vec<Option<Bound>>>,
    free_numbers: RefCell<Vec<u32>>,
    /// How many bound functions are [ours](crate::own).
    pub(crate) own: Cell<usize>,
    /// The variants of each variadic function that has any.
    variants: RefCell<HashMap<u32, Vec<u32>>>,
    calls: RefCell<Vec<Rc<Call>>>,
    call_numbers: RefCell<HashMap<Box<[u32]>, u32>>,
    /// The types that this environment has declared.
    pub types: RefCell<TypeTable>,
    libraries: RefCell<HashMap<u32, Rc<Library>>>,
    /// Some code of a loaded library, and whether it is the host's or an addon's.
    code: Cell<Option<(Segment, bool)>>,
    libraries_opened: Cell<u32>,
    /// Closed libraries with calls inside.
    closing: RefCell<Vec<Rc<Library>>>,
    /// The gate of functions that belong to no library.
    open_gate: Box<Gate>,
    /// The environment; NULL before it is installed.
    env: Cell<sys::napi_env>,
    /// What other threads share with this one.
    mailbox: Arc<Mailbox>,
    levels: Levels,
    kept_text: KeptText,
    callbacks: RefCell<Callbacks>,
    /// The addresses of closed ones.
    pub tombstones: Tombstones,
    async_calls: AsyncCalls,
    finalizers: finalizers::Finalizers,
    /// No callback runs any more outside of calls.
    is_ending: Cell<bool>,
    /// How many callbacks keep the process running.
    keeps_alive: Cell<i32>,
    /// The letter that is being read, or 0.
    reading: Cell<u32>,
    /// Wakes this thread; NULL before [`Instance::listen`].
    bell: Cell<sys::napi_threadsafe_function>,
    /// The copies of the package in this environment that callbacks and asynchronous calls are of.
    listeners: RefCell<Vec<Listener>>,
    has_error: Cell<bool>,
    /// Processes that libraries run in.
    #[cfg(isolates)]
    pub isolates: RefCell<crate::isolate::sides::Isolates>,
    fast: FastState,
}

impl Instance {
    /// The instance around a frame in `frame_buffer`; both references are strong.
    pub fn new(frame: NonNull<Frame>, frame_buffer: sys::napi_ref, error_factory: sys::napi_ref) -> Instance {
        Instance {
            frame,
            frame_buffer,
            heap: RefCell::default(),
            backend: Backend::from_environment(),
            errno: Errno::of_this_thread(),
            error_factory,
            targets: Targets::default(),
            bound: RefCell::default(),
            free_numbers: RefCell::default(),
            own: Cell::default(),
            variants: RefCell::default(),
            calls: RefCell::default(),
            call_numbers: RefCell::default(),
            types: RefCell::default(),
            libraries: RefCell::default(),
            code: Cell::new(None),
            libraries_opened: Cell::new(0),
            closing: RefCell::default(),
            open_gate: Box::default(),
            env: Cell::new(ptr::null_mut()),
            mailbox: Arc::default(),
            levels: Levels::default(),
            kept_text: KeptText::default(),
            callbacks: RefCell::default(),
            tombstones: Tombstones::default(),
            async_calls: AsyncCalls::default(),
            finalizers: finalizers::Finalizers::default(),
            is_ending: Cell::new(false),
            keeps_alive: Cell::new(0),
            reading: Cell::new(0),
            bell: Cell::new(ptr::null_mut()),
            listeners: RefCell::default(),
            has_error: Cell::new(false),
            #[cfg(isolates)]
            isolates: RefCell::default(),
            fast: FastState::default(),
        }
    }

    /// The instance of `env`; `None` before `attach`.
    ///
    /// # Safety
    ///
    /// `env` is the environment whose JavaScript is calling, and the reference is not used after
    /// that call.
    #[inline(always)]
    pub unsafe fn of<'a>(env: sys::napi_env) -> Option<&'a Instance> {
        let data = match shortcut::get(env) {
            Some(instance) => instance.cast(),
            // SAFETY: as the caller says.
            None => unsafe { Instance::ask_host(env) },
        };
        // SAFETY: this is the instance that `install` leaked for this environment, and `delete` frees
        // it when that ends; everything in it is behind shared references.
        unsafe { data.as_ref() }
    }

    /// The instance that the host keeps for `env`; NULL before `attach`.
    ///
    /// # Safety
    ///
    /// As for [`Instance::of`].
    #[inline(never)]
    pub unsafe fn ask_host(env: sys::napi_env) -> *const Instance {
        let mut data = ptr::null_mut();
        // SAFETY: `env` is live; one pointer is stored, and only `install` sets it.
        unsafe { sys::napi_get_instance_data(env, &raw mut data) };
        data.cast()
    }

    /// Makes this the instance of `env`, until the environment ends.
    ///
    /// # Safety
    ///
    /// `env` is the environment whose JavaScript is calling, and has no instance yet.
    pub unsafe fn install(self, env: sys::napi_env) {
        unsafe extern "C" fn delete(env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
            shortcut::clear(data);
            places::leave(data.cast());
            // SAFETY: `data` is the box leaked below, and the host finalizes it once.
            let mut instance = unsafe { Box::from_raw(data.cast::<Instance>()) };
            instance.end_hearing();
            // Not every host has run the hooks.
            instance.end();
            instance.end_finalizers();
            // One host finalizes without an environment; its references are gone then.
            if !env.is_null() {
                let listeners = instance.listeners.take().into_iter().flat_map(Listener::references);
                let first = [instance.frame_buffer, instance.error_factory];
                for reference in first.into_iter().chain(listeners).chain(instance.runners()) {
                    if !reference.is_null() {
                        // SAFETY: it was made in this environment, and is used no more.
                        unsafe { sys::napi_delete_reference(env, reference) };
                    }
                }
            }
            // A host that has not waited for its pool may still be inside a call.
            if instance.async_count() > 0 {
                std::mem::forget(instance);
            }
        }
        self.env.set(env);
        let instance = Box::into_raw(Box::new(self));
        // SAFETY: `env` is live; the host keeps the pointer and gives it to `delete` once.
        unsafe { sys::napi_set_instance_data(env, instance.cast(), Some(delete), ptr::null_mut()) };
        shortcut::offer(env, instance.cast());
    }

    /// Throws `error` in JavaScript, as the class that its code has. Returns NULL, for entries to return.
    ///
    /// # Safety
    ///
    /// `env` is the environment of this instance, in a call from JavaScript.
    pub unsafe fn throw(&self, env: sys::napi_env, error: &Error) -> sys::napi_value {
        let text = |text: &str| {
            let mut value = ptr::null_mut();
            // SAFETY: `env` is live and the text is given with its length.
            unsafe { sys::napi_create_string_utf8(env, text.as_ptr().cast(), text.len() as isize, &raw mut value) };
            value
        };
        let mut receiver = ptr::null_mut();
        // SAFETY: `env` is live.
        unsafe { sys::napi_get_undefined(env, &raw mut receiver) };
        let symbol = error.symbol.as_deref().map_or(receiver, text);
        let cause = error.cause.as_deref().map_or(receiver, text);
        let args = [text(error.code.as_str()), text(&error.message), symbol, cause];
        let mut factory = ptr::null_mut();
        let mut value = ptr::null_mut();
        // SAFETY: the reference is this environment's and strong; the arguments are live handles. If
        // the factory itself throws (out of stack), that exception is pending instead.
        unsafe {
            sys::napi_get_reference_value(env, self.error_factory, &raw mut factory);
            if sys::napi_call_function(env, receiver, factory, args.len(), args.as_ptr(), &raw mut value) == sys::Status::napi_ok {
                sys::napi_throw(env, value);
            }
        }
        ptr::null_mut()
    }

    /// Adds a library and returns its number, which is never used again.
    pub fn add_library(&self, library: Library) -> u32 {
        let number = self.libraries_opened.get() + 1;
        self.libraries_opened.set(number);
        // What was there may have been unloaded.
        self.code.set(None);
        self.libraries.borrow_mut().insert(number, Rc::new(library));
        number
    }

    /// The open library with this number.
    pub fn library(&self, number: u32) -> Option<Rc<Library>> {
        self.libraries.borrow().get(&number).cloned()
    }

    /// Closes a library; unknown and closed numbers are ignored.
    /// Returns the number that its destructors have as a call.
    pub fn close_library(&self, number: u32) -> u64 {
        let library = self.libraries.borrow_mut().remove(&number);
        let Some(library) = library else { return 0 };
        // C may have come here by another addon.
        self.hold_current();
        self.shut_functions_of(&library);
        let (is_closed, call) = self.inside_c(|| library.close());
        // What is there next may be of another.
        self.code.set(None);
        if !is_closed {
            self.closing.borrow_mut().push(library);
        }
        call
    }

    /// Functions of `closing` throw from now on, except those bound at addresses that another open
    /// library holds too: they move there.
    fn shut_functions_of(&self, closing: &Rc<Library>) {
        // Each has a reference, and most were bound last.
        let mut left = Rc::strong_count(closing) - 1;
        for (number, bound) in self.bound.borrow_mut().iter_mut().enumerate().rev() {
            if left == 0 {
                return;
            }
            let Some(bound) = bound else { continue };
            if !bound.library.as_ref().is_some_and(|library| Rc::ptr_eq(library, closing)) {
                continue;
            }
            let target = self.targets.get(number as u32);
            let other = if bound.by_address { self.holder_of(target.address.addr()) } else { None };
            match &other {
                Some(other) => self.targets.set(number as u32, Target { gate: other.gate(), ..target }),
                None => self.targets.shut(number as u32),
            }
            bound.library = other;
            left -= 1;
        }
    }

    /// An open library that keeps `address` mapped: one that it was got from, or that contains it.
    fn holder_of(&self, address: usize) -> Option<Rc<Library>> {
        self.library(self.holder_number(address))
    }

    /// The number of that library; 0 for none.
    pub fn holder_number(&self, address: usize) -> u32 {
        let libraries = self.libraries.borrow();
        let source = libraries.iter().find(|(_, library)| library.has_given(address));
        let holder = source.or_else(|| {
            let object = object_at(address)?;
            libraries.iter().find(|(_, library)| library.object() == Some(object))
        });
        holder.map_or(0, |(&number, _)| number)
    }

    /// How many libraries and bound functions there are, but for those of ours.
    pub fn counts(&self) -> (usize, usize) {
        let functions = self.bound.borrow().len() - self.free_numbers.borrow().len() - self.own.get();
        (self.libraries.borrow().len(), functions)
    }
}
