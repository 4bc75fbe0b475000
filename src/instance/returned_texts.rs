//! Strings that C has returned and JavaScript reads after the call: kept if what they may be in is freed before.

use super::Instance;
use crate::memory;
use std::cell::RefCell;

/// The bytes of such a string, and the number of the last call when they were kept: what comes after another is not it.
#[derive(Default)]
pub struct ReturnedText(RefCell<Option<(u64, Vec<u8>)>>);

impl Instance {
    /// The string whose address C has returned; `None` if there can be none.
    pub(super) fn returned_text(&self) -> Option<Vec<u8>> {
        // SAFETY: the frame lives as long as the instance.
        let address = unsafe { (*self.frame.as_ptr()).int_results[0] };
        let pointer = memory::checked(address).ok()?;
        // SAFETY: that a string is there is what the signature claims, and its library has not been unloaded.
        Some(unsafe { memory::c_string(pointer, None) }.to_vec())
    }

    /// Keeps it until it is taken, or the next call.
    pub(super) fn keep_text(&self, text: Option<Vec<u8>>) {
        self.returned_text.0.replace(text.map(|text| (self.mailbox.presence.serial(), text)));
    }

    /// Keeps it, if it is not yet: what it may be in is about to be freed.
    #[cold]
    #[inline(never)]
    pub(super) fn keep_text_in_time(&self) {
        if !self.has_kept_text() {
            self.keep_text(self.returned_text());
        }
    }

    /// Whether the last call's is kept.
    pub fn has_kept_text(&self) -> bool {
        self.returned_text.0.borrow().as_ref().is_some_and(|(serial, _)| *serial == self.mailbox.presence.serial())
    }

    /// The last call's, if it is kept.
    pub fn take_kept_text(&self) -> Option<Vec<u8>> {
        let is_kept = self.has_kept_text();
        self.returned_text.0.take().filter(|_| is_kept).map(|(_, text)| text)
    }
}
