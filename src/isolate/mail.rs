//! Two places in shared memory, one for each direction, through which a message that is small goes without the system.
//! The pipes have all others, and wake who sleeps.
//!
//! Messages keep their order: one in here says how many the same side has sent through its pipe before it, and whoever
//! takes it has taken these. Everything that is read may be written by the other side at any time: it is copied once, and
//! then looked at.

use super::arena::Arena;
use super::fault;
use super::message::{HEADER, Header, Malformed};
use crate::frame::Frame;
use std::hint::spin_loop;
use std::mem::offset_of;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::time::{Duration, Instant};

/// Bytes of one place.
const PLACE: usize = 32 * 1024;
/// Bytes of the arena's start that nothing else may have.
pub const RESERVED: usize = fault::PAGE + 2 * PLACE;
/// The longest message.
const MOST: usize = PLACE - offset_of!(Place, message);

/// What is in one of them. The first field is written by both, the second and the message by who sends, the third by who
/// receives.
#[repr(C, align(64))]
struct Place {
    /// 1 when there is a message that has not been taken.
    full: AtomicU32,
    /// How many messages went through the pipe before it.
    piped: AtomicU32,
    /// On a line of its own: 1 when who receives sleeps until something comes through the pipe.
    sleeps: Line,
    message: [u8; 0],
}

#[repr(C, align(64))]
struct Line(AtomicU32);

/// One side's view of both.
pub struct Mail {
    _arena: Arc<Arena>,
    outgoing: NonNull<Place>,
    incoming: NonNull<Place>,
    spin: Spin,
}

// SAFETY: the places are shared by nature; their words are atomic, and the rest is only touched by who the words say.
unsafe impl Send for Mail {}

/// Which side of the talk somebody is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It has started the other.
    Program,
    /// It was started.
    Helper,
}

impl Mail {
    /// The places of an arena.
    pub fn new(arena: Arc<Arena>, role: Role) -> Mail {
        assert!(arena.length() >= RESERVED, "arenas have room for mail");
        let place = |index: usize| {
            // SAFETY: the arena is that long, and lives as long as this.
            unsafe { arena.start().byte_add(fault::PAGE + index * PLACE).cast::<Place>() }
        };
        let (mine, other) = if role == Role::Program { (0, 1) } else { (1, 0) };
        Mail { outgoing: place(mine), incoming: place(other), _arena: arena, spin: Spin::new() }
    }

    fn outgoing(&self) -> &Place {
        // SAFETY: it is mapped as long as this lives; any words are values of its fields.
        unsafe { self.outgoing.as_ref() }
    }

    fn incoming(&self) -> &Place {
        // SAFETY: as above.
        unsafe { self.incoming.as_ref() }
    }

    /// Sends a message, if it fits and the last one has been taken. `piped` is how many went through the pipe. Tells
    /// whether the other side has to be woken through the pipe; `None` if it was not sent.
    pub fn send(&self, header: &Header, frame: &[u8], body: &[u8], piped: u32) -> Option<bool> {
        let place = self.outgoing();
        if HEADER + frame.len() + body.len() > MOST || place.full.load(Acquire) != 0 {
            return None;
        }
        let head = header.encode();
        let mut to = self.outgoing.as_ptr().cast::<u8>().wrapping_add(offset_of!(Place, message));
        for part in [&head, frame, body] {
            // SAFETY: the place has room for all of them, and the other side does not read it before it is full.
            unsafe { to.copy_from_nonoverlapping(part.as_ptr(), part.len()) };
            to = to.wrapping_add(part.len());
        }
        place.piped.store(piped, Relaxed);
        // Either this side sees that the other sleeps, or the other sees the message before it does.
        place.full.store(1, SeqCst);
        Some(place.sleeps.0.load(SeqCst) != 0)
    }

    /// Says whether this side sleeps until something comes through the pipe.
    pub fn sleep(&self, sleeps: bool) {
        self.incoming().sleeps.0.store(sleeps.into(), if sleeps { SeqCst } else { Relaxed });
    }

    /// Whether the next message is here, for a side that has taken so many from the pipe.
    pub fn is_next(&self, piped: u32) -> bool {
        let place = self.incoming();
        place.full.load(SeqCst) != 0 && piped.wrapping_sub(place.piped.load(Relaxed)).cast_signed() >= 0
    }

    /// Takes the message, as [`take`](super::channel::take) does.
    ///
    /// # Errors
    ///
    /// When it is none.
    ///
    /// # Safety
    ///
    /// `frame` is live, and nobody else uses the part of it that belongs to messages.
    pub unsafe fn take(&self, frame: *mut Frame, body: &mut Vec<u8>) -> Result<Header, Malformed> {
        let from = self.incoming.as_ptr().cast::<u8>().wrapping_add(offset_of!(Place, message));
        // SAFETY: the place has these bytes; any are a header's. Read once: the other side may write there at any time.
        let header = Header::decode(&unsafe { from.cast::<[u8; HEADER]>().read_volatile() })?;
        let whole = header.frame as usize + header.body as usize;
        if HEADER + whole > MOST {
            return Err(Malformed("it is longer than its place"));
        }
        let part = if header.kind.stays_in_body() { 0 } else { header.frame as usize };
        let length = whole - part;
        body.clear();
        body.reserve(length);
        // SAFETY: the place has all of these bytes; the decoder has made sure that the part fits where its kind belongs in a
        // frame, and there is room in the vector.
        unsafe {
            frame.cast::<u8>().add(header.kind.part().0).copy_from_nonoverlapping(from.add(HEADER), part);
            body.as_mut_ptr().copy_from_nonoverlapping(from.add(HEADER + part), length);
            body.set_len(length);
        }
        self.incoming().full.store(0, Release);
        Ok(header)
    }

