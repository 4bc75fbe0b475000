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
    /// Of a variadic function: how many of the parameters its prototype names. The others are what one call
    /// gives it, promoted as C does.
    pub named: Option<usize>,
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
        Ok(Signature { params, result, named: None })
    }

    /// The same as that of one call of a variadic function whose prototype names the first parameters: the
    /// others are promoted as C does.
    pub fn variadic(mut self, named: usize) -> Signature {
        for extra in self.params.iter_mut().skip(named) {
            if let Type::Scalar(ctype) = extra {
                *ctype = ctype.promoted();
            }
        }
        Signature { named: Some(named), ..self }
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

    #[test]
    fn what_follows_the_named_parameters_is_promoted() {
        use CType::*;
        let params = [I8, F32, Bool, I8, U16, F32, U32, I64, Ptr].map(Type::Scalar);
        let signature = Signature::new(params.to_vec(), Type::Scalar(F32)).unwrap().variadic(2);
        let ctypes: Vec<_> = signature.params.iter().map(|ty| if let Type::Scalar(ctype) = ty { *ctype } else { Void }).collect();
        assert_eq!(ctypes, [I8, F32, I32, I32, I32, F64, U32, I64, Ptr]);
        assert!(matches!(signature.result, Type::Scalar(F32)));
        assert_eq!(signature.named, Some(2));
    }
}
