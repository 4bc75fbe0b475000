//! Libraries that JavaScript has dropped: which of them may be closed.

use super::Instance;
use crate::library::Library;
use std::rc::Rc;

impl Instance {
    /// JavaScript has no object for a library any more. Returns its number if it is of no use now; 0 if functions
    /// of it are left, or an address has left it.
    pub fn drop_library(&self, number: u32) -> u32 {
        let Some(library) = self.library(number) else { return 0 };
        library.life().note_dropped();
        if library.life().is_over() { self.useless(&library) } else { 0 }
    }

    /// The number of a dropped library that the caller has the last function of; 0 if there are others.
    pub(super) fn useless(&self, library: &Rc<Library>) -> u32 {
        // The table and the caller have one reference each, every function another.
        if Rc::strong_count(library) > 2 {
            return 0;
        }
        let libraries = self.libraries.borrow();
        libraries.iter().find(|(_, open)| Rc::ptr_eq(open, library)).map_or(0, |(number, _)| *number)
    }
}
