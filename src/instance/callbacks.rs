//! The callbacks of an environment: opened and closed by JavaScript, run when C calls them.

use super::Instance;
use super::mail::Listener;
use crate::async_call::Ending;
use crate::callback::letter::Letter;
use crate::callback::plan::CallbackPlan;
use crate::callback::slot::{Behind, Slot};
use crate::error::{Code, Error};
use crate::exit;
use crate::frame::Verdict;
use napi::sys;
use std::collections::HashMap;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Callbacks by number, and the plans that their signatures share.
#[derive(Default)]
pub struct Callbacks {
    plans: Vec<Arc<CallbackPlan>>,
    plan_numbers: HashMap<Box<[u32]>, u32>,
    open: Vec<Option<&'static Slot>>,
    free_numbers: Vec<u32>,
    /// JavaScript functions that run callbacks of one signature, or of any.
    runners: Vec<sys::napi_ref>,
}

/// How a callback is to be opened.
pub struct Wish {
    /// The number of its plan.
    pub plan: u32,
    /// The number of what runs it, from [`Instance::add_runner`].
    pub runner: u32,
    /// The number of the copy of the package that opens it.
    pub listener: u32,
    /// Other threads do not wait.
    pub is_listener: bool,
    /// In milliseconds; 0 for ever.
    pub timeout: u32,
}

/// What the callbacks of one call of C share. To open a handle scope takes as long as much of the rest, so
/// the first of them make do with the call's own, and then many use one.
#[derive(Clone, Copy)]
pub struct Shared {
    /// NULL: the call's own.
    scope: sys::napi_handle_scope,
    /// What ran the last callback; NULL when there has been none.
    reference: sys::napi_ref,
    /// The same, in that scope.
    runner: sys::napi_value,
    uses: u32,
}

/// What waits while a callback runs JavaScript. Kept aside, because every level of calls and callbacks takes
/// the stack of what is in between.
pub struct Suspended {
    /// The call that the thread is inside of, or 0.
    call: u32,
    /// C's `errno`, which a callback leaves alone.
    errno: i32,
    shared: Shared,
    /// The tops and floors of the scratch memory.
    scratch: [u32; 4],
    /// Whether a callback of the call has thrown, and whether that was taken from the host and kept.
    has_thrown: bool,
    has_error: bool,
}

impl Shared {
    /// There has been no callback.
    pub const NONE: Shared = Shared { scope: ptr::null_mut(), reference: ptr::null_mut(), runner: ptr::null_mut(), uses: 0 };
    /// So many callbacks leave their handles in the call's own scope.
    const FIRST: u32 = 16;
    /// So many share another one.
    const MOST: u32 = 64;
}

impl Instance {
    /// The number of the plan for callbacks of a signature given as type numbers, and the plan itself.
    pub fn callback_plan(&self, types: &[u32]) -> Result<(u32, Arc<CallbackPlan>), Error> {
        let mut callbacks = self.callbacks.borrow_mut();
        if let Some(&number) = callbacks.plan_numbers.get(types) {
            return Ok((number, callbacks.plans[number as usize].clone()));
        }
        let plan = Arc::new(CallbackPlan::new(&self.types.borrow().signature(types)?)?);
        let number = callbacks.plans.len() as u32;
        callbacks.plans.push(plan.clone());
        callbacks.plan_numbers.insert(types.into(), number);
        Ok((number, plan))
    }

    /// Adds a JavaScript function that runs the callback named in the frame. Returns its number.
    pub fn add_runner(&self, reference: sys::napi_ref) -> u32 {
        let mut callbacks = self.callbacks.borrow_mut();
        callbacks.runners.push(reference);
        callbacks.runners.len() as u32 - 1
    }

    /// All that were added.
    pub fn runners(&self) -> Vec<sys::napi_ref> {
        std::mem::take(&mut self.callbacks.borrow_mut().runners)
    }

    /// Opens a callback whose default result is in the frame. Returns its number and its address.
    ///
    /// # Safety
    ///
    /// JavaScript has just left the default in the frame as it leaves results.
    pub unsafe fn open_callback(&self, wish: &Wish) -> Result<(u32, usize), Error> {
        let mut callbacks = self.callbacks.borrow_mut();
        let missing = || Error::new(Code::CallFailed, format!("no plan has the number {}", wish.plan));
        let plan = callbacks.plans.get(wish.plan as usize).ok_or_else(missing)?.clone();
        let runner = callbacks.runners.get(wish.runner as usize).copied().ok_or_else(missing)?;
        let number = callbacks.free_numbers.last().copied().unwrap_or(callbacks.open.len() as u32);
        let slot = Slot::open(Behind {
            // SAFETY: as the caller says.
            default: unsafe { plan.answer_in(self.frame.as_ptr()) },
            plan,
            number,
            instance: self,
            runner,
            reader: self.listener(wish.listener)?.reader,
            mailbox: self.mailbox.clone(),
            is_listener: wish.is_listener,
            timeout: (wish.timeout != 0).then(|| Duration::from_millis(u64::from(wish.timeout))),
        })?;
        if callbacks.free_numbers.pop().is_none() {
            callbacks.open.push(None);
        }
        callbacks.open[number as usize] = Some(slot);
        Ok((number, slot.address()))
    }

