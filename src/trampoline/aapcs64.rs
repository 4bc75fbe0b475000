use crate::frame::Frame;
use std::arch::naked_asm;
use std::ffi::c_void;
use std::mem::offset_of;

/// Calls `function` with the arguments in `frame` (AAPCS64, section 6).
///
/// # Safety
///
/// `frame` is valid for reads and writes, `function` is the address of a C function, the argument
/// slots hold what it takes, and `stack_words` is at most `STACK_WORDS`.
#[unsafe(naked)]
pub unsafe extern "C" fn trampoline(frame: *mut Frame, function: *const c_void, stack_words: usize) {
    naked_asm!(
        ".cfi_startproc",
        "stp x29, x30, [sp, #-32]!",
        ".cfi_def_cfa_offset 32",
        ".cfi_offset x29, -32",
        ".cfi_offset x30, -24",
        "mov x29, sp",
        ".cfi_def_cfa_register x29",
        "str x19, [sp, #16]",
        ".cfi_offset x19, -16",
        "mov x19, x0",
        "mov x16, x1",
        // Stack words, the last first, so that the stack grows page by page; sp stays a multiple of 16.
        "cbz x2, 3f",
        "add x9, x2, #1",
        "and x9, x9, #0xfffffffffffffffe",
        "add x10, x19, #{stack}",
        "add x10, x10, x2, lsl #3",
        "mov x11, sp",
        "sub x12, x9, x2",
        "sub x11, x11, x12, lsl #3",
        "sub sp, sp, x9, lsl #3",
        "2:",
        "ldr x12, [x10, #-8]!",
        "str x12, [x11, #-8]!",
        "subs x2, x2, #1",
        "b.ne 2b",
        "3:",
        "ldp d0, d1, [x19, #{floats}]",
        "ldp d2, d3, [x19, #{floats} + 16]",
        "ldp d4, d5, [x19, #{floats} + 32]",
        "ldp d6, d7, [x19, #{floats} + 48]",
        "ldr x8, [x19, #{ints} + 64]",
        "ldp x0, x1, [x19, #{ints}]",
        "ldp x2, x3, [x19, #{ints} + 16]",
        "ldp x4, x5, [x19, #{ints} + 32]",
        "ldp x6, x7, [x19, #{ints} + 48]",
        "blr x16",
        "stp x0, x1, [x19, #{int_results}]",
        "stp d0, d1, [x19, #{float_results}]",
        "stp d2, d3, [x19, #{float_results} + 16]",
        "mov sp, x29",
        ".cfi_def_cfa_register sp",
        "ldr x19, [sp, #16]",
        "ldp x29, x30, [sp], #32",
        ".cfi_def_cfa_offset 0",
        "ret",
        ".cfi_endproc",
        ints = const offset_of!(Frame, ints),
        floats = const offset_of!(Frame, floats),
        stack = const offset_of!(Frame, stack),
        int_results = const offset_of!(Frame, int_results),
        float_results = const offset_of!(Frame, float_results),
    )
}
