//! Whether a library that JavaScript has dropped may be unloaded.

use std::cell::Cell;

/// What is known of the life of a library. Only one that was dropped, and of which no address has left, is
/// unloaded without being closed.
#[derive(Debug, Default)]
pub struct Life {
    has_left: Cell<bool>,
    is_dropped: Cell<bool>,
}

impl Life {
    /// An address of the library may be somewhere that nobody knows of.
    pub fn note_left(&self) {
        self.has_left.set(true);
    }

    /// The object that stood for the library is gone; functions may be left.
    pub fn note_dropped(&self) {
        self.is_dropped.set(true);
    }

    /// Whether it is of no use any more once its functions are gone.
    pub fn is_over(&self) -> bool {
        self.is_dropped.get() && !self.has_left.get()
    }
}
