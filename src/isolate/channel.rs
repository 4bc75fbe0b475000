//! Sending and waiting: one side's ends of the two pipes, and its mail.

use super::mail::Mail;
use super::message::{Decoder, Header, Kind, Malformed};
use super::patience::{GLANCE, Patience, Waited};
use super::process::{Process, never_wait};
use crate::frame::Frame;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

/// What came of waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// A message; its part of the frame is in the frame, unless it stays in the body; that is in [`Channel::body`].
    Message(Header),
    /// The time is over.
    Late,
    /// The other side is gone.
    Ended,
    /// What came is no message.
    Malformed(&'static str),
    /// The event loop has something to do.
    Loop,
}

/// What came of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// All of it is on its way.
    Yes,
    /// The time is over.
    Late,
    /// The other side is gone.
    Ended,
}

/// So often the event loop is looked at while messages come one after the other.
const TURN: Duration = Duration::from_millis(1);
const CHUNK: usize = 64 * 1024;
/// Wakes the other side.
const POKE: Header = Header { kind: Kind::Poke, flags: 0, id: 0, target: 0, frame: 0, body: 0, errno: 0, value: 0 };

/// One side.
pub struct Channel {
    input: OwnedFd,
    output: OwnedFd,
    decoder: Decoder,
    chunk: Box<[u8]>,
    /// The body of the message that was received last.
    pub body: Vec<u8>,
    /// The helper, on the program's side.
    pub process: Option<Process>,
    /// Readable when the event loop of this thread has something to do; -1 for none.
    pub event_loop: RawFd,
    looked: Instant,
    /// Once both sides have shared memory.
    pub mail: Option<Mail>,
    /// How many messages went to the pipe, and came from it.
    piped: (u32, u32),
}

