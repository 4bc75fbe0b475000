//! System V Application Binary Interface, AMD64 supplement, section 3.2.3 (parameter passing).

use super::registers::Registers;
use super::{ParamPlace, Piece, Place, Placement, ResultPlace};
use crate::layout::{Leaf, Record, Type};
use crate::signature::Signature;

/// rdi, rsi, rdx, rcx, r8, r9
const INT_REGISTERS: u8 = 6;
/// xmm0 to xmm7
const FLOAT_REGISTERS: u8 = 8;

/// The class of eight bytes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Nothing but padding.
    None,
    Integer,
    Sse,
}

/// The classes of a record's eightbytes; `None` for class MEMORY.
fn classify(record: &Record) -> Option<Vec<Class>> {
    classes_of(record, record.leaves.iter())
}

/// Whether compilers agree on where a record goes. The ABI does not say what unnamed bit-fields are: padding to clang,
/// integers to gcc (those without width only in unions, and before version 12). Nor does it say whether bit-fields in
/// a union can be unaligned: to gcc they can.
pub(super) fn is_settled(record: &Record) -> bool {
    classify(record) == classes_of(record, record.leaves.iter().chain(&record.gaps))
}

fn classes_of<'a>(record: &Record, leaves: impl Iterator<Item = &'a Leaf>) -> Option<Vec<Class>> {
    if record.size > 16 || record.is_flexible {
        return None;
    }
    let mut classes = vec![Class::None; record.size.div_ceil(8) as usize];
    for leaf in leaves {
        if !leaf.is_bits && !leaf.offset.is_multiple_of(leaf.size) {
            return None;
        }
        let from = leaf.offset / 8;
        let touched = (leaf.offset + leaf.size).div_ceil(8) - from;
        for class in classes.iter_mut().skip(from as usize).take(touched as usize) {
            *class = if leaf.is_float && *class != Class::Integer { Class::Sse } else { Class::Integer };
        }
    }
    Some(classes)
}

/// The parts of a record of these classes, in registers that `next` gives.
fn in_registers(record: &Record, classes: &[Class], mut next: impl FnMut(Class) -> Place) -> Vec<Piece> {
    let eightbytes = classes.iter().zip((0..record.size).step_by(8));
    let used = eightbytes.filter(|(class, _)| **class != Class::None);
    used.map(|(&class, from)| Piece { place: next(class), from, bytes: (record.size - from).min(8) }).collect()
}

fn place_record(record: &Record, registers: &mut Registers) -> Vec<Piece> {
    let Some(classes) = classify(record) else { return registers.stack_pieces(record.size, record.align) };
    let count = |wanted| classes.iter().filter(|&&class| class == wanted).count() as u8;
    // All of a record is in registers, or none of it.
    if !registers.have(count(Class::Integer), count(Class::Sse)) {
        return registers.stack_pieces(record.size, record.align);
    }
    in_registers(record, &classes, |class| if class == Class::Sse { registers.float() } else { registers.int() })
}

fn place_result(record: &Record, registers: &mut Registers) -> ResultPlace {
    let Some(classes) = classify(record) else { return ResultPlace::Memory(registers.int()) };
    // rax, rdx; xmm0, xmm1
    let mut results = Registers::new(2, 2);
    ResultPlace::Pieces(in_registers(record, &classes, |class| if class == Class::Sse { results.float() } else { results.int() }))
}

