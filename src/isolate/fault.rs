//! What a fatal signal leaves behind in the helper: its number and the address, in the first page of the arena.

use super::arena::Arena;
use std::ffi::c_void;
use std::mem::{MaybeUninit, offset_of};
use std::ptr;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64};

/// What is in the first page.
#[repr(C)]
pub struct Record {
    /// The signal; 0 before there is one.
    signal: AtomicU32,
    /// Whether the address is known.
    has_address: AtomicU32,
    address: AtomicU64,
    /// Whether the status that the helper ends with is not that which C gave.
    hides_status: AtomicU32,
}

/// What a helper has left, as far as it is known.
pub struct Left {
    /// The fatal signal; 0 when there was none.
    pub signal: u32,
    /// The faulting address.
    pub address: Option<u64>,
    /// Whether C called exit with a status that nobody knows.
    pub hides_status: bool,
}

/// So much of the arena's start is not for anything else.
pub const PAGE: usize = 4096;
const _: () = assert!(size_of::<Record>() <= PAGE && offset_of!(Record, signal) == 0);

/// Signals that a mistake in C ends a process with.
const FATAL: [i32; 5] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGABRT];

/// The handler has no argument for it, and signals belong to the process.
static RECORD: AtomicPtr<Record> = AtomicPtr::new(ptr::null_mut());

/// Bytes of the stack that signals are handled on: C may have used up its own.
const STACK: usize = 64 * 1024;

/// What a helper has left.
pub fn read(arena: &Arena) -> Left {
    // SAFETY: the first page belongs to the record, whose fields are atomic; every value is one.
    let record = unsafe { arena.start().cast::<Record>().as_ref() };
    let signal = record.signal.load(Acquire);
    let address = (record.has_address.load(Relaxed) != 0).then(|| record.address.load(Relaxed));
    Left { signal, address, hides_status: record.hides_status.load(Acquire) != 0 }
}

/// Records fatal signals from now on. For the helper, which dies of them as before.
pub fn watch(arena: &Arena) {
    RECORD.store(arena.start().as_ptr().cast(), Release);
    // SAFETY: the stack is never freed; the handler does nothing but store to memory that stays mapped.
    unsafe {
        let memory = Box::leak(Box::<[u8; STACK]>::new_uninit()).as_mut_ptr();
        let stack = libc::stack_t { ss_sp: memory.cast(), ss_flags: 0, ss_size: STACK };
        libc::sigaltstack(&raw const stack, ptr::null_mut());
        let mut action = MaybeUninit::<libc::sigaction>::zeroed().assume_init();
        action.sa_sigaction = handle as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESETHAND;
        libc::sigemptyset(&raw mut action.sa_mask);
        for signal in FATAL {
            libc::sigaction(signal, &raw const action, ptr::null_mut());
        }
    }
}

/// `exit` ends this process without what the host would do then, which may wait for ever where it is not the host's own
/// thread that exits. What libraries have registered, which are opened after this, runs before; their output is written.
/// A C library that does not tell the status leaves the host's own thread to the host, so that it is kept there.
pub fn end_at_exit() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            /// Of the GNU C library: as `atexit`, and tells the status.
            fn on_exit(function: extern "C" fn(i32, *mut c_void), argument: *mut c_void) -> i32;
        }
        extern "C" fn end(status: i32, _: *mut c_void) {
            // SAFETY: NULL is every stream; nothing of this process runs any more.
            unsafe {
                libc::fflush(ptr::null_mut());
                libc::_exit(status);
            }
        }
        // SAFETY: the function is as it must be, and lives as long as the process.
        unsafe { on_exit(end, ptr::null_mut()) };
    }
    #[cfg(all(target_os = "linux", not(target_env = "gnu")))]
    {
        extern "C" fn end() {
            // SAFETY: as above; the record is mapped as long as the process lives.
            unsafe {
                if libc::gettid() == libc::getpid() {
                    return;
                }
                if let Some(record) = RECORD.load(Acquire).as_ref() {
                    record.hides_status.store(1, Release);
                }
                libc::fflush(ptr::null_mut());
                libc::_exit(1);
            }
        }
        // SAFETY: as above.
        unsafe { libc::atexit(end) };
    }
}

/// What Linux says of signals that are the kernel's own, such as faults of addresses that are not canonical.
const SI_KERNEL: i32 = 0x80;

/// The instruction is tried again when this returns, and the default, which is set again, ends the process.
extern "C" fn handle(signal: i32, info: *mut libc::siginfo_t, _context: *mut c_void) {
    // SAFETY: the record is mapped as long as the process lives, and the system says what happened.
    unsafe {
        let Some(record) = RECORD.load(Acquire).as_ref() else { return };
        // Sent by somebody, it has no address; nor has the fault of an address that no memory can have.
        if (*info).si_code > 0 && (*info).si_code != SI_KERNEL && signal != libc::SIGABRT {
            record.address.store((*info).si_addr().expose_provenance() as u64, Relaxed);
            record.has_address.store(1, Relaxed);
        }
        record.signal.store(signal.cast_unsigned(), Release);
        if (*info).si_code <= 0 && signal != libc::SIGABRT {
            // Nothing is tried again.
            libc::raise(signal);
        }
    }
}
