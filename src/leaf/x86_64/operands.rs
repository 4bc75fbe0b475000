//! What follows an opcode of x86-64: registers, places in memory, numbers; and vector instructions, which say it their own way.

use super::Stack;
use super::access::{Table, is_elsewhere, only_reads};
use crate::leaf::Flow;

/// A general register, as instructions number it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Register(u8);

/// RSP.
pub(super) const SP: Register = Register(4);

impl Register {
    /// Whether it is RBP.
    pub(super) fn is_frame(self) -> bool {
        self == Register(5)
    }

    /// Nothing if an instruction may write it, whatever is written: not the stack pointer, nor the frame pointer while it is
    /// one. Of registers of 8 bits, two that are parts of others have the same numbers.
    pub(super) fn allowed(self, stack: Stack) -> Option<()> {
        (self != SP && (stack.frame.is_none() || !self.is_frame())).then_some(())
    }
}

/// The prefix that widens operands and register numbers.
#[derive(Clone, Copy, Default)]
pub(super) struct Rex(pub(super) u8);

impl Rex {
    pub(super) fn is_wide(self) -> bool {
        self.0 & 8 != 0
    }

    /// The register in the low three bits of a byte.
    pub(super) fn base(self, byte: u8) -> Register {
        Register(byte & 7 | (self.0 & 1) << 3)
    }

    /// The register in the three bits above these.
    fn middle(self, byte: u8) -> Register {
        Register(byte >> 3 & 7 | (self.0 & 4) << 1)
    }
}

/// Which operands of an instruction may be general registers that it writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operands {
    Both,
    /// The one that is always a register.
    Register,
    /// The one that may be memory instead.
    Memory,
    NoRegisters,
}

/// An operand in memory.
pub(super) struct Place {
    /// `None` where the address is relative to the code, or absolute.
    base: Option<Register>,
    pub(super) has_index: bool,
    pub(super) distance: i32,
    /// The distance is in bytes, not in vectors.
    is_exact: bool,
    /// It counts from this instruction.
    is_near: bool,
}

impl Place {
    /// How far its base lies below the address to return to, if that is known.
    pub(super) fn depth_of_base(&self, stack: Stack) -> Option<i32> {
        match self.base? {
            SP => Some(stack.depth),
            base if base.is_frame() => stack.frame,
            _ => None,
        }
    }

    /// Whether so many bytes there may have some of the address to return to.
    fn is_return(&self, width: i64, stack: Stack) -> bool {
        let Some(depth) = self.depth_of_base(stack) else { return false };
        !self.is_exact || (!self.has_index && (1 - width..8).contains(&(i64::from(self.distance) - i64::from(depth))))
    }
}

