//! Shared libraries: opening, looking up, and closing only when no call is inside.

use crate::error::{Code, Error};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ffi::{OsStr, c_void};
use std::mem::ManuallyDrop;

#[cfg(unix)]
use libloading::os::unix as system;
#[cfg(windows)]
use libloading::os::windows as system;

/// Counts the calls that are inside a library.
#[derive(Default)]
pub struct Gate {
    calls: Cell<u32>,
    closed: Cell<bool>,
}

impl Gate {
    /// A call goes in.
    #[inline]
    pub fn enter(&self) {
        self.calls.set(self.calls.get() + 1);
    }

    /// Whether no call is inside.
    pub fn is_unused(&self) -> bool {
        self.calls.get() == 0
    }

    /// A call comes out. True if it was the last one of a library that was closed meanwhile.
    #[inline]
    pub fn leave(&self) -> bool {
        let calls = self.calls.get() - 1;
        self.calls.set(calls);
        self.closed.get() && calls == 0
    }
}

/// An open library. Dropping it unloads nothing: the end of an environment must not unmap code that
/// other threads or exit handlers may still run.
pub struct Library {
    handle: RefCell<Option<ManuallyDrop<system::Library>>>,
    gate: Gate,
    object: Option<usize>,
    is_process: bool,
    /// Addresses of symbols that were looked up; they may lie in libraries that this one depends on.
    given: RefCell<HashSet<usize>>,
}

impl Library {
    /// Opens the library at `path`, or the running process without one. Symbols are resolved now and
    /// stay local to the library.
    ///
    /// # Errors
    ///
    /// `ERR_DLOPEN_FAILED` with the system's own text.
    pub fn open(path: Option<&OsStr>) -> Result<Library, Error> {
        let handle = match path {
            None => this_process(),
            Some(path) => open_path(path),
        };
        let handle = handle.map_err(|reason| {
            let name = path.unwrap_or(OsStr::new("the running process")).to_string_lossy();
            Error::new(Code::DlopenFailed, format!("Failed to load library '{name}': {reason}"))
        })?;
        let (handle, object) = object_of_library(handle);
        Ok(Library {
            handle: RefCell::new(Some(ManuallyDrop::new(handle))),
            gate: Gate::default(),
            given: RefCell::default(),
            // The process itself is never unmapped, so no address needs to hold it.
            object: if path.is_some() { object } else { None },
            is_process: path.is_none(),
        })
    }

