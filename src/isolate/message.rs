//! The headers of messages between a program and its helper, and how a stream of bytes is cut into messages.
//! Everything that is read comes from another process, and is taken for hostile.

use crate::frame::{Frame, STACK_WORDS};
use std::mem::offset_of;

/// Bytes of a header.
pub const HEADER: usize = 32;
/// What each header begins with.
pub const MARK: u32 = 0x496b_7261;
/// The longest part of a frame.
pub const MOST_FRAME: u32 = (offset_of!(Frame, stack) - offset_of!(Frame, ints) + 8 * STACK_WORDS) as u32;
/// The longest body.
pub const MOST_BODY: u32 = 64 << 20;

/// What a message is; the numbers are those of `lib/isolate/kinds.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    /// The program's first message.
    Hello = 1,
    /// The answer to it.
    Ready = 2,
    /// A call, which is waited for.
    Call = 3,
    /// What it returned.
    Result = 4,
    /// What came instead of a result.
    Failure = 5,
    /// A question in JSON.
    Ask = 6,
    /// The answer to it.
    Told = 7,
    /// C calls back.
    Callback = 8,
    /// What the callback returned.
    Answer = 9,
    /// An asynchronous call.
    Start = 10,
    /// It has returned.
    Settled = 11,
    /// There is a message in shared memory. Nobody but the channel sees it.
    Poke = 12,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 12] = [
        Kind::Hello,
        Kind::Ready,
        Kind::Call,
        Kind::Result,
        Kind::Failure,
        Kind::Ask,
        Kind::Told,
        Kind::Callback,
        Kind::Answer,
        Kind::Start,
        Kind::Settled,
        Kind::Poke,
    ];

    /// The kind with this number.
    pub fn of(number: u16) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| *kind as u16 == number)
    }

    /// Whether JavaScript takes the message's part of the frame out of its body: what C passes to a callback of another library may
    /// be waiting in the frame, see `Frame::words`.
    pub const fn stays_in_body(self) -> bool {
        matches!(self, Kind::Callback)
    }

    /// Where in the frame the message's part of it belongs, and how long that can be.
    pub const fn part(self) -> (usize, u32) {
        match self {
            Kind::Call | Kind::Start => (offset_of!(Frame, ints), MOST_FRAME),
            Kind::Result | Kind::Settled => (offset_of!(Frame, int_results), 48),
            Kind::Callback => (offset_of!(Frame, words), 8 * STACK_WORDS as u32),
            Kind::Answer => (offset_of!(Frame, int_results), 8),
            Kind::Hello | Kind::Ready | Kind::Failure | Kind::Ask | Kind::Told | Kind::Poke => (0, 0),
        }
    }
}

/// A header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the message is.
    pub kind: Kind,
    /// What its body is.
    pub flags: u16,
    /// Of the call, callback or question.
    pub id: u32,
    /// The function's number in the helper.
    pub target: u32,
    /// Bytes of the frame that follow.
    pub frame: u32,
    /// Bytes of the body after that.
    pub body: u32,
    /// Before or after a call.
    pub errno: i32,
    /// By kind.
    pub value: u32,
}

/// What is wrong with a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl Header {
    /// The bytes that are sent.
    pub fn encode(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        let mut put = |at: usize, word: u32| bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
        put(0, MARK);
        put(4, u32::from(self.kind as u16) | u32::from(self.flags) << 16);
        put(8, self.id);
        put(12, self.target);
        put(16, self.frame);
        put(20, self.body);
        put(24, self.errno.cast_unsigned());
        put(28, self.value);
        bytes
    }

    /// The header that was sent.
    ///
    /// # Errors
    ///
    /// When it is none, or says more than there can be.
    pub fn decode(bytes: &[u8; HEADER]) -> Result<Header, Malformed> {
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        if word(0) != MARK {
            return Err(Malformed("it begins with another mark"));
        }
        let kind = Kind::of(word(4) as u16).ok_or(Malformed("its kind is unknown"))?;
        let header = Header {
            kind,
            flags: (word(4) >> 16) as u16,
            id: word(8),
            target: word(12),
            frame: word(16),
            body: word(20),
            errno: word(24).cast_signed(),
            value: word(28),
        };
        if header.frame > kind.part().1 {
            return Err(Malformed("its part of the frame is too long"));
        }
        if header.body > MOST_BODY {
            return Err(Malformed("its body is too long"));
        }
        Ok(header)
    }
}

/// A stream of bytes that is cut into messages.
#[derive(Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    /// What of them has been taken.
    taken: usize,
}

/// A message: its header, its part of the frame, its body.
pub type Message<'a> = (Header, &'a [u8], &'a [u8]);

impl Decoder {
    /// Adds what has arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.taken == self.bytes.len() {
            self.bytes.clear();
            self.taken = 0;
        } else if self.taken > self.bytes.len() / 2 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next message, if all of it has arrived.
    ///
    /// # Errors
    ///
    /// When what has arrived is no message.
    pub fn next_message(&mut self) -> Result<Option<Message<'_>>, Malformed> {
        let rest = &self.bytes[self.taken..];
        let Some(head) = rest.first_chunk::<HEADER>() else { return Ok(None) };
        let header = Header::decode(head)?;
        let (frame, body) = (header.frame as usize, header.body as usize);
        if rest.len() < HEADER + frame + body {
            return Ok(None);
        }
        let start = self.taken + HEADER;
        self.taken = start + frame + body;
        Ok(Some((header, &self.bytes[start..start + frame], &self.bytes[start + frame..self.taken])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(kind: Kind, frame: u32, body: u32) -> Header {
        Header { kind, flags: 3, id: 7, target: 9, frame, body, errno: -2, value: 5 }
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        for kind in Kind::ALL {
            let header = header(kind, kind.part().1, MOST_BODY);
            assert_eq!(Header::decode(&header.encode()), Ok(header));
        }
    }

    #[test]
    fn a_malformed_header_is_refused() {
        let good = header(Kind::Result, 8, 0).encode();
        for (at, byte) in [(0, 0), (4, 0), (4, 13), (5, 1), (17, 1), (23, 0xff)] {
            let mut bad = good;
            bad[at] = byte;
            assert!(Header::decode(&bad).is_err(), "{at}");
        }
    }

    #[test]
    fn messages_come_out_whole_however_the_bytes_arrive() {
        let mut stream = Vec::new();
        for size in [0u32, 1, 48, 5000] {
            stream.extend(header(Kind::Callback, size.min(48), size).encode());
            stream.extend((0..size.min(48) + size).map(|byte| byte as u8));
        }
        for step in [1, 7, 32, 10_000] {
            let (mut decoder, mut sizes) = (Decoder::default(), Vec::new());
            for part in stream.chunks(step) {
                decoder.push(part);
                while let Some((header, frame, body)) = decoder.next_message().unwrap() {
                    assert_eq!((frame.len(), body.len()), (header.frame as usize, header.body as usize));
                    assert!(frame.iter().chain(body).enumerate().all(|(index, byte)| *byte == index as u8));
                    sizes.push(header.body);
                }
            }
            assert_eq!(sizes, [0, 1, 48, 5000]);
        }
    }
}