/// The bytes of an instruction.
pub(super) struct Bytes<'a> {
    code: &'a [u8],
    at: usize,
    /// Distances of one byte count vectors.
    is_scaled: bool,
    /// The most bytes that the operand in memory can have.
    width: i64,
    table: Table,
    opcode: u8,
    group: u8,
    /// There is an operand in memory that is neither the function's own nor its library's.
    is_given: bool,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(code: &'a [u8]) -> Bytes<'a> {
        Bytes { code, at: 0, is_scaled: false, width: 8, table: Table::One, opcode: 0, group: 0, is_given: false }
    }

    /// The same, of which the operand in memory can have so many bytes.
    pub(super) fn of_width(&mut self, width: i64) -> &mut Bytes<'a> {
        self.width = width;
        self
    }

    /// The same, of which this is the opcode.
    pub(super) fn of(&mut self, table: Table, opcode: u8) -> &mut Bytes<'a> {
        (self.table, self.opcode) = (table, opcode);
        self
    }

    /// Whether the instruction writes to no memory but its function's own, or its library's.
    pub(super) fn writes_nothing(&self) -> bool {
        !is_elsewhere(self.table, self.opcode) && (!self.is_given || only_reads(self.table, self.opcode, self.group))
    }

    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = *self.code.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.at += count;
        (self.at <= self.code.len()).then_some(())
    }

    /// How many they were. Processors take at most 15.
    pub(super) fn taken(&self) -> Option<usize> {
        (self.at <= 15).then_some(self.at)
    }

    /// A number of 1, 2 or 4 bytes; 0 of none.
    #[inline(never)]
    pub(super) fn signed(&mut self, size: usize) -> Option<i64> {
        if size == 0 {
            return Some(0);
        }
        let start = self.at;
        self.skip(size)?;
        let value = self.code[start..self.at].iter().rev().fold(0, |value, byte| value << 8 | i64::from(*byte));
        let above = 64 - 8 * size;
        Some(value << above >> above)
    }

    /// The operation, of several with the same opcode, that the next byte says.
    pub(super) fn group(&self) -> Option<u8> {
        self.code.get(self.at).map(|byte| byte >> 3 & 7)
    }

    /// The register that the next byte says.
    pub(super) fn register(&self, rex: Rex) -> Option<Register> {
        self.code.get(self.at).map(|byte| rex.middle(*byte))
    }

    /// Both, if neither is memory.
    pub(super) fn registers(&self, rex: Rex) -> Option<(Register, Register)> {
        let byte = *self.code.get(self.at)?;
        (byte >= 0xc0).then(|| (rex.middle(byte), rex.base(byte)))
    }

    /// Takes the operands, and finds the one in memory, if there is one.
    #[inline(never)]
    pub(super) fn memory(&mut self, rex: Rex) -> Option<Option<Place>> {
        let byte = self.next()?;
        let (mode, low) = (byte >> 6, byte & 7);
        self.group = byte >> 3 & 7;
        if mode == 3 {
            return Some(None);
        }
        let (mut base, mut has_index) = (Some(rex.base(byte)), false);
        let mut has_base = mode != 0 || low != 5;
        if low == 4 {
            let scaled = self.next()?;
            base = Some(rex.base(scaled));
            has_index = scaled >> 3 & 7 != 4 || rex.0 & 2 != 0;
            has_base = mode != 0 || scaled & 7 != 5;
        }
        let size = if has_base { [0, 1, 4][usize::from(mode)] } else { 4 };
        let distance = i32::try_from(self.signed(size)?).ok()?;
        let is_exact = !self.is_scaled || mode != 1;
        let is_near = mode == 0 && low == 5;
        Some(Some(Place { base: base.filter(|_| has_base), has_index, distance, is_exact, is_near }))
    }

    /// Takes the operands, if an instruction may have them that writes what it likes.
    #[inline(never)]
    pub(super) fn operands(&mut self, which: Operands, rex: Rex, stack: Stack) -> Option<()> {
        if matches!(which, Operands::Both | Operands::Register) {
            self.register(rex)?.allowed(stack)?;
        }
        if let (Operands::Both | Operands::Memory, Some((_, register))) = (which, self.registers(rex)) {
            register.allowed(stack)?;
        }
        let Some(place) = self.memory(rex)? else { return Some(()) };
        self.is_given = place.has_index || (!place.is_near && place.depth_of_base(stack).is_none());
        (!place.is_return(self.width, stack)).then_some(())
    }

    /// The same, and a number of so many bytes behind them.
    #[inline(never)]
    pub(super) fn operands_and(&mut self, which: Operands, rex: Rex, stack: Stack, size: usize) -> Option<()> {
        self.operands(which, rex, stack)?;
        self.skip(size)
    }
}

/// An instruction whose first byte says VEX (C4, C5) or EVEX (62): most are AVX's.
pub(super) fn vector(first: u8, bytes: &mut Bytes<'_>, stack: Stack) -> Option<Flow> {
    let inverted = bytes.next()?;
    // As in REX: for the operand that is a register, an index, and the other operand.
    let rex = Rex(if first == 0xc5 { !inverted >> 5 & 4 } else { !inverted >> 5 });
    let table = match first {
        0xc5 => 1,
        0xc4 => inverted & 0x1f,
        _ => inverted & 0xf,
    };
    let second = if first == 0xc5 { inverted } else { bytes.next()? };
    if first == 0x62 {
        // This bit is set in all of AVX-512.
        if second & 4 == 0 {
            return None;
        }
        bytes.skip(1)?;
    }
    let third = Register(!second >> 3 & 15);
    let opcode = bytes.next()?;
    let which = match (table, opcode) {
        // VZEROUPPER
        (1, 0x77) if first != 0x62 => return Some(Flow::Next),
        (1, 0x2c | 0x2d | 0x50 | 0x78 | 0x79 | 0x93 | 0xc5 | 0xd7) => Operands::Register,
        (1, 0x7e) => Operands::Memory,
        (1, 0x10..=0x17 | 0x28..=0x2f | 0x41..=0x4b | 0x51..=0x7f | 0x90..=0x99 | 0xc2 | 0xc4 | 0xc6 | 0xd0..=0xfe) => {
            Operands::NoRegisters
        }
        // BMI
        (2, 0xf2 | 0xf3 | 0xf5..=0xf7) if first == 0xc4 => third.allowed(stack).map(|()| Operands::Both)?,
        (3, 0xf0) if first == 0xc4 => Operands::Both,
        (2, 0x00..=0xdf) => Operands::NoRegisters,
        (3, 0x14..=0x17) => Operands::Memory,
        (3, 0x00..=0xdf) => Operands::NoRegisters,
        _ => return None,
    };
    let has_number = table == 3 || (table == 1 && matches!(opcode, 0x70..=0x73 | 0xc2 | 0xc4..=0xc6));
    bytes.of(if table == 1 { Table::Two } else { Table::Vector }, opcode).is_scaled = first == 0x62;
    bytes.of_width(if first == 0x62 { 64 } else { 32 }).operands_and(which, rex, stack, usize::from(has_number))?;
    Some(Flow::Next)
}
