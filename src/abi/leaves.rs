//! The scalars inside a record, which decide where a calling convention passes it.

use crate::ctype::Repr;
use crate::layout::{Array, Record, Type};

/// A scalar in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// In bytes from the start of the record.
    pub offset: u32,
    /// In bytes; of a bit-field, the bytes that it touches.
    pub size: u32,
    /// `float` or `double`.
    pub is_float: bool,
    /// Bit-fields may lie anywhere.
    pub is_bits: bool,
}

/// All scalars of a record of at most 64 bytes, which bounds their number.
pub(super) fn leaves(record: &Record) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect_record(record, 0, &mut found);
    found
}

fn collect(ty: &Type, offset: u32, found: &mut Vec<Leaf>) {
    match ty {
        Type::Scalar(ctype) => {
            let is_float = matches!(ctype.repr(), Repr::Float(_));
            found.push(Leaf { offset, size: ty.size(), is_float, is_bits: false });
        }
        Type::Array(array) => collect_array(array, offset, found),
        Type::Record(record) => collect_record(record, offset, found),
    }
}

fn collect_array(array: &Array, offset: u32, found: &mut Vec<Leaf>) {
    if array.size == 0 {
        return;
    }
    for index in 0..array.count {
        collect(&array.element, offset + index * array.element.size(), found);
    }
}

fn collect_record(record: &Record, offset: u32, found: &mut Vec<Leaf>) {
    for member in &record.members {
        match member.bits {
            Some(bits) => {
                let size = (bits.first + bits.width).div_ceil(8);
                found.push(Leaf { offset: offset + member.offset, size, is_float: false, is_bits: true });
            }
            None => collect(&member.ty, offset + member.offset, found),
        }
    }
}