pub(super) fn place(signature: &Signature) -> Placement {
    let mut registers = Registers::new(INT_REGISTERS, FLOAT_REGISTERS);
    let result = match &signature.result {
        Type::Record(record) => place_result(record, &mut registers),
        Type::Scalar(_) | Type::Array(_) => super::scalar_result(&signature.result),
    };
    super::place_in_order(signature, registers, result, |record, registers| ParamPlace::Pieces(place_record(record, registers)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::tests::{packed, record, scalars};
    use crate::ctype::CType::{self, *};
    use crate::layout::{MemberSpec, RecordSpec, Rules};
    use std::rc::Rc;

    fn scalar_places(params: Vec<CType>, result: CType) -> Placement {
        place(&scalars(params, result))
    }

    fn record_places(record: Type) -> Vec<(Place, u32)> {
        let placement = place(&Signature { params: vec![record], result: Type::Scalar(Void), named: None });
        let ParamPlace::Pieces(pieces) = &placement.params[0] else { panic!("{placement:?}") };
        pieces.iter().map(|piece| (piece.place, piece.from)).collect()
    }

    #[test]
    fn the_two_register_files_fill_independently() {
        let placement = scalar_places(vec![I32, F64, Ptr, F32, U8], F32);
        let expected = [Place::Int(0), Place::Float(0), Place::Int(1), Place::Float(1), Place::Int(2)];
        assert_eq!(placement.params, expected.map(ParamPlace::Scalar));
        assert_eq!(placement.result, ResultPlace::Float);
        assert_eq!(placement.stack_bytes, 0);
    }

    #[test]
    fn the_rest_goes_to_the_stack_in_order_of_the_parameters() {
        let placement = scalar_places(vec![I8, I8, I8, I8, I8, I8, I8, F64, I64], Void);
        assert_eq!(placement.params[6..], [Place::Stack(0), Place::Float(0), Place::Stack(8)].map(ParamPlace::Scalar));
        assert_eq!(placement.stack_bytes, 16);
    }

    #[test]
    fn each_eightbyte_of_a_record_has_its_class() {
        assert_eq!(record_places(record(&[F64, F64])), [(Place::Float(0), 0), (Place::Float(1), 8)]);
        assert_eq!(record_places(record(&[F32, I32, F64])), [(Place::Int(0), 0), (Place::Float(0), 8)]);
        assert_eq!(record_places(record(&[F32, F32, I8])), [(Place::Float(0), 0), (Place::Int(0), 8)]);
    }

    #[test]
    fn large_and_unaligned_records_are_in_memory() {
        assert_eq!(record_places(record(&[I64, I64, I8])), [(Place::Stack(0), 0)]);
        assert_eq!(record_places(packed(&[I8, I32])), [(Place::Stack(0), 0)]);
    }

    #[test]
    fn compilers_agree_where_an_unnamed_bit_field_is_beside_an_integer_or_in_memory() {
        let member =
            |ctype: CType, width| MemberSpec { ty: Type::Scalar(ctype), align: 0, width, is_named: width.is_none(), is_flexible: false };
        let of = |is_union, pack, members: &[(CType, Option<u32>)]| {
            let members = members.iter().map(|&(ctype, width)| member(ctype, width)).collect();
            Record::new(RecordSpec { is_union, pack, align: 0, members }, Rules::Sysv64).unwrap()
        };
        let settled = |members: &[(CType, Option<u32>)]| is_settled(&of(false, 0, members));
        assert!(settled(&[(I32, None), (U32, Some(5)), (F64, None)]));
        assert!(settled(&[(F32, None), (U8, Some(5)), (U8, None)]));
        assert!(settled(&[(I64, None), (I64, None), (F64, None), (U8, Some(3))]));
        assert!(!settled(&[(F32, None), (U32, Some(5))]));
        assert!(!settled(&[(F64, None), (U32, Some(5))]));
        assert!(!settled(&[(U64, Some(5)), (I64, None)]));
        // Those without width count for gcc before 12, and in unions.
        assert!(settled(&[(F64, None), (U32, Some(0)), (F64, None)]));
        assert!(!settled(&[(F32, None), (U32, Some(0)), (F32, None)]));
        assert!(!is_settled(&of(true, 0, &[(F32, None), (U32, Some(0))])));
        assert!(is_settled(&of(true, 0, &[(I32, None), (U32, Some(3))])));
        // Inside of others they are where those put them.
        let inner = Rc::new(of(true, 2, &[(I16, None), (I32, Some(20))]));
        let nested = |first| {
            let inner = MemberSpec { ty: Type::Record(inner.clone()), ..member(I8, None) };
            Record::new(RecordSpec { is_union: false, pack: 2, align: 0, members: vec![member(first, None), inner] }, Rules::Sysv64)
                .unwrap()
        };
        assert!(is_settled(&nested(I32)));
        assert!(!is_settled(&nested(I16)));
    }

    #[test]
    fn a_record_is_not_split_between_registers_and_stack() {
        let mut params = vec![Type::Scalar(I64); 5];
        params.extend([record(&[I64, I64]), Type::Scalar(I64)]);
        let placement = place(&Signature { params, result: record(&[I64, I64, I64]), named: None });
        assert_eq!(placement.result, ResultPlace::Memory(Place::Int(0)));
        assert_eq!(placement.params[5], ParamPlace::Pieces(vec![Piece { place: Place::Stack(0), from: 0, bytes: 16 }]));
        assert_eq!(placement.params[6], ParamPlace::Scalar(Place::Stack(16)));
    }
}
