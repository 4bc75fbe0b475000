//! Types as C lays them out in memory: scalars, arrays, structs and unions, with sizes, alignments and
//! offsets by the rules of the target's compilers.

mod bits;
mod leaves;

use crate::ctype::{CType, Repr};
use crate::error::{Code, Error};
use bits::Cursor;
pub use bits::Rules;
pub use leaves::Leaf;
use leaves::{LARGEST, floats_of, gaps_of, leaves_of};
use std::rc::Rc;

/// The largest record or array, in bytes.
pub const MAX_SIZE: u64 = i32::MAX as u64;
/// The largest alignment that a member or record can ask for.
pub const MAX_ALIGN: u32 = 65_536;
/// How deep types nest.
pub const MAX_DEPTH: u32 = 128;

/// A type with a layout.
#[derive(Clone, Debug)]
pub enum Type {
    /// A scalar of the type table, `void` included.
    Scalar(CType),
    /// `T[n]`
    Array(Rc<Array>),
    /// A struct or union.
    Record(Rc<Record>),
}

/// `T[n]`; `n` is 0 for a flexible array member too, which is laid out like an array of no elements.
#[derive(Debug)]
pub struct Array {
    /// What it is an array of.
    pub element: Type,
    /// How many of them.
    pub count: u32,
    /// In bytes.
    pub size: u32,
    depth: u32,
}

/// A struct or union.
#[derive(Debug)]
pub struct Record {
    /// All members are at offset 0.
    pub is_union: bool,
    /// The members with their places, unnamed bit-fields left out.
    pub members: Vec<Member>,
    /// In bytes.
    pub size: u32,
    /// In bytes.
    pub align: u32,
    /// The alignment that the members ask for, before the record itself asks for more (AAPCS64, section
    /// 5.9, "natural alignment").
    pub member_align: u32,
    /// A struct that every compiler lays out so from its members' types alone: nothing is packed,
    /// over-aligned, a bit-field, a union or without size.
    pub is_plain: bool,
    /// Its last member is a flexible array.
    pub is_flexible: bool,
    /// The number and size of its members if they are floating-point numbers of one size, arrays and records
    /// of such counted through, and nothing else (AAPCS64, section 5.9.5.1, without its limit of four).
    pub floats: Option<(u32, u32)>,
    /// The different scalars in it; none are listed of one that is larger than any that registers hold.
    pub leaves: Vec<Leaf>,
    /// The bit-fields in it that only some compilers count when they pass it.
    pub gaps: Vec<Leaf>,
    depth: u32,
}

/// A member and its place.
#[derive(Debug)]
pub struct Member {
    /// Its type; of a bit-field, the declared one.
    pub ty: Type,
    /// In bytes from the start of the record; of a bit-field, the byte its first bit is in.
    pub offset: u32,
    /// Of a bit-field.
    pub bits: Option<Bits>,
}

/// The bits of a bit-field, counted from the least significant bit of the byte at its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits {
    /// The first bit, 0 to 7.
    pub first: u32,
    /// How many.
    pub width: u32,
}

/// A member as it is declared.
#[derive(Debug)]
pub struct MemberSpec {
    /// Its type.
    pub ty: Type,
    /// `_Alignas(n)`; 0 for none.
    pub align: u32,
    /// The width of a bit-field.
    pub width: Option<u32>,
    /// Unnamed bit-fields only take up room.
    pub is_named: bool,
    /// `T name[]`, of which only a last member can be.
    pub is_flexible: bool,
}

/// A record as it is declared.
#[derive(Debug)]
pub struct RecordSpec {
    /// A union instead of a struct.
    pub is_union: bool,
    /// `#pragma pack(n)`; 0 for none.
    pub pack: u32,
    /// `__attribute__((aligned(n)))` of the record; 0 for none.
    pub align: u32,
    /// In order.
    pub members: Vec<MemberSpec>,
}

impl Type {
    /// In bytes.
    pub fn size(&self) -> u32 {
        match self {
            Type::Scalar(ctype) => u32::from(ctype.repr().size()),
            Type::Array(array) => array.size,
            Type::Record(record) => record.size,
        }
    }

    /// In bytes.
    pub fn align(&self) -> u32 {
        match self {
            // Natural on every supported target, `void` aside.
            Type::Scalar(ctype) => u32::from(ctype.repr().size()).max(1),
            Type::Array(array) => array.element.align(),
            Type::Record(record) => record.align,
        }
    }

    fn depth(&self) -> u32 {
        match self {
            Type::Scalar(_) => 0,
            Type::Array(array) => array.depth,
            Type::Record(record) => record.depth,
        }
    }

    fn is_plain(&self) -> bool {
        match self {
            Type::Scalar(_) => true,
            Type::Array(array) => array.count > 0 && array.element.is_plain(),
            Type::Record(record) => record.is_plain,
        }
    }

    fn is_incomplete(&self) -> bool {
        match self {
            Type::Scalar(ctype) => ctype.repr() == Repr::Void,
            Type::Array(array) => array.element.is_incomplete(),
            Type::Record(record) => record.is_flexible,
        }
    }
}