    /// Closes a callback; unknown numbers are ignored.
    pub fn close_callback(&self, number: u32) {
        let mut callbacks = self.callbacks.borrow_mut();
        let Some(slot) = callbacks.open.get_mut(number as usize).and_then(Option::take) else { return };
        callbacks.free_numbers.push(number);
        slot.close(false);
        self.mailbox.answer_all_of(slot, self.reading.get());
    }

    /// How many callbacks are open, and how many calls there were of closed ones.
    pub fn callback_counts(&self) -> (usize, u64) {
        let callbacks = self.callbacks.borrow();
        (callbacks.open.len() - callbacks.free_numbers.len(), self.mailbox.late.load(Relaxed))
    }

    /// Closes everything that C or other threads could come through: the environment ends.
    pub fn end(&self) {
        self.stop_calling_back();
        for slot in std::mem::take(&mut self.callbacks.borrow_mut().open).into_iter().flatten() {
            slot.close(true);
        }
    }

    /// The process or worker exits, unless that is only said: callbacks run no more, but inside of calls, and
    /// for the event loop if it goes on.
    pub fn note_exit(&self) {
        self.is_ending.set(true);
        self.mailbox.note_exit(true);
    }

    /// No JavaScript runs any more.
    pub fn stop_calling_back(&self) {
        self.is_ending.set(true);
        self.mailbox.close();
    }

    /// Calls a callback's JavaScript on this thread. Whether there is a result, in the frame; else C gets the
    /// default.
    ///
    /// # Safety
    ///
    /// This is the environment's thread; `copy` writes the callback's arguments, of its signature.
    #[inline]
    pub unsafe fn call_back(&self, behind: &Behind, copy: impl FnOnce(*mut u64)) -> bool {
        let presence = &self.mailbox.presence;
        if presence.has_thrown() || (self.is_ending.get() && presence.call() == 0) || exit::is_over() {
            return false;
        }
        let frame = self.frame.as_ptr();
        // SAFETY: while C runs, nobody else uses these parts of the frame.
        unsafe {
            copy((&raw mut (*frame).stack).cast());
            (*frame).subject = behind.number;
            self.run_callback(behind.runner)
        }
    }

    /// Has a function run the callback that the frame names. Whether that left a result in the frame.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, and the frame has all that the function reads.
    #[inline(always)]
    unsafe fn run_callback(&self, reference: sys::napi_ref) -> bool {
        // SAFETY: as the caller says; no result is asked for.
        unsafe {
            let runner = self.suspend(reference);
            let status = sys::napi_call_function(self.env.get(), runner, runner, 0, ptr::null(), ptr::null_mut());
            self.resume(status)
        }
    }

    /// Puts aside what belongs to the call that the thread is inside of, for JavaScript to run. Returns the
    /// function that the reference is of.
    ///
    /// # Safety
    ///
    /// This is the environment's thread; [`resume`](Instance::resume) follows.
    #[inline(never)]
    unsafe fn suspend(&self, reference: sys::napi_ref) -> sys::napi_value {
        let (frame, env) = (self.frame.as_ptr(), self.env.get());
        let errno = self.errno.get();
        let call = self.mailbox.presence.suspend();
        let mut shared = self.shared.replace(Shared::NONE);
        // SAFETY: the environment and the frame are live. A scope is closed when the call returns at the
        // latest, and those of calls further in are closed by then.
        unsafe {
            if shared.uses == Shared::FIRST || call == 0 {
                sys::napi_open_handle_scope(env, &raw mut shared.scope);
                shared.reference = ptr::null_mut();
            }
            if shared.reference != reference {
                shared.reference = reference;
                sys::napi_get_reference_value(env, reference, &raw mut shared.runner);
            }
            (*frame).verdict = Verdict::Answered as u32;
            let scratch = [(*frame).scratch_top, (*frame).scratch_floor, (*frame).heap_blocks, (*frame).heap_floor];
            self.suspended.borrow_mut().push(Suspended { call, errno, shared, scratch, has_thrown: false, has_error: false });
        }
        shared.runner
    }

