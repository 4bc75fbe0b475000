//! Code of our own at callbacks' addresses: it keeps all registers that arguments may be in, whatever the signature, where
//! libffi sorts the arguments anew for each call. For x86-64 Linux; a plan reads the registers as the System V ABI (section
//! 3.2.3) says.
//!
//! A *stub* is a few bytes of code, the same for all, that read two words at a fixed distance: where to go, and for which
//! slot. Pages of stubs are filled before they may run, and never written again.

#![cfg_attr(not(all(target_os = "linux", target_arch = "x86_64")), allow(dead_code))]

use super::slot::Slot;
use crate::frame::Frame;
use std::mem::offset_of;

/// What the entry leaves on the stack, and takes the results from.
#[repr(C)]
pub struct Registers {
    ints: [u64; INTS],
    floats: [u64; FLOATS],
    /// Two integers, then two floating-point numbers.
    results: [u64; 4],
    padding: u64,
    return_address: u64,
    /// What C has passed on the stack, as much as there is.
    stack: [u64; 0],
}

const INTS: usize = 6;
const FLOATS: usize = 8;

/// Where a word of a call is in [`Registers`], in bytes, that is at this offset of a frame when we call.
pub fn word_at(offset: u32) -> u32 {
    let within = |from: usize, to: usize| offset - from as u32 + to as u32;
    if offset as usize >= offset_of!(Frame, stack) {
        within(offset_of!(Frame, stack), offset_of!(Registers, stack))
    } else if offset as usize >= offset_of!(Frame, floats) {
        within(offset_of!(Frame, floats), offset_of!(Registers, floats))
    } else {
        within(offset_of!(Frame, ints), offset_of!(Registers, ints))
    }
}

/// The index among the results of what is returned at this offset of a frame when we call.
pub fn result_at(offset: u32) -> usize {
    match (offset as usize).checked_sub(offset_of!(Frame, float_results)) {
        Some(beyond) => 2 + beyond / 8,
        None => (offset as usize - offset_of!(Frame, int_results)) / 8,
    }
}

