//! Carries out the call that the frame names.

use super::Instance;
use crate::error::{Code, Error};
use crate::invoke::{Call, invoke};
use crate::library::closed_error;
use crate::presence::marks;
use crate::targets::Target;
use std::rc::Rc;

impl Instance {
    /// The plan with this number.
    pub(super) fn call(&self, number: u32) -> Result<Rc<Call>, Error> {
        let missing = || Error::new(Code::CallFailed, format!("no plan has the number {number}"));
        self.calls.borrow().get(number as usize).cloned().ok_or_else(missing)
    }

    /// Calls the function that the frame names, with the arguments in the frame, and lets `take` have
    /// the result; with it comes the number of the call. Until then the library stays loaded, also when
    /// the call itself closes it, and the strings among the arguments stay where they are. `None` when the function or its library is
    /// closed: [`Instance::closed_error`] tells more.
    ///
    /// # Safety
    ///
    /// JavaScript in this environment has just filled the frame for the function.
    #[inline(always)]
    pub unsafe fn invoke<T>(&self, take: impl FnOnce() -> T) -> Option<(T, u64)> {
        let frame = self.frame.as_ptr();
        // SAFETY: the frame lives as long as the instance.
        let number = unsafe { (*frame).target };
        // SAFETY: the plan lives as long as the function, which its caller holds; the rest as the caller says.
        let made = unsafe { self.call_by(number, marks::NONE, |target| invoke(frame, target.address, target.path), take) };
        made.map(|((), taken, call)| (taken, call))
    }

    /// The same for the function with this number, which `call` calls. The call has these marks too.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, in a call from JavaScript, and `call` may call the target it is given.
    #[inline(always)]
    pub unsafe fn call_by<R, T>(
        &self,
        number: u32,
        marks: u32,
        call: impl FnOnce(&Target) -> R,
        take: impl FnOnce() -> T,
    ) -> Option<(R, T, u64)> {
        let frame = self.frame.as_ptr();
        // SAFETY: the frame lives as long as the instance.
        unsafe { (*frame).count_call() };
        let target = self.targets.get(number);
        let floor = self.raise_floor();
        if target.address.is_null() {
            self.give_back(floor);
            return None;
        }
        // SAFETY: the target is open, so its library has not been closed and the gate is there; once
        // inside, the library is kept until `leave`.
        let gate = unsafe { &*target.gate };
        let before = gate.enter();
        let serial = self.mailbox.presence.enter(target.marks | marks);
        // SAFETY: the frame lives as long as the instance; the function is mapped while its gate is entered.
        let result = unsafe {
            self.errno.set((*frame).errno);
            let result = call(&target);
            let errno = self.errno.get();
            if (*frame).errno != errno {
                (*frame).errno = errno;
            }
            result
        };
        self.mailbox.presence.leave();
        if self.levels.is_used() {
            self.end_level();
        }
        let taken = take();
        // Destructors that run now may call too: what C stored in scratch memory has yet to be read.
        if gate.leave(before) {
            self.finish_closing_after(target.marks & marks::TEXT_LATER != 0);
        }
        if self.lower_floor(floor) {
            if target.marks & marks::TEXT_LATER != 0 {
                self.keep_text(self.returned_text());
            }
            self.free_heap_blocks();
        }
        Some((result, taken, serial))
    }

    /// Runs code of C that is no call of a function: initializers and destructors of libraries. Returns the
    /// number it has as a call.
    pub fn inside_c<T>(&self, work: impl FnOnce() -> T) -> (T, u64) {
        // Destructors run after a call, and may also run in one.
        self.aside(|| {
            let presence = &self.mailbox.presence;
            let call = presence.enter(marks::NO_SCOPE);
            let value = work();
            presence.leave();
            // Not everybody looks at its notes.
            presence.renumber();
            if self.levels.is_used() {
                self.end_level();
            }
            (value, call)
        })
    }

