//! The types of one environment by number: the scalars of the type table first, then what programs
//! declare. Two declarations of the same shape are one type, so that making schemas again and again
//! takes no memory.

use crate::ctype::CType;
use crate::error::{Code, Error};
use crate::layout::{Array, MemberSpec, Record, RecordSpec, Rules, Type};
use crate::signature::Signature;
use std::collections::HashMap;
use std::rc::Rc;

/// Types by number.
pub struct TypeTable {
    types: Vec<Type>,
    /// The numbers of declarations, as JavaScript sent them.
    declared: HashMap<Box<[u32]>, u32>,
}

impl Default for TypeTable {
    fn default() -> TypeTable {
        TypeTable { types: CType::ALL.iter().copied().map(Type::Scalar).collect(), declared: HashMap::new() }
    }
}

/// Numbers per member of a record's declaration: type, alignment, width + 1 or 0, flags.
const MEMBER_NUMBERS: usize = 4;
const UNNAMED: u32 = 1;
const FLEXIBLE: u32 = 2;

impl TypeTable {
    /// The type with this number.
    ///
    /// # Errors
    ///
    /// `ERR_INVALID_ARG_TYPE` when there is none.
    pub fn get(&self, number: u32) -> Result<&Type, Error> {
        self.types.get(number as usize).ok_or_else(|| Error::new(Code::InvalidArgType, format!("no type has the number {number}")))
    }

    /// Declares a record and returns its number: `[union, pack, align]`, then four numbers per member:
    /// its type, its alignment or 0, the width of a bit-field + 1 or 0, and flags (1 unnamed, 2 flexible).
    ///
    /// # Errors
    ///
    /// As of [`Record::new`].
    pub fn declare_record(&mut self, declaration: &[u32]) -> Result<u32, Error> {
        self.declare(declaration, |table| {
            let incomplete = || Error::new(Code::InvalidArgType, "the declaration of a record is incomplete");
            let ([is_union, pack, align], members) = declaration.split_first_chunk().ok_or_else(incomplete)?;
            let members = members.chunks(MEMBER_NUMBERS).map(|member| {
                let &[ty, align, width, flags] = member else { return Err(incomplete()) };
                Ok(MemberSpec {
                    ty: table.get(ty)?.clone(),
                    align,
                    width: width.checked_sub(1),
                    is_named: flags & UNNAMED == 0,
                    is_flexible: flags & FLEXIBLE != 0,
                })
            });
            let spec = RecordSpec { is_union: *is_union != 0, pack: *pack, align: *align, members: members.collect::<Result<_, _>>()? };
            Ok(Type::Record(Rc::new(Record::new(spec, Rules::of_target())?)))
        })
    }

    /// Declares an array and returns its number.
    ///
    /// # Errors
    ///
    /// As of [`Array::new`].
    pub fn declare_array(&mut self, element: u32, count: u32) -> Result<u32, Error> {
        self.declare(&[element, count], |table| Ok(Type::Array(Rc::new(Array::new(table.get(element)?.clone(), count)?))))
    }

    fn declare(&mut self, declaration: &[u32], make: impl FnOnce(&TypeTable) -> Result<Type, Error>) -> Result<u32, Error> {
        if let Some(&number) = self.declared.get(declaration) {
            return Ok(number);
        }
        let ty = make(self)?;
        let number = self.types.len() as u32;
        self.types.push(ty);
        self.declared.insert(declaration.into(), number);
        Ok(number)
    }

    /// The signature of these types, the result's first.
    ///
    /// # Errors
    ///
    /// As of [`TypeTable::get`] and [`Signature::new`].
    pub fn signature(&self, numbers: &[u32]) -> Result<Signature, Error> {
        let mut types = numbers.iter().map(|&number| self.get(number).cloned());
        let result = types.next().unwrap_or(Ok(Type::Scalar(CType::Void)))?;
        Signature::new(types.collect::<Result<_, _>>()?, result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_read_result_first() {
        let numbers = [CType::F64 as u32, CType::I32 as u32, CType::Ptr as u32];
        let signature = TypeTable::default().signature(&numbers).unwrap();
        assert!(matches!(signature.params[..], [Type::Scalar(CType::I32), Type::Scalar(CType::Ptr)]));
        assert!(matches!(signature.result, Type::Scalar(CType::F64)));
        assert_eq!(TypeTable::default().signature(&[0, 999]).unwrap_err().code, Code::InvalidArgType);
    }

    #[test]
    fn a_declaration_of_the_same_shape_is_the_same_type() {
        let mut table = TypeTable::default();
        let point = [0, 0, 0, CType::I32 as u32, 0, 0, 0, CType::I32 as u32, 0, 0, 0];
        let number = table.declare_record(&point).unwrap();
        assert_eq!(table.declare_record(&point).unwrap(), number);
        let array = table.declare_array(number, 3).unwrap();
        assert_eq!(table.get(array).unwrap().size(), 24);
        assert_ne!(table.declare_array(number, 4).unwrap(), array);
        assert_eq!(table.declare_record(&point[..5]).unwrap_err().code, Code::InvalidArgType);
    }
}
