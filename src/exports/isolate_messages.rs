//! The messages between a program and its helper, as `lib/isolate/` sees them.

#![allow(clippy::too_many_arguments, reason = "to make an object of them would take longer than all the rest")]

use super::isolate::{failed, unknown, with_side};
use super::{Thrown, with_instance};
use crate::error::Error;
use crate::instance::Instance;
use crate::isolate::channel::{Channel, Received, Sent, take};
use crate::isolate::message::{Header, Kind};
use crate::isolate::reconcile::reconcile;
use napi::bindgen_prelude::BufferSlice;
use napi::{Env, sys};
use napi_derive::napi;
use std::ptr;

// What is returned beside the numbers of kinds; `lib/isolate/kinds.js` has the same.
const LATE: u32 = 100;
const ENDED: u32 = 101;
const MALFORMED: u32 = 102;
const LOOP: u32 = 103;

/// What is sent: kind, flags, id, target, bytes of the frame, errno, value.
type Head = (u32, u32, u32, u32, u32, i32, u32);

fn header((kind, flags, id, target, frame, errno, value): Head, body: usize) -> Result<Header, Error> {
    let kind = Kind::of(kind as u16).ok_or_else(|| failed("no message is of this kind"))?;
    let header = Header { kind, flags: flags as u16, id, target, frame, body: body as u32, errno, value };
    if body > u32::MAX as usize {
        return Err(failed("a message is too long"));
    }
    Header::decode(&header.encode()).map_err(|malformed| failed(format!("a message is not sent: {}", malformed.0)))
}

fn send_head(instance: &Instance, channel: &mut Channel, head: Head, body: &[u8], milliseconds: f64) -> Result<u32, Error> {
    let header = header(head, body.len())?;
    // SAFETY: the frame lives as long as the instance, and the header's bounds were checked.
    let frame = unsafe {
        (*instance.frame.as_ptr()).count_call();
        let start = instance.frame.as_ptr().cast::<u8>().add(header.kind.part().0);
        std::slice::from_raw_parts(start, header.frame as usize)
    };
    Ok(match channel.send(&header, frame, body, milliseconds) {
        Sent::Yes => 0,
        Sent::Late => LATE,
        Sent::Ended => ENDED,
    })
}

/// Sends a message. Returns 0, or what went wrong.
#[napi(catch_unwind)]
pub fn isolate_send(
    env: Env,
    channel: u32,
    kind: u32,
    flags: u32,
    id: u32,
    target: u32,
    frame: u32,
    errno: i32,
    value: u32,
    milliseconds: f64,
    body: Option<&[u8]>,
) -> Thrown<u32> {
    with_side(&env, channel, |instance, side| {
        send_head(instance, &mut side.channel, (kind, flags, id, target, frame, errno, value), body.unwrap_or_default(), milliseconds)
    })
}

/// Waits for a message. Returns its kind, or what went wrong; the rest of its header is left in the frame's operands.
#[napi(catch_unwind)]
pub fn isolate_receive(env: Env, channel: u32, milliseconds: f64, looks_at_loop: bool) -> Thrown<u32> {
    with_side(&env, channel, |instance, side| {
        let frame = instance.frame.as_ptr();
        // SAFETY: this is the environment's thread, between two calls: the frame is nobody's.
        let received = unsafe { side.channel.receive(milliseconds, frame, looks_at_loop) };
        Ok(note(instance, received))
    })
}

/// The hot entry, by the name of `lib/binding.js`.
pub const ENTRIES: &[(&std::ffi::CStr, sys::napi_callback)] = &[(c"isolateTrade", Some(isolate_trade))];

/// `isolateTrade()`: sends a message without a body, whose part of the frame is in the frame, and waits for one. Of
/// the frame's operands, the address is id and target, the length the channel, and kind and bytes of the frame (16 bits
/// each), the value the milliseconds; the letter is 1 to look at the event loop. Leaves as the verdict what
/// `isolateReceive` returns, and the rest like that.
unsafe extern "C" fn isolate_trade(env: sys::napi_env, _info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: the host calls this in `env`, between two calls of C; the frame lives as long as the instance.
    unsafe {
        crate::enter::with_instance(env, |instance| {
            let frame = instance.frame.as_ptr();
            let (numbers, words) = ((*frame).address, (*frame).length);
            let (channel, kind, bytes) = (words as u32, (words >> 32) as u32 & 0xffff, (words >> 48) as u32);
            let head = (kind, 0, numbers as u32, (numbers >> 32) as u32, bytes, (*frame).errno, 0);
            let milliseconds = f64::from_bits((*frame).value);
            let mut sides = instance.isolates.borrow_mut();
            let side = sides.get_mut(channel).ok_or_else(unknown)?;
            let mut verdict = send_head(instance, &mut side.channel, head, &[], milliseconds)?;
            if verdict == 0 {
                let received = side.channel.receive(milliseconds, frame, (*frame).letter == 1);
                verdict = note(instance, received);
            }
            (*frame).verdict = verdict;
            Ok(ptr::null_mut())
        })
    }
}

