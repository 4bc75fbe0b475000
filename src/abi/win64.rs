//! Microsoft x64 calling convention ("Parameter passing" of the MSVC documentation).

use super::{Place, Placement, result_place};
use crate::ctype::Repr;
use crate::signature::Signature;

/// rcx, rdx, r8, r9 and xmm0 to xmm3 share four positions.
const REGISTERS: usize = 4;

pub(super) fn place(signature: &Signature) -> Placement {
    let params = signature.params.iter().enumerate().map(|(position, param)| match param.repr() {
        _ if position >= REGISTERS => Place::Stack(8 * (position - REGISTERS) as u32),
        Repr::Float(_) => Place::Float(position as u8),
        Repr::Void | Repr::Int(_) | Repr::Uint(_) | Repr::Pointer => Place::Int(position as u8),
    });
    Placement {
        params: params.collect(),
        result: result_place(signature),
        stack_bytes: 8 * signature.params.len().saturating_sub(REGISTERS) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctype::CType::*;

    #[test]
    fn integers_and_floats_take_the_register_of_their_position() {
        let placement = place(&Signature { params: vec![I32, F64, Ptr, F32], result: I64 });
        assert_eq!(placement.params, [Place::Int(0), Place::Float(1), Place::Int(2), Place::Float(3)]);
        assert_eq!(placement.stack_bytes, 0);
    }

    #[test]
    fn the_fifth_and_later_go_to_the_stack_above_the_shadow_space() {
        let placement = place(&Signature { params: vec![F64, F64, F64, F64, F64, U8], result: F64 });
        assert_eq!(placement.params[4..], [Place::Stack(0), Place::Stack(8)]);
        assert_eq!(placement.stack_bytes, 16);
    }
}
