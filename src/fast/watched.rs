//! The entries for code of the program's own in V8 13.6, which lets JavaScript run inside of a fast call, but has the code
//! that made the call go on as if nothing had happened. These entries see whether anything may have run, and then leave
//! [`Status::Inside`]: the stub has a branch for it that never ran when the code around it was compiled, and V8 leaves
//! compiled code that gets to such a branch, right there. Stubs do not use these entries again after that.
//!
//! Whatever calls the engine makes handles for what it is about to handle, and the first one is stored where the engine has
//! its next free place for handles. Before C is called a mark is put there; if it is there no more, or that is not the next
//! free place any more, the engine was called. Collections are told of by [`collections`](super::collections). Nobody reads a
//! place that is free. The mark is an address in the stack: calls inside of this one would put another, and it is no value of
//! the engine's, whose references are odd and whose whole numbers have zeros in the lower half.

use super::bare::not_called;
use super::engine::Kind;
use super::entry::Status;
use super::places::{PLACES, Place};
use super::result::{Address, Result};
use napi::sys;
use std::ffi::c_void;
use std::ptr;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use super::{entry::few, noted::NOTES};

/// Where an engine has its next free place for handles, and behind that the end of the free ones: bytes from the beginning
/// of its data (`kIsolateHandleScopeDataOffset` of Node's `v8-internal.h`).
const FREE: usize = 0x230;
/// How far behind that beginning the root register stands (see [`NOTES`]).
#[cfg(target_arch = "x86_64")]
const ROOT: usize = 0x80;
/// As on x86-64.
#[cfg(target_arch = "aarch64")]
const ROOT: usize = 0x100;

/// As [`few`], without strings: for those that do not just lie in memory as characters of one byte each, V8 has the same code
/// make a call of another kind, and takes it to be somewhere else than it is when it leaves that code inside.
///
/// # Safety
///
/// As for what it calls.
#[rustfmt::skip]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[unsafe(naked)]
unsafe extern "C" fn watched<const PLACE: usize, R: Result>(
    receiver: usize, callee: u32, a: u64, b: u64, c: u64, d: u64,
    s: f64, t: f64, u: f64, v: f64, w: f64, x: f64, y: f64, z: f64,
) -> R::Returned {
    #[cfg(target_arch = "x86_64")]
    std::arch::naked_asm!(
        ".cfi_startproc",
        "mov rax, qword ptr [r13 + {address}]",
        "cmp rax, qword ptr [rsp]",
        "jne 3f",
        "mov rax, qword ptr [r13 + {next}]",
        "cmp rax, qword ptr [r13 + {limit}]",
        "je 3f",
        "mov qword ptr [rax], rsp",
        "push rax",
        ".cfi_adjust_cfa_offset 8",
        "call {call}",
        "pop rcx",
        ".cfi_adjust_cfa_offset -8",
        "cmp rcx, qword ptr [r13 + {next}]",
        "jne 4f",
        "cmp qword ptr [rcx], rsp",
        "jne 4f",
        "ret",
        "3:",
        "jmp {refuse}",
        "4:",
        "sub rsp, 24",
        ".cfi_adjust_cfa_offset 24",
        "mov qword ptr [rsp], rax",
        "movsd qword ptr [rsp + 8], xmm0",
        "call {note}",
        "mov rax, qword ptr [rsp]",
        "movsd xmm0, qword ptr [rsp + 8]",
        "add rsp, 24",
        ".cfi_adjust_cfa_offset -24",
        // C keeps rbp, the calling code's frame: the second note must still be of that.
        "cmp rbp, qword ptr [r13 + {frame}]",
        "jne 5f",
        "mov rcx, qword ptr [r13 + {address}]",
        "mov qword ptr [rsp], rcx",
        "5:",
        "ret",
        ".cfi_endproc",
        address = const NOTES.0,
        frame = const NOTES.1,
        next = const FREE - ROOT,
        limit = const FREE - ROOT + 8,
        call = sym few::<PLACE, false, R>,
        note = sym was_inside::<PLACE>,
        refuse = sym not_called::<PLACE, R>,
    );
    // The address is in the link register here, and C keeps x26 and x29.
    #[cfg(target_arch = "aarch64")]
    std::arch::naked_asm!(
        ".cfi_startproc",
        "ldr x9, [x26, #{address}]",
        "cmp x9, x30",
        "b.ne 3f",
        "ldp x9, x10, [x26, #{next}]",
        "cmp x9, x10",
        "b.eq 3f",
        "add x10, sp, #8",
        "str x10, [x9]",
        "stp x29, x30, [sp, #-32]!",
        ".cfi_def_cfa_offset 32",
        ".cfi_offset w29, -32",
        ".cfi_offset w30, -24",
        "mov x29, sp",
        "str x9, [sp, #16]",
        "bl {call}",
        "ldr x9, [sp, #16]",
        "ldp x29, x30, [sp], #32",
        ".cfi_def_cfa_offset 0",
        ".cfi_restore w29",
        ".cfi_restore w30",
        "ldr x10, [x26, #{next}]",
        "cmp x9, x10",
        "b.ne 4f",
        "ldr x9, [x9]",
        "add x10, sp, #8",
        "cmp x9, x10",
        "b.ne 4f",
        "ret",
        "3:",
        "b {refuse}",
        "4:",
        "stp x29, x30, [sp, #-32]!",
        ".cfi_def_cfa_offset 32",
        ".cfi_offset w29, -32",
        ".cfi_offset w30, -24",
        "mov x29, sp",
        "str x0, [sp, #16]",
        "str d0, [sp, #24]",
        "bl {note}",
        "ldr d0, [sp, #24]",
        "ldr x0, [sp, #16]",
        "ldp x29, x30, [sp], #32",
        ".cfi_def_cfa_offset 0",
        ".cfi_restore w29",
        ".cfi_restore w30",
        "ldr x9, [x26, #{frame}]",
        "cmp x9, x29",
        "b.ne 5f",
        "ldr x30, [x26, #{address}]",
        "5:",
        "ret",
        ".cfi_endproc",
        address = const NOTES.0,
        frame = const NOTES.1,
        next = const FREE - ROOT,
        call = sym few::<PLACE, false, R>,
        note = sym was_inside::<PLACE>,
        refuse = sym not_called::<PLACE, R>,
    );
}

