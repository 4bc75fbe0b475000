use super::*;

/// Whether this code of x86-64 is found to call nothing.
fn is_leaf(code: &[u8]) -> bool {
    follow(code, 0, x86_64::step).is_some()
}

/// The same of AArch64.
fn is_leaf_of_arm(code: &[u32]) -> bool {
    let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
    follow(&bytes, 0, aarch64::step).is_some()
}

#[test]
fn code_that_returns_is_a_leaf() {
    for code in [
        // lea eax, [rdi + rsi]
        &[0xf3, 0x0f, 0x1e, 0xfa, 0x8d, 0x04, 0x37, 0xc3][..],
        // push rbp; mov rbp, rsp; mov [rbp - 4], edi; mov eax, [rbp - 4]; pop rbp
        &[0x55, 0x48, 0x89, 0xe5, 0x89, 0x7d, 0xfc, 0x8b, 0x45, 0xfc, 0x5d, 0xc3],
        // push rbp; mov rbp, rsp; sub rsp, 0x40; leave
        &[0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 0x40, 0xc9, 0xc3],
        // push rbp; mov rbp, rsp; push rbx; sub rsp, 0x18; lea rsp, [rbp - 8]; pop rbx; pop rbp
        &[0x55, 0x48, 0x89, 0xe5, 0x53, 0x48, 0x83, 0xec, 0x18, 0x48, 0x8d, 0x65, 0xf8, 0x5b, 0x5d, 0xc3],
        // mov eax, [rsp + 8]: an argument
        &[0x8b, 0x44, 0x24, 0x08, 0xc3],
        // mov [rsp - 8], rax
        &[0x48, 0x89, 0x44, 0x24, 0xf8, 0xc3],
        // 1: dec edi; jne 1b; jmp 2f; ud2; 2:
        &[0xff, 0xcf, 0x75, 0xfc, 0xeb, 0x02, 0x0f, 0x0b, 0xc3],
        // je 1f; ret; 1: ud2
        &[0x74, 0x01, 0xc3, 0x0f, 0x0b],
        // vmovd xmm0, edi; vpbroadcastd ymm0, xmm0; vzeroupper; lock xadd [rdi], eax
        &[0xc5, 0xf9, 0x6e, 0xc7, 0xc4, 0xe2, 0x7d, 0x58, 0xc0, 0xc5, 0xf8, 0x77, 0xf0, 0x0f, 0xc1, 0x07, 0xc3],
    ] {
        assert!(is_leaf(code), "{code:02x?}");
    }
}

#[test]
fn code_that_may_go_elsewhere_is_no_leaf() {
    for code in [
        // call; call rax; call [rip]
        &[0xe8, 0x00, 0x00, 0x00, 0x00, 0xc3][..],
        &[0xff, 0xd0, 0xc3],
        &[0xff, 0x15, 0x00, 0x00, 0x00, 0x00, 0xc3],
        // jmp rdi; notrack jmp rax; bnd jmp [rip]: as a table of addresses, or the last call
        &[0xff, 0xe7],
        &[0x3e, 0xff, 0xe0],
        &[0xf2, 0xff, 0x25, 0x00, 0x00, 0x00, 0x00],
        // syscall; int 0x80; int3, which a debugger writes; xbegin
        &[0x0f, 0x05, 0xc3],
        &[0xcd, 0x80, 0xc3],
        &[0xcc, 0xc3],
        &[0xc7, 0xf8, 0x00, 0x00, 0x00, 0x00, 0xc3],
        // on one way only
        &[0x74, 0x01, 0xc3, 0xff, 0xe0],
        // ret 8; retf; data16 ret
        &[0xc2, 0x08, 0x00],
        &[0xcb],
        &[0x66, 0xc3],
        // no end, and no instruction
        &[0x90, 0x90],
        &[],
        // 1: push rax; jmp 1b
        &[0x50, 0xeb, 0xfd],
    ] {
        assert!(!is_leaf(code), "{code:02x?}");
    }
}

#[test]
fn code_that_may_return_elsewhere_is_no_leaf() {
    for code in [
        // push rax; ret, and on one way only
        &[0x50, 0xc3][..],
        &[0x74, 0x01, 0x50, 0xc3],
        // pop rcx, of the address to return to
        &[0x59, 0x51, 0xc3],
        // add rsp, 8; sub rsp, 8 behind it
        &[0x48, 0x83, 0xc4, 0x08, 0xc3],
        // mov [rsp], rax; push rcx; mov [rsp + 8], rax; pop rcx; and one byte of it
        &[0x48, 0x89, 0x04, 0x24, 0xc3],
        &[0x51, 0x48, 0x89, 0x44, 0x24, 0x08, 0x59, 0xc3],
        &[0x88, 0x44, 0x24, 0x07, 0xc3],
        // push rbp; mov rbp, rsp; mov [rbp + 8], rax; pop rbp
        &[0x55, 0x48, 0x89, 0xe5, 0x48, 0x89, 0x45, 0x08, 0x5d, 0xc3],
        // mov rsp, rsi; mov rsp, [rdi]; xchg rsp, rax; xchg rsp, rsi; pop rsp; lea rsp, [rdi]
        &[0x48, 0x89, 0xf4, 0xc3],
        &[0x48, 0x8b, 0x27, 0xc3],
        &[0x48, 0x94, 0xc3],
        &[0x48, 0x87, 0xf4, 0xc3],
        &[0x5c, 0xc3],
        &[0x48, 0x8d, 0x27, 0xc3],
        // sub rsp, rax; and rsp, -16; add esp, 8; cmove rsp, rax; mov esp, 1
        &[0x48, 0x29, 0xc4, 0xc3],
        &[0x48, 0x83, 0xe4, 0xf0, 0xc3],
        &[0x83, 0xc4, 0x08, 0xc3],
        &[0x48, 0x0f, 0x44, 0xe0, 0xc3],
        &[0xbc, 0x01, 0x00, 0x00, 0x00, 0xc3],
        // mov [rdi], rsp
        &[0x48, 0x89, 0x27, 0xc3],
        // leave, without a frame; push rbp; mov rbp, rsp; mov rbp, [rdi]; leave
        &[0xc9, 0xc3],
        &[0x55, 0x48, 0x89, 0xe5, 0x48, 0x8b, 0x2f, 0xc9, 0xc3],
        // cvttsd2si rsp, xmm0; andn rsp, rax, rax
        &[0xf2, 0x48, 0x0f, 0x2c, 0xe0, 0xc3],
        &[0xc4, 0xe2, 0xf8, 0xf2, 0xe0, 0xc3],
    ] {
        assert!(!is_leaf(code), "{code:02x?}");
    }
}

