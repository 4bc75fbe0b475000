use crate::frame::Frame;
use std::arch::naked_asm;
use std::ffi::c_void;
use std::mem::offset_of;

/// Calls `function` with the arguments in `frame` (Microsoft x64 calling convention).
///
/// # Safety
///
/// `frame` is valid for reads and writes, `function` is the address of a C function, the argument
/// slots hold what it takes, and `stack_words` is at most `STACK_WORDS`.
#[unsafe(naked)]
pub unsafe extern "C" fn trampoline(frame: *mut Frame, function: *const c_void, stack_words: usize) {
    naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rbx",
        "sub rsp, 8",
        "mov rbx, rcx",
        "mov r11, rdx",
        // Stack words, the last first; one word of padding keeps rsp a multiple of 16 at the call.
        "test r8, r8",
        "je 3f",
        "test r8b, 1",
        "je 2f",
        "sub rsp, 8",
        "2:",
        "push qword ptr [rbx + r8*8 + {stack} - 8]",
        "dec r8",
        "jne 2b",
        "3:",
        // The callee's shadow space for its four register arguments.
        "sub rsp, 32",
        "movsd xmm0, qword ptr [rbx + {floats}]",
        "movsd xmm1, qword ptr [rbx + {floats} + 8]",
        "movsd xmm2, qword ptr [rbx + {floats} + 16]",
        "movsd xmm3, qword ptr [rbx + {floats} + 24]",
        "mov rcx, qword ptr [rbx + {ints}]",
        "mov rdx, qword ptr [rbx + {ints} + 8]",
        "mov r8, qword ptr [rbx + {ints} + 16]",
        "mov r9, qword ptr [rbx + {ints} + 24]",
        "call r11",
        "mov qword ptr [rbx + {int_results}], rax",
        "movsd qword ptr [rbx + {float_results}], xmm0",
        "mov rbx, qword ptr [rbp - 8]",
        "mov rsp, rbp",
        "pop rbp",
        "ret",
        ints = const offset_of!(Frame, ints),
        floats = const offset_of!(Frame, floats),
        stack = const offset_of!(Frame, stack),
        int_results = const offset_of!(Frame, int_results),
        float_results = const offset_of!(Frame, float_results),
    )
}
