//! The entry for code of V8's that may be moved while JavaScript runs inside of its call.
//!
//! V8 13.6 lets the collector move compiled code during a fast call, but tells nobody where that call returns to. Only its
//! own note of the address, with which it walks the stack, is kept right. So this entry returns to where the note says.

use super::bare::not_called;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use super::entry::by_frame;
use super::places::PLACES;
use super::text_calls;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use super::text_calls::with_texts;
use super::texts::OneByteString;

/// Where the notes are: bytes behind the engine's root register, `r13` or `x26`, which stands 128 or 256 bytes behind the
/// beginning of its isolate's data. V8 13.6 makes them before each fast call (`fast_c_call_caller_pc` and
/// `fast_c_call_caller_fp` of these data; Node's `v8-internal.h` has both places), and saves them around the JavaScript inside.
#[cfg(target_arch = "x86_64")]
pub(super) const NOTES: (i32, i32) = (0xa0, 0xa8);
/// As on x86-64. The addresses are not signed: Node builds V8 without `v8_control_flow_integrity`.
#[cfg(target_arch = "aarch64")]
pub(super) const NOTES: (i32, i32) = (0x20, 0x28);

/// Defines `$name`, an entry for such code: it calls `$entry`, whose arguments are in their registers already. It makes no
/// call if the engine's note is not of this one: then it is somewhere else.
macro_rules! noted {
    ($name:ident of $entry:ident($($argument:ident: $type:ty),*)) => {
        /// # Safety
        ///
        /// As for what it calls.
        #[cfg(target_arch = "x86_64")]
        #[unsafe(naked)]
        unsafe extern "C" fn $name<const PLACE: usize>($($argument: $type),*) {
            std::arch::naked_asm!(
                ".cfi_startproc",
                "mov rax, qword ptr [r13 + {address}]",
                "cmp rax, qword ptr [rsp]",
                "jne 3f",
                "sub rsp, 8",
                ".cfi_adjust_cfa_offset 8",
                "call {call}",
                "add rsp, 8",
                ".cfi_adjust_cfa_offset -8",
                // C keeps rbp, the calling code's frame: the second note must still be of that.
                "cmp rbp, qword ptr [r13 + {frame}]",
                "jne 2f",
                "mov rax, qword ptr [r13 + {address}]",
                "mov qword ptr [rsp], rax",
                "2:",
                "ret",
                "3:",
                "jmp {refuse}",
                ".cfi_endproc",
                address = const NOTES.0,
                frame = const NOTES.1,
                call = sym $entry::<PLACE>,
                refuse = sym not_called::<PLACE, ()>,
            );
        }

        /// The address is in the link register here, and C keeps `x26` and `x29`.
        ///
        /// # Safety
        ///
        /// As for what it calls.
        #[cfg(target_arch = "aarch64")]
        #[unsafe(naked)]
        unsafe extern "C" fn $name<const PLACE: usize>($($argument: $type),*) {
            std::arch::naked_asm!(
                ".cfi_startproc",
                "ldr x9, [x26, #{address}]",
                "cmp x9, x30",
                "b.ne 3f",
                "stp x29, x30, [sp, #-16]!",
                ".cfi_def_cfa_offset 16",
                ".cfi_offset w29, -16",
                ".cfi_offset w30, -8",
                "mov x29, sp",
                "bl {call}",
                "ldp x29, x30, [sp], #16",
                ".cfi_def_cfa_offset 0",
                ".cfi_restore w29",
                ".cfi_restore w30",
                "ldr x9, [x26, #{frame}]",
                "cmp x9, x29",
                "b.ne 2f",
                "ldr x30, [x26, #{address}]",
                "2:",
                "ret",
                "3:",
                "b {refuse}",
                ".cfi_endproc",
                address = const NOTES.0,
                frame = const NOTES.1,
                call = sym $entry::<PLACE>,
                refuse = sym not_called::<PLACE, ()>,
            );
        }

        /// Not known here: makes no call.
        ///
        /// # Safety
        ///
        /// As for what it would call.
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        unsafe extern "C" fn $name<const PLACE: usize>($(_: $type),*) {
            // SAFETY: as the caller says.
            unsafe { not_called::<PLACE, ()>() };
        }
    };
}

type Text = *const OneByteString;

noted!(by_frame_noted of by_frame(receiver: usize, callee: u32));
noted!(with_texts_noted of with_texts(receiver: usize, callee: u32, slots: u32, first: Text, second: Text));

/// The address of a place's entry for calls with strings, or without.
pub fn entry(place: usize, has_texts: bool) -> usize {
    let (plain, with_texts) = ALL[place];
    if has_texts { with_texts as *const () as usize } else { plain as *const () as usize }
}

type Entry = unsafe extern "C" fn(receiver: usize, callee: u32);

macro_rules! for_places {
    ($($place:literal)*) => { [$((by_frame_noted::<$place>, with_texts_noted::<$place>)),*] };
}

static ALL: [(Entry, text_calls::Entry); PLACES] = for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
