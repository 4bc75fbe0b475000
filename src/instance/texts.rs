//! Functions that return text of C's, and the functions that free it.

use super::Instance;
use crate::error::Error;
use crate::frame::Frame;
use crate::targets::Target;
use crate::text;
use crate::text_result::{PLAIN, TextResult, call_free};
use napi::sys;

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

    /// Copies a string to the scratch stack or the heap and leaves its address in the frame; 0 when it contains a NUL or
    /// there is no memory for it.
    ///
    /// # Safety
    ///
    /// `env` is the environment's, in a call from JavaScript, and `string` a value of that.
    pub unsafe fn encode(&self, env: sys::napi_env, string: sys::napi_value) {
        let frame = self.frame.as_ptr();
        // SAFETY: the frame lives as long as the instance, and what is left of the scratch stack is free.
        unsafe {
            let mark = (*frame).scratch_top;
            let room = size_of::<Frame>().saturating_sub(mark as usize);
            let target = frame.cast::<u8>().wrapping_add(mark as usize);
            (*frame).address = 0;
            let bytes = if let Some(length) = text::write_utf8(env, string, target, room) {
                (*frame).scratch_top = mark + (length + 1).next_multiple_of(8).min(room) as u32;
                std::slice::from_raw_parts(target, length)
            } else if let Some(block) = text::copy_to_heap(env, string) {
                let bytes = std::slice::from_raw_parts(block.address(), block.length());
                self.heap.borrow_mut().push(block);
                (*frame).heap_blocks += 1;
                // The top tells whether a call has scratch memory at all; it may lie beyond the end.
                (*frame).scratch_top = mark + 8;
                bytes
            } else {
                return;
            };
            if memchr::memchr(0, bytes).is_none() {
                (*frame).address = bytes.as_ptr().expose_provenance() as u64;
            }
        }
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
