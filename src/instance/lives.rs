//! Libraries that JavaScript has dropped: which of them may be closed.

use super::Instance;
use crate::library::Library;
use crate::targets::Target;
use std::rc::Rc;

impl Instance {
    /// Frees a number for use again; its function can no longer be called. Returns the number of a library that
    /// is of no use any more; 0 for none.
    pub fn release_bound(&self, number: u32) -> u32 {
        // C may have come here by another addon, from this very function.
        self.hold_current();
        let released = self.bound.borrow_mut().get_mut(number as usize).and_then(Option::take);
        let Some(bound) = released else { return 0 };
        // What frees its result goes with it; that of a variant is the function's own.
        let free = bound.text.and_then(|text| text.free).filter(|_| bound.variant_of.is_none());
        let useless = free.map_or(0, |free| self.release_bound(free));
        self.forget_variant(number, bound.variant_of);
        self.targets.set(number, Target::NONE);
        self.free_numbers.borrow_mut().push(number);
        match bound.library {
            Some(library) if library.life().is_over() => self.useless(&library).max(useless),
            _ => useless,
        }
    }

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
