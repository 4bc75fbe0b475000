//! The state of one environment (the main thread, or one worker): its frame, its libraries, the
//! functions bound in it. Nothing here is shared between environments.

use crate::error::Error;
use crate::frame::Frame;
use crate::invoke::{Backend, Call};
use crate::library::{Library, closed_error, object_at};
use crate::signature::Signature;
use crate::text::HeapBlock;
use napi::sys;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::rc::Rc;

/// A C function that JavaScript can call by its number.
pub struct Bound {
    name: Box<str>,
    address: usize,
    call: Rc<Call>,
    /// The library that must stay loaded for the address to be valid.
    library: RefCell<Option<Rc<Library>>>,
    /// Bound by `CFunction` at an address, not by name.
    by_address: bool,
    closed: Cell<bool>,
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
    /// The JavaScript function `(code, message, symbol) => error`.
    error_factory: sys::napi_ref,
    bound: RefCell<Vec<Option<Rc<Bound>>>>,
    free_numbers: RefCell<Vec<u32>>,
    calls: RefCell<Vec<Rc<Call>>>,
    call_numbers: RefCell<HashMap<Signature, u32>>,
    libraries: RefCell<HashMap<u32, Rc<Library>>>,
    libraries_opened: Cell<u32>,
}

impl Instance {
    /// The instance around a frame in `frame_buffer`; both references are strong.
    pub fn new(frame: NonNull<Frame>, frame_buffer: sys::napi_ref, error_factory: sys::napi_ref) -> Instance {
        Instance {
            frame,
            frame_buffer,
            heap: RefCell::default(),
            backend: Backend::from_environment(),
            error_factory,
            bound: RefCell::default(),
            free_numbers: RefCell::default(),
            calls: RefCell::default(),
            call_numbers: RefCell::default(),
            libraries: RefCell::default(),
            libraries_opened: Cell::new(0),
        }
    }

    /// The instance of `env`; `None` before `attach`.
    ///
    /// # Safety
    ///
    /// `env` is the environment whose JavaScript is calling, and the reference is not used after
    /// that call.
    pub unsafe fn of<'a>(env: sys::napi_env) -> Option<&'a Instance> {
        let mut data = ptr::null_mut();
        // SAFETY: `env` is live; one pointer is stored.
        unsafe { sys::napi_get_instance_data(env, &raw mut data) };
        // SAFETY: only `install` sets the data, to a leaked instance that `delete` frees when the
        // environment ends; everything in it is behind shared references.
        unsafe { data.cast::<Instance>().as_ref() }
    }

