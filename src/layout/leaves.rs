//! The scalars inside a record, which decide where a calling convention passes it.

use super::{Member, Type};
use crate::ctype::Repr;

/// The largest record, in bytes, whose scalars matter: larger ones go through memory everywhere.
pub(super) const LARGEST: u64 = 32;

/// A scalar in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leaf {
    /// In bytes from the start of the record.
    pub offset: u32,
    /// In bytes; of a bit-field, the bytes that it touches.
    pub size: u32,
    /// `float` or `double`.
    pub is_float: bool,
    /// Bit-fields may lie anywhere.
    pub is_bits: bool,
}

/// The different scalars of these members. Those of nested records have been found already, so that
/// unions in unions in unions do not multiply.
pub(super) fn leaves_of(members: &[Member]) -> Vec<Leaf> {
    let mut found = Vec::new();
    for member in members {
        match member.bits {
            Some(bits) => {
                let size = (bits.first + bits.width).div_ceil(8);
                found.push(Leaf { offset: member.offset, size, is_float: false, is_bits: true });
            }
            None => collect(&member.ty, member.offset, &mut found),
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The bit-fields that only some compilers count: those without a name and, as integers of their own, those of unions.
/// One without width has size 0 in a struct: it is where a unit ends.
pub(super) fn gaps_of(members: &[Member], unnamed: &[Member], is_union: bool) -> Vec<Leaf> {
    let mut found = Vec::new();
    if is_union {
        for bits in members.iter().chain(unnamed).filter_map(|member| member.bits) {
            let size = bits.width.div_ceil(8).next_power_of_two();
            found.push(Leaf { offset: 0, size, is_float: false, is_bits: false });
        }
    } else {
        found.extend(leaves_of(unnamed));
    }
    for member in members {
        collect_gaps(&member.ty, member.offset, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn collect_gaps(ty: &Type, offset: u32, found: &mut Vec<Leaf>) {
    match ty {
        Type::Scalar(_) => {}
        Type::Array(array) if array.size > 0 => {
            for index in 0..array.count {
                collect_gaps(&array.element, offset + index * array.element.size(), found);
            }
        }
        Type::Array(_) => {}
        Type::Record(record) => found.extend(record.gaps.iter().map(|leaf| Leaf { offset: offset + leaf.offset, ..*leaf })),
    }
}

fn collect(ty: &Type, offset: u32, found: &mut Vec<Leaf>) {
    match ty {
        Type::Scalar(ctype) => {
            let is_float = matches!(ctype.repr(), Repr::Float(_));
            found.push(Leaf { offset, size: ty.size(), is_float, is_bits: false });
        }
        Type::Array(array) if array.size > 0 => {
            for index in 0..array.count {
                collect(&array.element, offset + index * array.element.size(), found);
            }
        }
        Type::Array(_) => {}
        Type::Record(record) => found.extend(record.leaves.iter().map(|leaf| Leaf { offset: offset + leaf.offset, ..*leaf })),
    }
}

/// The number and size of floating-point members that fill a record of this size. Compilers judge each
/// nested record by itself, and count no array without elements.
pub(super) fn floats_of(members: &[Member], is_union: bool, size: u32) -> Option<(u32, u32)> {
    let mut found: Option<(u32, u32)> = None;
    for member in members {
        let (count, each) = if member.bits.is_some() { None } else { floats_in(&member.ty) }?;
        let before = match found {
            Some((_, other)) if other != each => return None,
            Some((before, _)) => before,
            None => 0,
        };
        found = Some((if is_union { before.max(count) } else { before.saturating_add(count) }, each));
    }
    found.filter(|&(count, each)| u64::from(count) * u64::from(each) == u64::from(size))
}

fn floats_in(ty: &Type) -> Option<(u32, u32)> {
    match ty {
        Type::Scalar(ctype) => matches!(ctype.repr(), Repr::Float(_)).then(|| (1, ty.size())),
        Type::Array(array) if array.count == 0 => None,
        Type::Array(array) => floats_in(&array.element).map(|(count, each)| (count.saturating_mul(array.count), each)),
        Type::Record(record) => record.floats,
    }
}
