//! Streams that are no messages, or almost: random ones here, searched for in `fuzz/fuzz_targets/messages.rs`.

use super::message::{Decoder, HEADER, Header, Kind, MOST_BODY};

/// Numbers that are the same each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A stream of messages, most of which are whole.
fn stream(chance: &mut Chance) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..1 + chance.below(6) {
        let kind = Kind::ALL[chance.below(Kind::ALL.len() as u64) as usize];
        let frame = chance.below(u64::from(kind.part().1) + 1) as u32 + u32::from(chance.below(20) == 0);
        let body = if chance.below(20) == 0 { chance.next() as u32 } else { chance.below(300) as u32 };
        let word = chance.next() as u32;
        let header = Header { kind, flags: word as u16, id: word, target: word, frame, body, errno: 0, value: word };
        bytes.extend(header.encode());
        bytes.extend((0..frame + body.min(300)).map(|index| index as u8));
    }
    // What is changed is mostly in headers, which are at the start.
    for _ in 0..chance.below(3) {
        let at = chance.below(bytes.len().min(2 * HEADER) as u64) as usize;
        bytes[at] = chance.next() as u8;
    }
    bytes.truncate(bytes.len() - chance.below(HEADER as u64) as usize);
    bytes
}

/// The headers of what comes out of a stream, and whether it is malformed at the end of these.
fn decoded(stream: &[u8], step: usize) -> (Vec<Header>, bool) {
    let (mut decoder, mut headers) = (Decoder::default(), Vec::new());
    for part in stream.chunks(step) {
        decoder.push(part);
        loop {
            match decoder.next_message() {
                Ok(Some((header, frame, body))) => {
                    assert!(header.frame <= header.kind.part().1 && header.body <= MOST_BODY);
                    assert_eq!((frame.len(), body.len()), (header.frame as usize, header.body as usize));
                    headers.push(header);
                }
                Ok(None) => break,
                Err(_) => {
                    assert!(decoder.next_message().is_err(), "what is malformed stays so");
                    return (headers, true);
                }
            }
        }
    }
    (headers, false)
}

#[test]
fn no_stream_makes_the_decoder_panic_or_depend_on_how_it_arrives() {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let (mut good, mut bad) = (0, 0);
    for _ in 0..4000 {
        let stream = stream(&mut chance);
        let whole = decoded(&stream, stream.len());
        assert_eq!(decoded(&stream, 1 + chance.below(100) as usize), whole);
        good += whole.0.len();
        bad += usize::from(whole.1);
    }
    assert!(good > 1000 && bad > 500, "{good} messages, {bad} streams that are malformed");
}