#[test]
fn long_code_is_not_looked_at_to_its_end() {
    let code = |nops: usize| [vec![0x90; nops], vec![0xc3]].concat();
    assert!(is_leaf(&code(MOST - 1)));
    assert!(!is_leaf(&code(MOST)));
}

#[test]
fn code_of_aarch64_that_returns_is_a_leaf() {
    for code in [
        // bti c; add w0, w0, w1
        &[0xd503_245f, 0x0b01_0000, 0xd65f_03c0][..],
        // sub sp, sp, #16; str w0, [sp, #12]; ldr w0, [sp, #12]; add sp, sp, #16
        &[0xd100_43ff, 0xb900_0fe0, 0xb940_0fe0, 0x9100_43ff, 0xd65f_03c0],
        // 1: subs w0, w0, #1; b.ne 1b; b 2f; udf; 2:
        &[0x7100_0400, 0x54ff_ffe1, 0x1400_0002, 0, 0xd65f_03c0],
        // cbz x0, 1f; tbnz w0, #0, 1f; ret; 1: mrs x0, tpidr_el0
        &[0xb400_0060, 0x3700_0040, 0xd65f_03c0, 0xd53b_d040, 0xd65f_03c0],
        // fadd d0, d0, d1; ldp x0, x1, [x0]; dmb ish
        &[0x1e61_2800, 0xa940_0400, 0xd503_3bbf, 0xd65f_03c0],
    ] {
        assert!(is_leaf_of_arm(code), "{code:08x?}");
    }
}

#[test]
fn code_of_aarch64_that_may_go_or_return_elsewhere_is_no_leaf() {
    for code in [
        // bl; blr x0; br x0; svc; brk; ret x0
        &[0x9400_0001, 0xd65f_03c0][..],
        &[0xd63f_0000, 0xd65f_03c0],
        &[0xd61f_0000],
        &[0xd400_0001, 0xd65f_03c0],
        &[0xd420_0000, 0xd65f_03c0],
        &[0xd65f_0000],
        // mov x30, x0; ldr x30, [x0]; ldp x29, x30, [sp], #16; mrs x30, tpidr_el0; ldaxp x0, x30, [x1]
        &[0xaa00_03fe, 0xd65f_03c0],
        &[0xf940_001e, 0xd65f_03c0],
        &[0xa8c1_7bfd, 0xd65f_03c0],
        &[0xd53b_d05e, 0xd65f_03c0],
        &[0xc87f_f820, 0xd65f_03c0],
        // msr: streaming mode and others; udf; no end
        &[0xd503_477f, 0xd65f_03c0],
        &[0, 0xd65f_03c0],
        &[0xd503_201f],
    ] {
        assert!(!is_leaf_of_arm(code), "{code:08x?}");
    }
}

#[test]
fn what_has_a_loop_or_uses_what_is_its_threads_is_not_brief() {
    let look = |code: &[u8]| follow(code, 0, x86_64::step);
    // je 1f; inc eax; 1: ret
    assert_eq!(look(&[0x74, 0x02, 0xff, 0xc0, 0xc3]), Some(Leaf::Brief));
    // 1: cmp [rdi], eax; jne 1b
    assert_eq!(look(&[0x39, 0x07, 0x75, 0xfc, 0xc3]), Some(Leaf::Any));
    // mov rax, fs:0; mov gs:[rdi], eax
    assert_eq!(look(&[0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0xc3]), Some(Leaf::Any));
    assert_eq!(look(&[0x65, 0x89, 0x07, 0xc3]), Some(Leaf::Any));
    let look = |code: &[u32]| {
        let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
        follow(&bytes, 0, aarch64::step)
    };
    // cbz x0, 1f; mov x0, #1; 1: ret
    assert_eq!(look(&[0xb400_0040, 0xd280_0020, 0xd65f_03c0]), Some(Leaf::Brief));
    // 1: ldr w1, [x0]; cbz w1, 1b
    assert_eq!(look(&[0xb940_0001, 0x34ff_ffe1, 0xd65f_03c0]), Some(Leaf::Any));
    // mrs x0, tpidr_el0
    assert_eq!(look(&[0xd53b_d040, 0xd65f_03c0]), Some(Leaf::Any));
}
