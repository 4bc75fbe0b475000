//! The mailbox of an environment: through it other threads reach the JavaScript thread, and that the pool's
//! threads. It outlives the environment: whoever comes later finds it closed.

use crate::async_call::{AsyncCall, Ending};
use crate::callback::letter::{GivenUp, Letter};
use crate::callback::plan::Answer;
use crate::callback::slot::Slot;
use crate::presence::{Presence, Watch};
use napi::sys;
use std::collections::{HashMap, VecDeque};
use std::ptr;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What threads share with the JavaScript thread of one environment.
#[derive(Default)]
pub struct Mailbox {
    /// Where the JavaScript thread is.
    pub presence: Presence,
    /// Calls of callbacks that were closed.
    pub late: AtomicU64,
    /// How many letters there are, for who wants to know without the lock.
    letters: AtomicUsize,
    post: Mutex<Post>,
}

#[derive(Default)]
struct Post {
    is_closed: bool,
    /// Since when the process exits: the JavaScript thread may never come again.
    exiting: Option<Instant>,
    bell: Bell,
    /// The JavaScript thread will come and look.
    has_rung: bool,
    /// Letters that nobody has opened.
    unread: VecDeque<u32>,
    /// All letters that are waited for or unread, by number.
    letters: HashMap<u32, Arc<Letter>>,
    last_letter: u32,
    calls: VecDeque<Arc<AsyncCall>>,
    /// Servers that wait for a thread of the pool.
    servers: usize,
    done: VecDeque<Arc<AsyncCall>>,
}

/// How often a thread that waits looks around.
const SHORTEST_STEP: Duration = Duration::from_millis(1);
const LONGEST_STEP: Duration = Duration::from_millis(50);
/// How long threads wait for a JavaScript thread that exits, all waits together.
const AT_EXIT: Duration = Duration::from_millis(100);

/// What wakes the JavaScript thread: a thread-safe function of the host's; NULL before there is one.
struct Bell(sys::napi_threadsafe_function);

// SAFETY: the host says that any thread may call it; nothing else is done with it by other threads.
unsafe impl Send for Bell {}

impl Default for Bell {
    fn default() -> Bell {
        Bell(ptr::null_mut())
    }
}

impl Post {
    /// Whether the JavaScript thread has said that it exits, and has not come since.
    fn is_over(&self) -> bool {
        self.exiting.is_some_and(|since| since.elapsed() >= AT_EXIT)
    }

    /// Lets the JavaScript thread come, unless it will anyway.
    fn ring(&mut self) {
        if !self.has_rung && !self.is_closed && !self.bell.0.is_null() {
            // SAFETY: the function is there until the mailbox is closed, under this lock. Its queue has no
            // limit, so it is never full; should it fail, nobody comes, and waits end by their time.
            let status =
                unsafe { sys::napi_call_threadsafe_function(self.bell.0, ptr::null_mut(), sys::ThreadsafeFunctionCallMode::nonblocking) };
            self.has_rung = status == sys::Status::napi_ok;
        }
    }
}

/// What there is for the JavaScript thread to do.
pub enum Delivery {
    /// A call of a callback, and the letter's number.
    Letter(u32, Arc<Letter>),
    /// An asynchronous call that has returned.
    Done(Arc<AsyncCall>),
}

impl Mailbox {
    fn post(&self) -> MutexGuard<'_, Post> {
        // Nothing panics while it is held.
        self.post.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the JavaScript thread can be woken.
    pub fn hang_bell(&self, bell: sys::napi_threadsafe_function) {
        self.post().bell = Bell(bell);
    }

    /// The process exits, or seems to: waits have an end, also where the JavaScript thread is not inside C.
    pub fn note_exit(&self, is_exiting: bool) {
        self.post().exiting = is_exiting.then(Instant::now);
    }

    /// Nobody is woken any more: letters get their default, calls that have not begun never will.
    pub fn close(&self) {
        let letters = {
            let mut post = self.post();
            post.is_closed = true;
            post.unread.clear();
            post.calls.clear();
            post.done.clear();
            std::mem::take(&mut post.letters)
        };
        self.letters.store(0, Relaxed);
        for letter in letters.into_values() {
            letter.answer(None);
        }
    }

    /// Leaves a letter. Returns its number; `None` when the mailbox is closed.
    pub fn send(&self, letter: Arc<Letter>) -> Option<u32> {
        let mut post = self.post();
        if post.is_closed || post.is_over() {
            return None;
        }
        loop {
            post.last_letter = post.last_letter.wrapping_add(1).max(1);
            if !post.letters.contains_key(&post.last_letter) {
                break;
            }
        }
        let number = post.last_letter;
        post.letters.insert(number, letter);
        self.letters.store(post.letters.len(), Relaxed);
        post.unread.push_back(number);
        post.ring();
        Some(number)
    }