impl Registers {
    /// The results, zero at first.
    pub fn results(&mut self) -> *mut u64 {
        self.results = [0; 4];
        self.results.as_mut_ptr()
    }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub use machine::{aim, make, take};

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod machine {
    use super::{Registers, Slot};
    use crate::callback::thunk::by_stub;
    use std::arch::naked_asm;
    use std::mem::offset_of;
    use std::ptr;
    use std::sync::{Mutex, PoisonError};

    /// Bytes from one stub to the next, and between the words of one and those of the next.
    const STRIDE: usize = 32;
    const PAGE: usize = 4096;

    /// Those that nobody has.
    static FREE: Mutex<Vec<usize>> = Mutex::new(Vec::new());

    /// What a stub goes by; a page behind its code.
    #[repr(C)]
    struct Aim {
        entry: usize,
        slot: *const Slot,
    }

    /// The code of a stub.
    fn code() -> [u8; STRIDE] {
        let mut code = [0xcc; STRIDE];
        let distance = |to: usize, end: usize| (PAGE + to - end) as u32;
        // endbr64
        code[..4].copy_from_slice(&[0xf3, 0x0f, 0x1e, 0xfa]);
        // mov r10, [rip + distance]
        code[4..7].copy_from_slice(&[0x4c, 0x8b, 0x15]);
        code[7..11].copy_from_slice(&distance(offset_of!(Aim, slot), 11).to_le_bytes());
        // jmp [rip + distance]
        code[11..13].copy_from_slice(&[0xff, 0x25]);
        code[13..17].copy_from_slice(&distance(offset_of!(Aim, entry), 17).to_le_bytes());
        code
    }

    /// A free stub, which may still go nowhere.
    pub fn take() -> Option<usize> {
        loop {
            match free(|free| free.pop()) {
                Some(stub) => return Some(stub),
                None => make()?,
            }
        }
    }

    fn free<T>(look: impl FnOnce(&mut Vec<usize>) -> T) -> T {
        // Nothing panics while it is held.
        look(&mut FREE.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes a page of stubs; `None` if the system does not let us.
    pub fn make() -> Option<()> {
        // SAFETY: the pages are new, and ours for ever when they are kept.
        let first = unsafe {
            let (size, anonymous) = (2 * PAGE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
            let pages = libc::mmap(ptr::null_mut(), size, libc::PROT_READ | libc::PROT_WRITE, anonymous, -1, 0);
            if pages == libc::MAP_FAILED {
                return None;
            }
            for at in (0..PAGE).step_by(STRIDE) {
                pages.cast::<u8>().add(at).cast::<[u8; STRIDE]>().write(code());
            }
            if libc::mprotect(pages, PAGE, libc::PROT_READ | libc::PROT_EXEC) != 0 {
                libc::munmap(pages, size);
                return None;
            }
            pages.expose_provenance()
        };
        // The lowest is taken first.
        free(|free| free.extend((first..first + PAGE).step_by(STRIDE).rev()));
        Some(())
    }

    /// Has a stub go to a slot.
    ///
    /// # Safety
    ///
    /// The stub was taken, and C does not call it meanwhile.
    pub unsafe fn aim(stub: usize, slot: *const Slot) {
        // SAFETY: as the caller says; the page behind the code is for this.
        unsafe { ptr::with_exposed_provenance_mut::<Aim>(stub + PAGE).write(Aim { entry: entry as *const () as usize, slot }) };
    }

    /// Where all stubs go, with the slot in `r10`.
    ///
    /// # Safety
    ///
    /// C has called a stub that is aimed at a slot.
    #[unsafe(naked)]
    unsafe extern "C" fn entry() {
        naked_asm!(
            ".cfi_startproc",
            "endbr64",
            "sub rsp, {size}",
            ".cfi_adjust_cfa_offset {size}",
            "mov qword ptr [rsp], rdi",
            "mov qword ptr [rsp + 8], rsi",
            "mov qword ptr [rsp + 16], rdx",
            "mov qword ptr [rsp + 24], rcx",
            "mov qword ptr [rsp + 32], r8",
            "mov qword ptr [rsp + 40], r9",
            "movsd qword ptr [rsp + {floats}], xmm0",
            "movsd qword ptr [rsp + {floats} + 8], xmm1",
            "movsd qword ptr [rsp + {floats} + 16], xmm2",
            "movsd qword ptr [rsp + {floats} + 24], xmm3",
            "movsd qword ptr [rsp + {floats} + 32], xmm4",
            "movsd qword ptr [rsp + {floats} + 40], xmm5",
            "movsd qword ptr [rsp + {floats} + 48], xmm6",
            "movsd qword ptr [rsp + {floats} + 56], xmm7",
            "mov rdi, r10",
            "mov rsi, rsp",
            "call {by_stub}",
            "mov rax, qword ptr [rsp + {results}]",
            "mov rdx, qword ptr [rsp + {results} + 8]",
            "movsd xmm0, qword ptr [rsp + {results} + 16]",
            "movsd xmm1, qword ptr [rsp + {results} + 24]",
            "add rsp, {size}",
            ".cfi_adjust_cfa_offset -{size}",
            "ret",
            ".cfi_endproc",
            size = const offset_of!(Registers, return_address),
            floats = const offset_of!(Registers, floats),
            results = const offset_of!(Registers, results),
            by_stub = sym by_stub,
        );
    }
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
pub use nothing::{aim, make, take};

/// There is no code of our own.
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod nothing {
    use super::Slot;

    /// Makes none.
    pub fn make() -> Option<()> {
        None
    }

    /// There is none.
    pub fn take() -> Option<usize> {
        None
    }

    /// Does nothing.
    ///
    /// # Safety
    ///
    /// None is needed.
    pub unsafe fn aim(_stub: usize, _slot: *const Slot) {}
}
