//! The entries for [brief](crate::leaf::Leaf::Brief) functions, in which nothing can happen: so nobody is told that they run, and
//! nothing has to be looked at afterwards. `errno` they may read, where they are given its address. So a call is only made if
//! it is what the last call has left, as it nearly always is; of no other function of C does one hear between calls. What is
//! left is to find the function, and to shift the arguments into their registers.
//!
//! There are two for each caller: one that jumps, and so leaves the result where it is, and one that stores an integer in the
//! frame.

use super::places::PLACES;

/// Entries of a place.
#[derive(Clone, Copy)]
pub struct Entries {
    /// The engine's, which passes a receiver first.
    pub engine: usize,
    /// That stores an integer result.
    pub engine_stores: usize,
    /// A host's, which does not. That it passes callees rightly is seen [before](super::entry).
    pub host: usize,
    /// That stores an integer result.
    pub host_stores: usize,
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

    /// Defines one of them, of its instructions, and what they refer to besides what all do.
    macro_rules! entry {
        ($name:ident, [$($line:expr),*] $($operand:tt)*) => {
            /// # Safety
            ///
            /// As for [`few`](crate::fast::entry::few), and none of the integers is a string in scratch memory. The function is
            /// brief.
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
    /// Defines two entries for at most four integers, which `$shifts` move into their registers.
    #[cfg(target_arch = "x86_64")]
    macro_rules! entries {
        ($jumps:ident, $stores:ident, $callee:literal, $shifts:literal) => {
            entry! {
                $jumps,
                [
                    concat!("mov eax, ", $callee),
                    "mov r10, qword ptr [rip + {all} + {targets}]",
                    "mov r11, qword ptr [rip + {all} + {frame}]",
                    "test r10, r10",
                    "je 2f",
                    "mov rdi, qword ptr [rip + {all} + {place_errno}]",
                    "mov edi, dword ptr [rdi]",
                    "cmp edi, dword ptr [r11 + {errno}]",
                    "jne 2f",
                    "mov rax, qword ptr [r10 + rax + {address}]",
                    "test rax, rax",
                    "je 2f",
                    "mov dword ptr [r11 + {status}], {called}",
                    $shifts,
                    "jmp rax",
                    "2:",
                    "jmp {refuse}"
                ]
            }
            entry! {
                $stores,
                [
                    concat!("mov eax, ", $callee),
                    "mov r10, qword ptr [rip + {all} + {targets}]",
                    "mov r11, qword ptr [rip + {all} + {frame}]",
                    "test r10, r10",
                    "je 2f",
                    "mov rdi, qword ptr [rip + {all} + {place_errno}]",
                    "mov edi, dword ptr [rdi]",
                    "cmp edi, dword ptr [r11 + {errno}]",
                    "jne 2f",
                    "mov rax, qword ptr [r10 + rax + {address}]",
                    "test rax, rax",
                    "je 2f",
                    $shifts,
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
        };
    }
    #[cfg(target_arch = "x86_64")]
    entries!(engine, engine_stores, "esi", "mov rdi, rdx; mov rsi, rcx; mov rdx, r8; mov rcx, r9");
    #[cfg(target_arch = "x86_64")]
    entries!(host, host_stores, "edi", "mov rdi, rsi; mov rsi, rdx; mov rdx, rcx; mov rcx, r8");

    /// As on x86-64. Functions that check where they are jumped to allow x16.
    #[cfg(target_arch = "aarch64")]
    macro_rules! entries {
        ($jumps:ident, $stores:ident, $callee:literal, $shifts:literal) => {
            entry! {
                $jumps,
                [
                    "adrp x9, {all}",
                    "add x9, x9, :lo12:{all}",
                    "ldr x10, [x9, #{targets}]",
                    "ldr x11, [x9, #{frame}]",
                    "cbz x10, 2f",
                    "ldr x12, [x9, #{place_errno}]",
                    "ldr w12, [x12]",
                    "ldr w13, [x11, #{errno}]",
                    "cmp w12, w13",
                    "b.ne 2f",
                    concat!("add x10, x10, ", $callee, ", uxtw"),
                    "ldur x16, [x10, #{address}]",
                    "cbz x16, 2f",
                    "mov w9, #{called}",
                    "str w9, [x11, #{status}]",
                    $shifts,
                    "br x16",
                    "2:",
                    "b {refuse}"
                ]
            }
            entry! {
                $stores,
                [
                    "adrp x9, {all}",
                    "add x9, x9, :lo12:{all}",
                    "ldr x10, [x9, #{targets}]",
                    "ldr x11, [x9, #{frame}]",
                    "cbz x10, 2f",
                    "ldr x12, [x9, #{place_errno}]",
                    "ldr w12, [x12]",
                    "ldr w13, [x11, #{errno}]",
                    "cmp w12, w13",
                    "b.ne 2f",
                    concat!("add x10, x10, ", $callee, ", uxtw"),
                    "ldur x16, [x10, #{address}]",
                    "cbz x16, 2f",
                    $shifts,
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
        };
    }
    #[cfg(target_arch = "aarch64")]
    entries!(engine, engine_stores, "w1", "mov x0, x2; mov x1, x3; mov x2, x4; mov x3, x5");
    #[cfg(target_arch = "aarch64")]
    entries!(host, host_stores, "w0", "mov x0, x1; mov x1, x2; mov x2, x3; mov x3, x4");

    pub(super) fn of_place<const PLACE: usize>() -> Entries {
        Entries {
            engine: engine::<PLACE> as *const () as usize,
            engine_stores: engine_stores::<PLACE> as *const () as usize,
            host: host::<PLACE> as *const () as usize,
            host_stores: host_stores::<PLACE> as *const () as usize,
        }
    }
}

/// Not known here: makes no call.
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod code {
    use super::Entries;
    use crate::fast::bare::not_called;

    pub(super) fn of_place<const PLACE: usize>() -> Entries {
        let none = not_called::<PLACE, u64> as *const () as usize;
        Entries { engine: none, engine_stores: none, host: none, host_stores: none }
    }
}

macro_rules! for_places {
    ($($place:literal)*) => { [$(code::of_place::<$place>),*] };
}

static ALL: [fn() -> Entries; PLACES] = for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tests {
    use super::*;
    use crate::fast::entry::Status;
    use crate::fast::places::place;
    use crate::presence::callee;

    #[test]
    fn no_call_is_made_at_a_place_that_nobody_has() {
        let index = PLACES - 1;
        let Entries { engine, engine_stores, host, host_stores } = entries(index);
        let frame = place(index).frame();
        for (address, is_engine) in [(engine, true), (engine_stores, true), (host, false), (host_stores, false)] {
            let address: *const () = std::ptr::with_exposed_provenance(address);
            // SAFETY: no environment of these tests takes a place; the frame there is nobody's. The entries take these values.
            let (result, status) = unsafe {
                (*frame).status = Status::Ok as u32;
                let result = if is_engine {
                    std::mem::transmute::<*const (), extern "C" fn(usize, u32) -> u64>(address)(0, callee(3))
                } else {
                    std::mem::transmute::<*const (), extern "C" fn(u32) -> u64>(address)(callee(3))
                };
                (result, (*frame).status)
            };
            assert_eq!((result, status), (0, Status::NotCalled as u32));
        }
    }
}
