//! Letters that an environment gets: callbacks that other threads have called.

use super::Instance;
use crate::async_call::Ending;
use crate::callback::letter::Letter;
use crate::frame::Verdict;
use std::ptr;
use std::sync::atomic::Ordering::Relaxed;

impl Instance {
    /// Reads a letter: runs the callback that another thread has called.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, between two calls, with a handle scope.
    pub unsafe fn read_letter(&self, number: u32, letter: &Letter) {
        let slot = self.open_slot(letter.number);
        let slot = slot.filter(|slot| ptr::eq(*slot, letter.slot) && slot.serial() == letter.serial);
        let Some(slot) = slot.filter(|_| !letter.caller.as_ref().is_some_and(|caller| caller.has_failed())) else {
            if slot.is_none() {
                self.mailbox.late.fetch_add(1, Relaxed);
            }
            return self.mailbox.answer(number, None);
        };
        let Some(reader) = slot.own().map(|behind| behind.manner.reader) else { return self.mailbox.answer(number, None) };
        if !letter.begin() {
            return;
        }
        let frame = self.frame.as_ptr();
        let outer = self.reading.replace(number);
        slot.go_in();
        // SAFETY: nobody uses the frame between two calls; a letter has the words of its plan.
        let verdict = unsafe {
            let fill = || {
                letter.words.as_ptr().copy_to_nonoverlapping((&raw mut (*frame).words).cast(), letter.words.len());
                ((*frame).subject, (*frame).letter) = (letter.number, number);
                // The call of another environment cannot throw what this one does.
                let own = letter.caller.as_ref().filter(|call| call.is_of(&self.mailbox));
                (*frame).sender = own.map_or(0, |call| call.number);
            };
            self.hand_over(letter.words.len(), fill, || self.run_callback(reader).then(|| (*frame).verdict))
        };
        slot.come_out(&self.tombstones);
        self.reading.set(outer);
        match verdict {
            Some(verdict) if verdict == Verdict::Promised as u32 => letter.wait_on(),
            Some(verdict) => {
                // SAFETY: the reader has just left the result, if there is one.
                unsafe { self.answer_letter(number, verdict == Verdict::Answered as u32) };
            }
            None => {
                // SAFETY: as the caller says.
                unsafe {
                    self.look_for_end();
                    self.answer_letter(number, false);
                }
            }
        }
    }

    /// A promise was settled: answers the letter with the result in the frame, or with the default.
    ///
    /// # Safety
    ///
    /// A stub has just left the result in the frame, if it is wanted.
    pub unsafe fn answer_letter(&self, number: u32, has_result: bool) {
        let Some(letter) = self.mailbox.letter(number) else { return };
        // SAFETY: as the caller says.
        let answer = has_result.then(|| unsafe { letter.plan.answer_in(self.frame.as_ptr()) });
        if let (None, Some(caller)) = (&answer, &letter.caller) {
            caller.fail(Ending::Thrown);
        }
        self.mailbox.answer(number, answer);
    }
}
