//! The call plan: at which frame offset each argument and the result of a signature lives.

use crate::abi::{Abi, Place, ResultPlace};
use crate::error::{Code, Error};
use crate::frame::{Frame, STACK_WORDS};
use crate::signature::Signature;
use std::mem::offset_of;

/// Everything decided once per signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Frame offset of each parameter's slot, in bytes.
    pub params: Vec<u32>,
    /// Frame offset of the result's slot, in bytes.
    pub result: u32,
    /// Words that are copied to the stack.
    pub stack_words: u32,
    /// Whether nothing but integer registers is used.
    pub integers_only: bool,
    /// Whether the result is in a floating-point register.
    pub returns_float: bool,
}

impl Plan {
    /// Plans calls of `signature` under `abi`.
    ///
    /// # Errors
    ///
    /// `ERR_UNSUPPORTED_ARGS` when the arguments on the stack do not fit the frame.
    pub fn new(signature: &Signature, abi: Abi) -> Result<Plan, Error> {
        let placement = abi.place(signature);
        let stack_words = placement.stack_bytes.div_ceil(8);
        if stack_words as usize > STACK_WORDS {
            let message = format!("{} parameters are too many: at most {STACK_WORDS} stack words can be passed", signature.params.len());
            return Err(Error::new(Code::UnsupportedArgs, message));
        }
        let integers_only = placement.result == ResultPlace::Int && placement.params.iter().all(|place| matches!(place, Place::Int(_)));
        Ok(Plan {
            params: placement.params.into_iter().map(param_offset).collect(),
            result: result_offset(placement.result),
            stack_words,
            integers_only,
            returns_float: placement.result == ResultPlace::Float,
        })
    }
}

fn param_offset(place: Place) -> u32 {
    match place {
        Place::Int(register) => offset_of!(Frame, ints) as u32 + 8 * u32::from(register),
        Place::Float(register) => offset_of!(Frame, floats) as u32 + 8 * u32::from(register),
        Place::Stack(byte) => offset_of!(Frame, stack) as u32 + byte,
    }
}

fn result_offset(place: ResultPlace) -> u32 {
    match place {
        ResultPlace::Int => offset_of!(Frame, int_results) as u32,
        ResultPlace::Float => offset_of!(Frame, float_results) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctype::CType;

    fn many(count: usize) -> Signature {
        Signature { params: vec![CType::I64; count], result: CType::Void }
    }

    #[test]
    fn slots_of_one_call_never_overlap() {
        for abi in Abi::ALL {
            let types = CType::ALL.iter().filter(|&&ctype| ctype != CType::Void).copied();
            let params: Vec<_> = types.cycle().take(300).collect();
            let plan = Plan::new(&Signature { params: params.clone(), result: CType::F64 }, *abi).unwrap();
            let mut spans: Vec<_> = plan.params.iter().zip(&params).map(|(&at, param)| (at, at + u32::from(param.repr().size()))).collect();
            spans.sort_unstable();
            assert!(spans.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{abi:?}");
        }
    }

    #[test]
    fn more_stack_words_than_the_frame_holds_are_refused() {
        for abi in Abi::ALL {
            assert!(Plan::new(&many(STACK_WORDS), *abi).is_ok());
            assert_eq!(Plan::new(&many(STACK_WORDS + 10), *abi).unwrap_err().code, Code::UnsupportedArgs);
        }
    }
}
