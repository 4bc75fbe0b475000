//! Shared libraries: opening, looking up, and closing only when no call is inside.

pub mod allow;
pub mod failure;
pub mod hold;
pub mod life;
pub mod loader;
pub mod names;
pub mod opening;
pub mod sealed;

use crate::diagnosis::places::is_bare;
use crate::diagnosis::symbols;
use crate::error::{Code, Error};
use life::Life;
pub use loader::object_at;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ffi::{OsStr, c_void};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

/// Counts what uses a library: the calls that are inside it, and what holds it longer.
#[derive(Default)]
pub struct Gate {
    calls: Cell<u32>,
    holds: Cell<u32>,
    closed: Cell<bool>,
}

/// How many calls were inside when one went in.
#[derive(Clone, Copy)]
pub struct Before(u32);

impl Gate {
    /// A call goes in, which comes out before those that go in earlier.
    #[inline(always)]
    pub fn enter(&self) -> Before {
        let calls = self.calls.get();
        self.calls.set(calls + 1);
        Before(calls)
    }

    /// A call comes out. True if it was the last use of a library that was closed meanwhile. What it found is put back,
    /// because to count down would have to wait for the counting up.
    #[inline(always)]
    pub fn leave(&self, before: Before) -> bool {
        self.calls.set(before.0);
        self.closed.get() && self.is_unused()
    }

    /// Something uses the library until [`release`](Gate::release).
    pub fn hold(&self) {
        self.holds.set(self.holds.get() + 1);
    }

    /// It does no more. True if it was the last use of a library that was closed meanwhile.
    pub fn release(&self) -> bool {
        self.holds.set(self.holds.get() - 1);
        self.closed.get() && self.is_unused()
    }

    /// Whether nothing uses it.
    pub fn is_unused(&self) -> bool {
        self.calls.get() == 0 && self.holds.get() == 0
    }
}

/// An open library. Dropping it unloads nothing: the end of an environment must not unmap code that
/// other threads or exit handlers may still run.
pub struct Library {
    handle: RefCell<Option<ManuallyDrop<loader::Library>>>,
    gate: Gate,
    object: Option<usize>,
    file: Option<PathBuf>,
    is_process: bool,
    /// Addresses of symbols that were looked up; they may lie in libraries that this one depends on.
    given: RefCell<HashSet<usize>>,
    /// The libraries that symbols of the running process were found in; see [`hold`].
    held: RefCell<HashSet<usize>>,
    life: Life,
}

impl Library {
    /// The library that the loader has opened at `path`, or found under that name.
    pub fn of_file(handle: loader::Library, path: &OsStr) -> Library {
        let (handle, loaded) = loader::examine(handle);
        // The loader keeps relative paths, and the working directory may change.
        let file = loaded.file.or_else(|| Some(path.into()).filter(|_| !is_bare(path)));
        Library::new(handle, loaded.object, file.and_then(|file| std::path::absolute(file).ok()), false)
    }

    /// The library that the loader has opened from a copy of `file`.
    pub fn of_copy(handle: loader::Library, file: PathBuf) -> Library {
        let (handle, loaded) = loader::examine(handle);
        Library::new(handle, loaded.object, Some(file), false)
    }

    /// The running process. It is never unmapped, and what symbols are found in is held for ever.
    pub fn of_process(handle: loader::Library) -> Library {
        Library::new(handle, None, std::env::current_exe().ok(), true)
    }

    fn new(handle: loader::Library, object: Option<usize>, file: Option<PathBuf>, is_process: bool) -> Library {
        let handle = RefCell::new(Some(ManuallyDrop::new(handle)));
        Library {
            handle,
            gate: Gate::default(),
            object,
            file,
            is_process,
            given: RefCell::default(),
            held: RefCell::default(),
            life: Life::default(),
        }
    }

    /// The address of the symbol `name`, to be used: the library holds it.
    ///
    /// # Errors
    ///
    /// `ERR_LIBRARY_CLOSED`; `ERR_DLSYM_FAILED` when there is no such symbol, or its address is NULL.
    pub fn symbol(&self, name: &str) -> Result<usize, Error> {
        match self.look_up(name).map_err(|error| self.with_hint(error, name))? {
            0 => Err(missing_symbol(name, &format!("the address of {name} is NULL"))),
            address if self.is_process => self.hold(name, address),
            address => {
                self.given.borrow_mut().insert(address);
                Ok(address)
            }
        }
    }

    /// The symbol of the running process at this address, or at the one where it is meanwhile, in a library that is
    /// never unloaded from now on: others may have opened it for all to see, and close it.
    fn hold(&self, name: &str, mut address: usize) -> Result<usize, Error> {
        loop {
            let hold = hold::for_ever(address, &mut self.held.borrow_mut()).map_err(|reason| missing_symbol(name, &reason))?;
            // Other threads may have unloaded it before it was held.
            match if hold.is_new { self.look_up(name)? } else { address } {
                0 => return Err(missing_symbol(name, &format!("the address of {name} is NULL"))),
                now if now == address => return Ok(address),
                now => address = now,
            }
        }
    }

