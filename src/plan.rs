//! The call plan: at which frame offsets each argument and the result of a signature live.

use crate::abi::{Abi, ParamPlace, Piece, Place, ResultPlace};
use crate::ctype::Repr;
use crate::error::{Code, Error};
use crate::frame::{Frame, STACK_ALIGN, STACK_WORDS};
use crate::layout::Type;
use crate::signature::Signature;
use std::mem::offset_of;

/// Everything decided once per signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Where each argument goes.
    pub params: Vec<Spot>,
    /// Where the result comes from.
    pub result: Spot,
    /// Words that are copied to the stack.
    pub stack_words: u32,
    /// The largest alignment asked for on the stack.
    pub stack_align: u32,
    /// The registers that a call needs to load and store.
    pub registers: Registers,
    /// The floating-point registers, a bit each, whose content the integer register of the same number has too.
    pub doubled: u8,
    /// The floating-point registers, a bit each, that have a `float`.
    pub singles: u8,
    /// Whether one of the first two integer registers has a scalar of eight bytes.
    pub is_wide: bool,
    /// The result, where it is a Number of at most 32 bits, a floating-point one, or an address.
    pub number: Option<Number>,
}

/// What kind of Number a result is. Of integers that are narrower than 32 bits the upper ones may be anything: stubs cut them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// `i32`, and everything narrower
    I32,
    /// `u32`
    U32,
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// An address, if it is a safe integer
    Address,
}

/// Which registers a call uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registers {
    /// Integer arguments, and a result in the first integer register.
    Integers,
    /// All argument registers; the result is in the first register, an integer or a floating-point one.
    First {
        /// The result is in a floating-point register.
        is_float: bool,
    },
    /// All registers.
    All,
}

/// Where a value is in the frame; offsets are in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A scalar at this offset.
    Scalar(u32),
    /// The parts of a record: offset in the frame, offset in the record, bytes.
    Pieces(Vec<[u32; 3]>),
    /// A record elsewhere, whose address is at this offset.
    Address(u32),
}

impl Plan {
    /// Plans calls of `signature` under `abi`.
    ///
    /// # Errors
    ///
    /// `ERR_UNSUPPORTED_ARGS` when the arguments on the stack do not fit the frame or want to be aligned
    /// more than it is.
    pub fn new(signature: &Signature, abi: Abi) -> Result<Plan, Error> {
        let placement = abi.place(signature);
        let stack_words = placement.stack_bytes.div_ceil(8);
        if stack_words as usize > STACK_WORDS {
            let message = format!("the arguments take {stack_words} words of the stack; at most {STACK_WORDS} can be passed");
            return Err(Error::new(Code::UnsupportedArgs, message));
        }
        if placement.stack_align > STACK_ALIGN {
            let message = format!("a record aligned to more than {STACK_ALIGN} bytes cannot be passed by value");
            return Err(Error::new(Code::UnsupportedArgs, message));
        }
        Ok(Plan {
            // Variadic functions want to know of vector registers, which only the trampoline tells them.
            registers: if signature.named.is_some() { Registers::All } else { registers(&placement.params, &placement.result) },
            doubled: if abi == Abi::Win64 && signature.named.is_some() { float_registers(&placement.params) } else { 0 },
            singles: singles(signature, &placement.params),
            is_wide: is_wide(signature, &placement.params),
            number: number(&signature.result),
            params: placement.params.into_iter().map(param_spot).collect(),
            result: result_spot(placement.result),
            stack_words,
            stack_align: placement.stack_align,
        })
    }
}

fn registers(params: &[ParamPlace], result: &ResultPlace) -> Registers {
    let is_integer = |param: &ParamPlace| match param {
        ParamPlace::Scalar(place) | ParamPlace::Reference(place) => matches!(place, Place::Int(_)),
        ParamPlace::Pieces(pieces) => pieces.iter().all(|piece| matches!(piece.place, Place::Int(_))),
    };
    match result {
        ResultPlace::Pieces(_) => Registers::All,
        ResultPlace::Float => Registers::First { is_float: true },
        ResultPlace::Int | ResultPlace::Memory(_) if params.iter().all(is_integer) => Registers::Integers,
        ResultPlace::Int | ResultPlace::Memory(_) => Registers::First { is_float: false },
    }
}

/// The floating-point registers that scalars are in, a bit each.
fn float_registers(params: &[ParamPlace]) -> u8 {
    let bit = |param: &ParamPlace| if let ParamPlace::Scalar(Place::Float(register)) = param { 1 << register } else { 0 };
    params.iter().map(bit).fold(0, |all, bit| all | bit)
}

/// The floating-point registers that are scalars of four bytes, a bit each.
fn singles(signature: &Signature, params: &[ParamPlace]) -> u8 {
    let bit = |(of_type, param): (&Type, &ParamPlace)| match (of_type, param) {
        (Type::Scalar(ctype), ParamPlace::Scalar(Place::Float(register))) if ctype.repr() == Repr::Float(4) => 1 << register,
        _ => 0,
    };
    signature.params.iter().zip(params).map(bit).fold(0, |all, bit| all | bit)
}

