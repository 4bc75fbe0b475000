//! Callbacks on the JavaScript thread: what is put aside while they run, and what they throw.

use super::Instance;
use super::levels::Level;
use super::mail::Listener;
use crate::exit;
use crate::fast::engine;
use crate::fast::inward::Entrance;
use crate::frame::Frame;
use crate::presence::{marks, number_of};
use napi::sys;
use std::ptr;

/// What JavaScript has been told and not read yet.
struct Unread {
    /// From the frame's `unread` to its `sender`.
    numbers: [u32; 5],
    words: Box<[u64]>,
}

impl Unread {
    /// # Safety
    ///
    /// The frame is that of the thread's environment.
    #[cold]
    #[inline(never)]
    unsafe fn of(frame: *const Frame) -> Box<Unread> {
        // SAFETY: as the caller says; these fields follow each other.
        unsafe {
            let numbers = (&raw const (*frame).unread).cast::<[u32; 5]>().read();
            let words = std::slice::from_raw_parts((&raw const (*frame).words).cast(), numbers[0] as usize - 1).into();
            Box::new(Unread { numbers, words })
        }
    }

    /// # Safety
    ///
    /// As for [`of`](Unread::of).
    #[cold]
    #[inline(never)]
    unsafe fn put_back(&self, frame: *mut Frame) {
        // SAFETY: as the caller says; there was room for the words.
        unsafe {
            (&raw mut (*frame).unread).cast::<[u32; 5]>().write(self.numbers);
            self.words.as_ptr().copy_to_nonoverlapping((&raw mut (*frame).words).cast(), self.words.len());
        }
    }
}

impl Instance {
    /// Calls the JavaScript of the callback with this number on this thread. Whether there is a result, in the frame; else C gets the
    /// default.
    ///
    /// # Safety
    ///
    /// This is the environment's thread; `runner` runs the callback, and `copy` writes its arguments, so many words, of its signature.
    #[inline]
    pub unsafe fn call_back(&self, number: u32, runner: sys::napi_ref, words: usize, copy: impl FnOnce(*mut u64)) -> bool {
        let presence = &self.mailbox.presence;
        if presence.has_thrown() || (self.is_ending.get() && presence.call() == 0) || exit::is_over() {
            return false;
        }
        if self.is_in_leaf() {
            presence.note_leaf();
            return false;
        }
        let frame = self.frame.as_ptr();
        // SAFETY: while C runs, nobody else uses these parts of the frame.
        unsafe {
            let fill = || {
                copy((&raw mut (*frame).words).cast());
                (*frame).subject = number;
            };
            self.hand_over(words, fill, || self.run_callback(runner))
        }
    }

    /// Fills the frame with the subject and so many words for JavaScript to read, which `run` runs. What other JavaScript has
    /// not read yet, because a debugger came first, is there again afterwards.
    ///
    /// # Safety
    ///
    /// This is the environment's thread.
    #[inline(always)]
    pub(super) unsafe fn hand_over<T>(&self, words: usize, fill: impl FnOnce(), run: impl FnOnce() -> T) -> T {
        let frame = self.frame.as_ptr();
        // SAFETY: the frame lives as long as the instance.
        unsafe {
            let unread = ((*frame).unread != 0).then(|| Unread::of(frame));
            fill();
            (*frame).unread = words as u32 + 1;
            let done = run();
            match unread {
                Some(unread) => unread.put_back(frame),
                None => (*frame).unread = 0,
            }
            done
        }
    }

    /// Whether no JavaScript may run until C returns, because the function is a leaf.
    #[inline(always)]
    fn is_in_leaf(&self) -> bool {
        let call = self.mailbox.presence.call();
        let marks = if call & marks::UNCOUNTED == 0 { call } else { self.targets.get(number_of(call)).marks };
        marks & marks::LEAF != 0
    }

    /// Has a function run the callback that the frame names. Whether it ran to its end.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, and the frame has all that the function reads.
    #[inline(always)]
    pub(super) unsafe fn run_callback(&self, reference: sys::napi_ref) -> bool {
        // SAFETY: as the caller says; no result is asked for.
        unsafe {
            let (env, (runner, entrance)) = (self.env.get(), self.suspend(reference));
            let status = match entrance {
                Some(entrance) => entrance.call(env, runner),
                None => sys::napi_call_function(env, runner, runner, 0, ptr::null(), ptr::null_mut()),
            };
            self.resume(status)
        }
    }

