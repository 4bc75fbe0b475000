//! Where the code at a callback's address finds the words that C has passed, and where C wants the result.

use super::stubs;
use crate::abi::Abi;
use crate::ctype::Repr;
use crate::error::{Code, Error};
use crate::layout::Type;
use crate::libffi_call::{self, ResultStore};
use crate::plan::{Plan, Spot};
use crate::signature::Signature;
use libffi::middle::Cif;
use std::collections::HashMap;

/// Bytes of an argument on their way to the frame.
pub struct Move {
    /// The number of the word that they are in, or begin in.
    pub word: u32,
    /// How many.
    pub bytes: u32,
    /// An offset in the frame.
    pub to: u32,
    /// The word is the address of the bytes.
    pub is_reference: bool,
}

/// Where C wants the result. What is returned in registers has an index among those that are there for it.
pub enum ResultTo {
    /// It wants none.
    Nowhere,
    /// A scalar, in the register with this index.
    Register(Widening, usize),
    /// A record of this size, where libffi says.
    Whole(u32),
    /// A record in registers: for each, where that part of it starts, how many bytes it has, and the index.
    Words { size: u32, parts: Vec<(u32, u32, usize)> },
    /// A record at the address that is in this word, which is returned.
    Behind { word: u32, size: u32 },
}

/// How a scalar is widened to a register.
#[derive(Clone, Copy)]
pub struct Widening {
    /// Bits of a register that are not of the scalar.
    spare: u32,
    is_signed: bool,
}

impl Widening {
    fn of(repr: Repr) -> Widening {
        let spare = 64 - 8 * u32::from(repr.size()).clamp(1, 8);
        Widening { spare, is_signed: matches!(repr, Repr::Int(_)) }
    }

    /// A register whose lowest bytes are the scalar.
    #[inline(always)]
    pub fn widen(self, word: u64) -> u64 {
        let high = word << self.spare;
        if self.is_signed { (high as i64 >> self.spare) as u64 } else { high >> self.spare }
    }
}

/// What becomes of what our own code passes; `plan` says where JavaScript finds it.
///
/// # Errors
///
/// `ERR_UNSUPPORTED_ARGS` when it is too much.
pub fn of_stubs(signature: &Signature, plan: &Plan, abi: Abi) -> Result<(Vec<Move>, ResultTo), Error> {
    let machine = Plan::new(signature, abi)?;
    Ok((part_moves(signature, plan, &machine, stubs::word_at), register_result(signature, &machine)))
}

/// What a closure of libffi's is told, and what becomes of what it passes.
///
/// # Errors
///
/// `ERR_UNSUPPORTED_ARGS` when nothing here can read the arguments.
pub fn of_libffi(signature: &Signature, plan: &Plan) -> Result<(Cif, Vec<Move>, ResultTo), Error> {
    let abi = if Abi::libffi_knows(signature) { Some(Abi::Libffi) } else { Abi::of_machine(signature) };
    let unsupported = || Error::new(Code::UnsupportedArgs, "records like these cannot be passed to callbacks on this machine");
    let abi = abi.ok_or_else(unsupported)?;
    let machine = Plan::new(signature, abi)?;
    let (args, result_type, store) = libffi_call::prepared(signature, abi, &machine);
    let (moves, result) = match abi {
        Abi::Libffi => (whole_moves(signature, plan), whole_result(signature)),
        Abi::Sysv64 | Abi::Win64 | Abi::Aapcs64 => {
            let positions: HashMap<u32, u32> = args.iter().enumerate().map(|(index, (offset, _))| (*offset, index as u32)).collect();
            let position = |offset| positions[&offset];
            (part_moves(signature, plan, &machine, position), part_result(signature, &machine, &store, position))
        }
    };
    Ok((libffi_call::cif(args.into_iter().map(|(_, ty)| ty).collect(), result_type)?, moves, result))
}

/// Every argument is where libffi says, whole.
fn whole_moves(signature: &Signature, plan: &Plan) -> Vec<Move> {
    let params = plan.params.iter().zip(&signature.params).enumerate();
    let moves = params.map(|(index, (spot, ty))| Move {
        word: index as u32,
        bytes: ty.size(),
        to: libffi_call::offset_of_spot(spot),
        is_reference: false,
    });
    moves.collect()
}

fn whole_result(signature: &Signature) -> ResultTo {
    match &signature.result {
        Type::Scalar(ctype) if ctype.repr() == Repr::Void => ResultTo::Nowhere,
        Type::Scalar(ctype) => ResultTo::Register(Widening::of(ctype.repr()), 0),
        Type::Record(_) | Type::Array(_) => ResultTo::Whole(signature.result.size()),
    }
}

/// A scalar comes in one, and its place in the frame is one, whatever is in the upper bytes.
const WORD: u32 = 8;

/// The arguments are registers and stack words: records are put together of them. `position` tells the number
/// of the one that is at an offset of the frame in calls.
fn part_moves(signature: &Signature, plan: &Plan, machine: &Plan, position: impl Fn(u32) -> u32) -> Vec<Move> {
    let mut moves = Vec::new();
    let spots = plan.params.iter().zip(&machine.params).zip(&signature.params);
    for ((spot, place), ty) in spots {
        let to = libffi_call::offset_of_spot(spot);
        match place {
            Spot::Scalar(offset) => moves.push(Move { word: position(*offset), bytes: WORD, to, is_reference: false }),
            Spot::Address(offset) => moves.push(Move { word: position(*offset), bytes: ty.size(), to, is_reference: true }),
            Spot::Pieces(parts) => {
                let words = parts
                    .iter()
                    .flat_map(|&[offset, from, bytes]| (0..bytes).step_by(8).map(move |at| (offset + at, from + at, (bytes - at).min(8))));
                moves.extend(words.map(|(offset, from, bytes)| Move { word: position(offset), bytes, to: to + from, is_reference: false }));
            }
        }
    }
    moves
}

fn part_result(signature: &Signature, machine: &Plan, store: &ResultStore, position: impl Fn(u32) -> u32) -> ResultTo {
    let size = signature.result.size();
    match (&machine.result, store) {
        (Spot::Scalar(_), _) => whole_result(signature),
        (Spot::Pieces(parts), _) => {
            let parts = parts.iter().enumerate().map(|(index, part)| (part[1], part[2], index));
            ResultTo::Words { size, parts: parts.collect() }
        }
        (Spot::Address(_), ResultStore::Behind(_)) => ResultTo::Whole(size),
        (Spot::Address(slot), ResultStore::At(_) | ResultStore::Spread(_)) => ResultTo::Behind { word: position(*slot), size },
    }
}

/// The result goes where our own code takes it from.
fn register_result(signature: &Signature, machine: &Plan) -> ResultTo {
    let size = signature.result.size();
    match (&machine.result, whole_result(signature)) {
        (Spot::Scalar(slot), ResultTo::Register(widening, _)) => ResultTo::Register(widening, stubs::result_at(*slot)),
        (Spot::Scalar(_), whole) => whole,
        (Spot::Pieces(parts), _) => {
            let parts = parts.iter().map(|&[slot, from, bytes]| (from, bytes, stubs::result_at(slot)));
            ResultTo::Words { size, parts: parts.collect() }
        }
        (Spot::Address(slot), _) => ResultTo::Behind { word: stubs::word_at(*slot), size },
    }
}
