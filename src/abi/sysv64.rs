//! System V Application Binary Interface, AMD64 supplement, section 3.2.3 (parameter passing).

use super::Placement;
use crate::signature::Signature;

/// rdi, rsi, rdx, rcx, r8, r9
const INT_REGISTERS: u8 = 6;
/// xmm0 to xmm7
const FLOAT_REGISTERS: u8 = 8;

pub(super) fn place(signature: &Signature) -> Placement {
    super::place_in_two_register_files(signature, INT_REGISTERS, FLOAT_REGISTERS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::{Place, ResultPlace};
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