    /// Waits for the answer to a letter. If the JavaScript thread is inside one and the same call of C for
    /// `timeout`, it cannot come: then that call is told, and the asynchronous call that waits; there is no
    /// answer.
    pub fn wait(&self, number: u32, letter: &Letter, timeout: Option<Duration>) -> Option<Answer> {
        let step = timeout.map_or(LONGEST_STEP, |timeout| (timeout / 8).clamp(SHORTEST_STEP, LONGEST_STEP));
        let mut inside: Option<(u64, Instant)> = None;
        // Watched calls take longer: it is dropped as soon as another call is seen, or none.
        let mut watch = None;
        loop {
            if let Some(answer) = letter.wait(step) {
                return answer;
            }
            if letter.caller.is_some() {
                // A host that ends an environment waits for its pool first, and tells nobody: the JavaScript
                // thread finds out when it is woken.
                self.post().ring();
            }
            // A name of its own: the lock must be free again.
            let is_over = self.post().is_over();
            if timeout.is_none() && !is_over {
                continue;
            }
            let watched = watch.get_or_insert_with(|| self.presence.watch());
            let call = watched.current();
            if is_over && let Some(answer) = self.give_up(number, letter, (watched, call)) {
                return answer;
            }
            match (timeout, call, inside) {
                (Some(timeout), Some(serial), Some((same, since))) if same == serial => {
                    if since.elapsed() >= timeout
                        && let Some(answer) = self.give_up(number, letter, (watched, call))
                    {
                        return answer;
                    }
                }
                (Some(_), Some(serial), None) => inside = Some((serial, Instant::now())),
                _ => (inside, watch) = (None, None),
            }
        }
    }

    /// Waits for a letter no more, since the JavaScript thread is inside of this call, if any. `None` if that
    /// has changed meanwhile; else the answer, if one has come.
    fn give_up(&self, number: u32, letter: &Letter, (watch, call): (&Watch<'_>, Option<u64>)) -> Option<Option<Answer>> {
        match letter.give_up(|| watch.current() == call) {
            GivenUp::No => return None,
            GivenUp::Answered(answer) => return Some(answer),
            GivenUp::Yes => {}
        }
        if let Some(serial) = call {
            self.presence.note_deadlock(serial);
        }
        if let Some(caller) = &letter.caller {
            caller.fail(Ending::Deadlocked);
        }
        self.remove(number);
        Some(None)
    }

    /// Takes what there is to do, at most so much; the JavaScript thread comes again for the rest.
    pub fn collect(&self, most: usize) -> Vec<Delivery> {
        let mut post = self.post();
        post.has_rung = false;
        let mut deliveries: Vec<_> = Vec::new();
        while deliveries.len() < most {
            if let Some(number) = post.unread.pop_front() {
                let letter = post.letters.get(&number).cloned();
                deliveries.extend(letter.map(|letter| Delivery::Letter(number, letter)));
            } else if let Some(call) = post.done.pop_front() {
                deliveries.push(Delivery::Done(call));
            } else {
                break;
            }
        }
        if !post.unread.is_empty() || !post.done.is_empty() {
            post.ring();
        }
        deliveries
    }

    /// A letter that has not been answered.
    pub fn letter(&self, number: u32) -> Option<Arc<Letter>> {
        self.post().letters.get(&number).cloned()
    }

    /// Answers a letter; `None` is the default.
    pub fn answer(&self, number: u32, answer: Option<Answer>) {
        if let Some(letter) = self.remove(number) {
            letter.answer(answer);
        }
    }

    fn remove(&self, number: u32) -> Option<Arc<Letter>> {
        let mut post = self.post();
        let letter = post.letters.remove(&number);
        self.letters.store(post.letters.len(), Relaxed);
        letter
    }

    /// A callback was closed: its letters get the default, but for the one that is being read.
    pub fn answer_all_of(&self, slot: &Slot, reading: u32) {
        if self.letters.load(Relaxed) == 0 {
            return;
        }
        let is_of_it = |number: u32, letter: &Letter| number != reading && std::ptr::eq(letter.slot, slot);
        let letters: Vec<_> = self.post().letters.extract_if(|number, letter| is_of_it(*number, letter)).collect();
        for (_, letter) in letters {
            letter.answer(None);
        }
    }

    /// Queues an asynchronous call. False when the mailbox is closed.
    pub fn submit(&self, call: Arc<AsyncCall>) -> bool {
        let mut post = self.post();
        if !post.is_closed {
            post.calls.push_back(call);
        }
        !post.is_closed
    }

    /// The next call for a thread of the pool.
    pub fn next_call(&self) -> Option<Arc<AsyncCall>> {
        let mut post = self.post();
        let call = if post.exiting.is_some() { None } else { post.calls.pop_front() };
        if call.is_some() && !post.done.is_empty() {
            // What has returned must not wait for this one.
            post.ring();
        }
        call
    }

    /// Whether more calls wait than there are servers on their way.
    pub fn wants_server(&self) -> bool {
        let post = self.post();
        post.calls.len() > post.servers
    }

    /// A server waits for a thread of the pool.
    pub fn expect_server(&self) {
        self.post().servers += 1;
    }

    /// It has got one.
    pub fn begin_server(&self) {
        self.post().servers -= 1;
    }

    /// Whether one still waits.
    pub fn has_waiting_server(&self) -> bool {
        self.post().servers > 0
    }

    /// A call has returned.
    pub fn finish(&self, call: Arc<AsyncCall>) {
        let mut post = self.post();
        if !post.is_closed {
            post.done.push_back(call);
            // Else the thread leaves the pool's work, and the JavaScript thread hears of that.
            if !post.calls.is_empty() {
                post.ring();
            }
        }
    }
}
