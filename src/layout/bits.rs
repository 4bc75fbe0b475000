//! Where the next member goes: the one thing that compilers do differently, because of bit-fields.

use super::{Bits, MAX_SIZE, MemberSpec};
use crate::error::{Code, Error};

/// Whose rules a record is laid out by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// System V AMD64 ABI, section 3.1.2: a bit-field lies within one unit of its type; unnamed ones do
    /// not align the record.
    Sysv64,
    /// AAPCS64, section 8.1.8: the same, and unnamed bit-fields align the record too.
    Aapcs64,
    /// Microsoft's compilers: bit-fields share units of types of one size, and a unit takes its whole size.
    Microsoft,
}

impl Rules {
    /// The rules of the C compilers of this machine.
    pub const fn of_target() -> Rules {
        if cfg!(windows) {
            Rules::Microsoft
        } else if cfg!(target_arch = "aarch64") {
            Rules::Aapcs64
        } else {
            Rules::Sysv64
        }
    }
}

/// Places one member after the other.
pub(super) struct Cursor {
    rules: Rules,
    is_union: bool,
    /// In bytes; `u32::MAX` for no `#pragma pack`.
    pack: u32,
    /// The first free bit of a struct.
    bit: u64,
    /// The end of what has been placed, in bits; of a union, of its largest member.
    end: u64,
    align: u32,
    /// The unit that Microsoft's next bit-field may share: its size in bits, and how many are free.
    unit: Option<(u64, u64)>,
}

impl Cursor {
    pub fn new(rules: Rules, is_union: bool, pack: u32) -> Cursor {
        let pack = if pack == 0 { u32::MAX } else { pack };
        Cursor { rules, is_union, pack, bit: 0, end: 0, align: 1, unit: None }
    }

    /// The alignment that the members placed so far ask for, in bytes.
    pub fn align(&self) -> u32 {
        self.align
    }

    /// The end of the last member, in bytes.
    pub fn end(&self) -> u64 {
        self.end.div_ceil(8)
    }

    /// The byte offset of the next member, and its bits if it is a bit-field.
    pub fn place(&mut self, member: &MemberSpec) -> Result<(u32, Option<Bits>), Error> {
        let size = u64::from(member.ty.size()) * 8;
        let own_align = member.ty.align().max(member.align);
        // gcc and clang let nothing pack a bit-field without width.
        let is_unpacked = member.width == Some(0) && self.rules != Rules::Microsoft;
        let align = if is_unpacked { own_align } else { own_align.min(self.pack) };
        let (first, width) = match member.width {
            None => {
                self.unit = None;
                self.raise(align);
                (self.bit.next_multiple_of(u64::from(align) * 8), size)
            }
            Some(width) if self.rules == Rules::Microsoft => (self.place_in_unit(u64::from(width), size, align), u64::from(width)),
            Some(width) => {
                if self.rules == Rules::Aapcs64 || (member.is_named && width > 0) {
                    self.raise(align);
                }
                (self.place_bits(u64::from(width), size, align), u64::from(width))
            }
        };
        if first + width > MAX_SIZE * 8 {
            return Err(Error::new(Code::OutOfRange, format!("a record has at most {MAX_SIZE} bytes")));
        }
        self.end = self.end.max(first + width);
        if !self.is_union {
            self.bit = self.bit.max(first + width);
        }
        let bits = member.width.map(|width| Bits { first: (first % 8) as u32, width });
        Ok(((first / 8) as u32, bits))
    }

    fn raise(&mut self, align: u32) {
        self.align = self.align.max(align);
    }

    /// A bit-field does not cross a boundary of its type, unless packed; one without width goes to the
    /// next boundary.
    fn place_bits(&self, width: u64, size: u64, align: u32) -> u64 {
        let unit = u64::from(align) * 8;
        let crosses = self.bit % unit + width > size;
        if width == 0 || (self.pack == u32::MAX && crosses) { self.bit.next_multiple_of(unit) } else { self.bit }
    }

    fn place_in_unit(&mut self, width: u64, size: u64, align: u32) -> u64 {
        if width == 0 {
            // It only ends a unit.
            if self.unit.take().is_some() && !self.is_union {
                self.raise(align);
                self.bit = self.bit.next_multiple_of(u64::from(align) * 8);
            }
            return self.bit;
        }
        if let Some((unit, free)) = self.unit
            && unit == size
            && width <= free
        {
            self.unit = Some((unit, free - width));
            return self.bit - free;
        }
        self.raise(align);
        let first = self.bit.next_multiple_of(u64::from(align) * 8);
        self.end = self.end.max(first + size);
        if !self.is_union {
            self.bit = first + size;
            self.unit = Some((size, size - width));
        }
        first
    }
}
