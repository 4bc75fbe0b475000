//! `cargo +nightly fuzz run messages`: no stream of bytes makes the decoder of an isolate's messages panic, take memory
//! for what has not arrived, give a message beyond the bounds, or depend on how the bytes arrive.
#![no_main]

use arkffi::isolate::message::{Decoder, HEADER, Header, MOST_BODY};
use libfuzzer_sys::fuzz_target;

/// What comes out of a stream that arrives in parts of this size.
fn messages(stream: &[u8], step: usize) -> (Vec<(Header, Vec<u8>, Vec<u8>)>, bool) {
    let (mut decoder, mut found) = (Decoder::default(), Vec::new());
    for part in stream.chunks(step) {
        decoder.push(part);
        loop {
            match decoder.next_message() {
                Ok(Some((header, frame, body))) => {
                    assert_eq!(Header::decode(&header.encode()), Ok(header));
                    assert_eq!((frame.len(), body.len()), (header.frame as usize, header.body as usize));
                    assert!(header.frame <= header.kind.part().1 && header.body <= MOST_BODY);
                    found.push((header, frame.to_vec(), body.to_vec()));
                }
                Ok(None) => break,
                Err(_) => {
                    assert!(decoder.next_message().is_err(), "what is malformed stays so");
                    return (found, true);
                }
            }
        }
    }
    (found, false)
}

fuzz_target!(|input: (u16, &[u8])| {
    let (step, stream) = input;
    let whole = messages(stream, stream.len().max(1));
    assert_eq!(messages(stream, usize::from(step).max(1)), whole);
    let taken: usize = whole.0.iter().map(|(_, frame, body)| HEADER + frame.len() + body.len()).sum();
    assert!(taken <= stream.len());
});
