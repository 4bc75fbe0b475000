//! What `lib/isolate/` sees of helpers as processes: starting them, their memory, their end.

use super::{Thrown, with_instance};
use crate::error::{Code, Error};
use crate::instance::Instance;
use crate::isolate::arena::{Arena, new_file};
use crate::isolate::channel::Channel;
use crate::isolate::mail::{Mail, RESERVED, Role};
use crate::isolate::message::Decoder;
use crate::isolate::process::{Ending, Process, keep_to_oneself, never_wait, out_of_the_way, pipe};
use crate::isolate::sides::Side;
use crate::isolate::{fault, leash};
use napi::bindgen_prelude::Unknown;
use napi::{Env, sys};
use napi_derive::napi;
use std::ffi::c_void;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd};
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A helper that was started.
#[napi(object, object_from_js = false)]
pub struct Started {
    /// By which the other functions know it.
    pub channel: u32,
    /// The process.
    pub pid: i32,
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

pub(super) fn unknown() -> Error {
    Error::new(Code::InvalidHandle, "isolate: there is no helper with this number")
}

pub(super) fn failed(what: impl std::fmt::Display) -> Error {
    Error::new(Code::CallFailed, format!("isolate: {what}"))
}

pub(super) fn with_side<T>(env: &Env, number: u32, work: impl FnOnce(&Instance, &mut Side) -> Result<T, Error>) -> Thrown<T> {
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
        let arena = Arc::new(arena);
        channel.mail = Some(Mail::new(arena.clone(), Role::Program));
        let side = Side { channel, events: Decoder::default(), events_end: Some(our_events), arena: Some(arena) };
        let number = instance.isolates.borrow_mut().add(side);
        Ok(Started { channel: number, pid, address })
    })
}

/// The descriptor that events are read from, which is the caller's from now on.
#[napi(catch_unwind)]
pub fn isolate_listen(env: Env, channel: u32) -> Thrown<i32> {
    with_side(&env, channel, |_, side| side.events_end.take().map(IntoRawFd::into_raw_fd).ok_or_else(unknown))
}

/// The helper's side, by the descriptors it was started with; `program` is the process it belongs to.
#[napi(catch_unwind)]
pub fn isolate_join(env: Env, program: i32) -> Thrown<u32> {
    let raw = env.raw();
    with_instance(&env, |instance| {
        leash::hold(3, program);
        // SAFETY: a helper is started with these, and nothing else in it has them.
        let (input, output) = unsafe { (OwnedFd::from_raw_fd(3), OwnedFd::from_raw_fd(4)) };
        // SAFETY: as above. It stays open: JavaScript writes to it.
        let events = unsafe { BorrowedFd::borrow_raw(6) };
        never_wait(events);
        for descriptor in [input.as_fd(), output.as_fd(), events] {
            keep_to_oneself(descriptor);
        }
        let mut channel = Channel::new(input, output);
        // SAFETY: this is a call from JavaScript in `env`.
        channel.event_loop = unsafe { loop_descriptor(raw) };
        Ok(instance.isolates.borrow_mut().add(Side { channel, events: Decoder::default(), events_end: None, arena: None }))
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
        let arena = Arc::new(arena);
        side.channel.mail = Some(Mail::new(arena.clone(), Role::Helper));
        side.arena = Some(arena);
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

/// Bytes of the arena's start that belong to what helpers leave and to mail.
#[napi(catch_unwind)]
pub fn isolate_reserved() -> u32 {
    RESERVED as u32
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
        let left = arena.as_deref().map(fault::read);
        if let Some(arena) = &arena {
            arena.forget(0, arena.length());
        }
        let recorded = left.as_ref().map_or(0, |left| left.signal);
        let address = left.as_ref().and_then(|left| left.address).map(|address| address as f64);
        Ok(match ending {
            Ending::Exited(_) if left.is_some_and(|left| left.hides_status) => Death { signal: 0, code: -1, address: None },
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