    /// Keeps the scratch memory of the call that begins from calls inside it. Returns the floor that
    /// was; `None` when the call has no scratch memory, as most have not.
    #[inline(always)]
    pub(crate) fn raise_floor(&self) -> Option<(u32, u32)> {
        let frame = self.frame.as_ptr();
        // SAFETY: the frame lives as long as the instance.
        unsafe {
            if !(*frame).has_scratch() {
                return None;
            }
            let floor = ((*frame).scratch_floor, (*frame).heap_floor);
            ((*frame).scratch_floor, (*frame).heap_floor) = ((*frame).scratch_top, (*frame).heap_blocks);
            Some(floor)
        }
    }

    /// Gives back the scratch memory of a call: all above the floor, which is this again.
    #[inline(always)]
    pub(crate) fn give_back(&self, floor: Option<(u32, u32)>) {
        if self.lower_floor(floor) {
            self.free_heap_blocks();
        }
    }

    /// Gives back what the call has of the scratch stack. Whether it has more, on the heap.
    #[inline(always)]
    fn lower_floor(&self, floor: Option<(u32, u32)>) -> bool {
        let Some((scratch_floor, heap_floor)) = floor else { return false };
        let frame = self.frame.as_ptr();
        // SAFETY: the frame lives as long as the instance.
        let heap_blocks = unsafe {
            ((*frame).scratch_floor, (*frame).scratch_top) = (scratch_floor, scratch_floor);
            (*frame).heap_floor = heap_floor;
            std::mem::replace(&mut (*frame).heap_blocks, heap_floor)
        };
        heap_blocks != heap_floor
    }

    /// Gives back the scratch memory of a call that is not made after all.
    pub fn drop_arguments(&self) {
        // SAFETY: the frame lives as long as the instance.
        unsafe { (*self.frame.as_ptr()).count_call() };
        let floor = self.raise_floor();
        self.give_back(floor);
    }

    /// Frees the strings on the heap beyond the frame's count of them.
    #[cold]
    pub fn free_heap_blocks(&self) {
        // SAFETY: the frame lives as long as the instance.
        let keep = unsafe { (*self.frame.as_ptr()).heap_blocks };
        self.heap.borrow_mut().truncate(keep as usize);
    }

    /// Why the function with this number could not be called.
    #[cold]
    pub fn closed_error(&self, number: u32) -> Error {
        match self.name_of(number) {
            Some(name) => closed_error(&name),
            None => Error::new(Code::CallFailed, "no function has this number"),
        }
    }

    /// `error` as that of the function with this number.
    #[cold]
    pub fn error_of(&self, number: u32, error: Error) -> Error {
        match self.name_of(number) {
            Some(name) => Error { message: format!("{name}: {}", error.message), ..error }.of_symbol(&name),
            None => error,
        }
    }

    fn name_of(&self, number: u32) -> Option<Box<str>> {
        Some(self.bound.borrow().get(number as usize)?.as_ref()?.name.clone())
    }

    /// Unloads what no call is inside of any more. If the result of the call is a string that is read later, that stays.
    #[cold]
    #[inline(never)]
    pub(super) fn finish_closing_after(&self, is_text_later: bool) {
        let text = if is_text_later { self.returned_text() } else { None };
        // Destructors may get into JavaScript, whose calls keep strings of their own.
        self.finish_closing();
        self.keep_text(text);
    }

    /// Unloads the closed libraries that no call is inside of. What their destructors do (they may even
    /// get back into JavaScript) must not change the result of the call that has just ended.
    #[cold]
    pub fn finish_closing(&self) {
        let frame = self.frame.as_ptr();
        // SAFETY: the frame lives as long as the instance.
        let (ints, floats, errno) = unsafe { ((*frame).int_results, (*frame).float_results, (*frame).errno) };
        let next = || {
            let mut closing = self.closing.borrow_mut();
            let unused = closing.iter().position(|library| library.gate().is_unused())?;
            Some(closing.swap_remove(unused))
        };
        while let Some(library) = next() {
            self.inside_c(|| library.close());
            self.code.set(None);
        }
        // SAFETY: as above.
        unsafe { ((*frame).int_results, (*frame).float_results, (*frame).errno) = (ints, floats, errno) };
    }
}
