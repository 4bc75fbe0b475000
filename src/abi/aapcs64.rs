//! Procedure Call Standard for the Arm 64-bit Architecture, section 6.8.2 (parameter passing rules).

use super::{Place, Placement};
use crate::signature::Signature;

/// x0 to x7
const INT_REGISTERS: u8 = 8;
/// v0 to v7
const FLOAT_REGISTERS: u8 = 8;

/// Whether some argument on the stack is narrower than eight bytes. Apple packs such arguments
/// ("Writing ARM64 code for Apple platforms"); everybody else gives each eight bytes.
pub(super) fn has_narrow_stack_argument(signature: &Signature) -> bool {
    let placement = place(signature);
    let mut places = placement.params.iter().zip(&signature.params);
    places.any(|(place, param)| matches!(place, Place::Stack(_)) && param.repr().size() < 8)
}

pub(super) fn place(signature: &Signature) -> Placement {
    super::place_in_two_register_files(signature, INT_REGISTERS, FLOAT_REGISTERS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctype::CType::*;

    #[test]
    fn eight_integers_and_eight_floats_travel_in_registers() {
        let params = [vec![I32; 8], vec![F64; 8]].concat();
        let placement = place(&Signature { params, result: F64 });
        assert_eq!(placement.params[7], Place::Int(7));
        assert_eq!(placement.params[15], Place::Float(7));
        assert_eq!(placement.stack_bytes, 0);
    }

    #[test]
    fn stack_arguments_take_eight_bytes_each() {
        let params = [vec![I64; 8], vec![I8, I32, I64]].concat();
        let placement = place(&Signature { params, result: Void });
        assert_eq!(placement.params[8..], [Place::Stack(0), Place::Stack(8), Place::Stack(16)]);
        assert_eq!(placement.stack_bytes, 24);
    }

    #[test]
    fn narrow_arguments_count_only_on_the_stack() {
        let narrow = |params| has_narrow_stack_argument(&Signature { params, result: Void });
        assert!(!narrow(vec![I8; 8]));
        assert!(narrow(vec![I8; 9]));
        assert!(!narrow(vec![I64; 9]));
        assert!(narrow([vec![F64; 8], vec![F32]].concat()));
    }
}
