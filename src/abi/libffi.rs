//! libffi: every argument has a place of its own, and libffi moves it to where the machine wants it.

use super::registers::Registers;
use super::{ParamPlace, Place, Placement, ResultPlace};
use crate::layout::{Record, Type};
use crate::signature::Signature;

/// Where the address that libffi stores a record at is put. No machine's arguments are there.
pub const RESULT_ADDRESS: Place = Place::Int(8);

/// Whether libffi can know the types of `signature`: it lays out structs by itself, from members of
/// natural alignment.
pub(super) fn knows(signature: &Signature) -> bool {
    let is_plain = |ty: &Type| match ty {
        Type::Record(record) => record.is_plain,
        Type::Scalar(_) | Type::Array(_) => true,
    };
    is_plain(&signature.result) && signature.params.iter().all(is_plain)
}

pub(super) fn place(signature: &Signature) -> Placement {
    let mut stack = Registers::new(0, 0);
    let pieces = |record: &Record, stack: &mut Registers| ParamPlace::Pieces(stack.stack_pieces(record.size, record.align));
    let params = signature.params.iter().map(|param| match param {
        Type::Record(record) => pieces(record, &mut stack),
        Type::Scalar(_) | Type::Array(_) => ParamPlace::Scalar(stack.stack(8, 8)),
    });
    let params = params.collect();
    let result = match &signature.result {
        Type::Record(_) => ResultPlace::Memory(RESULT_ADDRESS),
        // libffi stores every scalar, widened to a register, at the one address it is given.
        Type::Scalar(_) | Type::Array(_) => ResultPlace::Int,
    };
    Placement { params, result, stack_bytes: stack.stack_bytes, stack_align: 8 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::tests::{packed, record, scalars};
    use crate::ctype::CType::*;

    #[test]
    fn each_argument_has_its_own_slot() {
        let placement = place(&scalars(vec![I8, F64, Ptr], F64));
        assert_eq!(placement.params, [Place::Stack(0), Place::Stack(8), Place::Stack(16)].map(ParamPlace::Scalar));
        assert_eq!(placement.result, ResultPlace::Int);
    }

    #[test]
    fn packed_records_are_not_known() {
        let returning = |result| Signature { params: vec![], result, named: None };
        assert!(knows(&returning(record(&[I8, I32]))));
        assert!(!knows(&returning(packed(&[I8, I32]))));
    }
}
