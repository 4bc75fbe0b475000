//! The entries for [brief](crate::leaf::Leaf::Brief) functions, in which nothing can happen: so nobody is told that they run, and
//! nothing has to be looked at afterwards. `errno` they may read, where they are given its address: if it is not what the last
//! call has left, as it nearly always is, that is put back, but where C is inside of a call: then it is that call's. What is
//! left is to find the function, and to shift the arguments into their registers.
//!
//! Calls of the engine's pass a receiver first, those of a host's FFI do not.

use super::places::PLACES;

/// Entries of a place, for at most four integers, none of them a string.
#[derive(Clone, Copy)]
pub struct Entries {
    /// That leaves the result in its register.
    pub returns: usize,
    /// That stores an integer result in the frame, and returns what there is for an [`Address`](super::result::Address).
    pub stores: usize,
}

impl Entries {
    /// Those that the engine calls, for arguments that may be floating-point numbers, or are none.
    pub fn of_engine(place: usize, has_floats: bool) -> Entries {
        ENGINE[place](has_floats)
    }

    /// Those that a host's own FFI calls.
    pub fn of_host(place: usize) -> Entries {
        HOST[place]()
    }
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod code {
    use super::Entries;
    use crate::fast::bare::not_called;
    use crate::fast::entry::Status;
    use crate::fast::places::{ALL, Place};
    use crate::fast::result::Address;
    use crate::frame::Frame;
    use crate::presence::{Presence, marks};
    use crate::targets::Target;
    use std::mem::offset_of;

    /// Defines an entry of its instructions, and of what they refer to besides what all do.
    macro_rules! entry {
        ($name:ident, [$($line:expr),*] $($operand:tt)*) => {
            /// # Safety
            ///
            /// As for the entries of a host, or of the engine; none of the integers is a string in scratch memory, and the function is brief.
            #[unsafe(naked)]
            pub(in crate::fast) unsafe extern "C" fn $name<const PLACE: usize>() {
                std::arch::naked_asm!(
                    ".cfi_startproc",
                    $($line,)*
                    ".cfi_endproc",
                    all = sym ALL,
                    targets = const PLACE * size_of::<Place>() + Place::TARGETS,
                    frame = const PLACE * size_of::<Place>() + Place::FRAME,
                    place_errno = const PLACE * size_of::<Place>() + Place::ERRNO,
                    presence = const PLACE * size_of::<Place>() + Place::PRESENCE,
                    call = const Presence::CALL,
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

    /// The register with the callee.
    #[cfg(target_arch = "x86_64")]
    #[rustfmt::skip]
    macro_rules! callee {
        (host) => { "edi" };
        (engine) => { "esi" };
    }
    #[cfg(target_arch = "aarch64")]
    #[rustfmt::skip]
    macro_rules! callee {
        (host) => { "w0" };
        (engine) => { "w1" };
    }

    /// Leaves the address of the function in `r10`, and that of the frame in `r11`, or goes to `2:`. Uses `rax` and `rdi`.
    #[cfg(target_arch = "x86_64")]
    macro_rules! find {
        ($who:ident) => {
            concat!(
                "mov eax, ",
                callee!($who),
                "\n",
                "mov r10, qword ptr [rip + {all} + {targets}]\n",
                "mov r11, qword ptr [rip + {all} + {frame}]\n",
                "test r10, r10\n",
                "je 2f\n",
                "mov rdi, qword ptr [rip + {all} + {place_errno}]\n",
                "mov edi, dword ptr [rdi]\n",
                "cmp edi, dword ptr [r11 + {errno}]\n",
                "jne 3f\n",
                "4:\n",
                "mov r10, qword ptr [r10 + rax + {address}]\n",
                "test r10, r10\n",
                "je 2f\n"
            )
        };
    }
    /// Leaves the address of the function in `x16`, and that of the frame in `x11`, or goes to `2:`.
    #[cfg(target_arch = "aarch64")]
    macro_rules! find {
        ($who:ident) => {
            concat!(
                "adrp x9, {all}\n",
                "add x9, x9, :lo12:{all}\n",
                "ldr x10, [x9, #{targets}]\n",
                "ldr x11, [x9, #{frame}]\n",
                "cbz x10, 2f\n",
                "ldr x12, [x9, #{place_errno}]\n",
                "ldr w14, [x12]\n",
                "ldr w13, [x11, #{errno}]\n",
                "cmp w14, w13\n",
                "b.ne 3f\n",
                "4:\n",
                "add x10, x10, ",
                callee!($who),
                ", uxtw\n",
                "ldur x16, [x10, #{address}]\n",
                "cbz x16, 2f\n"
            )
        };
    }

    /// Moves the integers to where C has them.
    #[cfg(target_arch = "x86_64")]
    #[rustfmt::skip]
    macro_rules! shift {
        (host) => { "mov rdi, rsi\nmov rsi, rdx\nmov rdx, rcx\nmov rcx, r8" };
        (engine) => { "mov rdi, rdx\nmov rsi, rcx\nmov rdx, r8\nmov rcx, r9" };
    }
    #[cfg(target_arch = "aarch64")]
    #[rustfmt::skip]
    macro_rules! shift {
        (host) => { "mov x0, x1\nmov x1, x2\nmov x2, x3\nmov x3, x4" };
        (engine) => { "mov x0, x2\nmov x1, x3\nmov x2, x4\nmov x3, x5" };
    }

    /// What else they consist of. The address of the frame stays where it is. Variadic functions, also those that are bound as
    /// others, look in `al` for how many floating-point registers there may be (System V ABI, 3.5.7): any number will do where
    /// there are none. At `3:`, `errno` is another; at `5:`, the result is no safe integer.
    #[cfg(target_arch = "x86_64")]
    #[rustfmt::skip]
    macro_rules! part {
        (call) => { "push r11\n.cfi_adjust_cfa_offset 8\ncall r10\npop r11\n.cfi_adjust_cfa_offset -8" };
        (jump) => { "jmp r10" };
        (say_floats) => { "mov eax, 8" };
        (store) => {
            concat!(
                "mov qword ptr [r11 + {result}], rax\npxor xmm0, xmm0\ncvtsi2sd xmm0, rax\n",
                "shr rax, {bits}\njne 5f\n6:"
            )
        };
        (other) => { "5: mov rax, {other}\nmovq xmm0, rax\njmp 6b" };
        (say_called) => { "mov dword ptr [r11 + {status}], {called}" };
        (seldom) => {
            concat!(
                "2: jmp {refuse}\n",
                "3: mov r10, qword ptr [rip + {all} + {presence}]\ncmp dword ptr [r10 + {call}], 0\njne 2b\n",
                "mov r10, qword ptr [rip + {all} + {place_errno}]\nmov edi, dword ptr [r11 + {errno}]\nmov dword ptr [r10], edi\n",
                "mov r10, qword ptr [rip + {all} + {targets}]\njmp 4b"
            )
        };
    }
    // Functions that check where they are jumped to allow x16.
    #[cfg(target_arch = "aarch64")]
    #[rustfmt::skip]
    macro_rules! part {
        (call) => {
            concat!(
                "stp x29, x30, [sp, #-32]!\n.cfi_def_cfa_offset 32\n.cfi_offset w29, -32\n.cfi_offset w30, -24\n",
                "mov x29, sp\nstr x11, [sp, #16]\nblr x16\nldr x11, [sp, #16]\n",
                "ldp x29, x30, [sp], #32\n.cfi_def_cfa_offset 0\n.cfi_restore w29\n.cfi_restore w30"
            )
        };
        (jump) => { "br x16" };
        (say_floats) => { "" };
        (store) => {
            concat!(
                "str x0, [x11, #{result}]\nscvtf d0, x0\n",
                "lsr x9, x0, #{bits}\ncbnz x9, 5f\n6:"
            )
        };
        (other) => { "5: mov x9, #{other}\nfmov d0, x9\nb 6b" };
        (say_called) => { "mov w9, #{called}\nstr w9, [x11, #{status}]" };
        (seldom) => {
            concat!(
                "2: b {refuse}\n",
                "3: ldr x14, [x9, #{presence}]\nldr w14, [x14, #{call}]\ncbnz w14, 2b\nstr w13, [x12]\nb 4b"
            )
        };
    }

    entry!(jumps_of_host, [find!(host), part!(say_called), shift!(host), part!(say_floats), part!(jump), part!(seldom)]);
    // Not a jump: the engine's calls are no quicker with one, and on Zen 5 in some loops a third slower.
    entry!(calls_of_engine, [find!(engine), shift!(engine), part!(call), part!(say_called), "ret", part!(seldom)]);
    entry!(float_calls_of_engine, [find!(engine), shift!(engine), part!(say_floats), part!(call), part!(say_called), "ret", part!(seldom)]);
    macro_rules! entry_that_stores {
        ($name:ident, $who:ident) => {
            entry!($name, [
                find!($who), shift!($who), part!(say_floats), part!(call), part!(store), part!(say_called), "ret",
                part!(other), part!(seldom)
            ] result = const offset_of!(Frame, int_results), bits = const Address::BITS, other = const Address::OTHER.to_bits());
        };
    }

    entry_that_stores!(stores_of_host, host);
    entry_that_stores!(stores_of_engine, engine);

    pub(super) fn of_engine<const PLACE: usize>(has_floats: bool) -> Entries {
        let returns = if has_floats { float_calls_of_engine::<PLACE> as *const () } else { calls_of_engine::<PLACE> as *const () };
        Entries { returns: returns as usize, stores: stores_of_engine::<PLACE> as *const () as usize }
    }

    pub(super) fn of_host<const PLACE: usize>() -> Entries {
        Entries { returns: jumps_of_host::<PLACE> as *const () as usize, stores: stores_of_host::<PLACE> as *const () as usize }
    }
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) use code::{jumps_of_host, stores_of_host};

/// Not known here: makes no call.
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod code {
    use super::Entries;
    use crate::fast::bare::not_called;

    pub(super) fn of_engine<const PLACE: usize>(_has_floats: bool) -> Entries {
        of_host::<PLACE>()
    }

    pub(super) fn of_host<const PLACE: usize>() -> Entries {
        let none = not_called::<PLACE, u64> as *const () as usize;
        Entries { returns: none, stores: none }
    }
}

macro_rules! for_places {
    ($entries:ident $($place:literal)*) => { [$(code::$entries::<$place>),*] };
}

static ENGINE: [fn(bool) -> Entries; PLACES] = for_places!(of_engine 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
static HOST: [fn() -> Entries; PLACES] = for_places!(of_host 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tests;
