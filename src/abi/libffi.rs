//! libffi: every argument has a slot of its own, and libffi moves it to where the machine wants it.

use super::{Place, Placement, ResultPlace};
use crate::signature::Signature;

pub(super) fn place(signature: &Signature) -> Placement {
    let count = signature.params.len() as u32;
    Placement {
        params: (0..count).map(|index| Place::Stack(8 * index)).collect(),
        // libffi stores every result, widened to a register, at the one address it is given.
        result: ResultPlace::Int,
        stack_bytes: 8 * count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctype::CType::*;

    #[test]
    fn each_argument_has_its_own_slot() {
        let placement = place(&Signature { params: vec![I8, F64, Ptr], result: F64 });
        assert_eq!(placement.params, [Place::Stack(0), Place::Stack(8), Place::Stack(16)]);
        assert_eq!(placement.result, ResultPlace::Int);
    }
}
