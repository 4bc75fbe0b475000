//! What instructions of x86-64 do to memory whose place their function computes or is given.

/// In which of the processor's tables an opcode is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Table {
    /// Opcodes of one byte.
    #[default]
    One,
    /// Behind 0F, and the same of vectors.
    Two,
    /// Behind 0F 38.
    Long,
    /// Behind 0F 3A.
    LongWithNumber,
    /// Others of vectors.
    Vector,
}

/// Whether an instruction reads at most of the operand that may be in memory; `group` is the operation, of several with the
/// same opcode.
pub(super) fn only_reads(table: Table, opcode: u8, group: u8) -> bool {
    match table {
        Table::One => match opcode {
            // Into a register, and CMP
            0x00..=0x3f => opcode & 7 > 1 || opcode >= 0x38,
            0x80..=0x83 => group == 7,
            // All but NOT and NEG
            0xf6 | 0xf7 => !matches!(group, 2 | 3),
            // Of the x87, half the opcodes, and of the others loads
            0xd8..=0xdf => opcode & 1 == 0 || group == 0,
            // MOVSXD, IMUL, TEST, MOV to a register, LEA
            _ => matches!(opcode, 0x63 | 0x69 | 0x6b | 0x84 | 0x85 | 0x8a | 0x8b | 0x8d),
        },
        // Not: moves to memory, SETcc, shifts, bits, CMPXCHG, XADD, STMXCSR
        Table::Two => !matches!(
            opcode,
            0x11 | 0x13 | 0x17 | 0x29 | 0x2b | 0x7e | 0x7f | 0x90..=0x9f | 0xa4 | 0xa5 | 0xab..=0xae | 0xb0 | 0xb1 | 0xb3
                | 0xba | 0xbb | 0xc0 | 0xc1 | 0xc3 | 0xc7 | 0xd6 | 0xe7 | 0xf7
        ),
        // Not MOVBE
        Table::Long => opcode < 0xf0,
        // Not PEXTR
        Table::LongWithNumber => !matches!(opcode, 0x14..=0x17),
        Table::Vector => false,
    }
}

/// Whether it uses memory that is not where its operand says: string operations, MASKMOV, bits at a distance (BTS, BTR, BTC).
pub(super) fn is_elsewhere(table: Table, opcode: u8) -> bool {
    match table {
        Table::One => matches!(opcode, 0xa4..=0xa7 | 0xaa..=0xaf),
        Table::Two => matches!(opcode, 0xab | 0xb3 | 0xbb | 0xf7),
        _ => false,
    }
}