    /// Goes back to the call after [`suspend`](Instance::suspend). Whether there is a result in the frame.
    ///
    /// # Safety
    ///
    /// JavaScript has run, with this status.
    #[inline(never)]
    unsafe fn resume(&self, status: sys::napi_status) -> bool {
        let (frame, env) = (self.frame.as_ptr(), self.env.get());
        let Some(Suspended { call, errno, mut shared, scratch, .. }) = self.suspended.borrow_mut().pop() else { return false };
        self.mailbox.presence.resume(call);
        // SAFETY: as the caller says.
        unsafe {
            if status != sys::Status::napi_ok {
                self.keep_exception(status);
            }
            shared.uses += 1;
            if shared.uses == Shared::FIRST + Shared::MOST || call == 0 {
                sys::napi_close_handle_scope(env, shared.scope);
                shared.uses = Shared::FIRST;
            }
            if call != 0 {
                self.shared.set(shared);
            }
            // Also what a script left behind that the engine stopped.
            let heap_blocks = (*frame).heap_blocks;
            [(*frame).scratch_top, (*frame).scratch_floor, (*frame).heap_blocks, (*frame).heap_floor] = scratch;
            if heap_blocks != (*frame).heap_blocks {
                self.free_heap_blocks();
            }
            self.errno.set(errno);
            status == sys::Status::napi_ok && (*frame).verdict == Verdict::Answered as u32
        }
    }

    /// A callback has thrown, or the engine has stopped it. That is left pending, for the host to throw when the
    /// call returns that the thread is inside of; if there is none, it is nobody's.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, with a handle scope, and a call of JavaScript has just failed.
    #[cold]
    unsafe fn keep_exception(&self, status: sys::napi_status) {
        if status != sys::Status::napi_pending_exception {
            // The host lets no JavaScript run any more.
            self.stop_calling_back();
        } else if self.is_inside() {
            self.mailbox.presence.note_thrown();
        } else {
            // SAFETY: as the caller says.
            unsafe { self.blame_nobody() };
        }
    }

    /// Makes what is pending an uncaught exception.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, with a handle scope.
    #[cold]
    pub unsafe fn blame_nobody(&self) {
        let (env, mut error) = (self.env.get(), ptr::null_mut());
        // SAFETY: as the caller says.
        unsafe {
            if sys::napi_get_and_clear_last_exception(env, &raw mut error) == sys::Status::napi_ok {
                sys::napi_fatal_exception(env, error);
            }
        }
    }

    /// How many calls wait inside C for JavaScript.
    fn level(&self) -> u32 {
        self.suspended.borrow().len() as u32
    }

