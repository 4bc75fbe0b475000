//! Both ends of a channel in one process.

use super::*;
use crate::isolate::message::Kind;
use crate::isolate::process::pipe;

fn pair() -> (Channel, Channel) {
    let ((a, b), (c, d)) = (pipe().unwrap(), pipe().unwrap());
    (Channel::new(a, d), Channel::new(c, b))
}

fn new_frame() -> Box<Frame> {
    // SAFETY: every field of a frame is an integer, for which zero bytes are a value.
    unsafe { Box::<Frame>::new_zeroed().assume_init() }
}

fn header(kind: Kind, frame: usize, body: usize) -> Header {
    Header { kind, flags: 0, id: 1, target: 2, frame: frame as u32, body: body as u32, errno: 3, value: 4 }
}

#[test]
fn what_one_side_sends_the_other_receives() {
    let (mut one, mut other) = pair();
    let sent = header(Kind::Call, 16, 5);
    assert_eq!(other.send(&sent, &[7; 16], b"hello", f64::INFINITY), Sent::Yes);
    let mut frame = new_frame();
    // SAFETY: the frame is this test's own.
    assert_eq!(unsafe { one.receive(f64::INFINITY, &raw mut *frame, false) }, Received::Message(sent));
    assert_eq!((&frame.ints[..3], one.body.as_slice()), (&[0x0707_0707_0707_0707, 0x0707_0707_0707_0707, 0][..], &b"hello"[..]));
}

#[test]
fn what_callbacks_get_leaves_the_frame_alone() {
    let (mut one, mut other) = pair();
    let sent = header(Kind::Callback, 16, 0);
    assert_eq!(other.send(&sent, &[7; 16], &[], f64::INFINITY), Sent::Yes);
    let mut frame = new_frame();
    // SAFETY: the frame is this test's own.
    assert_eq!(unsafe { one.receive(f64::INFINITY, &raw mut *frame, false) }, Received::Message(sent));
    assert_eq!((frame.words[0], one.body.as_slice()), (0, &[7; 16][..]));
}

#[test]
fn nobody_is_waited_for_longer_than_asked() {
    let (mut one, mut other) = pair();
    let mut frame = new_frame();
    // SAFETY: the frame is this test's own.
    assert_eq!(unsafe { one.receive(1.0, &raw mut *frame, false) }, Received::Late);
    let long = vec![0; 1 << 20];
    assert_eq!(other.send(&header(Kind::Told, 0, long.len()), &[], &long, 1.0), Sent::Late);
}

#[test]
fn the_end_of_the_other_side_is_noticed() {
    let (mut one, other) = pair();
    drop(other);
    let mut frame = new_frame();
    // SAFETY: the frame is this test's own.
    assert_eq!(unsafe { one.receive(f64::INFINITY, &raw mut *frame, false) }, Received::Ended);
    assert_eq!(one.send(&header(Kind::Ask, 0, 0), &[], &[], f64::INFINITY), Sent::Ended);
}
