//! What `lib/isolate/` sees of helpers: starting them, messages, shared memory.

use super::{Thrown, with_instance};
use crate::error::{Code, Error};
use crate::instance::Instance;
use crate::isolate::arena::{Arena, new_file};
use crate::isolate::channel::{Channel, Received, Sent, take};
use crate::isolate::message::{Decoder, Header, Kind};
use crate::isolate::process::{Ending, Process, out_of_the_way, pipe};
use crate::isolate::{fault, leash};
use napi::bindgen_prelude::{Buffer, Unknown};
use napi::{Env, sys};
use napi_derive::napi;
use std::collections::HashMap;
use std::ffi::c_void;
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd};
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The helpers of an environment, by number; in a helper, its program.
#[derive(Default)]
pub struct Isolates {
    sides: HashMap<u32, Side>,
    last: u32,
}

impl Isolates {
    fn add(&mut self, side: Side) -> u32 {
        self.last += 1;
        self.sides.insert(self.last, side);
        self.last
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut Side> {
        self.sides.get_mut(&number)
    }

    fn remove(&mut self, number: u32) -> Option<Side> {
        self.sides.remove(&number)
    }
}

/// A side of the talk, as an environment keeps it.
pub struct Side {
    channel: Channel,
    /// What has come by the other pipe.
    events: Decoder,
    arena: Option<Arc<Arena>>,
}

/// A helper that was started.
#[napi(object, object_from_js = false)]
pub struct Started {
    /// By which the other functions know it.
    pub channel: u32,
    /// The process.
    pub pid: i32,
    /// The descriptor that events are read from; the caller's.
    pub events: i32,
    /// The address of the arena.
    pub address: f64,
}

/// How a helper ended.
#[napi(object, object_from_js = false)]
pub struct Death {
    /// The signal, or 0.
    pub signal: i32,
    /// The exit code, where there was no signal; -1 when nobody knows.
    pub code: i32,
    /// The address of the fault.
    pub address: Option<f64>,
}

// What is returned beside the numbers of kinds; `lib/isolate/kinds.js` has the same.
const LATE: u32 = 100;
const ENDED: u32 = 101;
const MALFORMED: u32 = 102;
const LOOP: u32 = 103;

fn unknown() -> Error {
    Error::new(Code::InvalidHandle, "isolate: there is no helper with this number")
}

fn failed(what: impl std::fmt::Display) -> Error {
    Error::new(Code::CallFailed, format!("isolate: {what}"))
}

fn with_side<T>(env: &Env, number: u32, work: impl FnOnce(&Instance, &mut Side) -> Result<T, Error>) -> Thrown<T> {
    with_instance(env, |instance| {
        let mut sides = instance.isolates.borrow_mut();
        work(instance, sides.get_mut(number).ok_or_else(unknown)?)
    })
}

/// Starts a helper: `file` with `args` and `env`, descriptors 3 to 6 as docs/isolate-protocol.md says, and an arena of `length` bytes.
#[napi(catch_unwind)]
pub fn isolate_start(env: Env, file: String, args: Vec<String>, variables: Vec<String>, length: f64) -> Thrown<Started> {
    with_instance(&env, |instance| {
        let length = length as usize;
        let memory = new_file(length)?;
        let seed = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_nanos() as u64);
        let arena = Arena::anywhere(&memory, length, seed)?;
        let ((their_in, our_out), (our_in, their_out), (our_events, their_events)) = (pipe()?, pipe()?, pipe()?);
        let theirs = [their_in.as_raw_fd(), their_out.as_raw_fd(), memory.as_raw_fd(), their_events.as_raw_fd()];
        let copies = theirs.iter().map(|&descriptor| out_of_the_way(descriptor)).collect::<Result<Vec<OwnedFd>, _>>().map_err(failed)?;
        let numbers: Vec<_> = copies.iter().map(AsRawFd::as_raw_fd).collect();
        let process = Process::start(&file, &args, &variables, &numbers)?;
        let pid = process.pid();
        let address = arena.start().as_ptr().expose_provenance() as f64;
        let mut channel = Channel::new(our_in, our_out);
        channel.process = Some(process);
        let side = Side { channel, events: Decoder::default(), arena: Some(Arc::new(arena)) };
        let number = instance.isolates.borrow_mut().add(side);
        Ok(Started { channel: number, pid, events: our_events.into_raw_fd(), address })
    })
}

