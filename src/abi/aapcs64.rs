//! Procedure Call Standard for the Arm 64-bit Architecture, section 6.8.2 (parameter passing rules).

use super::registers::Registers;
use super::{ParamPlace, Piece, Place, Placement, ResultPlace};
use crate::layout::{Record, Type};
use crate::signature::Signature;

/// x0 to x7
const INT_REGISTERS: u8 = 8;
/// v0 to v7
const FLOAT_REGISTERS: u8 = 8;
/// x8, the indirect result location
const RESULT_REGISTER: Place = Place::Int(8);

/// Whether Apple passes something in another way ("Writing ARM64 code for Apple platforms"): the arguments of a
/// variadic function that its prototype does not name, which are all on the stack there, and arguments on the
/// stack that do not fill whole words, which are packed there.
pub(super) fn differs_on_apple(signature: &Signature) -> bool {
    if signature.named.is_some_and(|named| named < signature.params.len()) {
        return true;
    }
    let placement = place(signature);
    let mut places = placement.params.iter().zip(&signature.params);
    places.any(|(place, param)| match place {
        ParamPlace::Scalar(place) => matches!(place, Place::Stack(_)) && param.size() < 8,
        ParamPlace::Pieces(pieces) => pieces.iter().any(|piece| matches!(piece.place, Place::Stack(_))),
        ParamPlace::Reference(_) => false,
    })
}

/// The number and size of the members of a homogeneous floating-point aggregate (section 5.9.5.1).
fn homogeneous_floats(record: &Record) -> Option<(u8, u32)> {
    let (count, size) = record.floats?;
    (count <= 4).then_some((count as u8, size))
}

/// The parts of a record, `step` bytes each.
fn in_registers(record: &Record, step: u32, mut next: impl FnMut() -> Place) -> Vec<Piece> {
    (0..record.size).step_by(step as usize).map(|from| Piece { place: next(), from, bytes: (record.size - from).min(step) }).collect()
}

fn place_record(record: &Record, registers: &mut Registers) -> ParamPlace {
    let align = record.member_align.clamp(8, 16);
    if let Some((count, size)) = homogeneous_floats(record) {
        if registers.have(0, count) {
            return ParamPlace::Pieces(in_registers(record, size, || registers.float()));
        }
        registers.end_floats();
        return ParamPlace::Pieces(registers.stack_pieces(record.size, align));
    }
    if record.size > 16 {
        return ParamPlace::Reference(registers.int());
    }
    if align == 16 {
        registers.even();
    }
    if registers.have(record.size.div_ceil(8) as u8, 0) {
        return ParamPlace::Pieces(in_registers(record, 8, || registers.int()));
    }
    registers.end_ints();
    ParamPlace::Pieces(registers.stack_pieces(record.size, align))
}

fn place_result(record: &Record) -> ResultPlace {
    // x0, x1; d0 to d3
    let mut results = Registers::new(2, 4);
    match homogeneous_floats(record) {
        Some((_, size)) => ResultPlace::Pieces(in_registers(record, size, || results.float())),
        None if record.size > 16 => ResultPlace::Memory(RESULT_REGISTER),
        None => ResultPlace::Pieces(in_registers(record, 8, || results.int())),
    }
}

pub(super) fn place(signature: &Signature) -> Placement {
    let result = match &signature.result {
        Type::Record(record) => place_result(record),
        Type::Scalar(_) | Type::Array(_) => super::scalar_result(&signature.result),
    };
    super::place_in_order(signature, Registers::new(INT_REGISTERS, FLOAT_REGISTERS), result, place_record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::tests::{packed, record, scalars};
    use crate::ctype::CType::*;

    fn places(params: Vec<Type>) -> Vec<ParamPlace> {
        place(&Signature { params, result: Type::Scalar(Void), named: None }).params
    }

    fn pieces(place: &ParamPlace) -> Vec<(Place, u32)> {
        let ParamPlace::Pieces(pieces) = place else { panic!("{place:?}") };
        pieces.iter().map(|piece| (piece.place, piece.from)).collect()
    }

    #[test]
    fn eight_integers_and_eight_floats_travel_in_registers() {
        let placement = place(&scalars([vec![I32; 8], vec![F64; 8]].concat(), F64));
        assert_eq!(placement.params[7], ParamPlace::Scalar(Place::Int(7)));
        assert_eq!(placement.params[15], ParamPlace::Scalar(Place::Float(7)));
        assert_eq!(placement.stack_bytes, 0);
    }

    #[test]
    fn stack_arguments_take_eight_bytes_each() {
        let placement = place(&scalars([vec![I64; 8], vec![I8, I32, I64]].concat(), Void));
        assert_eq!(placement.params[8..], [Place::Stack(0), Place::Stack(8), Place::Stack(16)].map(ParamPlace::Scalar));
        assert_eq!(placement.stack_bytes, 24);
    }

    #[test]
    fn narrow_arguments_count_only_on_the_stack() {
        let narrow = |params| differs_on_apple(&scalars(params, Void));
        assert!(!narrow(vec![I8; 8]));
        assert!(narrow(vec![I8; 9]));
        assert!(!narrow(vec![I64; 9]));
        assert!(narrow([vec![F64; 8], vec![F32]].concat()));
    }

    #[test]
    fn on_apple_what_a_prototype_does_not_name_is_on_the_stack() {
        assert!(differs_on_apple(&scalars(vec![Ptr, I32], Void).variadic(1)));
        assert!(!differs_on_apple(&scalars(vec![Ptr, I32], Void).variadic(2)));
    }

    #[test]
    fn up_to_four_floats_of_one_kind_are_in_a_register_each() {
        let places = places(vec![record(&[F32, F32, F32]), record(&[F64, F32]), record(&[F64, F64, F64, F64])]);
        assert_eq!(pieces(&places[0]), [(Place::Float(0), 0), (Place::Float(1), 4), (Place::Float(2), 8)]);
        assert_eq!(pieces(&places[1]), [(Place::Int(0), 0), (Place::Int(1), 8)]);
        assert_eq!(pieces(&places[2])[3], (Place::Float(6), 24));
    }

    #[test]
    fn what_does_not_fit_the_registers_ends_them() {
        let ints = |count| vec![Type::Scalar(I64); count];
        let places = places([ints(7), vec![record(&[I64, I8])], ints(1)].concat());
        assert_eq!(pieces(&places[7]), [(Place::Stack(0), 0)]);
        assert_eq!(places[8], ParamPlace::Scalar(Place::Stack(16)));
    }

    #[test]
    fn large_records_are_passed_and_returned_through_pointers() {
        let large = record(&[I64, I64, I8]);
        let placement = place(&Signature { params: vec![large.clone(), packed(&[I8, I64])], result: large, named: None });
        assert_eq!(placement.params[0], ParamPlace::Reference(Place::Int(0)));
        assert_eq!(pieces(&placement.params[1]), [(Place::Int(1), 0), (Place::Int(2), 8)]);
        assert_eq!(placement.result, ResultPlace::Memory(RESULT_REGISTER));
    }
}