    /// The address of the symbol `name`.
    ///
    /// # Errors
    ///
    /// `ERR_LIBRARY_CLOSED`; `ERR_DLSYM_FAILED` when there is no such symbol, or its address is NULL.
    pub fn symbol(&self, name: &str) -> Result<usize, Error> {
        let missing = |reason: &str| Error::new(Code::DlsymFailed, format!("dlsym failed: {reason}")).of_symbol(name);
        if name.contains('\0') {
            return Err(missing("the symbol's name contains a NUL character"));
        }
        let handle = self.handle.borrow();
        let handle = handle.as_ref().filter(|_| !self.gate.closed.get()).ok_or_else(|| closed_error(name))?;
        // SAFETY: the symbol is only used as an address here.
        let symbol = unsafe { handle.get::<*const c_void>(name) }.map_err(|error| missing(&error_text(&error)))?;
        match address_of(symbol) {
            0 => Err(missing(&format!("the address of {name} is NULL"))),
            address => {
                self.given.borrow_mut().insert(address);
                Ok(address)
            }
        }
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

/// What the system said, without libloading's own prefix.
fn error_text(error: &libloading::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}

#[cfg(unix)]
fn open_path(path: &OsStr) -> Result<system::Library, String> {
    // SAFETY: the library's initializers run, as whoever opens a library asks for.
    unsafe { system::Library::open(Some(path), libc::RTLD_NOW | libc::RTLD_LOCAL) }.map_err(|error| error_text(&error))
}

#[cfg(unix)]
fn this_process() -> Result<system::Library, String> {
    Ok(system::Library::this())
}

#[cfg(windows)]
fn open_path(path: &OsStr) -> Result<system::Library, String> {
    // SAFETY: the library's initializers run, as whoever opens a library asks for.
    unsafe { system::Library::new(path) }.map_err(|error| error_text(&error))
}

#[cfg(windows)]
fn this_process() -> Result<system::Library, String> {
    system::Library::this().map_err(|error| error_text(&error))
}

fn address_of(symbol: system::Symbol<*const c_void>) -> usize {
    symbol.as_raw_ptr().expose_provenance()
}

/// The loaded object that contains `address`: equal for all addresses of one object, and to
/// [`Library::object`] of a library opened on it.
#[cfg(unix)]
pub fn object_at(address: usize) -> Option<usize> {
    // SAFETY: zero bytes are a value of this struct of pointers.
    let mut info = unsafe { std::mem::zeroed::<libc::Dl_info>() };
    // SAFETY: dladdr only compares the address with the ranges it knows.
    let found = unsafe { libc::dladdr(std::ptr::without_provenance(address), &raw mut info) };
    (found != 0).then(|| info.dli_fbase.addr())
}

#[cfg(target_os = "linux")]
fn object_of_library(handle: system::Library) -> (system::Library, Option<usize>) {
    let raw = handle.into_raw();
    let mut link_map: *const [usize; 3] = std::ptr::null();
    // SAFETY: `raw` is an open handle, and this request stores one pointer.
    let status = unsafe { libc::dlinfo(raw, libc::RTLD_DI_LINKMAP, (&raw mut link_map).cast()) };
    // The third word of a link_map, l_ld, is an address inside the object (System V ABI, dynamic linking).
    // SAFETY: on success `link_map` is the handle's, which lives as long as the handle.
    let object = (status == 0).then(|| unsafe { (*link_map)[2] }).and_then(object_at);
    // SAFETY: `raw` came from `into_raw` above and is given back once.
    (unsafe { system::Library::from_raw(raw) }, object)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn object_of_library(handle: system::Library) -> (system::Library, Option<usize>) {
    (handle, None)
}

#[cfg(windows)]
fn object_of_library(handle: system::Library) -> (system::Library, Option<usize>) {
    let raw = handle.into_raw();
    // SAFETY: `raw` came from `into_raw` just above and is given back once.
    (unsafe { system::Library::from_raw(raw) }, Some(raw as usize))
}

/// The loaded module that contains `address`.
#[cfg(windows)]
pub fn object_at(address: usize) -> Option<usize> {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const u16, module: *mut usize) -> i32;
    }
    const FROM_ADDRESS_WITHOUT_REFERENCE: u32 = 0x4 | 0x2;
    let mut module = 0;
    // SAFETY: with these flags the address is only compared, and one handle is stored.
    let found = unsafe { GetModuleHandleExW(FROM_ADDRESS_WITHOUT_REFERENCE, std::ptr::without_provenance(address), &raw mut module) };
    (found != 0).then_some(module)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_library_closed_during_a_call_is_unloaded_after_it() {
        let library = Library::open(Some(OsStr::new("libm.so.6"))).unwrap();
        library.gate().enter();
        assert!(!library.close());
        assert!(library.handle.borrow().is_some());
        assert_eq!(library.symbol("cos").unwrap_err().code, Code::LibraryClosed);
        assert!(library.gate().leave());
        assert!(library.close());
        assert!(library.handle.borrow().is_none());
        assert!(library.close());
    }

    #[test]
    fn an_address_belongs_to_the_library_it_was_found_in() {
        let math = Library::open(Some(OsStr::new("libm.so.6"))).unwrap();
        let c = Library::open(Some(OsStr::new("libc.so.6"))).unwrap();
        assert!(math.object().is_some());
        assert_eq!(object_at(math.symbol("cos").unwrap()), math.object());
        assert!(object_at(c.symbol("strlen").unwrap()).is_some());
        assert_ne!(math.object(), c.object());
    }

    #[test]
    fn failures_keep_the_systems_text() {
        let error = Library::open(Some(OsStr::new("libnothing-of-that-name.so"))).err().unwrap();
        assert_eq!(error.code, Code::DlopenFailed);
        assert!(error.message.contains("No such file"), "{}", error.message);
        let library = Library::open(None).unwrap();
        let error = library.symbol("no_such_symbol_anywhere").unwrap_err();
        assert_eq!(error.code, Code::DlsymFailed);
        assert!(error.message.contains("no_such_symbol_anywhere"), "{}", error.message);
        assert_eq!(library.symbol("a\0b").unwrap_err().code, Code::DlsymFailed);
    }
}