    /// Runs `work` as if the thread were not inside of a call. It may be while other code of the host's runs:
    /// C has called another addon, or the event loop.
    #[inline]
    pub fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        if !self.is_inside() {
            return work();
        }
        self.put_aside();
        let value = work();
        self.put_back();
        value
    }

    /// Whether the thread is inside of a call.
    #[inline(always)]
    pub fn is_inside(&self) -> bool {
        self.mailbox.presence.call() != 0
    }

    #[cold]
    fn put_aside(&self) {
        let presence = &self.mailbox.presence;
        let has_thrown = presence.take_thrown();
        let was_kept = self.has_error.take();
        let suspended = Suspended {
            call: presence.suspend(),
            errno: self.errno.get(),
            shared: self.shared.replace(Shared::NONE),
            scratch: [0; 4],
            has_thrown,
            // SAFETY: this is the environment's thread, in code of the host's.
            has_error: was_kept || (has_thrown && unsafe { self.keep_pending() }),
        };
        self.suspended.borrow_mut().push(suspended);
    }

    /// Keeps what is pending, which must not be thrown by what comes in between.
    ///
    /// # Safety
    ///
    /// This is the environment's thread.
    unsafe fn keep_pending(&self) -> bool {
        let (env, mut scope, mut error, mut holder) = (self.env.get(), ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        let Ok(Listener { thrown: holder_of, .. }) = self.listener(1) else { return false };
        // SAFETY: as the caller says; the holder is an array of ours.
        unsafe {
            sys::napi_open_handle_scope(env, &raw mut scope);
            sys::napi_get_reference_value(env, holder_of, &raw mut holder);
            let is_kept = sys::napi_get_and_clear_last_exception(env, &raw mut error) == sys::Status::napi_ok
                && sys::napi_set_element(env, holder, self.level(), error) == sys::Status::napi_ok;
            sys::napi_close_handle_scope(env, scope);
            is_kept
        }
    }

    #[cold]
    fn put_back(&self) {
        let Some(suspended) = self.suspended.borrow_mut().pop() else { return };
        self.mailbox.presence.resume(suspended.call);
        self.errno.set(suspended.errno);
        self.shared.set(suspended.shared);
        self.has_error.set(suspended.has_error);
        if suspended.has_thrown {
            self.mailbox.presence.note_thrown();
        }
    }

    /// Whether the call that has just returned has something to [`see to`](Instance::see_to).
    #[inline(always)]
    pub fn has_notes(&self) -> bool {
        self.mailbox.presence.has_notes() || self.shared.get().uses != 0
    }

    /// Closes what callbacks of the call have left open, and throws what one has thrown, or that somebody
    /// waited in vain for this thread while it was inside the call. Returns whether it did.
    ///
    /// # Safety
    ///
    /// `env` is the environment's, in a call from JavaScript; `call` has just returned.
    #[cold]
    pub unsafe fn see_to(&self, env: sys::napi_env, call: u32, function: u32) -> bool {
        let presence = &self.mailbox.presence;
        let shared = self.shared.replace(Shared::NONE);
        if shared.uses > Shared::FIRST {
            // SAFETY: it is the innermost one, opened by a callback of the call.
            unsafe { sys::napi_close_handle_scope(env, shared.scope) };
        }
        let was_deadlock = presence.take_deadlock(call, self.level() == 0);
        if !presence.take_thrown() {
            if was_deadlock {
                let message = "a thread called a callback and waited for its result, but this call blocked the JavaScript thread; \
                               make it with .async, or let the callback be a 'listener'";
                let error = self.error_of(function, Error::new(Code::CallbackDeadlock, message));
                // SAFETY: as the caller says.
                unsafe { self.throw(env, &error) };
            }
            return was_deadlock;
        }
        let mut is_pending = false;
        // SAFETY: as the caller says; the holder is an array of ours.
        unsafe {
            if let (true, Ok(Listener { thrown: holder_of, .. })) = (self.has_error.take(), self.listener(1)) {
                let (mut holder, mut error, mut nothing) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
                sys::napi_get_reference_value(env, holder_of, &raw mut holder);
                sys::napi_get_element(env, holder, self.level(), &raw mut error);
                sys::napi_get_undefined(env, &raw mut nothing);
                sys::napi_set_element(env, holder, self.level(), nothing);
                sys::napi_throw(env, error);
                return true;
            }
            sys::napi_is_exception_pending(env, &raw mut is_pending);
            if !is_pending {
                let error = Error::new(Code::CallFailed, "a callback failed, and the host does not tell why");
                self.throw(env, &self.error_of(function, error));
            }
        }
        true
    }

    /// Reads a letter: runs the callback that another thread has called.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, between two calls, with a handle scope.
    pub unsafe fn read_letter(&self, number: u32, letter: &Letter) {
        let slot = self.callbacks.borrow().open.get(letter.number as usize).copied().flatten();
        let slot = slot.filter(|slot| ptr::eq(*slot, letter.slot) && slot.serial() == letter.serial);
        let Some(slot) = slot.filter(|_| letter.is_open() && !letter.caller.as_ref().is_some_and(|caller| caller.has_failed())) else {
            if slot.is_none() {
                self.mailbox.late.fetch_add(1, Relaxed);
            }
            return self.mailbox.answer(number, None);
        };
        let Some(reader) = slot.own().map(|behind| behind.reader) else { return self.mailbox.answer(number, None) };
        let frame = self.frame.as_ptr();
        let outer = self.reading.replace(number);
        slot.go_in();
        // SAFETY: nobody uses the frame between two calls; a letter has the words of its plan.
        let answer = unsafe {
            letter.words.as_ptr().copy_to_nonoverlapping((&raw mut (*frame).stack).cast(), letter.words.len());
            ((*frame).subject, (*frame).letter) = (letter.number, number);
            // The call of another environment cannot throw what this one does.
            let own = letter.caller.as_ref().filter(|call| call.is_of(&self.mailbox));
            (*frame).sender = own.map_or(0, |call| call.number);
            self.run_callback(reader).then(|| letter.plan.answer_in(frame))
        };
        slot.come_out();
        self.reading.set(outer);
        // SAFETY: the frame is live.
        let verdict = unsafe { (*frame).verdict };
        if answer.is_none() && verdict == Verdict::Promised as u32 {
            return;
        }
        if answer.is_none() && verdict == Verdict::Answered as u32 {
            // Nothing has run.
            // SAFETY: as the caller says.
            unsafe { self.look_for_end() };
        }
        if let (None, Some(caller)) = (&answer, &letter.caller) {
            caller.fail(Ending::Thrown);
        }
        self.mailbox.answer(number, answer);
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