    /// Puts aside what belongs to the call that the thread is inside of, for JavaScript to run. Returns the
    /// function that the reference is of, and how it is called if not by Node-API.
    ///
    /// # Safety
    ///
    /// This is the environment's thread; [`resume`](Instance::resume) follows.
    #[inline(never)]
    unsafe fn suspend(&self, reference: sys::napi_ref) -> (sys::napi_value, Option<Entrance>) {
        let (frame, env) = (self.frame.as_ptr(), self.env.get());
        let errno = self.errno.get();
        self.hold_current();
        let inside = self.mailbox.presence.suspend();
        let is_lasting = self.levels.is_lasting();
        self.levels.go_down(inside, |level| {
            // SAFETY: the environment and the frame are live. A scope is closed when the call returns at the
            // latest, and those of calls further in are closed by then.
            unsafe {
                (level.inside, level.errno) = (inside, errno);
                // Without a call, nothing is known of the scope that there may be.
                if (level.uses == Level::FIRST && !is_lasting) || inside.call == 0 {
                    sys::napi_open_handle_scope(env, &raw mut level.scope);
                    if !is_lasting {
                        level.reference = ptr::null_mut();
                    }
                }
                if level.reference != reference {
                    level.reference = reference;
                    sys::napi_get_reference_value(env, reference, &raw mut level.runner);
                    // Without a call, the host may let no JavaScript run.
                    level.entrance = if inside.call == 0 || is_lasting { None } else { Entrance::of(level.runner) };
                }
                (level.scratch_top, level.scratch_floor) = ((*frame).scratch_top, (*frame).scratch_floor);
                (level.heap_blocks, level.heap_floor) = ((*frame).heap_blocks, (*frame).heap_floor);
                (level.runner, level.entrance)
            }
        })
    }

    /// Goes back to the call after [`suspend`](Instance::suspend). Whether JavaScript has run to its end.
    ///
    /// # Safety
    ///
    /// JavaScript has run, with this status.
    #[inline(never)]
    unsafe fn resume(&self, status: sys::napi_status) -> bool {
        let (frame, env) = (self.frame.as_ptr(), self.env.get());
        let inside = self.levels.come_up();
        if inside.call & marks::UNCOUNTED != 0 {
            // Calls inside may have found nothing to look at.
            self.mailbox.presence.look();
        }
        self.mailbox.presence.resume(inside);
        let is_lasting = self.levels.is_lasting();
        let (errno, has_blocks) = self.levels.here(|level| {
            if !is_lasting {
                level.uses += 1;
            }
            // SAFETY: as the caller says; the scope is the innermost one.
            unsafe {
                if level.uses == Level::FIRST + Level::MOST || inside.call == 0 {
                    sys::napi_close_handle_scope(env, level.scope);
                    level.uses = Level::FIRST;
                }
                // Also what a script left behind that the engine stopped.
                let has_blocks = (*frame).heap_blocks != level.heap_blocks;
                ((*frame).scratch_top, (*frame).scratch_floor) = (level.scratch_top, level.scratch_floor);
                ((*frame).heap_blocks, (*frame).heap_floor) = (level.heap_blocks, level.heap_floor);
                (level.errno, has_blocks)
            }
        });
        if has_blocks {
            self.free_heap_blocks();
        }
        if status != sys::Status::napi_ok {
            // The level is finished with: what hears of the exception may call C.
            // SAFETY: as the caller says.
            unsafe { self.keep_exception(status) };
        }
        self.errno.set(errno);
        status == sys::Status::napi_ok
    }