/// Leaves a header in the frame's operands.
fn note(instance: &Instance, received: Received) -> u32 {
    let Received::Message(header) = received else {
        return match received {
            Received::Late => LATE,
            Received::Loop => LOOP,
            Received::Malformed(_) => MALFORMED,
            Received::Ended | Received::Message(_) => ENDED,
        };
    };
    let both = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    let frame = instance.frame.as_ptr();
    // SAFETY: the frame lives as long as the instance, and its operands are nobody's between two calls.
    unsafe {
        (*frame).count_call();
        (*frame).address = both(header.id, header.target);
        (*frame).length = both(u32::from(header.flags), header.value);
        (*frame).value = both(header.errno.cast_unsigned(), header.frame);
    }
    header.kind as u32
}

/// The body of the message that was received last, as text.
#[napi(catch_unwind)]
pub fn isolate_text(env: Env, channel: u32) -> Thrown<String> {
    with_side(&env, channel, |_, side| Ok(String::from_utf8_lossy(&side.channel.body).into_owned()))
}

/// The same as bytes: a copy, as a buffer on our own memory would keep that until the event loop turns.
#[napi(catch_unwind)]
pub fn isolate_bytes(env: &Env, channel: u32) -> Thrown<BufferSlice<'_>> {
    with_side(env, channel, |_, side| copied(env, &side.channel.body))
}

fn copied<'env>(env: &'env Env, bytes: &[u8]) -> Result<BufferSlice<'env>, Error> {
    BufferSlice::copy_from(env, bytes).map_err(|_| failed("there is no memory for a message"))
}

/// Some bytes of events have arrived.
#[napi(catch_unwind)]
pub fn isolate_feed(env: Env, channel: u32, bytes: &[u8]) -> Thrown<()> {
    with_side(&env, channel, |_, side| {
        side.events.push(bytes);
        Ok(())
    })
}

/// The next event among them, as `isolate_receive` returns a message; 0 when none is whole yet.
#[napi(catch_unwind)]
pub fn isolate_event(env: Env, channel: u32) -> Thrown<u32> {
    with_side(&env, channel, |instance, side| {
        // SAFETY: this is the environment's thread, between two calls: the frame is nobody's.
        let received = unsafe { take(&mut side.events, &mut side.channel.body, instance.frame.as_ptr()) };
        Ok(received.map_or(0, |received| note(instance, received)))
    })
}

/// The bytes of a message with a part of the frame, for an event.
#[napi(catch_unwind)]
pub fn isolate_encode<'env>(
    env: &'env Env,
    kind: u32,
    flags: u32,
    id: u32,
    target: u32,
    frame: u32,
    errno: i32,
    value: u32,
    body: Option<&[u8]>,
) -> Thrown<BufferSlice<'env>> {
    with_instance(env, |instance| {
        let body = body.unwrap_or_default();
        let header = header((kind, flags, id, target, frame, errno, value), body.len())?;
        // SAFETY: as in `send_head`.
        let part = unsafe {
            let start = instance.frame.as_ptr().cast::<u8>().add(header.kind.part().0);
            std::slice::from_raw_parts(start, header.frame as usize)
        };
        copied(env, &[&header.encode(), part, body].concat())
    })
}

/// Gives each side what the other has changed since they were the same: three addresses of `length` bytes.
#[napi(catch_unwind)]
pub fn isolate_reconcile(env: Env, mine: f64, theirs: f64, same: f64, length: f64) -> Thrown<()> {
    with_instance(&env, |_| {
        let address = |number: f64| ptr::with_exposed_provenance_mut::<u8>(number as usize);
        // SAFETY: JavaScript has just looked up the program's memory and the copy of it in the arena; the third is a buffer
        // of its own. All have this length.
        unsafe { reconcile(address(mine), address(theirs), std::slice::from_raw_parts_mut(address(same), length as usize)) };
        Ok(())
    })
}
