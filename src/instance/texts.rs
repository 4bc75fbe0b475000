//! Functions that return text of C's, and the functions that free it.

use super::Instance;
use crate::error::Error;
use crate::targets::Target;
use crate::text_result::{PLAIN, TextResult, call_free};

/// The numbers of a signature that takes a pointer.
const TAKES_POINTER: [u32; 2] = [crate::ctype::CType::Void as u32, crate::ctype::CType::Ptr as u32];

impl Instance {
    /// Says what the text is that a bound function returns, and the address of the function that frees it.
    pub fn bind_text(&self, number: u32, name: &str, text: TextResult, free: Option<usize>) -> Result<(), Error> {
        let bind = |address| self.bind_address(name, address, self.plan(&TAKES_POINTER)?.0);
        let free = free.map(bind).transpose()?;
        if let Some(Some(bound)) = self.bound.borrow_mut().get_mut(number as usize) {
            bound.text = Some(TextResult { free, ..text });
        }
        Ok(())
    }

    /// What the text is that a function returns.
    pub fn text_result(&self, number: u32) -> TextResult {
        let bound = self.bound.borrow();
        bound.get(number as usize).and_then(|bound| bound.as_ref()?.text).unwrap_or(PLAIN)
    }

    /// The function that frees a result.
    ///
    /// # Errors
    ///
    /// Its number, when it is closed.
    pub fn free_of(&self, text: &TextResult) -> Result<Option<Target>, u32> {
        let Some(number) = text.free else { return Ok(None) };
        let target = self.targets.get(number);
        if target.address.is_null() { Err(number) } else { Ok(Some(target)) }
    }

    /// Keeps the function mapped until [`leave_free`](Instance::leave_free).
    pub fn enter_free(&self, free: Option<Target>) {
        if let Some(target) = free {
            // SAFETY: the target is open, so its gate is there.
            unsafe { (*target.gate).hold() };
        }
    }

    /// The function is used no more.
    pub fn leave_free(&self, free: Option<Target>) {
        // SAFETY: the gate was entered, and so is there.
        if free.is_some_and(|target| unsafe { (*target.gate).release() }) {
            self.finish_closing();
        }
    }

    /// Frees what a function has returned.
    ///
    /// # Safety
    ///
    /// The function was entered, and the address is what it frees.
    pub unsafe fn free_result(&self, free: Target, address: u64) {
        let frame = self.frame.as_ptr();
        // SAFETY: as the caller says. It may call back, as any function of C, and what it calls leaves an errno; what
        // counts is that of the function itself.
        unsafe {
            let errno = (*frame).errno;
            self.inside_c(|| call_free(free.address, address));
            (*frame).errno = errno;
        }
    }
}
