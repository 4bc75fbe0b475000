//! Asynchronous calls: arguments that were copied out of the frame, a function, and room for its result.

use crate::errno::Errno;
use crate::frame::Frame;
use crate::invoke::invoke;
use crate::mailbox::Mailbox;
use crate::targets::Target;
use crate::text_result::{TextResult, call_free};
use napi::sys;
use std::cell::{Cell, UnsafeCell};
use std::mem::offset_of;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};

/// Waits for a thread.
const QUEUED: u8 = 0;
/// A thread is at it, or it has returned.
const STARTED: u8 = 1;
/// Taken back before a thread came.
const WITHDRAWN: u8 = 2;

/// How a call ended; the numbers are those of `lib/async/settle.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It returned.
    Returned = 0,
    /// A callback has thrown on its behalf.
    Thrown = 1,
    /// It waited for a callback in vain.
    Deadlocked = 2,
}

/// One call.
pub struct AsyncCall {
    /// The number that JavaScript knows it by.
    pub number: u32,
    /// The JavaScript function that settles it.
    pub settler: sys::napi_ref,
    /// Of the environment that made it.
    mailbox: Arc<Mailbox>,
    /// The function. Its library is kept by the JavaScript thread until the call has settled.
    pub target: Target,
    /// An [`Ending`]. Once it is another than `Returned`, no JavaScript runs for the call any more.
    ending: AtomicU8,
    state: AtomicU8,
    /// The part of a frame that the call uses.
    frame: UnsafeCell<Box<[Line]>>,
    /// The result is text, which this frees.
    text: Option<(TextResult, Option<Target>)>,
    /// Its copy.
    copy: UnsafeCell<Option<Vec<u8>>>,
}

/// So much of a frame that its alignment is kept.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
struct Line([u64; 2]);

// SAFETY: `state` says whose the frame and the copy are: the JavaScript thread's until it is queued and when it is done,
// which the mailbox's lock orders, and in between the thread's that started it. What the target points to is
// only read, and kept by the JavaScript thread.
unsafe impl Sync for AsyncCall {}
// SAFETY: as above.
unsafe impl Send for AsyncCall {}

thread_local! {
    /// The call that this thread carries out.
    static CURRENT: Cell<*const AsyncCall> = const { Cell::new(std::ptr::null()) };
}

impl AsyncCall {
    /// A call with the arguments in the frame.
    ///
    /// # Safety
    ///
    /// JavaScript has just filled the frame for the target, whose plan has so many stack words.
    pub unsafe fn new(
        (number, settler): (u32, sys::napi_ref),
        mailbox: Arc<Mailbox>,
        target: Target,
        frame: *const Frame,
        (stack_words, text): (usize, Option<(TextResult, Option<Target>)>),
    ) -> AsyncCall {
        let bytes = offset_of!(Frame, stack) + 8 * stack_words;
        // SAFETY: a frame has so many bytes before and in its stack area, and others behind it.
        let used = unsafe { std::slice::from_raw_parts(frame.cast::<Line>(), bytes.div_ceil(size_of::<Line>())) };
        AsyncCall {
            number,
            settler,
            mailbox,
            target,
            ending: AtomicU8::new(Ending::Returned as u8),
            state: AtomicU8::new(QUEUED),
            frame: UnsafeCell::new(used.into()),
            text,
            copy: UnsafeCell::new(None),
        }
    }

    /// Takes the call back; false when a thread has it.
    pub fn withdraw(&self) -> bool {
        let is_ours = self.state.compare_exchange(QUEUED, WITHDRAWN, AcqRel, Acquire).is_ok();
        if is_ours {
            // It stays in the queue until a thread comes by; its memory need not.
            // SAFETY: a call that was taken back is no thread's, and only the JavaScript thread does this.
            unsafe { *self.frame.get() = Box::default() };
        }
        is_ours
    }