    /// Waits a little for a message without the system, as long as that has been worth it lately. Tells whether there is one.
    pub fn spin(&mut self) -> bool {
        let incoming = self.incoming;
        // SAFETY: as in `incoming()`, which would borrow all of this.
        let full = unsafe { &incoming.as_ref().full };
        self.spin.until(|| full.load(Acquire) != 0)
    }
}

/// So long a message is waited for at most without sleeping: to be woken takes about half of it.
const LONGEST: Duration = Duration::from_micros(25);
/// After so many that were in vain it is as short as it gets.
const HALVINGS: u32 = 5;
/// Of those that are short, each so-many-th is as long as it can be: the other side may answer at once again.
const TRY: u32 = 64;
/// Looks between two looks at the clock.
const LOOKS: u32 = 32;

/// Waiting without sleeping. On a machine that is busy it is time lost for those who would answer.
struct Spin {
    /// Whether another side can run meanwhile.
    is_possible: bool,
    in_vain: u32,
    count: u32,
}

impl Spin {
    fn new() -> Spin {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Spin { is_possible: processors > 1, in_vain: 0, count: 0 }
    }

    fn until(&mut self, is_there: impl Fn() -> bool) -> bool {
        if is_there() {
            return true;
        }
        if !self.is_possible {
            return false;
        }
        self.count = self.count.wrapping_add(1);
        let halvings = if self.count.is_multiple_of(TRY) { 0 } else { self.in_vain.min(HALVINGS) };
        let most = LONGEST / (1 << halvings);
        let start = Instant::now();
        loop {
            for _ in 0..LOOKS {
                if is_there() {
                    self.in_vain = 0;
                    return true;
                }
                spin_loop();
            }
            if start.elapsed() >= most {
                self.in_vain = self.in_vain.saturating_add(1);
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isolate::arena::new_file;
    use crate::isolate::message::Kind;

    fn pair() -> (Mail, Mail) {
        let file = new_file(1 << 20).unwrap();
        let arena = Arc::new(Arena::anywhere(&file, 1 << 20, 3).unwrap());
        (Mail::new(arena.clone(), Role::Program), Mail::new(arena, Role::Helper))
    }

    fn new_frame() -> Box<Frame> {
        // SAFETY: every field of a frame is an integer, for which zero bytes are a value.
        unsafe { Box::<Frame>::new_zeroed().assume_init() }
    }

    fn header(frame: usize, body: usize) -> Header {
        Header { kind: Kind::Call, flags: 0, id: 1, target: 2, frame: frame as u32, body: body as u32, errno: 3, value: 4 }
    }

    #[test]
    fn a_message_arrives_once_and_in_its_turn() {
        let (program, helper) = pair();
        let (mut frame, mut body) = (new_frame(), Vec::new());
        assert!(!helper.is_next(0));
        assert_eq!(program.send(&header(8, 3), &[7; 8], b"abc", 2), Some(false));
        assert_eq!(program.send(&header(0, 0), &[], &[], 2), None, "the first has not been taken");
        assert!(!helper.is_next(1), "one of the pipe is before it");
        assert!(helper.is_next(2) && helper.is_next(3));
        // SAFETY: the frame is this test's own.
        assert_eq!(unsafe { helper.take(&raw mut *frame, &mut body) }, Ok(header(8, 3)));
        assert_eq!((frame.ints[0], body.as_slice()), (0x0707_0707_0707_0707, &b"abc"[..]));
        assert!(!helper.is_next(2));
    }

    #[test]
    fn what_callbacks_get_leaves_the_frame_alone() {
        let (program, helper) = pair();
        let (mut frame, mut body) = (new_frame(), vec![1; 40]);
        let sent = Header { kind: Kind::Callback, ..header(16, 0) };
        assert_eq!(helper.send(&sent, &[7; 16], &[], 0), Some(false));
        // SAFETY: the frame is this test's own.
        assert_eq!(unsafe { program.take(&raw mut *frame, &mut body) }, Ok(sent));
        assert_eq!((frame.words[0], body.as_slice()), (0, &[7; 16][..]));
    }

    #[test]
    fn who_sleeps_has_to_be_woken() {
        let (program, helper) = pair();
        helper.sleep(true);
        assert_eq!(program.send(&header(0, 0), &[], &[], 0), Some(true));
    }

    #[test]
    fn what_does_not_fit_is_not_sent_and_not_taken() {
        let (program, helper) = pair();
        let long = vec![0; PLACE];
        assert_eq!(program.send(&header(0, long.len()), &[], &long, 0), None);
        assert_eq!(program.send(&header(0, 0), &[], &[], 0), Some(false));
        let lie = header(0, PLACE).encode();
        let at = program.outgoing.as_ptr().cast::<u8>().wrapping_add(offset_of!(Place, message));
        // SAFETY: the place has room for a header.
        unsafe { at.copy_from_nonoverlapping(lie.as_ptr(), lie.len()) };
        let (mut frame, mut body) = (new_frame(), Vec::new());
        // SAFETY: the frame is this test's own.
        assert!(unsafe { helper.take(&raw mut *frame, &mut body) }.is_err());
    }
}
