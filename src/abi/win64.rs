//! Microsoft x64 calling convention ("Parameter passing" and "Return values" of the MSVC documentation).

use super::{ParamPlace, Piece, Place, Placement, ResultPlace};
use crate::layout::{Record, Type};
use crate::signature::Signature;

/// rcx, rdx, r8, r9 and xmm0 to xmm3 share four positions.
const REGISTERS: u32 = 4;

/// Whether a record is passed as if it were an integer of its size.
fn is_integer(record: &Record) -> bool {
    matches!(record.size, 1 | 2 | 4 | 8)
}

fn place_at(position: u32, is_float: bool) -> Place {
    match position {
        _ if position >= REGISTERS => Place::Stack(8 * (position - REGISTERS)),
        _ if is_float => Place::Float(position as u8),
        _ => Place::Int(position as u8),
    }
}

fn place_param(position: u32, param: &Type) -> ParamPlace {
    let place = place_at(position, super::is_float(param));
    match param {
        Type::Record(record) if is_integer(record) => ParamPlace::Pieces(vec![Piece { place, from: 0, bytes: record.size }]),
        Type::Record(_) => ParamPlace::Reference(place),
        Type::Scalar(_) | Type::Array(_) => ParamPlace::Scalar(place),
    }
}

pub(super) fn place(signature: &Signature) -> Placement {
    let result = match &signature.result {
        Type::Record(record) if is_integer(record) => {
            ResultPlace::Pieces(vec![Piece { place: Place::Int(0), from: 0, bytes: record.size }])
        }
        Type::Record(_) => ResultPlace::Memory(Place::Int(0)),
        Type::Scalar(_) | Type::Array(_) => super::scalar_result(&signature.result),
    };
    let first = u32::from(matches!(result, ResultPlace::Memory(_)));
    let params = signature.params.iter().zip(first..).map(|(param, position)| place_param(position, param)).collect();
    let positions = first + signature.params.len() as u32;
    Placement { params, result, stack_bytes: 8 * positions.saturating_sub(REGISTERS), stack_align: 8 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::tests::{record, scalars};
    use crate::ctype::CType::*;

    #[test]
    fn integers_and_floats_take_the_register_of_their_position() {
        let placement = place(&scalars(vec![I32, F64, Ptr, F32], I64));
        let expected = [Place::Int(0), Place::Float(1), Place::Int(2), Place::Float(3)];
        assert_eq!(placement.params, expected.map(ParamPlace::Scalar));
        assert_eq!(placement.stack_bytes, 0);
    }

    #[test]
    fn the_fifth_and_later_go_to_the_stack_above_the_shadow_space() {
        let placement = place(&scalars(vec![F64, F64, F64, F64, F64, U8], F64));
        assert_eq!(placement.params[4..], [Place::Stack(0), Place::Stack(8)].map(ParamPlace::Scalar));
        assert_eq!(placement.stack_bytes, 16);
    }

    #[test]
    fn records_of_a_registers_size_are_integers_and_others_go_by_pointer() {
        let params = vec![record(&[F64]), record(&[I8, I8, I8]), Type::Scalar(F64)];
        let placement = place(&Signature { params, result: record(&[F64, F64]), named: None });
        assert_eq!(placement.result, ResultPlace::Memory(Place::Int(0)));
        assert_eq!(placement.params[0], ParamPlace::Pieces(vec![Piece { place: Place::Int(1), from: 0, bytes: 8 }]));
        assert_eq!(placement.params[1], ParamPlace::Reference(Place::Int(2)));
        assert_eq!(placement.params[2], ParamPlace::Scalar(Place::Float(3)));
    }
}
