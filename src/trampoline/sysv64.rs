use crate::frame::{Frame, STACK_ALIGN};
use std::arch::naked_asm;
use std::ffi::c_void;
use std::mem::offset_of;

/// Calls `function` with the arguments in `frame` (System V AMD64 ABI, section 3.2).
///
/// # Safety
///
/// `frame` is valid for reads and writes, `function` is the address of a C function, the argument
/// slots hold what it takes, and `stack_words` is at most `STACK_WORDS`.
#[unsafe(naked)]
pub unsafe extern "C" fn trampoline(frame: *mut Frame, function: *const c_void, stack_words: usize) {
    naked_asm!(
        ".cfi_startproc",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "push rbx",
        ".cfi_offset rbx, -24",
        "sub rsp, 8",
        "mov rbx, rdi",
        "mov r11, rsi",
        // Stack words, the last first. Padding makes the first of them lie at a multiple of STACK_ALIGN.
        "test rdx, rdx",
        "je 3f",
        "and rsp, -{align}",
        "mov rax, rdx",
        "neg rax",
        "and rax, {align} / 8 - 1",
        "shl rax, 3",
        "sub rsp, rax",
        "2:",
        "push qword ptr [rbx + rdx*8 + {stack} - 8]",
        "dec rdx",
        "jne 2b",
        "3:",
        "movsd xmm0, qword ptr [rbx + {floats}]",
        "movsd xmm1, qword ptr [rbx + {floats} + 8]",
        "movsd xmm2, qword ptr [rbx + {floats} + 16]",
        "movsd xmm3, qword ptr [rbx + {floats} + 24]",
        "movsd xmm4, qword ptr [rbx + {floats} + 32]",
        "movsd xmm5, qword ptr [rbx + {floats} + 40]",
        "movsd xmm6, qword ptr [rbx + {floats} + 48]",
        "movsd xmm7, qword ptr [rbx + {floats} + 56]",
        "mov rdi, qword ptr [rbx + {ints}]",
        "mov rsi, qword ptr [rbx + {ints} + 8]",
        "mov rdx, qword ptr [rbx + {ints} + 16]",
        "mov rcx, qword ptr [rbx + {ints} + 24]",
        "mov r8, qword ptr [rbx + {ints} + 32]",
        "mov r9, qword ptr [rbx + {ints} + 40]",
        // For variadic functions: an upper bound on the vector registers used.
        "mov eax, 8",
        "call r11",
        "mov qword ptr [rbx + {int_results}], rax",
        "mov qword ptr [rbx + {int_results} + 8], rdx",
        "movsd qword ptr [rbx + {float_results}], xmm0",
        "movsd qword ptr [rbx + {float_results} + 8], xmm1",
        "mov rbx, qword ptr [rbp - 8]",
        "leave",
        ".cfi_def_cfa rsp, 8",
        "ret",
        ".cfi_endproc",
        align = const STACK_ALIGN,
        ints = const offset_of!(Frame, ints),
        floats = const offset_of!(Frame, floats),
        stack = const offset_of!(Frame, stack),
        int_results = const offset_of!(Frame, int_results),
        float_results = const offset_of!(Frame, float_results),
    )
}
