//! Register files that fill in order, and the stack behind them.

use super::{Piece, Place};

/// What is left of the registers and where the stack has got to.
pub(super) struct Registers {
    ints: u8,
    floats: u8,
    int_registers: u8,
    float_registers: u8,
    /// Bytes used on the stack.
    pub stack_bytes: u32,
    /// The largest alignment asked for on the stack.
    pub stack_align: u32,
}

impl Registers {
    pub fn new(int_registers: u8, float_registers: u8) -> Registers {
        Registers { ints: 0, floats: 0, int_registers, float_registers, stack_bytes: 0, stack_align: 8 }
    }

    /// The next integer register, or eight bytes of the stack.
    pub fn int(&mut self) -> Place {
        self.try_int().unwrap_or_else(|| self.stack(8, 8))
    }

    /// The next floating-point register, or eight bytes of the stack.
    pub fn float(&mut self) -> Place {
        self.try_float().unwrap_or_else(|| self.stack(8, 8))
    }

    fn try_int(&mut self) -> Option<Place> {
        (self.ints < self.int_registers).then(|| {
            self.ints += 1;
            Place::Int(self.ints - 1)
        })
    }

    fn try_float(&mut self) -> Option<Place> {
        (self.floats < self.float_registers).then(|| {
            self.floats += 1;
            Place::Float(self.floats - 1)
        })
    }

    /// Whether so many registers of each kind are left.
    pub fn have(&self, ints: u8, floats: u8) -> bool {
        self.ints + ints <= self.int_registers && self.floats + floats <= self.float_registers
    }

    /// Goes on to an even integer register.
    pub fn even(&mut self) {
        self.ints = self.ints.next_multiple_of(2).min(self.int_registers);
    }

    /// No more integer registers.
    pub fn end_ints(&mut self) {
        self.ints = self.int_registers;
    }

    /// No more floating-point registers.
    pub fn end_floats(&mut self) {
        self.floats = self.float_registers;
    }

    /// A part of the stack of this size, rounded up to words, and alignment of at least a word.
    pub fn stack(&mut self, size: u32, align: u32) -> Place {
        let align = align.max(8);
        let at = self.stack_bytes.next_multiple_of(align);
        self.stack_bytes = at + size.next_multiple_of(8);
        self.stack_align = self.stack_align.max(align);
        Place::Stack(at)
    }

    /// The same for a whole record.
    pub fn stack_pieces(&mut self, size: u32, align: u32) -> Vec<Piece> {
        vec![Piece { place: self.stack(size, align), from: 0, bytes: size }]
    }
}
