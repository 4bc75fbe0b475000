//! Instructions of AArch64 (Arm Architecture Reference Manual, C4.1 "A64 instruction set encoding"): each has four bytes.

use super::{Flow, Step};

/// The register that holds where to return.
const LINK: u32 = 30;
/// The stack pointer, where an instruction may name it.
const STACK: u32 = 31;

/// The instruction at the beginning of `code`. It may not touch the link register, so that it returns where it was called from.
pub(super) fn step(code: &[u8], (): ()) -> Option<Step<()>> {
    let word = u32::from_le_bytes(code.get(..4)?.try_into().ok()?);
    let class = word >> 25 & 15;
    let flow = match class {
        // Branches, exceptions, and what belongs to the system.
        0b1010 | 0b1011 => branch(word)?,
        // Loads and stores.
        0b0100 | 0b0110 | 0b1100 | 0b1110 => Some(Flow::Next).filter(|_| is_usual_access(word))?,
        // Of immediates, of registers; floating point and vectors.
        0b1000 | 0b1001 | 0b0101 | 0b1101 | 0b0111 | 0b1111 => Flow::Next,
        _ => return None,
    };
    let is_plain = !matches!(class, 0b1010 | 0b1011);
    let is_access = class & 0b0101 == 0b0100;
    if is_plain && (field(word, 0) == LINK || field(word, 5) == LINK) {
        return None;
    }
    Some(Step {
        size: 4,
        flow,
        state: (),
        is_brief: !is_system_read(word) && !is_wait(word) && !moves_stack(word) && (!is_access || !writes(word)),
    })
}

/// Five bits that may name a register.
const fn field(word: u32, shift: u32) -> u32 {
    word >> shift & 31
}

/// MRS: reads a register of the system, as that of thread-local variables.
const fn is_system_read(word: u32) -> bool {
    word >> 20 == 0xd53
}

/// The distance in an instruction, `bits` wide from bit `shift`. It counts instructions, from this one.
fn distance(word: u32, shift: u32, bits: u32) -> isize {
    let words = (word << (32 - shift - bits)).cast_signed() >> (32 - bits);
    words as isize * 4 - 4
}

fn branch(word: u32) -> Option<Flow> {
    Some(match word {
        // B
        _ if word >> 26 == 0b00_0101 => Flow::Jump(distance(word, 0, 26)),
        // B.cond, BC.cond
        _ if word >> 24 == 0x54 => Flow::Branch(distance(word, 5, 19)),
        // CBZ, CBNZ
        _ if word >> 25 & 0x3f == 0b01_1010 => Flow::Branch(distance(word, 5, 19)),
        // TBZ, TBNZ
        _ if word >> 25 & 0x3f == 0b01_1011 => Flow::Branch(distance(word, 5, 14)),
        // RET, RETAA, RETAB
        0xd65f_03c0 | 0xd65f_0bff | 0xd65f_0fff => Flow::Return,
        // Hints (NOP, BTI, PACIASP …), barriers
        _ if word & 0xffff_f01f == 0xd503_201f || word & 0xffff_f000 == 0xd503_3000 => Flow::Next,
        _ if is_system_read(word) && field(word, 0) != LINK => Flow::Next,
        _ => return None,
    })
}

/// Whether a load or store is of a kind that is known here, and does not write the link register by a field that others have
/// not.
fn is_usual_access(word: u32) -> bool {
    match word >> 24 & 0x3f {
        // Exclusive and ordered ones, compare and swap: a second register, one that tells of success
        0b00_1000 => field(word, 10) != LINK && field(word, 16) != LINK,
        // Pairs
        0b10_1000 | 0b10_1001 => field(word, 10) != LINK,
        // Atomic ones: LDADD and its like, SWP, LDAPR; not 64 bytes at once
        0b11_1000 if word >> 21 & 1 == 1 && word >> 10 & 3 == 0 => matches!(word >> 12 & 15, 0..=8 | 12),
        // Others of one register; those near the code; of vectors
        0b11_1000 | 0b11_1001 | 0b01_1000 | 0b01_1100 | 0b00_1100 | 0b00_1101 | 0b10_1100 | 0b10_1101 | 0b11_1100 | 0b11_1101 => true,
        _ => false,
    }
}

/// Whether a load or store may write to memory that is not on the stack.
fn writes(word: u32) -> bool {
    let is_register_offset = word >> 21 & 1 == 1 && word >> 10 & 3 == 2;
    let class = word >> 24 & 0x3f;
    // Of one register, at a distance that the instruction says, or that a register has; others of this class are atomic.
    let is_usual = class & 1 == 1 || word >> 21 & 1 == 0 || is_register_offset;
    let loads = match class {
        0b11_1000 | 0b11_1001 => is_usual && word >> 22 & 3 != 0,
        0b11_1100 | 0b11_1101 => is_usual && word >> 22 & 1 == 1,
        0b01_1000 | 0b01_1100 => true,
        0b00_1000 => false,
        _ => word >> 22 & 1 == 1,
    };
    let is_one = class & 0b11_1011 == 0b11_1000;
    !loads && (field(word, 5) != STACK || (is_one && is_register_offset))
}

/// Whether it makes something the stack pointer but a place at a known distance from it, or from the frame pointer.
fn moves_stack(word: u32) -> bool {
    const FRAME: u32 = 29;
    let is_of = |shift: u32, bits: u32, value: u32| word >> shift & ((1 << bits) - 1) == value;
    let sets_flags = word >> 29 & 1 == 1;
    // ADD, SUB of a number
    let adds = is_of(23, 6, 0b10_0010) && !sets_flags && ![STACK, FRAME].contains(&field(word, 5));
    // AND, ORR, EOR of a number; ADD, SUB of an extended register
    let computes = is_of(23, 6, 0b10_0100) && !is_of(29, 2, 3);
    let adds_register = is_of(21, 8, 0b0101_1001) && !sets_flags;
    field(word, 0) == STACK && (adds || computes || adds_register)
}

/// Whether it is a hint to wait: WFE, WFI.
const fn is_wait(word: u32) -> bool {
    matches!(word, 0xd503_205f | 0xd503_207f)
}
