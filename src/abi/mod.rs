//! Calling conventions: which register or stack word each argument and the result lives in.
//!
//! All of them are compiled and tested on every machine; [`Abi::of_trampoline`] tells which one
//! this machine's trampoline speaks.

mod aapcs64;
mod libffi;
mod sysv64;
mod win64;

use crate::ctype::Repr;
use crate::signature::Signature;

/// Where one argument goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The n-th integer register.
    Int(u8),
    /// The n-th floating-point register.
    Float(u8),
    /// This many bytes above the stack pointer at entry (on Windows, above the shadow space).
    Stack(u32),
}

/// Where the result comes from; `void` has none and says `Int`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultPlace {
    /// The first integer result register.
    Int,
    /// The first floating-point result register.
    Float,
}

/// The places of all values of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// One place for each parameter, in order.
    pub params: Vec<Place>,
    /// The place of the result.
    pub result: ResultPlace,
    /// Bytes used on the stack.
    pub stack_bytes: u32,
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
    /// One frame slot for each argument, from which libffi takes them.
    Libffi,
}

impl Abi {
    /// Every convention.
    pub const ALL: &[Abi] = &[Abi::Sysv64, Abi::Win64, Abi::Aapcs64, Abi::Libffi];

    /// The convention in which this machine's trampoline calls `signature`; [`Abi::Libffi`] where
    /// there is no trampoline, or where it cannot.
    pub fn of_trampoline(signature: &Signature) -> Abi {
        if cfg!(all(target_arch = "x86_64", windows)) {
            Abi::Win64
        } else if cfg!(target_arch = "x86_64") {
            Abi::Sysv64
        } else if cfg!(all(target_arch = "aarch64", target_vendor = "apple")) && aapcs64::has_narrow_stack_argument(signature) {
            Abi::Libffi
        } else if cfg!(all(target_arch = "aarch64", not(windows))) {
            Abi::Aapcs64
        } else {
            Abi::Libffi
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

/// The result's place where floating-point results have a register of their own.
fn result_place(signature: &Signature) -> ResultPlace {
    match signature.result.repr() {
        Repr::Float(_) => ResultPlace::Float,
        Repr::Void | Repr::Int(_) | Repr::Uint(_) | Repr::Pointer => ResultPlace::Int,
    }
}

/// Places scalars where integers and floats fill two files of registers, each in order, and what finds
/// its file full takes eight bytes of the stack.
fn place_in_two_register_files(signature: &Signature, int_registers: u8, float_registers: u8) -> Placement {
    let (mut ints, mut floats, mut stack_bytes) = (0, 0, 0);
    let mut place = |is_float: bool| {
        let (used, registers) = if is_float { (&mut floats, float_registers) } else { (&mut ints, int_registers) };
        if *used == registers {
            stack_bytes += 8;
            return Place::Stack(stack_bytes - 8);
        }
        *used += 1;
        if is_float { Place::Float(*used - 1) } else { Place::Int(*used - 1) }
    };
    let params = signature.params.iter().map(|param| place(matches!(param.repr(), Repr::Float(_)))).collect();
    Placement { params, result: result_place(signature), stack_bytes }
}