    /// A callback has thrown, or the engine has stopped it. That is left pending, for the host to throw when the
    /// call returns that the thread is inside of; if there is none, it is nobody's.
    ///
    /// # Safety
    ///
    /// This is the environment's thread, and a call of JavaScript has just failed.
    #[cold]
    unsafe fn keep_exception(&self, status: sys::napi_status) {
        if status != sys::Status::napi_pending_exception {
            // The host lets no JavaScript run any more.
            self.stop_calling_back();
        } else if self.is_inside() {
            if self.mailbox.presence.call() & marks::NO_SCOPE != 0 {
                // No function of Node-API's is about to return: not every host finds it later.
                // SAFETY: as the caller says.
                self.has_error.set(unsafe { self.keep_if_pending() });
            }
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
    /// This is the environment's thread.
    #[cold]
    pub unsafe fn blame_nobody(&self) {
        let (env, mut scope, mut error) = (self.env.get(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: as the caller says; the scope is closed here.
        unsafe {
            sys::napi_open_handle_scope(env, &raw mut scope);
            if sys::napi_get_and_clear_last_exception(env, &raw mut error) == sys::Status::napi_ok {
                sys::napi_fatal_exception(env, error);
            }
            sys::napi_close_handle_scope(env, scope);
        }
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
        let (has_thrown, has_called_back) = (presence.take_thrown(), presence.take_leaf());
        let was_kept = self.has_error.take();
        // SAFETY: this is the environment's thread, in code of the host's.
        let has_error = was_kept || (has_thrown && unsafe { self.keep_pending() });
        self.hold_current();
        let (inside, errno) = (presence.suspend(), self.errno.get());
        self.levels.go_down(inside, |level| {
            (level.inside, level.errno) = (inside, errno);
            (level.has_thrown, level.has_error, level.has_called_back) = (has_thrown, has_error, has_called_back);
        });
    }

    /// The same, unless nothing is.
    ///
    /// # Safety
    ///
    /// This is the environment's thread.
    #[cold]
    unsafe fn keep_if_pending(&self) -> bool {
        let mut is_pending = false;
        // SAFETY: as the caller says.
        unsafe {
            sys::napi_is_exception_pending(self.env.get(), &raw mut is_pending) == sys::Status::napi_ok && is_pending && self.keep_pending()
        }
    }

    /// Keeps what is pending, which must not be thrown by what comes in between. Whether there is something: not if the
    /// engine has stopped JavaScript, which goes on until C returns, and is nothing to be thrown.
    ///
    /// # Safety
    ///
    /// This is the environment's thread.
    pub(super) unsafe fn keep_pending(&self) -> bool {
        let (env, mut scope, mut error, mut holder) = (self.env.get(), ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        let Ok(Listener { thrown: holder_of, .. }) = self.listener(1) else { return false };
        // SAFETY: as the caller says; the holder is an array of ours.
        unsafe {
            sys::napi_open_handle_scope(env, &raw mut scope);
            sys::napi_get_reference_value(env, holder_of, &raw mut holder);
            // Else calls that come later would throw it.
            let is_taken = sys::napi_get_and_clear_last_exception(env, &raw mut error) == sys::Status::napi_ok;
            // The engine would forget that it stops when it is asked to store something.
            let is_kept = is_taken
                && !engine::is_stopping()
                && sys::napi_set_element(env, holder, self.levels.depth(), error) == sys::Status::napi_ok;
            if !is_kept {
                sys::napi_get_and_clear_last_exception(env, &raw mut error);
            }
            sys::napi_close_handle_scope(env, scope);
            is_kept
        }
    }

    #[cold]
    fn put_back(&self) {
        let inside = self.levels.come_up();
        if inside.call & marks::UNCOUNTED != 0 {
            self.mailbox.presence.look();
        }
        self.mailbox.presence.resume(inside);
        let (errno, has_called_back) = self.levels.here(|level| (level.errno, level.has_called_back));
        let (has_thrown, has_error) = self.levels.here(|level| (level.has_thrown, level.has_error));
        self.errno.set(errno);
        self.has_error.set(has_error);
        if has_thrown {
            self.mailbox.presence.note_thrown();
        }
        if has_called_back {
            self.mailbox.presence.note_leaf();
        }
    }

    /// Closes what callbacks of the call that has just returned have left open.
    #[cold]
    pub fn end_level(&self) {
        if let Some(scope) = self.levels.end_call() {
            // SAFETY: it is the innermost one, opened by a callback of the call.
            unsafe { sys::napi_close_handle_scope(self.env.get(), scope) };
        }
    }
}
