//! Functions get numbers, and lose them.

use super::{Bound, Instance};
use crate::error::{Code, Error};
use crate::leaf::{self, Leaf};
use crate::library::closed_error;
use crate::presence::{MOST_FUNCTIONS, marks};
use crate::targets::Target;
use std::ptr;

impl Instance {
    /// Binds a symbol of an open library; `name` is for error messages. Returns the function's number
    /// and its address.
    pub fn bind_symbol(&self, library: u32, symbol: &str, name: &str, call: u32) -> Result<(u32, usize), Error> {
        let library = self.library(library).ok_or_else(|| closed_error(name))?;
        let address = library.symbol(symbol)?;
        self.check_code(name, address)?;
        let call = self.call(call)?;
        let bound = Bound { name: name.into(), library: Some(library), by_address: false, variant_of: None, call, text: None };
        Ok((self.bind(bound, address)?, address))
    }

    /// Binds an address. Where a library opened here holds it, it is valid until that is closed.
    pub fn bind_address(&self, name: &str, address: usize, call: u32) -> Result<u32, Error> {
        let library = self.holder_of(address);
        let call = self.call(call)?;
        let bound = Bound { name: name.into(), library, by_address: true, variant_of: None, call, text: None };
        self.bind(bound, address)
    }

    /// Says of a function that it has these [`marks`] too.
    pub fn mark(&self, number: u32, marks: u32) {
        let target = self.targets.get(number);
        self.targets.set(number, Target { marks: target.marks | marks, ..target });
    }

    /// What is seen of a function that calls nothing.
    pub fn look_at(&self, number: u32) -> Option<Leaf> {
        leaf::look(self.targets.get(number).address.addr())
    }

    pub(super) fn bind(&self, bound: Bound, address: usize) -> Result<u32, Error> {
        let gate = bound.library.as_ref().map_or(&raw const *self.open_gate, |library| library.gate());
        let target = Target { address: ptr::with_exposed_provenance(address), gate, path: bound.call.path(), marks: marks::NONE };
        let mut table = self.bound.borrow_mut();
        let free = self.free_numbers.borrow_mut().pop();
        let number = free.unwrap_or(table.len() as u32);
        if number >= MOST_FUNCTIONS {
            return Err(Error::new(Code::CallFailed, format!("more than {MOST_FUNCTIONS} functions")));
        }
        if free.is_none() {
            table.push(None);
        }
        table[number as usize] = Some(bound);
        self.targets.set(number, target);
        self.tell_place();
        Ok(number)
    }
}
