//! Sizes and offsets, computed by [`crate::layout`].

use super::parser::Parser;
use super::types::{Shape, Ty};
use super::value::Int;
use crate::ctype::CType;
use crate::layout::{Array, MemberSpec, Record, RecordSpec, Type};
use std::collections::HashMap;
use std::rc::Rc;

/// How deep fields are looked for in anonymous records.
const MAX_DEPTH: u32 = 32;

/// What is known of a record's layout.
#[derive(Clone)]
pub struct Laid {
    /// The record.
    pub ty: Type,
    /// Where each field is: the byte, and the bit in it of a bit-field. Of unnamed bit-fields nothing is known.
    pub places: Vec<Option<(u32, Option<u32>)>>,
    /// Why a value of it cannot be passed, as the end of a sentence.
    pub strange: Option<String>,
}

/// The layouts of a unit's records by number, or why there is none.
#[derive(Default)]
pub struct Layouts(HashMap<usize, Result<Laid, String>>);

impl Layouts {
    /// Of the record with this number, once it is complete.
    pub fn get(&self, index: usize) -> Option<&Result<Laid, String>> {
        self.0.get(&index)
    }
}

impl Parser<'_> {
    /// In bytes.
    pub(super) fn size_of(&self, ty: Ty) -> Result<u32, String> {
        match self.shape(ty) {
            // As gcc and clang have it.
            Shape::Void | Shape::Function(_) => Ok(1),
            Shape::Array(_, None) => Err("an array without a length has no size".to_owned()),
            _ => self.laid_type(ty).map(|ty| ty.size()),
        }
    }

    /// In bytes.
    pub(super) fn align_of(&self, ty: Ty) -> Result<u32, String> {
        match self.shape(ty) {
            Shape::Void | Shape::Function(_) => Ok(1),
            _ => Ok(self.typedef_align(ty).unwrap_or(self.laid_type(ty)?.align())),
        }
    }

    /// The same as a fault of what `_Alignas` names.
    pub(super) fn align_at(&self, ty: Ty) -> Result<u32, super::source::Fault> {
        self.align_of(ty).map_err(|message| super::source::Fault::new(self.token().at, message))
    }

    /// The alignment that a typedef on the way asks for.
    pub(super) fn typedef_align(&self, mut ty: Ty) -> Option<u32> {
        while let Shape::Typedef(index) = self.types.shape(ty.id) {
            let typedef = &self.unit.typedefs[*index];
            if typedef.align != 0 {
                return Some(typedef.align);
            }
            ty = typedef.ty;
        }
        None
    }

    /// Where a field is, and its type.
    pub(super) fn place_of(&self, ty: Ty, name: &str) -> Result<(u32, Ty), String> {
        let Shape::Record(index) = *self.shape(ty) else { return Err("only a record has fields".to_owned()) };
        let found = self.place_in(index, name, 0)?;
        found.ok_or_else(|| format!("there is no field '{name}'"))
    }

    fn place_in(&self, index: usize, name: &str, depth: u32) -> Result<Option<(u32, Ty)>, String> {
        if depth > MAX_DEPTH {
            return Ok(None);
        }
        let laid = match self.layouts.get(index) {
            None => return Err("this record is incomplete".to_owned()),
            Some(laid) => laid.as_ref().map_err(Clone::clone)?,
        };
        for (field, place) in self.unit.records[index].fields.iter().zip(&laid.places) {
            let Some((offset, _)) = *place else { continue };
            if field.declared.name == name {
                return Ok(Some((offset, field.ty)));
            }
            if field.declared.name.is_empty()
                && let Shape::Record(inner) = *self.shape(field.ty)
                && let Some((at, ty)) = self.place_in(inner, name, depth + 1)?
            {
                return Ok(Some((offset + at, ty)));
            }
        }
        Ok(None)
    }

    /// Lays out a record that is complete now; those in it were before.
    pub(super) fn lay_out(&mut self, index: usize) {
        let laid = self.layout_of(index);
        if let Err(problem) = &laid {
            let record = &mut self.unit.records[index];
            record.problem = record.problem.take().or(Some(problem.clone()));
        }
        self.layouts.0.insert(index, laid);
    }

    fn layout_of(&self, index: usize) -> Result<Laid, String> {
        let record = &self.unit.records[index];
        if let Some(problem) = &record.problem {
            return Err(problem.clone());
        }
        let has_bits = record.fields.iter().any(|field| field.bits.is_some());
        let asks = |field: &super::types::Field<'_>| field.align > 1 || self.typedef_align(field.ty).is_some();
        if has_bits && record.is_packed && record.fields.iter().any(asks) {
            return Err("it packs bit-fields and aligns other fields".to_owned());
        }
        // For gcc the pragma then counts for what bit-fields align, for clang the attribute.
        if has_bits && record.is_packed && record.pack > 1 {
            return Err("a pragma and an attribute pack its bit-fields, with which compilers lay it out differently".to_owned());
        }
        let mut members = Vec::with_capacity(record.fields.len());
        let mut strange = None;
        for field in &record.fields {
            // Records in records in records would add up.
            let is_long = |message: &str| message.len() > 200;
            let named =
                |message: String| if is_long(&message) { message } else { format!("its field '{}': {message}", field.declared.name) };
            strange = strange.or_else(|| self.strangeness(field.ty).map(named));
            members.push(self.member(field, record.is_packed).map_err(named)?);
        }
        let is_placed: Vec<_> = members.iter().map(|member| member.is_named && member.width != Some(0)).collect();
        if !is_placed.contains(&true) {
            if !members.is_empty() || record.align > 1 {
                return Err("no field of it has a name".to_owned());
            }
            // GNU C has empty records.
            let ty = Type::Array(Rc::new(Array::new(Type::Scalar(CType::U8), 0).map_err(|error| error.message)?));
            return Ok(Laid { ty, places: vec![None; is_placed.len()], strange: Some("it is empty".to_owned()) });
        }
        // Of a record that is packed anyway, the pragma limits what fields ask for themselves.
        let pack = if record.is_packed && has_bits { 1 } else { record.pack };
        let spec = RecordSpec { is_union: record.is_union, pack, align: record.align, members };
        let laid = Rc::new(Record::new(spec, self.target().rules()).map_err(|error| error.message)?);
        let mut placed = laid.members.iter();
        let places = is_placed.iter().map(|is_placed| {
            let member = if *is_placed { placed.next() } else { None };
            member.map(|member| (member.offset, member.bits.map(|bits| bits.first)))
        });
        let places = places.collect();
        Ok(Laid { ty: Type::Record(laid), places, strange })
    }

    fn member(&self, field: &super::types::Field<'_>, is_packed: bool) -> Result<MemberSpec, String> {
        let natural = self.laid_type(field.ty)?;
        let is_named = field.bits.is_none() || !field.declared.name.is_empty();
        if field.bits.is_some() {
            if field.is_packed && !is_packed {
                return Err("a bit-field is packed by itself".to_owned());
            }
            return Ok(MemberSpec { ty: natural, align: field.align, width: field.bits, is_named, is_flexible: false });
        }
        let own = if is_packed || field.is_packed { 1 } else { self.typedef_align(field.ty).unwrap_or(natural.align()) };
        let align = own.max(field.align);
        let ty = if align < natural.align() { packed(natural, align)? } else { natural };
        let align = if align > ty.align() { align } else { 0 };
        Ok(MemberSpec { ty, align, width: None, is_named: true, is_flexible: false })
    }

    /// The type with its layout.
    pub(super) fn laid_type(&self, ty: Ty) -> Result<Type, String> {
        Ok(match self.shape(ty) {
            Shape::Int(int) => self.laid_int(*int)?,
            Shape::Enum(index) => match self.unknown_enum(*index) {
                Some(reason) => return Err(reason),
                None => self.laid_int(self.unit.enums[*index].ty)?,
            },
            Shape::Float(float) => match self.target().size_of_float(*float) {
                4 => Type::Scalar(CType::F32),
                8 => Type::Scalar(CType::F64),
                size => bytes(size, size)?,
            },
            Shape::Opaque(opaque) => match opaque.layout {
                Some((size, align)) => bytes(size, align)?,
                None => return Err(opaque.reason.clone()),
            },
            Shape::Pointer(_) => Type::Scalar(CType::Ptr),
            Shape::Array(of, length) => {
                let count = u32::try_from(length.unwrap_or(0)).map_err(|_| "it is too large".to_owned())?;
                Type::Array(Rc::new(Array::new(self.laid_type(*of)?, count).map_err(|error| error.message)?))
            }
            Shape::Record(index) => match self.layouts.get(*index) {
                Some(laid) => laid.as_ref().map_err(Clone::clone)?.ty.clone(),
                None => return Err("a type is incomplete".to_owned()),
            },
            Shape::Void => return Err("void has no size".to_owned()),
            Shape::Function(_) => return Err("a function has no size".to_owned()),
            Shape::Typedef(_) => return Err("a type is unknown".to_owned()),
        })
    }

    fn laid_int(&self, int: Int) -> Result<Type, String> {
        let is_signed = self.target().is_signed(int);
        Ok(Type::Scalar(match (self.target().size_of_int(int), is_signed) {
            _ if int == Int::Bool => CType::Bool,
            (1, true) => CType::I8,
            (1, false) => CType::U8,
            (2, true) => CType::I16,
            (2, false) => CType::U16,
            (4, true) => CType::I32,
            (4, false) => CType::U32,
            (8, true) => CType::I64,
            (8, false) => CType::U64,
            (size, _) => return bytes(size, size),
        }))
    }

    fn unknown_enum(&self, index: usize) -> Option<String> {
        let found = &self.unit.enums[index];
        found.unknown().map(|reason| format!("enum {}: {reason}", found.declared.name))
    }

    /// Why a value of this type can neither be passed nor be read, if that is so.
    pub(super) fn strangeness(&self, ty: Ty) -> Option<String> {
        match self.shape(ty) {
            Shape::Opaque(opaque) => Some(opaque.reason.clone()),
            Shape::Int(Int::Int128 | Int::UInt128) => Some(WIDE_INT.to_owned()),
            Shape::Float(float) if self.target().size_of_float(*float) > 8 => Some(WIDE_FLOAT.to_owned()),
            Shape::Array(of, _) => self.strangeness(*of),
            Shape::Enum(index) => self.unknown_enum(*index),
            Shape::Record(index) => match self.layouts.get(*index) {
                Some(Ok(laid)) => laid.strange.clone(),
                Some(Err(problem)) => Some(problem.clone()),
                None => Some("the type is incomplete".to_owned()),
            },
            Shape::Void | Shape::Int(_) | Shape::Float(_) | Shape::Pointer(_) | Shape::Function(_) | Shape::Typedef(_) => None,
        }
    }
}

/// Why an integer of 128 bits is opaque.
pub const WIDE_INT: &str = "an integer of 128 bits has no equivalent in JavaScript";
/// Why a `long double` is opaque.
pub const WIDE_FLOAT: &str = "a long double of 16 bytes has no equivalent in JavaScript";

/// So many bytes with this alignment.
fn bytes(size: u32, align: u32) -> Result<Type, String> {
    let array = Array::new(Type::Scalar(CType::U8), size).map_err(|error| error.message)?;
    record(Type::Array(Rc::new(array)), 0, align)
}

/// The type with a smaller alignment.
fn packed(ty: Type, align: u32) -> Result<Type, String> {
    record(ty, align, 0)
}

fn record(ty: Type, pack: u32, align: u32) -> Result<Type, String> {
    let member = MemberSpec { ty, align: 0, width: None, is_named: true, is_flexible: false };
    let spec = RecordSpec { is_union: false, pack, align, members: vec![member] };
    Record::new(spec, crate::layout::Rules::of_target()).map(|record| Type::Record(Rc::new(record))).map_err(|error| error.message)
}
