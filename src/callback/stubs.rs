//! Code of our own at callbacks' addresses: it keeps all registers that arguments may be in, whatever the signature, where
//! libffi sorts the arguments anew for each call. For x86-64 Linux; a plan reads the registers as the System V ABI (section
//! 3.2.3) says.
//!
//! A *stub* is a few bytes of code that say for which slot they are, and jump to what is the same for all. Blocks of stubs
//! are filled before they may run, and never written again.

#![cfg_attr(not(all(target_os = "linux", target_arch = "x86_64")), allow(dead_code))]

use super::slot::Slot;
use crate::frame::Frame;
use std::mem::{MaybeUninit, offset_of};

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

/// A stub that nobody has.
pub struct Stub {
    /// Of its code.
    pub address: usize,
    /// Memory for the slot that it is for.
    pub place: &'static mut MaybeUninit<Slot>,
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub use machine::{make, take};

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod machine {
    use super::{Registers, Slot, Stub};
    use crate::callback::thunk::by_stub;
    use std::arch::naked_asm;
    use std::iter::Zip;
    use std::mem::{MaybeUninit, offset_of};
    use std::ops::RangeInclusive;
    use std::ptr;
    use std::slice::IterMut;
    use std::sync::{Mutex, PoisonError};

    /// Bytes from one stub to the next.
    const STRIDE: usize = 24;
    /// Before the first of a block there is what all of it jump to: processors foresee one jump to an address in memory
    /// better than many.
    const HEAD: usize = 16;
    const PAGE: usize = 4096;
    /// The pages of the first block; each has twice as many as the one before.
    const FEWEST: usize = 1;
    /// But no more than this.
    const MOST: usize = 16;

    type Stubs = Zip<std::iter::StepBy<RangeInclusive<usize>>, IterMut<'static, MaybeUninit<Slot>>>;

    /// What nobody has of the last block, and how many pages that has.
    struct Last {
        stubs: Option<Stubs>,
        pages: usize,
    }

    static LAST: Mutex<Last> = Mutex::new(Last { stubs: None, pages: 0 });

    /// The code of the stub at this offset of its block.
    fn code(at: usize, slot: *const Slot) -> [u8; STRIDE] {
        let mut code = [0xcc; STRIDE];
        // endbr64
        code[..4].copy_from_slice(&[0xf3, 0x0f, 0x1e, 0xfa]);
        // mov r10, slot
        code[4..6].copy_from_slice(&[0x49, 0xba]);
        code[6..14].copy_from_slice(&slot.expose_provenance().to_le_bytes());
        // jmp to the head
        code[14] = 0xe9;
        code[15..19].copy_from_slice(&(at as i32 + 19).wrapping_neg().to_le_bytes());
        code
    }

    /// The code at the head of a block.
    fn head() -> [u8; HEAD] {
        let mut code = [0xcc; HEAD];
        // jmp [rip + 2], where the address of the entry is
        code[..6].copy_from_slice(&[0xff, 0x25, 2, 0, 0, 0]);
        code[8..].copy_from_slice(&(entry as *const () as usize).to_le_bytes());
        code
    }

    fn last<T>(look: impl FnOnce(&mut Last) -> T) -> T {
        // Nothing panics while it is held.
        look(&mut LAST.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A stub that nobody has; the lowest of a block first.
    pub fn take() -> Option<Stub> {
        last(|last| {
            let next = |last: &mut Last| last.stubs.as_mut()?.next();
            let (address, place) = match next(last) {
                Some(stub) => stub,
                None => {
                    last.grow()?;
                    next(last)?
                }
            };
            Some(Stub { address, place })
        })
    }

    /// Makes the first block; `None` if the system does not let us.
    pub fn make() -> Option<()> {
        last(|last| if last.stubs.is_none() { last.grow() } else { Some(()) })
    }

    impl Last {
        fn grow(&mut self) -> Option<()> {
            let pages = (2 * self.pages).clamp(FEWEST, MOST);
            let size = pages * PAGE;
            let offsets = (HEAD..=size - STRIDE).step_by(STRIDE);
            let places = Box::leak(Box::<[Slot]>::new_uninit_slice(offsets.clone().count()));
            // SAFETY: the pages are new, and ours for ever when they are kept.
            let block = unsafe {
                let anonymous = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
                let block = libc::mmap(ptr::null_mut(), size, libc::PROT_READ | libc::PROT_WRITE, anonymous, -1, 0);
                if block == libc::MAP_FAILED {
                    return None;
                }
                block.cast::<[u8; HEAD]>().write(head());
                for (at, place) in offsets.zip(&*places) {
                    block.cast::<u8>().add(at).cast::<[u8; STRIDE]>().write(code(at, place.as_ptr()));
                }
                if libc::mprotect(block, size, libc::PROT_READ | libc::PROT_EXEC) != 0 {
                    libc::munmap(block, size);
                    return None;
                }
                block.expose_provenance()
            };
            let addresses = (block + HEAD..=block + size - STRIDE).step_by(STRIDE);
            *self = Last { stubs: Some(addresses.zip(places)), pages };
            Some(())
        }
    }

    /// Where all stubs go, with the slot in `r10`.
    ///
    /// # Safety
    ///
    /// C has called the stub of a slot.
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
pub use nothing::{make, take};

/// There is no code of our own.
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod nothing {
    use super::Stub;

    /// Makes none.
    pub fn make() -> Option<()> {
        None
    }

    /// There is none.
    pub fn take() -> Option<Stub> {
        None
    }
}