    /// The address that the symbol `name` has, which may be 0.
    ///
    /// # Errors
    ///
    /// `ERR_LIBRARY_CLOSED`; `ERR_DLSYM_FAILED` when there is no such symbol.
    pub fn look_up(&self, name: &str) -> Result<usize, Error> {
        if name.contains('\0') {
            return Err(missing_symbol(name, "the symbol's name contains a NUL character"));
        }
        let handle = self.handle.borrow();
        let handle = handle.as_ref().filter(|_| !self.gate.closed.get()).ok_or_else(|| closed_error(name))?;
        // SAFETY: the symbol is only used as an address here.
        let symbol = unsafe { handle.get::<*const c_void>(name) }.map_err(|error| missing_symbol(name, &loader::error_text(&error)))?;
        Ok(symbol.as_raw_ptr().expose_provenance())
    }

    /// Adds the names in the file that may have been meant.
    fn with_hint(&self, error: Error, name: &str) -> Error {
        let libc = || loader::loaded(OsStr::new("libc.so.6"), loader::Flags::default()).and_then(|handle| loader::examine(handle).1.file);
        // Who asks the process for a symbol means the C library.
        let file = if self.is_process { libc() } else { self.file.clone() };
        let Some(file) = file.filter(|_| error.code == Code::DlsymFailed) else { return error };
        let exports = symbols::of_file(&file).unwrap_or_default();
        let shown = file.file_name().unwrap_or_default().to_string_lossy();
        let place = if error.message.contains(&*shown) || self.is_process { String::new() } else { format!(" (in {})", file.display()) };
        Error { message: format!("{}{place}{}", error.message, symbols::hint(name, &exports)), ..error }
    }

    /// Its file, as far as that is known.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Whether collection may close it.
    pub fn life(&self) -> &Life {
        &self.life
    }

    /// Whether this address is that of a symbol looked up here. Never for the running process, which is
    /// never unmapped.
    pub fn has_given(&self, address: usize) -> bool {
        !self.is_process && self.given.borrow().contains(&address)
    }

    /// What calls of this library's functions go through.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The loaded object this library is, comparable with [`object_at`]; `None` for the process itself.
    pub fn object(&self) -> Option<usize> {
        self.object
    }

    /// Looks up nothing from now on, and unloads if no call is inside. Returns whether it did; if not,
    /// this must be kept and closed again when the last call has come out.
    pub fn close(&self) -> bool {
        self.gate.closed.set(true);
        if !self.gate.is_unused() {
            return false;
        }
        if let Some(handle) = self.handle.take() {
            // The system has nothing useful to say when unloading fails: the library stays mapped.
            let _ = ManuallyDrop::into_inner(handle).close();
        }
        true
    }
}

/// The error of a call to `symbol` of a closed library.
pub fn closed_error(symbol: &str) -> Error {
    Error::new(Code::LibraryClosed, format!("{symbol}: the library is closed")).of_symbol(symbol)
}

fn missing_symbol(name: &str, reason: &str) -> Error {
    Error::new(Code::DlsymFailed, format!("dlsym failed: {reason}")).of_symbol(name)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use opening::{Wish, open_process};

    fn open(name: &str) -> Result<Library, Error> {
        opening::open(&Wish { candidates: vec![name.to_owned()], ..Wish::default() })
    }

    #[test]
    fn a_library_closed_during_a_call_is_unloaded_after_it() {
        let library = open("libm.so.6").unwrap();
        let before = library.gate().enter();
        library.gate().hold();
        assert!(!library.close());
        assert!(library.handle.borrow().is_some());
        assert_eq!(library.symbol("cos").unwrap_err().code, Code::LibraryClosed);
        assert!(!library.gate().leave(before));
        assert!(library.gate().release());
        assert!(library.close());
        assert!(library.handle.borrow().is_none());
        assert!(library.close());
    }

    #[test]
    fn an_address_belongs_to_the_library_it_was_found_in() {
        let math = open("libm.so.6").unwrap();
        let c = open("libc.so.6").unwrap();
        assert!(math.object().is_some());
        assert_eq!(object_at(math.symbol("cos").unwrap()), math.object());
        assert!(object_at(c.symbol("strlen").unwrap()).is_some());
        assert_ne!(math.object(), c.object());
    }

    #[test]
    fn failures_keep_the_systems_text() {
        let error = open("libnothing-of-that-name.so").err().unwrap();
        assert_eq!(error.code, Code::DlopenFailed);
        assert!(error.cause.unwrap().contains("No such file"), "{}", error.message);
        let library = open_process().unwrap();
        let error = library.symbol("no_such_symbol_anywhere").unwrap_err();
        assert_eq!(error.code, Code::DlsymFailed);
        assert!(error.message.contains("no_such_symbol_anywhere"), "{}", error.message);
        assert_eq!(library.symbol("a\0b").unwrap_err().code, Code::DlsymFailed);
    }
}
