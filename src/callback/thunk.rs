//! What every callback's address jumps to.

use super::letter::Letter;
use super::plan::{Answer, Words};
use super::slot::{Behind, Found, Manner, Slot};
use super::stubs::Registers;
use crate::async_call::AsyncCall;
use crate::exit;
use libffi::raw::ffi_cif;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// libffi's closures call this: `data` is a [`Slot`].
pub(super) unsafe extern "C" fn by_libffi(_cif: *mut ffi_cif, result: *mut c_void, args: *mut *mut c_void, data: *mut c_void) {
    // SAFETY: libffi calls with what C gave, for the signature that the slot was prepared with.
    unsafe { answer(data.cast(), result, args.cast::<*const c_void>().cast_const()) };
}

/// Our own code calls this.
#[cfg_attr(not(all(target_os = "linux", target_arch = "x86_64")), allow(dead_code))]
pub(super) unsafe extern "C" fn by_stub(slot: *const Slot, registers: *mut Registers) {
    // SAFETY: the registers are what C gave, and those for the results lie among them.
    unsafe { answer(slot, (*registers).results().cast(), registers.cast_const()) };
}

/// Has a callback answer a call.
///
/// # Safety
///
/// The code was prepared with the slot, which lives for ever; `result` and `args` are those of a call of its signature.
#[inline(always)]
unsafe fn answer(slot: *const Slot, result: *mut c_void, args: impl Words) {
    // No panic may cross C.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: as the caller says.
        unsafe {
            let slot: &'static Slot = &*slot;
            match slot.own() {
                Some(behind) => here(slot, behind, result, args),
                None => elsewhere(slot, result, args),
            }
        }
    }));
}

/// On the thread of the callback's environment.
///
/// # Safety
///
/// `result` and `args` are those of a call of the slot's signature.
#[inline(always)]
unsafe fn here(slot: &'static Slot, behind: &Behind, result: *mut c_void, args: impl Words) {
    // SAFETY: the slot is open on this thread, so its environment is there; the rest as the caller says.
    unsafe {
        slot.go_in();
        let Manner { plan, instance, runner, .. } = &*behind.manner;
        let instance = &**instance;
        if instance.call_back(slot.number(), *runner, plan.words(), |words| plan.copy_arguments(args, words)) {
            plan.give_frame(instance.frame.as_ptr(), result, args);
        } else {
            plan.give(&behind.default, result, args);
        }
        slot.come_out(&instance.tombstones);
    }
}

/// On any other thread, or when the callback is closed.
///
/// # Safety
///
/// As for [`here`].
#[cold]
#[inline(never)]
unsafe fn elsewhere(slot: &'static Slot, result: *mut c_void, args: impl Words) {
    let Some(found) = slot.look() else { return };
    // SAFETY: as the caller says.
    unsafe {
        let answer = if found.is_open && !exit::is_over() { carry(slot, &found, args) } else { None };
        if !found.is_open {
            found.manner.mailbox.late.fetch_add(1, Relaxed);
        }
        found.manner.plan.give(answer.as_ref().unwrap_or(&found.default), result, args);
    }
}

/// Has the callback run on its own thread. `None` for the default.
///
/// # Safety
///
/// `args` are those of a call of this signature.
unsafe fn carry(slot: &'static Slot, found: &Found, args: impl Words) -> Option<Answer> {
    let caller = AsyncCall::current();
    if caller.as_ref().is_some_and(|call| call.has_failed()) {
        return None;
    }
    let Manner { plan, mailbox, is_listener, timeout, .. } = &*found.manner;
    let mut words = vec![0; plan.words()].into_boxed_slice();
    // SAFETY: as the caller says; C passes strings where the signature says so.
    let letter = unsafe {
        plan.copy_arguments(args, words.as_mut_ptr());
        Letter::new(slot, (found.serial, found.number), plan.clone(), words, caller, *is_listener)
    };
    let letter = Arc::new(letter);
    let number = mailbox.send(letter.clone())?;
    if *is_listener { None } else { mailbox.wait(number, &letter, *timeout) }
}