/// The helper's side, by the descriptors it was started with; `program` is the process it belongs to.
#[napi(catch_unwind)]
pub fn isolate_join(env: Env, program: i32) -> Thrown<u32> {
    let raw = env.raw();
    with_instance(&env, |instance| {
        leash::hold(3, program);
        // SAFETY: a helper is started with these, and nothing else in it has them.
        let (input, output) = unsafe { (OwnedFd::from_raw_fd(3), OwnedFd::from_raw_fd(4)) };
        let mut channel = Channel::new(input, output);
        // SAFETY: this is a call from JavaScript in `env`.
        channel.event_loop = unsafe { loop_descriptor(raw) };
        Ok(instance.isolates.borrow_mut().add(Side { channel, events: Decoder::default(), arena: None }))
    })
}

/// Readable when the event loop has something to do; -1 where the host does not tell.
///
/// # Safety
///
/// `env` is live.
unsafe fn loop_descriptor(env: sys::napi_env) -> i32 {
    type Backend = unsafe extern "C" fn(*const c_void) -> i32;
    let mut event_loop = ptr::null_mut();
    // SAFETY: `env` is live; the function of this name is libuv's, which the host has linked.
    unsafe {
        if sys::napi_get_uv_event_loop(env, &raw mut event_loop) != sys::Status::napi_ok {
            return -1;
        }
        let host = libloading::os::unix::Library::this();
        let descriptor = host.get::<Backend>("uv_backend_fd").map_or(-1, |backend| backend(event_loop.cast_const().cast()));
        std::mem::forget(host);
        descriptor
    }
}

/// Maps the helper's side of the arena, and leaves what fatal signals are in it from now on.
#[napi(catch_unwind)]
pub fn isolate_map(env: Env, channel: u32, address: f64, length: f64) -> Thrown<()> {
    with_side(&env, channel, |_, side| {
        // SAFETY: a helper is started with this descriptor, and nothing else in it has it.
        let memory = unsafe { File::from_raw_fd(5) };
        let arena = Arena::at(&memory, length as usize, address as u64)?;
        fault::watch(&arena);
        fault::end_at_exit();
        side.arena = Some(Arc::new(arena));
        Ok(())
    })
}

/// An ArrayBuffer on the first bytes of the arena. The arena is there as long as that.
#[napi(catch_unwind)]
pub fn isolate_arena(env: Env, channel: u32, length: f64) -> Thrown<Option<Unknown<'static>>> {
    unsafe extern "C" fn leave(_env: sys::napi_env, _data: *mut c_void, hint: *mut c_void) {
        // SAFETY: the count that was given to the buffer, which the host finalizes once.
        drop(unsafe { Arc::from_raw(hint.cast::<Arena>().cast_const()) });
    }
    let raw = env.raw();
    with_side(&env, channel, |_, side| {
        let arena = side.arena.clone().ok_or_else(unknown)?;
        let (start, length) = (arena.start().as_ptr(), (length as usize).min(arena.length()));
        let (hint, mut buffer) = (Arc::into_raw(arena).cast_mut(), ptr::null_mut());
        // SAFETY: `env` is live; the memory is mapped as long as the count lives that the buffer has.
        let status = unsafe { sys::napi_create_external_arraybuffer(raw, start, length, Some(leave), hint.cast(), &raw mut buffer) };
        if status != sys::Status::napi_ok {
            // SAFETY: the host has not taken the count.
            drop(unsafe { Arc::from_raw(hint.cast_const()) });
            return Ok(None);
        }
        // SAFETY: `buffer` is a value of this call.
        Ok(Some(unsafe { Unknown::from_raw_unchecked(raw, buffer) }))
    })
}