    /// Makes this the instance of `env`, until the environment ends.
    ///
    /// # Safety
    ///
    /// `env` is the environment whose JavaScript is calling, and has no instance yet.
    pub unsafe fn install(self, env: sys::napi_env) {
        unsafe extern "C" fn delete(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
            // SAFETY: `data` is the box leaked below, and the host finalizes it once.
            drop(unsafe { Box::from_raw(data.cast::<Instance>()) });
        }
        let data = Box::into_raw(Box::new(self)).cast();
        // SAFETY: `env` is live; the host keeps `data` and gives it to `delete` once.
        unsafe { sys::napi_set_instance_data(env, data, Some(delete), ptr::null_mut()) };
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
        let args = [text(error.code.as_str()), text(&error.message), symbol];
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

    /// The number of the plan for a signature given as type numbers, and the plan itself.
    pub fn plan(&self, types: &[u8]) -> Result<(u32, Rc<Call>), Error> {
        let signature = Signature::from_numbers(types)?;
        let mut calls = self.calls.borrow_mut();
        if let Some(&number) = self.call_numbers.borrow().get(&signature) {
            return Ok((number, calls[number as usize].clone()));
        }
        let call = Rc::new(Call::new(&signature, self.backend, self.frame)?);
        let number = calls.len() as u32;
        calls.push(call.clone());
        self.call_numbers.borrow_mut().insert(signature, number);
        Ok((number, call))
    }

    fn call(&self, number: u32) -> Result<Rc<Call>, Error> {
        let missing = || Error::new(crate::error::Code::CallFailed, format!("no plan has the number {number}"));
        self.calls.borrow().get(number as usize).cloned().ok_or_else(missing)
    }

    /// Adds a library and returns its number, which is never used again.
    pub fn add_library(&self, library: Library) -> u32 {
        let number = self.libraries_opened.get() + 1;
        self.libraries_opened.set(number);
        self.libraries.borrow_mut().insert(number, Rc::new(library));
        number
    }

    /// The open library with this number.
    pub fn library(&self, number: u32) -> Option<Rc<Library>> {
        self.libraries.borrow().get(&number).cloned()
    }

    /// Closes a library; unknown and closed numbers are ignored.
    pub fn close_library(&self, number: u32) {
        let library = self.libraries.borrow_mut().remove(&number);
        if let Some(library) = library {
            self.move_addresses_off(&library);
            library.close();
        }
    }

    /// Functions bound at addresses in `closing` go on while another library is open on the same file.
    fn move_addresses_off(&self, closing: &Rc<Library>) {
        let Some(other) = closing.object().and_then(|object| self.open_library_of(object)) else { return };
        for bound in self.bound.borrow().iter().flatten().filter(|bound| bound.by_address) {
            let mut library = bound.library.borrow_mut();
            if library.as_ref().is_some_and(|library| Rc::ptr_eq(library, closing)) {
                *library = Some(other.clone());
            }
        }
    }

    fn open_library_of(&self, object: usize) -> Option<Rc<Library>> {
        self.libraries.borrow().values().find(|library| library.object() == Some(object)).cloned()
    }

    /// Binds a symbol of an open library; returns the function's number and its address.
    pub fn bind_symbol(&self, library: u32, symbol: &str, call: u32) -> Result<(u32, usize), Error> {
        let library = self.library(library).ok_or_else(|| closed_error(symbol))?;
        let address = library.symbol(symbol)?;
        let (library, by_address) = (Some(library), false);
        Ok((self.bind(Bound::new(symbol, address, self.call(call)?, library, by_address)), address))
    }

    /// Binds an address. Where it lies in a library opened here, it is valid until that is closed.
    pub fn bind_address(&self, name: &str, address: usize, call: u32) -> Result<u32, Error> {
        let library = object_at(address).and_then(|object| self.open_library_of(object));
        Ok(self.bind(Bound::new(name, address, self.call(call)?, library, true)))
    }

    fn bind(&self, bound: Bound) -> u32 {
        let bound = Some(Rc::new(bound));
        let mut table = self.bound.borrow_mut();
        match self.free_numbers.borrow_mut().pop() {
            Some(number) => {
                table[number as usize] = bound;
                number
            }
            None => {
                table.push(bound);
                table.len() as u32 - 1
            }
        }
    }

    /// Makes a bound function throw `ERR_LIBRARY_CLOSED` from now on.
    pub fn close_bound(&self, number: u32) {
        if let Some(bound) = self.bound(number) {
            bound.closed.set(true);
        }
    }

    /// Frees a number for use again; its function can no longer be called.
    pub fn release_bound(&self, number: u32) {
        let released = self.bound.borrow_mut().get_mut(number as usize).and_then(Option::take);
        if released.is_some() {
            self.free_numbers.borrow_mut().push(number);
        }
    }

    /// The bound function with this number.
    pub fn bound(&self, number: u32) -> Option<Rc<Bound>> {
        self.bound.borrow().get(number as usize)?.clone()
    }

    /// How many libraries and bound functions there are.
    pub fn counts(&self) -> (usize, usize) {
        (self.libraries.borrow().len(), self.bound.borrow().len() - self.free_numbers.borrow().len())
    }
}

impl Bound {
    fn new(name: &str, address: usize, call: Rc<Call>, library: Option<Rc<Library>>, by_address: bool) -> Bound {
        Bound { name: name.into(), address, call, library: RefCell::new(library), by_address, closed: Cell::new(false) }
    }

    /// Calls the function with the arguments in the frame. The library stays loaded meanwhile, also
    /// when the call itself closes it.
    ///
    /// # Safety
    ///
    /// `instance` is the one this was bound in, and JavaScript has just stored the arguments.
    pub unsafe fn invoke(&self, instance: &Instance) -> Result<(), Error> {
        if self.closed.get() {
            return Err(closed_error(&self.name));
        }
        let library = self.enter_library()?;
        let frame = instance.frame.as_ptr();
        let function = ptr::with_exposed_provenance(self.address);
        // SAFETY: the frame lives as long as the instance; the function is mapped while its library
        // is entered; that it is a C function of this signature, and the slots written, is what
        // binding and calling it claim.
        unsafe {
            errno::set_errno(errno::Errno((*frame).errno));
            self.call.invoke(function);
            (*frame).errno = errno::errno().0;
        }
        if let Some(library) = library {
            library.leave();
        }
        Ok(())
    }

    /// Counts the call in the library, which must be open.
    fn enter_library(&self) -> Result<Option<Rc<Library>>, Error> {
        let library = self.library.borrow().clone();
        match library {
            Some(library) if library.is_closed() => Err(closed_error(&self.name)),
            Some(library) => {
                library.enter();
                Ok(Some(library))
            }
            None => Ok(None),
        }
    }
}