fn is_wide(signature: &Signature, params: &[ParamPlace]) -> bool {
    let is_first = |param: &ParamPlace| matches!(param, ParamPlace::Scalar(Place::Int(0 | 1)));
    signature.params.iter().zip(params).any(|(of_type, param)| is_first(param) && of_type.size() == 8)
}

fn number(result: &Type) -> Option<Number> {
    let Type::Scalar(ctype) = result else { return None };
    match ctype.repr() {
        Repr::Int(1..=4) | Repr::Uint(1 | 2) => Some(Number::I32),
        Repr::Uint(4) => Some(Number::U32),
        Repr::Float(4) => Some(Number::F32),
        Repr::Float(8) => Some(Number::F64),
        Repr::Pointer => Some(Number::Address),
        _ => None,
    }
}

fn param_spot(place: ParamPlace) -> Spot {
    match place {
        ParamPlace::Scalar(place) => Spot::Scalar(argument_offset(place)),
        ParamPlace::Pieces(pieces) => Spot::Pieces(pieces.into_iter().map(|piece| part(piece, argument_offset)).collect()),
        ParamPlace::Reference(place) => Spot::Address(argument_offset(place)),
    }
}

fn result_spot(place: ResultPlace) -> Spot {
    match place {
        ResultPlace::Int => Spot::Scalar(result_offset(Place::Int(0))),
        ResultPlace::Float => Spot::Scalar(result_offset(Place::Float(0))),
        ResultPlace::Pieces(pieces) => Spot::Pieces(pieces.into_iter().map(|piece| part(piece, result_offset)).collect()),
        ResultPlace::Memory(place) => Spot::Address(argument_offset(place)),
    }
}

fn part(Piece { place, from, bytes }: Piece, offset: fn(Place) -> u32) -> [u32; 3] {
    [offset(place), from, bytes]
}

fn argument_offset(place: Place) -> u32 {
    match place {
        Place::Int(register) => offset_of!(Frame, ints) as u32 + 8 * u32::from(register),
        Place::Float(register) => offset_of!(Frame, floats) as u32 + 8 * u32::from(register),
        Place::Stack(byte) => offset_of!(Frame, stack) as u32 + byte,
    }
}

/// No result is on the stack.
fn result_offset(place: Place) -> u32 {
    match place {
        Place::Int(register) => offset_of!(Frame, int_results) as u32 + 8 * u32::from(register),
        Place::Float(register) => offset_of!(Frame, float_results) as u32 + 8 * u32::from(register),
        Place::Stack(_) => unreachable!("results are in registers or behind a pointer"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::tests::{packed, record, scalars};
    use crate::ctype::CType;
    use crate::layout::Type;

    fn many(count: usize) -> Signature {
        scalars(vec![CType::I64; count], CType::Void)
    }

    /// Offset and length of all that a value occupies.
    fn spans(spot: &Spot, ty: &Type) -> Vec<(u32, u32)> {
        match spot {
            Spot::Scalar(at) => vec![(*at, ty.size())],
            Spot::Pieces(parts) => parts.iter().map(|&[at, _, bytes]| (at, bytes.next_multiple_of(8))).collect(),
            Spot::Address(at) => vec![(*at, 8)],
        }
    }

    #[test]
    fn slots_of_one_call_never_overlap() {
        use CType::*;
        let records = [record(&[I8, F32, F64]), packed(&[I8, I64]), record(&[F32, F32, F32]), record(&[I64, I64, I64]), record(&[I8])];
        let scalars = CType::ALL.iter().filter(|&&ctype| ctype != Void).map(|&ctype| Type::Scalar(ctype));
        let types: Vec<_> = scalars.zip(records.into_iter().cycle()).flat_map(|(scalar, record)| [scalar, record]).collect();
        for abi in Abi::ALL {
            for start in 0..types.len() {
                let params: Vec<_> = types.iter().cycle().skip(start).take(200).cloned().collect();
                let plan = Plan::new(&Signature { params: params.clone(), result: types[start].clone(), named: None }, *abi).unwrap();
                let mut all: Vec<_> = plan.params.iter().zip(&params).flat_map(|(spot, ty)| spans(spot, ty)).collect();
                all.sort_unstable();
                assert!(all.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0), "{abi:?}");
            }
        }
    }

    #[test]
    fn only_on_windows_variadic_functions_get_floats_in_integer_registers_too() {
        use CType::*;
        let params = vec![F64, I64, F64, F64, F64];
        let doubled = |signature: Signature, abi| Plan::new(&signature, abi).unwrap().doubled;
        assert_eq!(doubled(scalars(params.clone(), I32).variadic(1), Abi::Win64), 0b1101);
        assert_eq!(doubled(scalars(params.clone(), I32), Abi::Win64), 0);
        assert_eq!(doubled(scalars(params, I32).variadic(1), Abi::Sysv64), 0);
    }

    #[test]
    fn more_stack_words_than_the_frame_holds_are_refused() {
        for abi in Abi::ALL {
            assert!(Plan::new(&many(STACK_WORDS), *abi).is_ok());
            assert_eq!(Plan::new(&many(STACK_WORDS + 10), *abi).unwrap_err().code, Code::UnsupportedArgs);
        }
    }
}
