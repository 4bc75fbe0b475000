//! A function's C type: parameters and result.

use crate::ctype::{CType, Repr};
use crate::error::{Code, Error};

/// Parameter types and result type of a C function, in the target's default calling convention.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    /// Types of the parameters, in order; never `void`.
    pub params: Vec<CType>,
    /// Type of the result.
    pub result: CType,
}

impl Signature {
    /// Reads a signature as JavaScript sends it: type numbers, the result first.
    ///
    /// # Errors
    ///
    /// `ERR_INVALID_ARG_TYPE` for an unknown number, a `void` parameter, or a `buffer` result (a
    /// result has no length, so it cannot be a buffer).
    pub fn from_numbers(numbers: &[u8]) -> Result<Signature, Error> {
        let mut types = numbers.iter().map(|&number| {
            CType::from_number(number).ok_or_else(|| Error::new(Code::InvalidArgType, format!("no type has the number {number}")))
        });
        let result = types.next().unwrap_or(Ok(CType::Void))?;
        let params = types.collect::<Result<Vec<_>, _>>()?;
        if params.iter().any(|param| param.repr() == Repr::Void) {
            return Err(Error::new(Code::InvalidArgType, "a parameter cannot be void: a function without parameters has an empty list"));
        }
        if result == CType::Buffer {
            return Err(Error::new(Code::InvalidArgType, "a result cannot be a buffer: use ptr, and toArrayBuffer with a length"));
        }
        Ok(Signature { params, result })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_result_first() {
        let signature = Signature::from_numbers(&[CType::F64 as u8, CType::I32 as u8, CType::Ptr as u8]).unwrap();
        assert_eq!(signature, Signature { params: vec![CType::I32, CType::Ptr], result: CType::F64 });
    }

    #[test]
    fn void_parameters_buffer_results_and_unknown_numbers_are_refused() {
        for numbers in [&[CType::I32 as u8, CType::Void as u8][..], &[CType::Buffer as u8], &[255], &[0, 200]] {
            assert_eq!(Signature::from_numbers(numbers).unwrap_err().code, Code::InvalidArgType);
        }
    }
}
