//! System V Application Binary Interface, AMD64 supplement, section 3.2.3 (parameter passing).

use super::{Place, Placement, result_place};
use crate::ctype::Repr;
use crate::signature::Signature;

/// rdi, rsi, rdx, rcx, r8, r9
const INT_REGISTERS: u8 = 6;
/// xmm0 to xmm7
const FLOAT_REGISTERS: u8 = 8;

pub(super) fn place(signature: &Signature) -> Placement {
    let (mut ints, mut floats, mut stack_bytes) = (0, 0, 0);
    let params = signature
        .params
        .iter()
        .map(|param| {
            let is_float = matches!(param.repr(), Repr::Float(_));
            if is_float && floats < FLOAT_REGISTERS {
                floats += 1;
                Place::Float(floats - 1)
            } else if !is_float && ints < INT_REGISTERS {
                ints += 1;
                Place::Int(ints - 1)
            } else {
                stack_bytes += 8;
                Place::Stack(stack_bytes - 8)
            }
        })
        .collect();
    Placement { params, result: result_place(signature), stack_bytes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::ResultPlace;
    use crate::ctype::CType::*;

    #[test]
    fn the_two_register_files_fill_independently() {
        let params = vec![I32, F64, Ptr, F32, U8];
        let placement = place(&Signature { params, result: F32 });
        assert_eq!(placement.params, [Place::Int(0), Place::Float(0), Place::Int(1), Place::Float(1), Place::Int(2)]);
        assert_eq!(placement.result, ResultPlace::Float);
        assert_eq!(placement.stack_bytes, 0);
    }

    #[test]
    fn the_rest_goes_to_the_stack_in_order_of_the_parameters() {
        let params = vec![I8, I8, I8, I8, I8, I8, I8, F64, I64];
        let placement = place(&Signature { params, result: Void });
        assert_eq!(placement.params[6..], [Place::Stack(0), Place::Float(0), Place::Stack(8)]);
        assert_eq!(placement.stack_bytes, 16);
    }
}
