//! Calling conventions: which registers or stack words each argument and the result live in.
//!
//! All of them are compiled and tested on every machine; [`Abi::of_machine`] tells which one this
//! machine's trampoline speaks.

mod aapcs64;
mod libffi;
mod registers;
mod sysv64;
mod win64;

use crate::ctype::Repr;
use crate::error::{Code, Error};
use crate::layout::{Record, Type};
use crate::signature::Signature;
use registers::Registers;

/// Why a record that is not [settled](Abi::is_settled) cannot be passed, as the end of a sentence.
pub const UNSETTLED: &str = "it has an unnamed bit-field, with which compilers pass it differently";

/// Where one word goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The n-th integer register.
    Int(u8),
    /// The n-th floating-point register.
    Float(u8),
    /// This many bytes above the stack pointer at entry (on Windows, above the shadow space).
    Stack(u32),
}

/// A part of a record that travels together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it goes to or, in a result, comes from.
    pub place: Place,
    /// Where it starts in the record, in bytes.
    pub from: u32,
    /// How long it is; at most eight, unless it is on the stack.
    pub bytes: u32,
}

/// Where an argument goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamPlace {
    /// A scalar.
    Scalar(Place),
    /// The parts of a record.
    Pieces(Vec<Piece>),
    /// The address of a copy of a record.
    Reference(Place),
}

/// Where the result comes from; `void` has none and says `Int`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultPlace {
    /// The first integer result register.
    Int,
    /// The first floating-point result register.
    Float,
    /// The parts of a record in result registers.
    Pieces(Vec<Piece>),
    /// C stores the record at the address that the caller puts here.
    Memory(Place),
}

/// The places of all values of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// One for each parameter, in order.
    pub params: Vec<ParamPlace>,
    /// The place of the result.
    pub result: ResultPlace,
    /// Bytes used on the stack.
    pub stack_bytes: u32,
    /// The largest alignment asked for on the stack.
    pub stack_align: u32,
}

/// A calling convention, or libffi, which knows the conventions itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abi {
    /// System V AMD64: x86-64 everywhere but Windows.
    Sysv64,
    /// Microsoft x64: x86-64 Windows.
    Win64,
    /// Procedure call standard for AArch64.
    Aapcs64,
    /// A place in the frame for each argument, from which libffi takes it.
    Libffi,
}

impl Abi {
    /// Every convention.
    pub const ALL: &[Abi] = &[Abi::Sysv64, Abi::Win64, Abi::Aapcs64, Abi::Libffi];

    /// The convention of this machine, if this crate knows it.
    pub fn of_machine(signature: &Signature) -> Option<Abi> {
        if cfg!(all(target_arch = "x86_64", windows)) {
            Some(Abi::Win64)
        } else if cfg!(target_arch = "x86_64") {
            Some(Abi::Sysv64)
        } else if cfg!(all(target_arch = "aarch64", target_vendor = "apple")) && aapcs64::differs_on_apple(signature) {
            None
        } else if cfg!(all(target_arch = "aarch64", not(windows))) {
            Some(Abi::Aapcs64)
        } else {
            None
        }
    }

    /// Whether libffi can lay out and place the types of `signature` by itself.
    pub fn libffi_knows(signature: &Signature) -> bool {
        libffi::knows(signature)
    }

    /// Whether compilers for x86-64 but Windows agree on how a record is passed.
    pub fn is_settled(record: &Record) -> bool {
        sysv64::is_settled(record)
    }

    /// Checks that there is one way of passing the values of `signature` on this machine.
    ///
    /// # Errors
    ///
    /// `ERR_UNSUPPORTED_ARGS` where it depends on the compiler.
    pub fn check(signature: &Signature) -> Result<(), Error> {
        if cfg!(windows) || !cfg!(target_arch = "x86_64") {
            return Ok(());
        }
        let mut types = signature.params.iter().chain([&signature.result]);
        match types.any(|ty| matches!(ty, Type::Record(record) if !Abi::is_settled(record))) {
            true => Err(Error::new(Code::UnsupportedArgs, format!("a record cannot be passed by value: {UNSETTLED}"))),
            false => Ok(()),
        }
    }

    /// Places the values of a call of `signature`.
    pub fn place(self, signature: &Signature) -> Placement {
        match self {
            Abi::Sysv64 => sysv64::place(signature),
            Abi::Win64 => win64::place(signature),
            Abi::Aapcs64 => aapcs64::place(signature),
            Abi::Libffi => libffi::place(signature),
        }
    }
}

fn is_float(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(ctype) if matches!(ctype.repr(), Repr::Float(_)))
}

/// A scalar result's place where floating-point results have a register of their own.
fn scalar_result(ty: &Type) -> ResultPlace {
    if is_float(ty) { ResultPlace::Float } else { ResultPlace::Int }
}

/// Places parameters where integers and floats fill files of registers of their own.
fn place_in_order(
    signature: &Signature,
    mut registers: Registers,
    result: ResultPlace,
    place_record: impl Fn(&Record, &mut Registers) -> ParamPlace,
) -> Placement {
    let params = signature.params.iter().map(|param| match param {
        Type::Record(record) => place_record(record, &mut registers),
        Type::Scalar(_) | Type::Array(_) if is_float(param) => ParamPlace::Scalar(registers.float()),
        Type::Scalar(_) | Type::Array(_) => ParamPlace::Scalar(registers.int()),
    });
    let params = params.collect();
    Placement { params, result, stack_bytes: registers.stack_bytes, stack_align: registers.stack_align }
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::ctype::CType;
    use crate::layout::{MemberSpec, Record, RecordSpec, Rules, Type};
    use crate::signature::Signature;
    use std::rc::Rc;

    pub(crate) fn scalars(params: Vec<CType>, result: CType) -> Signature {
        Signature { params: params.into_iter().map(Type::Scalar).collect(), result: Type::Scalar(result), named: None }
    }

    fn lay_out(ctypes: &[CType], pack: u32) -> Type {
        let member = |&ctype| MemberSpec { ty: Type::Scalar(ctype), align: 0, width: None, is_named: true, is_flexible: false };
        let spec = RecordSpec { is_union: false, pack, align: 0, members: ctypes.iter().map(member).collect() };
        Type::Record(Rc::new(Record::new(spec, Rules::Sysv64).unwrap()))
    }

    pub(crate) fn record(ctypes: &[CType]) -> Type {
        lay_out(ctypes, 0)
    }

    pub(crate) fn packed(ctypes: &[CType]) -> Type {
        lay_out(ctypes, 1)
    }
}