fn would_wait(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

impl Channel {
    /// A side with these ends.
    pub fn new(input: OwnedFd, output: OwnedFd) -> Channel {
        never_wait(output.as_fd());
        Channel {
            input,
            output,
            decoder: Decoder::default(),
            chunk: vec![0; CHUNK].into(),
            body: Vec::new(),
            process: None,
            event_loop: -1,
            looked: Instant::now(),
            mail: None,
            piped: (0, 0),
        }
    }

    /// Sends a message whose header tells the lengths of its parts.
    pub fn send(&mut self, header: &Header, frame: &[u8], body: &[u8], milliseconds: f64) -> Sent {
        // The first message comes before the other side has shared memory.
        if let Some(mail) = self.mail.as_ref().filter(|_| header.kind != Kind::Hello) {
            match mail.send(header, frame, body, self.piped.0) {
                None => {}
                Some(false) => return Sent::Yes,
                Some(true) => return self.write(&POKE, &[], &[], milliseconds),
            }
        }
        self.write(header, frame, body, milliseconds)
    }

    /// Sends a message through the pipe.
    fn write(&mut self, header: &Header, frame: &[u8], body: &[u8], milliseconds: f64) -> Sent {
        self.piped.0 = self.piped.0.wrapping_add(1);
        let mut patience = Patience::of(milliseconds);
        let head = header.encode();
        let mut rest: [&[u8]; 3] = [&head, frame, body];
        loop {
            while rest[0].is_empty() {
                rest.rotate_left(1);
                if rest.iter().all(|part| part.is_empty()) {
                    return Sent::Yes;
                }
            }
            let parts = rest.map(|part| libc::iovec { iov_base: part.as_ptr().cast_mut().cast(), iov_len: part.len() });
            // SAFETY: the descriptor is open, and the parts are only read.
            let written = unsafe { libc::writev(self.output.as_raw_fd(), parts.as_ptr(), parts.len() as i32) };
            if written < 0 {
                if !would_wait(&io::Error::last_os_error()) {
                    return Sent::Ended;
                }
                if patience.is_over() {
                    return Sent::Late;
                }
                let step = patience.step(self.glance());
                let waited = wait(&mut [wanted(self.output.as_raw_fd(), libc::POLLOUT)], step);
                if patience.count(waited, step) && self.has_ended() {
                    return Sent::Ended;
                }
                continue;
            }
            let mut written = written as usize;
            for part in &mut rest {
                let count = written.min(part.len());
                *part = &part[count..];
                written -= count;
            }
        }
    }

    /// Waits for the next message.
    ///
    /// # Safety
    ///
    /// `frame` is live, and nobody else uses the part of it that belongs to messages.
    pub unsafe fn receive(&mut self, milliseconds: f64, frame: *mut Frame, looks_at_loop: bool) -> Received {
        let event_loop = if looks_at_loop { self.event_loop } else { -1 };
        // SAFETY: as the caller says.
        if let Some(received) = unsafe { self.take(frame) } {
            return received;
        }
        if event_loop >= 0 && self.looked.elapsed() > TURN {
            self.looked = Instant::now();
            if wait(&mut [wanted(event_loop, libc::POLLIN)], 0) == Waited::Ready {
                return Received::Loop;
            }
        }
        if self.mail.as_mut().is_some_and(Mail::spin) {
            // SAFETY: as the caller says.
            if let Some(received) = unsafe { self.take(frame) } {
                return received;
            }
        }
        self.set_asleep(true);
        // SAFETY: as the caller says.
        let received = unsafe { self.wait(Patience::of(milliseconds), frame, event_loop) };
        self.set_asleep(false);
        received
    }

    fn set_asleep(&self, sleeps: bool) {
        if let Some(mail) = &self.mail {
            mail.sleep(sleeps);
        }
    }

    /// Waits for the pipe, which the other side knows.
    ///
    /// # Safety
    ///
    /// As for [`receive`](Channel::receive).
    unsafe fn wait(&mut self, mut patience: Patience, frame: *mut Frame, event_loop: RawFd) -> Received {
        let mut has_ended = false;
        loop {
            // It may have sent one before it could know.
            // SAFETY: as the caller says.
            if let Some(received) = unsafe { self.take(frame) } {
                return received;
            }
            // Whoever waits for nothing else, and for ever, need not ask before.
            if event_loop >= 0 || patience.ends() || self.process.is_some() {
                let mut both = [wanted(self.input.as_raw_fd(), libc::POLLIN), wanted(event_loop, libc::POLLIN)];
                let step = if has_ended { 0 } else { patience.step(self.glance()) };
                let waited = wait(&mut both, step);
                if both[0].revents == 0 {
                    if both[1].revents != 0 {
                        self.looked = Instant::now();
                        return Received::Loop;
                    }
                    // What it has sent is read first.
                    if has_ended {
                        // SAFETY: as the caller says.
                        return unsafe { self.take(frame) }.unwrap_or(Received::Ended);
                    }
                    let is_due = patience.count(waited, step);
                    if patience.is_over() {
                        return Received::Late;
                    }
                    has_ended = is_due && self.has_ended();
                    continue;
                }
            }
            match self.read() {
                // What it has sent before it ended is taken first.
                // SAFETY: as the caller says.
                Ok(0) => return unsafe { self.take(frame) }.unwrap_or(Received::Ended),
                Ok(count) => {
                    self.decoder.push(&self.chunk[..count]);
                    // SAFETY: as the caller says.
                    if let Some(received) = unsafe { self.take(frame) } {
                        return received;
                    }
                    // A part of a message is none.
                    patience.count(Waited::Ready, 0);
                    if patience.is_over() {
                        return Received::Late;
                    }
                }
                Err(error) if would_wait(&error) => {}
                Err(_) => return Received::Ended,
            }
        }
    }

    /// After how many milliseconds the other side is looked at.
    fn glance(&self) -> Option<i32> {
        self.process.is_some().then_some(GLANCE)
    }

    /// Whether the helper is gone, though its pipes may be open.
    fn has_ended(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| process.look().is_some())
    }

    fn read(&mut self) -> io::Result<usize> {
        // SAFETY: the descriptor is open, and the chunk has so many bytes.
        let count = unsafe { libc::read(self.input.as_raw_fd(), self.chunk.as_mut_ptr().cast(), self.chunk.len()) };
        usize::try_from(count).map_err(|_| io::Error::last_os_error())
    }

    /// The next message that has arrived as a whole.
    ///
    /// # Safety
    ///
    /// As for [`receive`](Channel::receive).
    unsafe fn take(&mut self, frame: *mut Frame) -> Option<Received> {
        loop {
            if let Some(mail) = self.mail.as_ref().filter(|mail| mail.is_next(self.piped.1)) {
                // SAFETY: as the caller says.
                return Some(match unsafe { mail.take(frame, &mut self.body) } {
                    Ok(header) => Received::Message(header),
                    Err(Malformed(why)) => Received::Malformed(why),
                });
            }
            // SAFETY: as the caller says.
            let received = unsafe { take(&mut self.decoder, &mut self.body, frame) }?;
            self.piped.1 = self.piped.1.wrapping_add(1);
            if !matches!(received, Received::Message(Header { kind: Kind::Poke, .. })) {
                return Some(received);
            }
        }
    }
}

/// Takes a message out of a stream: its part of the frame to the frame, unless that stays in the body, and its body to `body`.
///
/// # Safety
///
/// `frame` is live, and nobody else uses the part of it that belongs to messages.
pub unsafe fn take(decoder: &mut Decoder, body: &mut Vec<u8>, frame: *mut Frame) -> Option<Received> {
    match decoder.next_message() {
        Ok(None) => None,
        Err(Malformed(why)) => Some(Received::Malformed(why)),
        Ok(Some((header, part, bytes))) => {
            body.clear();
            if header.kind.stays_in_body() {
                body.extend_from_slice(part);
            } else {
                // SAFETY: the decoder has made sure that the part fits where its kind belongs in a frame.
                unsafe { frame.cast::<u8>().add(header.kind.part().0).copy_from_nonoverlapping(part.as_ptr(), part.len()) };
            }
            body.extend_from_slice(bytes);
            Some(Received::Message(header))
        }
    }
}

fn wanted(descriptor: RawFd, events: libc::c_short) -> libc::pollfd {
    libc::pollfd { fd: descriptor, events, revents: 0 }
}

/// Waits so many milliseconds, or until one of them is ready; -1 is for ever.
fn wait(descriptors: &mut [libc::pollfd], milliseconds: i32) -> Waited {
    // SAFETY: the list has this length; negative descriptors are passed over.
    match unsafe { libc::poll(descriptors.as_mut_ptr(), descriptors.len() as libc::nfds_t, milliseconds) } {
        0 => Waited::InVain,
        -1 => Waited::Interrupted,
        _ => Waited::Ready,
    }
}

#[cfg(test)]
mod tests;
