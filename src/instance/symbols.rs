//! Symbols of libraries: which are code, and which are variables.

use super::Instance;
use crate::error::{Code, Error};
use crate::library::closed_error;
use crate::segments::{Described, Segment, describe_symbol, segment_at};

impl Instance {
    /// Refuses an address that is known to be no code. What was found last is kept: most symbols of a library
    /// are in one segment.
    pub(super) fn check_code(&self, name: &str, address: usize) -> Result<(), Error> {
        if self.code.get().is_some_and(|code| code.contains(address)) {
            return Ok(());
        }
        match segment_at(address) {
            Some(segment) if !segment.is_executable => {
                let message = format!("{name}: the symbol is a variable, not a function: define it with type and global: true");
                Err(Error::new(Code::InvalidSymbol, message).of_symbol(name))
            }
            segment => {
                self.code.set(segment);
                Ok(())
            }
        }
    }

    /// The address of a variable of an open library, which has so many bytes, and whether it is read-only.
    /// `name` is for error messages.
    ///
    /// # Errors
    ///
    /// `ERR_LIBRARY_CLOSED`; `ERR_DLSYM_FAILED`; `ERR_INVALID_SYMBOL` for a function; `ERR_OUT_OF_BOUNDS` when
    /// the library's variable is smaller.
    pub fn find_global(&self, library: u32, symbol: &str, name: &str, size: u64) -> Result<(usize, bool), Error> {
        let library = self.library(library).ok_or_else(|| closed_error(name))?;
        let address = library.symbol(symbol)?;
        let Some(segment) = segment_at(address) else { return Ok((address, false)) };
        let described = describe_symbol(address);
        if described.is_some_and(|described| described.is_function) {
            let message = format!("{name}: the symbol is a function, not a variable: define it with args and returns");
            return Err(Error::new(Code::InvalidSymbol, message).of_symbol(name));
        }
        let known = described.filter(|described| described.size > 0);
        let room = known.map_or((segment.end - address) as u64, |Described { size, .. }| size);
        if size > room {
            let message = format!("{name}: the type has {size} bytes, the variable in the library {room}");
            return Err(Error::new(Code::OutOfBounds, message).of_symbol(name));
        }
        let is_writable = |Segment { is_writable, .. }: Segment| is_writable;
        // A variable can begin in what is protected and end behind it.
        let last = address + (size as usize).saturating_sub(1);
        Ok((address, !is_writable(segment) || !segment_at(last).is_none_or(is_writable)))
    }
}