/// Not known here: makes no call.
///
/// # Safety
///
/// As for what it would call.
#[rustfmt::skip]
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
unsafe extern "C" fn watched<const PLACE: usize, R: Result>(
    _: usize, _: u32, _: u64, _: u64, _: u64, _: u64, _: f64, _: f64, _: f64, _: f64, _: f64, _: f64, _: f64, _: f64,
) -> R::Returned {
    // SAFETY: as the caller says.
    unsafe { not_called::<PLACE, R>() }
}

/// Whether handles are made where an engine is said to have its free places.
///
/// # Safety
///
/// This is a call from JavaScript in `env`, of this engine, and that is V8 13.6.
pub(super) unsafe fn finds_handles(isolate: *const c_void, env: sys::napi_env) -> bool {
    let is_there = || {
        let mut value = ptr::null_mut();
        // SAFETY: as the caller says. Node-API's values are handles.
        unsafe {
            let places = isolate.byte_add(FREE).cast::<[usize; 2]>();
            let [before, _] = places.read_volatile();
            let status = sys::napi_create_object(env, &raw mut value);
            let [next, end] = places.read_volatile();
            status == sys::Status::napi_ok && (before..next).contains(&value.addr()) && next <= end
        }
    };
    // The first may be where new places begin.
    is_there() || is_there()
}

/// Has a watched call that waits in this engine see that something may have run inside.
///
/// # Safety
///
/// This is the thread of an engine, and that is V8 13.6. Where places are sealed (`next` is the end), there may be no memory
/// for one: then nothing is done.
pub(super) unsafe fn forget_mark(isolate: *const c_void) {
    // SAFETY: as the caller says; what is between the two is free, and nobody reads it.
    unsafe {
        let [next, end] = *isolate.byte_add(FREE).cast::<[*mut usize; 2]>();
        if next != end {
            *next = 0;
        }
    }
}

/// Something may have run inside of the call that has just returned.
///
/// # Safety
///
/// This is the thread of the environment at the place.
#[cold]
unsafe extern "C" fn was_inside<const PLACE: usize>() {
    let place = Place::of::<PLACE>();
    // SAFETY: as the caller says; the frame lives as long as the instance.
    unsafe {
        let status = &raw mut (*place.frame()).status;
        if *status == Status::Ok as u32 {
            // Nothing is to be thrown after this call, but the stub will ask: what is kept is an earlier one's.
            place.instance().forget_kept();
        }
        if *status != Status::NotCalled as u32 {
            *status = Status::Inside as u32;
        }
    }
}

/// The address of a place's entry for such results.
pub fn entry(place: usize, result: Kind) -> usize {
    let (integers, addresses, floats) = ALL[place];
    match result {
        Kind::F32 | Kind::F64 => floats as *const () as usize,
        Kind::Address => addresses as *const () as usize,
        _ => integers as *const () as usize,
    }
}

#[rustfmt::skip]
type Entry<R> = unsafe extern "C" fn(usize, u32, u64, u64, u64, u64, f64, f64, f64, f64, f64, f64, f64, f64) -> R;

macro_rules! for_places {
    ($($place:literal)*) => { [$((watched::<$place, u64>, watched::<$place, Address>, watched::<$place, f64>)),*] };
}

static ALL: [(Entry<u64>, Entry<f64>, Entry<f64>); PLACES] = for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
