//! Symbols of libraries: which are code, and which are variables.

use super::Instance;
use crate::diagnosis::symbols;
use crate::error::{Code, Error};
use crate::fast::host_code;
use crate::library::closed_error;
use crate::segments::{Described, Object, Segment, describe_symbol, object_of, segment_at};

impl Instance {
    /// Refuses an address that is known to be no code.
    pub(super) fn check_code(&self, name: &str, address: usize) -> Result<(), Error> {
        match self.code_at(address) {
            Some((segment, _)) if !segment.is_executable => {
                let message = format!("{name}: the symbol is a variable, not a function: define it with type and global: true");
                Err(Error::new(Code::InvalidSymbol, message).of_symbol(name))
            }
            _ => Ok(()),
        }
    }

    /// Whether a function is the host's or an addon's, if its address is code.
    pub fn is_of_host(&self, address: usize) -> bool {
        self.code_at(address).is_some_and(|(_, is_of_host)| is_of_host)
    }

    /// The segment with an address, and whether it is the host's or an addon's. What was found last is kept: most symbols
    /// of a library are in one.
    fn code_at(&self, address: usize) -> Option<(Segment, bool)> {
        if let Some(code) = self.code.get().filter(|(segment, _)| segment.contains(address)) {
            return Some(code);
        }
        let segment = segment_at(address)?;
        let code = (segment, segment.is_executable && host_code::has(address));
        self.code.set(Some(code));
        Some(code)
    }

    /// The address of a variable of an open library, which has so many bytes, and whether it is read-only.
    /// `name` is for error messages.
    ///
    /// # Errors
    ///
    /// `ERR_LIBRARY_CLOSED`; `ERR_DLSYM_FAILED`; `ERR_INVALID_SYMBOL` for a function, and where
    /// the size of a variable is not known; `ERR_OUT_OF_BOUNDS` when the library's variable is smaller.
    pub fn find_global(&self, library: u32, symbol: &str, name: &str, size: u64) -> Result<(usize, bool), Error> {
        let library = self.library(library).ok_or_else(|| closed_error(name))?;
        let address = library.symbol(symbol)?;
        let Some(segment) = segment_at(address) else {
            return check_thread_local(symbol, name, address, size).map(|()| (address, false));
        };
        let described = describe_symbol(address);
        if described.is_some_and(|described| described.is_function) {
            let message = format!("{name}: the symbol is a function, not a variable: define it with args and returns");
            return Err(Error::new(Code::InvalidSymbol, message).of_symbol(name));
        }
        let known = described.filter(|described| described.size > 0);
        let room = known.map_or((segment.end - address) as u64, |Described { size, .. }| size);
        if size > room {
            return Err(too_large(name, size, room));
        }
        let is_writable = |Segment { is_writable, .. }: Segment| is_writable;
        // A variable can begin in what is protected and end behind it.
        let last = address + (size as usize).saturating_sub(1);
        Ok((address, !is_writable(segment) || !segment_at(last).is_none_or(is_writable)))
    }
}

fn too_large(name: &str, size: u64, room: u64) -> Error {
    let message = format!("{name}: the type has {size} bytes, the variable in the library {room}");
    Error::new(Code::OutOfBounds, message).of_symbol(name)
}

/// Refuses a type of so many bytes for the variable `symbol` in no segment if it is larger. Of a thread-local variable
/// only the library's file tells the size.
fn check_thread_local(symbol: &str, name: &str, address: usize, size: u64) -> Result<(), Error> {
    if cfg!(not(target_os = "linux")) {
        return Ok(());
    }
    let in_file = |object: &Object| {
        let file = if object.name.is_empty() { std::env::current_exe().ok()? } else { object.name.to_str().ok()?.into() };
        symbols::of_file(&file).ok()?.into_iter().find(|exported| exported.name == symbol)?.size.filter(|size| *size > 0)
    };
    let object = object_of(address).and_then(|object| Some((in_file(&object)?, object.thread_local?)));
    let Some((known, rest)) = object else {
        let message = format!("{name}: how many bytes the variable has in the library is not known");
        return Err(Error::new(Code::InvalidSymbol, message).of_symbol(name));
    };
    let room = known.min(rest as u64);
    if size > room { Err(too_large(name, size, room)) } else { Ok(()) }
}
