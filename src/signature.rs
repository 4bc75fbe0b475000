//! A function's C type: parameters and result.

use crate::ctype::{CType, Repr};
use crate::error::{Code, Error};
use crate::layout::Type;

/// Parameter types and result type of a C function, in the target's default calling convention.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Types of the parameters, in order; never `void` and never an array.
    pub params: Vec<Type>,
    /// Type of the result.
    pub result: Type,
}

impl Signature {
    /// The signature of these types.
    ///
    /// # Errors
    ///
    /// `ERR_INVALID_ARG_TYPE` for a `void` parameter, an array, or a `buffer` result (a result has no
    /// length, so it cannot be a buffer).
    pub fn new(params: Vec<Type>, result: Type) -> Result<Signature, Error> {
        let invalid = |message: &str| Err(Error::new(Code::InvalidArgType, message));
        if params.iter().any(|param| matches!(param, Type::Scalar(ctype) if ctype.repr() == Repr::Void)) {
            return invalid("a parameter cannot be void: a function without parameters has an empty list");
        }
        if matches!(result, Type::Scalar(CType::Buffer)) {
            return invalid("a result cannot be a buffer: use ptr, and toArrayBuffer with a length");
        }
        if params.iter().chain([&result]).any(|ty| matches!(ty, Type::Array(_))) {
            return invalid("C passes no arrays by value: use a pointer");
        }
        Ok(Signature { params, result })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Array;
    use std::rc::Rc;

    #[test]
    fn void_parameters_buffer_results_and_arrays_are_refused() {
        let scalar = Type::Scalar;
        let array = || Type::Array(Rc::new(Array::new(scalar(CType::I32), 3).unwrap()));
        let refused = |params, result| Signature::new(params, result).unwrap_err().code == Code::InvalidArgType;
        assert!(refused(vec![scalar(CType::Void)], scalar(CType::I32)));
        assert!(refused(vec![], scalar(CType::Buffer)));
        assert!(refused(vec![array()], scalar(CType::Void)));
        assert!(refused(vec![], array()));
        assert!(Signature::new(vec![scalar(CType::Buffer)], scalar(CType::Void)).is_ok());
    }
}