impl Array {
    /// The array of `count` elements.
    ///
    /// # Errors
    ///
    /// `ERR_INVALID_ARG_TYPE` for elements that have no size of their own, `ERR_OUT_OF_RANGE` when it
    /// is too large or nested too deeply.
    pub fn new(element: Type, count: u32) -> Result<Array, Error> {
        if element.is_incomplete() {
            return Err(Error::new(Code::InvalidArgType, "an array cannot have elements without a size"));
        }
        let size = checked_size(u64::from(element.size()) * u64::from(count))?;
        let depth = checked_depth(element.depth())?;
        Ok(Array { element, count, size, depth })
    }
}

impl Record {
    /// Lays out a record (ISO C11, section 6.7.2.1; where that leaves it open, as `rules` say).
    ///
    /// # Errors
    ///
    /// `ERR_INVALID_ARG_TYPE` or `ERR_OUT_OF_RANGE` for what C does not allow, with the number of the
    /// member in the message.
    pub fn new(spec: RecordSpec, rules: Rules) -> Result<Record, Error> {
        check_align(spec.pack)?;
        check_align(spec.align)?;
        let mut cursor = Cursor::new(rules, spec.is_union, spec.pack);
        let (mut members, mut depth) = (Vec::new(), 0);
        let (mut plain_align, mut plain_end) = (1, 0u64);
        let mut is_plain = !spec.is_union && spec.align == 0;
        let mut is_flexible = false;
        let mut unnamed = Vec::new();
        let last = spec.members.len().saturating_sub(1);
        for (index, member) in spec.members.into_iter().enumerate() {
            if is_flexible || (member.is_flexible && (index != last || index == 0 || spec.is_union)) {
                return Err(Error::new(Code::InvalidArgType, "a flexible array must be the last of several members of a struct"));
            }
            let named = |error: Error| Error { message: format!("member {index}: {}", error.message), ..error };
            check_member(&member).map_err(named)?;
            is_flexible = member.is_flexible;
            depth = depth.max(member.ty.depth());
            plain_align = plain_align.max(member.ty.align());
            is_plain &= member.ty.is_plain() && member.width.is_none();
            let (offset, bits) = cursor.place(&member).map_err(named)?;
            is_plain &= u64::from(offset) == plain_end.next_multiple_of(u64::from(member.ty.align()));
            plain_end = u64::from(offset) + u64::from(member.ty.size());
            if member.is_named && member.width != Some(0) {
                members.push(Member { ty: member.ty, offset, bits });
            } else {
                unnamed.push(Member { ty: member.ty, offset, bits });
            }
        }
        if members.is_empty() {
            return Err(Error::new(Code::InvalidArgType, "a record needs at least one named member"));
        }
        let align = cursor.align().max(spec.align);
        let size = checked_size(cursor.end().next_multiple_of(u64::from(align)))?;
        is_plain &= align == plain_align && !is_flexible;
        let is_small = u64::from(size) <= LARGEST;
        let leaves = if is_small { leaves_of(&members) } else { Vec::new() };
        let gaps = if is_small { gaps_of(&members, &unnamed, spec.is_union) } else { Vec::new() };
        let floats = if unnamed.iter().any(|gap| gap.bits.is_some_and(|bits| bits.width > 0)) {
            None
        } else {
            floats_of(&members, spec.is_union, size)
        };
        let member_align = cursor.align();
        Ok(Record {
            leaves,
            gaps,
            floats,
            is_union: spec.is_union,
            members,
            size,
            align,
            member_align,
            is_plain,
            is_flexible,
            depth: checked_depth(depth)?,
        })
    }
}

fn check_member(member: &MemberSpec) -> Result<(), Error> {
    check_align(member.align)?;
    let Some(width) = member.width else {
        return match member.ty.is_incomplete() {
            true => Err(Error::new(Code::InvalidArgType, "a member must have a size of its own")),
            false => Ok(()),
        };
    };
    let most = match &member.ty {
        Type::Scalar(CType::Bool) => 1,
        Type::Scalar(ctype) if matches!(ctype.repr(), Repr::Int(_) | Repr::Uint(_)) => 8 * u32::from(ctype.repr().size()),
        Type::Scalar(_) | Type::Array(_) | Type::Record(_) => {
            return Err(Error::new(Code::InvalidArgType, "a bit-field must be of an integer type"));
        }
    };
    if width > most {
        return Err(Error::new(Code::OutOfRange, format!("a bit-field of this type has at most {most} bits, not {width}")));
    }
    if member.align != 0 {
        return Err(Error::new(Code::InvalidArgType, "a bit-field cannot be aligned"));
    }
    Ok(())
}

fn check_align(align: u32) -> Result<(), Error> {
    if align == 0 || (align.is_power_of_two() && align <= MAX_ALIGN) {
        return Ok(());
    }
    Err(Error::new(Code::OutOfRange, format!("an alignment is a power of two up to {MAX_ALIGN}, not {align}")))
}

fn checked_size(size: u64) -> Result<u32, Error> {
    match u32::try_from(size) {
        Ok(small) if size <= MAX_SIZE => Ok(small),
        _ => Err(Error::new(Code::OutOfRange, format!("a type has at most {MAX_SIZE} bytes"))),
    }
}

fn checked_depth(inner: u32) -> Result<u32, Error> {
    if inner < MAX_DEPTH { Ok(inner + 1) } else { Err(Error::new(Code::OutOfRange, format!("types nest at most {MAX_DEPTH} deep"))) }
}

#[cfg(test)]
mod tests;
