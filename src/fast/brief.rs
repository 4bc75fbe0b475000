//! The entries for [brief](crate::leaf::Leaf::Brief) functions, in which nothing can happen: so nobody is told that they run, and
//! nothing has to be looked at afterwards. `errno` they may read, where they are given its address. So a call is only made if
//! that is what the last call has left, as it nearly always is. What is left is to find the function, and to shift the
//! arguments into their registers.
//!
//! They are for a host's own FFI. V8 does so much around a call that its calls would not be shorter by them.

use super::places::PLACES;

/// Entries of a place, for at most four integers, none of them a string. That a host passes callees rightly is seen before
/// it is given these, by [others](super::entry): here a wrong one is not noticed.
#[derive(Clone, Copy)]
pub struct Entries {
    /// That leaves the result in its register.
    pub jumps: usize,
    /// That stores an integer result in the frame.
    pub stores: usize,
}

/// Those of a place.
pub fn entries(place: usize) -> Entries {
    ALL[place]()
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod code {
    use super::Entries;
    use crate::fast::bare::not_called;
    use crate::fast::entry::Status;
    use crate::fast::places::{ALL, Place};
    use crate::frame::Frame;
    use crate::presence::marks;
    use crate::targets::Target;
    use std::mem::offset_of;

    /// Defines an entry of its instructions, and of what they refer to besides what all do.
    macro_rules! entry {
        ($name:ident, [$($line:expr),*] $($operand:tt)*) => {
            /// # Safety
            ///
            /// As for the entries of a host; none of the integers is a string in scratch memory, and the function is brief.
            #[unsafe(naked)]
            unsafe extern "C" fn $name<const PLACE: usize>() {
                std::arch::naked_asm!(
                    ".cfi_startproc",
                    $($line,)*
                    ".cfi_endproc",
                    all = sym ALL,
                    targets = const PLACE * size_of::<Place>() + Place::TARGETS,
                    frame = const PLACE * size_of::<Place>() + Place::FRAME,
                    place_errno = const PLACE * size_of::<Place>() + Place::ERRNO,
                    errno = const offset_of!(Frame, errno),
                    // A callee is where the target lies, but for the marks.
                    address = const offset_of!(Target, address) as isize - marks::BARE as isize,
                    status = const offset_of!(Frame, status),
                    called = const Status::Ok as u32,
                    refuse = sym not_called::<PLACE, u64>,
                    $($operand)*
                );
            }
        };
    }

    /// Leaves the address of the function in `rax`, and that of the frame in `r11`, or goes to `2:`.
    #[cfg(target_arch = "x86_64")]
    macro_rules! find {
        () => {
            concat!(
                "mov eax, edi\n",
                "mov r10, qword ptr [rip + {all} + {targets}]\n",
                "mov r11, qword ptr [rip + {all} + {frame}]\n",
                "test r10, r10\n",
                "je 2f\n",
                "mov rdi, qword ptr [rip + {all} + {place_errno}]\n",
                "mov edi, dword ptr [rdi]\n",
                "cmp edi, dword ptr [r11 + {errno}]\n",
                "jne 2f\n",
                "mov rax, qword ptr [r10 + rax + {address}]\n",
                "test rax, rax\n",
                "je 2f\n"
            )
        };
    }
    /// Moves the integers to where C has them.
    #[cfg(target_arch = "x86_64")]
    macro_rules! shift {
        () => {
            concat!("mov rdi, rsi\n", "mov rsi, rdx\n", "mov rdx, rcx\n", "mov rcx, r8\n")
        };
    }
    /// Leaves the address of the function in `x16`, and that of the frame in `x11`, or goes to `2:`.
    #[cfg(target_arch = "aarch64")]
    macro_rules! find {
        () => {
            concat!(
                "adrp x9, {all}\n",
                "add x9, x9, :lo12:{all}\n",
                "ldr x10, [x9, #{targets}]\n",
                "ldr x11, [x9, #{frame}]\n",
                "cbz x10, 2f\n",
                "ldr x12, [x9, #{place_errno}]\n",
                "ldr w12, [x12]\n",
                "ldr w13, [x11, #{errno}]\n",
                "cmp w12, w13\n",
                "b.ne 2f\n",
                "add x10, x10, w0, uxtw\n",
                "ldur x16, [x10, #{address}]\n",
                "cbz x16, 2f\n"
            )
        };
    }
    /// Moves the integers to where C has them.
    #[cfg(target_arch = "aarch64")]
    macro_rules! shift {
        () => {
            concat!("mov x0, x1\n", "mov x1, x2\n", "mov x2, x3\n", "mov x3, x4\n")
        };
    }

    #[cfg(target_arch = "x86_64")]
    entry! {
        jumps,
        [
            find!(),
            "mov dword ptr [r11 + {status}], {called}",
            shift!(),
            "jmp rax",
            "2:",
            "jmp {refuse}"
        ]
    }

    #[cfg(target_arch = "x86_64")]
    entry! {
        stores,
        [
            find!(),
            shift!(),
            "sub rsp, 8",
            ".cfi_adjust_cfa_offset 8",
            "call rax",
            "add rsp, 8",
            ".cfi_adjust_cfa_offset -8",
            "mov r11, qword ptr [rip + {all} + {frame}]",
            "mov qword ptr [r11 + {result}], rax",
            "mov dword ptr [r11 + {status}], {called}",
            "ret",
            "2:",
            "jmp {refuse}"
        ]
        result = const offset_of!(Frame, int_results)
    }

    // Functions that check where they are jumped to allow x16.
    #[cfg(target_arch = "aarch64")]
    entry! {
        jumps,
        [
            find!(),
            "mov w9, #{called}",
            "str w9, [x11, #{status}]",
            shift!(),
            "br x16",
            "2:",
            "b {refuse}"
        ]
    }

    #[cfg(target_arch = "aarch64")]
    entry! {
        stores,
        [
            find!(),
            shift!(),
            "stp x29, x30, [sp, #-16]!",
            ".cfi_def_cfa_offset 16",
            ".cfi_offset w29, -16",
            ".cfi_offset w30, -8",
            "mov x29, sp",
            "blr x16",
            "ldp x29, x30, [sp], #16",
            ".cfi_def_cfa_offset 0",
            ".cfi_restore w29",
            ".cfi_restore w30",
            "adrp x9, {all}",
            "add x9, x9, :lo12:{all}",
            "ldr x11, [x9, #{frame}]",
            "str x0, [x11, #{result}]",
            "mov w9, #{called}",
            "str w9, [x11, #{status}]",
            "ret",
            "2:",
            "b {refuse}"
        ]
        result = const offset_of!(Frame, int_results)
    }

    pub(super) fn of_place<const PLACE: usize>() -> Entries {
        Entries { jumps: jumps::<PLACE> as *const () as usize, stores: stores::<PLACE> as *const () as usize }
    }
}

/// Not known here: makes no call.
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod code {
    use super::Entries;
    use crate::fast::bare::not_called;

    pub(super) fn of_place<const PLACE: usize>() -> Entries {
        let none = not_called::<PLACE, u64> as *const () as usize;
        Entries { jumps: none, stores: none }
    }
}

macro_rules! for_places {
    ($($place:literal)*) => { [$(code::of_place::<$place>),*] };
}

static ALL: [fn() -> Entries; PLACES] = for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tests;