/// Gives pages of the arena back to the system.
#[napi(catch_unwind)]
pub fn isolate_forget(env: Env, channel: u32, offset: f64, length: f64) -> Thrown<()> {
    with_side(&env, channel, |_, side| {
        if let Some(arena) = &side.arena {
            arena.forget(offset as usize, length as usize);
        }
        Ok(())
    })
}

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
#[expect(clippy::too_many_arguments, reason = "to make an object of them would take longer than all the rest")]
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

/// The same as bytes.
#[napi(catch_unwind)]
pub fn isolate_bytes(env: Env, channel: u32) -> Thrown<Buffer> {
    with_side(&env, channel, |_, side| Ok(std::mem::take(&mut side.channel.body).into()))
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
#[expect(clippy::too_many_arguments, reason = "as of isolate_send")]
pub fn isolate_encode(
    env: Env,
    kind: u32,
    flags: u32,
    id: u32,
    target: u32,
    frame: u32,
    errno: i32,
    body: Option<&[u8]>,
) -> Thrown<Buffer> {
    with_instance(&env, |instance| {
        let body = body.unwrap_or_default();
        let header = header((kind, flags, id, target, frame, errno, 0), body.len())?;
        // SAFETY: as in `send_head`.
        let part = unsafe {
            let start = instance.frame.as_ptr().cast::<u8>().add(header.kind.part().0);
            std::slice::from_raw_parts(start, header.frame as usize)
        };
        Ok([&header.encode(), part, body].concat().into())
    })
}

/// Ends the helper at once.
#[napi(catch_unwind)]
pub fn isolate_kill(env: Env, channel: u32) -> Thrown<()> {
    with_side(&env, channel, |_, side| {
        if let Some(process) = &mut side.channel.process {
            process.kill();
        }
        Ok(())
    })
}

/// Waits until the helper has ended, at most so long before it is killed, and forgets it. The arena lives as long as the buffers on it, but its pages are gone.
#[napi(catch_unwind)]
pub fn isolate_end(env: Env, channel: u32, milliseconds: f64) -> Thrown<Death> {
    with_instance(&env, |instance| {
        let side = instance.isolates.borrow_mut().remove(channel).ok_or_else(unknown)?;
        let Side { channel: Channel { process, .. }, arena, .. } = side;
        let patience = Duration::try_from_secs_f64(milliseconds.max(0.0) / 1000.0).unwrap_or(Duration::ZERO);
        let ending = process.map_or(Ending::Unknown, |mut process| process.reap(patience));
        let (recorded, address) = arena.as_deref().map_or((0, None), fault::read);
        if let Some(arena) = &arena {
            arena.forget(0, arena.length());
        }
        let address = address.map(|address| address as f64);
        Ok(match ending {
            Ending::Signaled(signal) if signal.cast_unsigned() == recorded => Death { signal, code: 0, address },
            Ending::Signaled(signal) => Death { signal, code: 0, address: None },
            Ending::Exited(code) => Death { signal: 0, code, address: None },
            Ending::Unknown => Death { signal: recorded.cast_signed(), code: -1, address },
        })
    })
}

/// Whether the helper runs.
#[napi(catch_unwind)]
pub fn isolate_is_alive(env: Env, channel: u32) -> Thrown<bool> {
    with_side(&env, channel, |_, side| Ok(side.channel.process.as_mut().is_some_and(|process| process.look().is_none())))
}

/// Where in the frame the parts of messages are, in bytes: the arguments of calls, and of callbacks.
#[napi(catch_unwind)]
pub fn isolate_places() -> Vec<u32> {
    vec![Kind::Call.part().0 as u32, Kind::Callback.part().0 as u32]
}