    /// Makes the call on this thread, unless it was taken back. Returns whether it was made.
    pub fn run(self: &Arc<Self>) -> bool {
        if self.state.compare_exchange(QUEUED, STARTED, AcqRel, Acquire).is_err() {
            return false;
        }
        let errno = Errno::of_this_thread();
        let outer = CURRENT.replace(Arc::as_ptr(self));
        // SAFETY: the call was queued and is now this thread's alone. It has the part of a frame that its plan
        // uses; the function is mapped while its library is kept, and the arguments were written for it.
        unsafe {
            let frame = (*self.frame.get()).as_mut_ptr().cast::<Frame>();
            errno.set((*frame).errno);
            invoke(frame, self.target.address, self.target.path);
            (*frame).errno = errno.get();
            if let Some((text, free)) = &self.text {
                self.keep_text(frame, text, *free);
            }
        }
        CURRENT.set(outer);
        true
    }

    /// Copies the text that C has returned, which the next call on this thread may change, and frees it. Where no
    /// text can be, the address stays what it is, for the JavaScript thread to find out.
    ///
    /// # Safety
    ///
    /// The call is this thread's, and has just returned to this frame.
    unsafe fn keep_text(&self, frame: *mut Frame, text: &TextResult, free: Option<Target>) {
        // SAFETY: as the caller says; that text is there, and is to be freed, is what the signature claims.
        unsafe {
            let address = (*frame).int_results[0];
            let Ok(bytes) = text.read(address, None) else { return };
            let mut copy = bytes.into_owned();
            copy.extend(std::iter::repeat_n(0, text.encoding.unit()));
            (*frame).int_results[0] = copy.as_ptr().expose_provenance() as u64;
            *self.copy.get() = Some(copy);
            if let Some(free) = free {
                call_free(free.address, address);
            }
        }
    }

    /// The function that frees the result.
    pub fn free(&self) -> Option<Target> {
        self.text.and_then(|(_, free)| free)
    }

    /// Copies what C left to the frame's words: results in integer registers, those in floating-point registers, and one with `errno`
    /// in its low half and how the call has ended in the other.
    ///
    /// # Safety
    ///
    /// The call has returned, and this is the JavaScript thread, between two calls.
    pub unsafe fn copy_outcome(&self, frame: *mut Frame) {
        // SAFETY: no other thread has the call any more; both frames have these fields.
        unsafe {
            let own = (*self.frame.get()).as_ptr().cast::<Frame>();
            let ([a, b], [s, t, u, v]) = ((*own).int_results, (*own).float_results);
            let rest = u64::from((*own).errno.cast_unsigned()) | u64::from(self.ending()) << 32;
            (&raw mut (*frame).words).cast::<[u64; AsyncCall::OUTCOME]>().write([a, b, s, t, u, v, rest]);
        }
    }

    /// How many words that are.
    pub const OUTCOME: usize = 7;

    /// The call that the calling thread carries out.
    pub fn current() -> Option<Arc<AsyncCall>> {
        let current = CURRENT.get();
        if current.is_null() {
            return None;
        }
        // SAFETY: the thread that carries it out holds a count of it, as an `Arc`, until it has returned.
        unsafe {
            Arc::increment_strong_count(current);
            Some(Arc::from_raw(current))
        }
    }

    /// Whether it was made by the environment with this mailbox.
    pub fn is_of(&self, mailbox: &Arc<Mailbox>) -> bool {
        Arc::ptr_eq(&self.mailbox, mailbox)
    }

    /// What becomes of it. The first failure counts.
    pub fn fail(&self, ending: Ending) {
        let _ = self.ending.compare_exchange(Ending::Returned as u8, ending as u8, Relaxed, Relaxed);
    }

    /// The number of its [`Ending`], as far as is known.
    pub fn ending(&self) -> u8 {
        self.ending.load(Relaxed)
    }

    /// Whether a callback has failed on behalf of this call.
    pub fn has_failed(&self) -> bool {
        self.ending() != Ending::Returned as u8
    }
}

/// How long a thread of the pool serves one queue before others get their turn.
const TURN: std::time::Duration = std::time::Duration::from_millis(1);

/// Makes calls until there are none, or another server waits for the thread.
pub fn serve(mailbox: &Mailbox) {
    mailbox.begin_server();
    let start = std::time::Instant::now();
    while let Some(call) = mailbox.next_call() {
        if call.run() {
            mailbox.finish(call);
        }
        if start.elapsed() >= TURN && mailbox.has_waiting_server() {
            break;
        }
    }
}
