//! How a call of a callback is read and answered: from where libffi puts C's arguments to the frame, and
//! from the frame to where C wants its result.

use crate::abi::Abi;
use crate::ctype::{CType, Repr};
use crate::error::{Code, Error};
use crate::frame::Frame;
use crate::layout::Type;
use crate::libffi_call::{self, ResultStore};
use crate::plan::{Plan, Spot};
use crate::signature::Signature;
use libffi::middle::Cif;
use libffi::raw::ffi_cif;
use std::collections::HashMap;
use std::ffi::c_void;
use std::mem::offset_of;
use std::slice;

/// Everything decided once per signature of callbacks.
pub struct CallbackPlan {
    /// Where JavaScript finds the arguments, each of them whole, and leaves the result: a scalar, or the
    /// address of a record.
    pub plan: Plan,
    cif: Cif,
    moves: Vec<Move>,
    result: ResultTo,
    /// Which words of the arguments are C strings.
    strings: Vec<u32>,
}

// SAFETY: nothing is written after `new`; libffi only reads a prepared cif.
unsafe impl Send for CallbackPlan {}
// SAFETY: as above.
unsafe impl Sync for CallbackPlan {}

/// Bytes of an argument on their way to the frame.
struct Move {
    /// Which of libffi's arguments.
    argument: u32,
    bytes: u32,
    /// An offset in the frame.
    to: u32,
    /// The argument is the address of the bytes.
    is_reference: bool,
}

/// Where C wants the result.
enum ResultTo {
    /// It wants none.
    Nowhere,
    /// A scalar.
    Register(Widening),
    /// A record of this size, where libffi says.
    Whole(u32),
    /// A record in registers, a word for each: where they start in it, and how many bytes they have.
    Words { size: u32, parts: Vec<(u32, u32)> },
    /// A record at the address that is this argument, which is returned.
    Behind { argument: u32, size: u32 },
}

/// The result of a callback.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A scalar in its lowest bytes.
    Word(u64),
    /// A record.
    Record(Box<[u8]>),
}

const STACK: u32 = offset_of!(Frame, stack) as u32;

impl CallbackPlan {
    /// Plans callbacks of `signature`.
    ///
    /// # Errors
    ///
    /// `ERR_UNSUPPORTED_ARGS` when nothing here can read the arguments, `ERR_INVALID_ARG_TYPE` for a `buffer`
    /// among them, which has no length.
    pub fn new(signature: &Signature) -> Result<CallbackPlan, Error> {
        if signature.params.iter().any(|param| matches!(param, Type::Scalar(CType::Buffer))) {
            let message = "C passes no buffers to a callback: use ptr, and toArrayBuffer with a length";
            return Err(Error::new(Code::InvalidArgType, message));
        }
        Abi::check(signature)?;
        let plan = Plan::new(signature, Abi::Libffi)?;
        let abi = if Abi::libffi_knows(signature) { Some(Abi::Libffi) } else { Abi::of_machine(signature) };
        let unsupported = || Error::new(Code::UnsupportedArgs, "records like these cannot be passed to callbacks on this machine");
        let abi = abi.ok_or_else(unsupported)?;
        let machine = Plan::new(signature, abi)?;
        let (args, result_type, store) = libffi_call::prepared(signature, abi, &machine);
        let (moves, result) = match abi {
            Abi::Libffi => (whole_moves(signature, &plan), whole_result(signature)),
            Abi::Sysv64 | Abi::Win64 | Abi::Aapcs64 => {
                let positions = args.iter().enumerate().map(|(index, (offset, _))| (*offset, index as u32)).collect();
                let parts = part_moves(signature, &plan, &machine, &positions);
                (parts, part_result(signature, &machine, &store, &positions))
            }
        };
        let cif = libffi_call::cif(args.into_iter().map(|(_, ty)| ty).collect(), result_type)?;
        let strings = plan.params.iter().zip(&signature.params).filter(|(_, ty)| matches!(ty, Type::Scalar(CType::CString)));
        let strings = strings.map(|(spot, _)| (libffi_call::offset_of_spot(spot) - STACK) / 8).collect();
        Ok(CallbackPlan { plan, cif, moves, result, strings })
    }

    /// What libffi knows of the signature; it lives as long as this.
    pub fn cif(&self) -> *mut ffi_cif {
        self.cif.as_raw_ptr()
    }

    /// How many words of the frame's stack area the arguments take.
    pub fn words(&self) -> usize {
        self.plan.stack_words as usize
    }

    /// Which of those words are the addresses of C strings.
    pub fn strings_in_words(&self) -> &[u32] {
        &self.strings
    }

    /// Copies C's arguments to memory that is laid out as the frame's stack area.
    ///
    /// # Safety
    ///
    /// `args` are libffi's for a call of this signature, and there are [`words`](CallbackPlan::words) words
    /// at `target`.
    #[inline]
    pub unsafe fn copy_arguments(&self, args: *const *const c_void, target: *mut u64) {
        let base = target.cast::<u8>().wrapping_sub(STACK as usize);
        for Move { argument, bytes, to, is_reference } in &self.moves {
            // SAFETY: the moves were made for this signature, so each names an argument, as many bytes as it
            // has, and a place among the words.
            unsafe {
                let mut source = (*args.add(*argument as usize)).cast::<u8>();
                if *is_reference {
                    source = source.cast::<*const u8>().read();
                }
                let target = base.wrapping_add(*to as usize);
                // The usual sizes, without a call.
                match bytes {
                    8 => target.cast::<[u8; 8]>().write_unaligned(source.cast::<[u8; 8]>().read_unaligned()),
                    4 => target.cast::<[u8; 4]>().write_unaligned(source.cast::<[u8; 4]>().read_unaligned()),
                    _ => source.copy_to_nonoverlapping(target, *bytes as usize),
                }
            }
        }
    }

    /// The result that JavaScript has left in the frame.
    ///
    /// # Safety
    ///
    /// A stub of this signature has just written it; that of a record, to its own memory.
    #[inline]
    pub unsafe fn answer_in(&self, frame: *const Frame) -> Answer {
        let size = match self.result {
            ResultTo::Nowhere => return Answer::Word(0),
            // SAFETY: the frame is live.
            ResultTo::Register(_) => return Answer::Word(unsafe { (*frame).int_results[0] }),
            ResultTo::Whole(size) | ResultTo::Words { size, .. } | ResultTo::Behind { size, .. } => size,
        };
        // SAFETY: the frame is live, and the address is that of an image of the record.
        unsafe {
            let address = std::ptr::with_exposed_provenance::<u8>((*frame).ints[RESULT_ADDRESS] as usize);
            Answer::Record(slice::from_raw_parts(address, size as usize).into())
        }
    }

    /// Gives C the result that JavaScript has left in the frame.
    ///
    /// # Safety
    ///
    /// As for [`answer_in`](CallbackPlan::answer_in) and [`give`](CallbackPlan::give).
    #[inline]
    pub unsafe fn give_frame(&self, frame: *const Frame, result: *mut c_void, args: *const *const c_void) {
        // SAFETY: as the caller says.
        unsafe {
            match self.result {
                ResultTo::Register(widening) => result.cast::<u64>().write(widening.widen((*frame).int_results[0])),
                ResultTo::Nowhere | ResultTo::Whole(_) | ResultTo::Words { .. } | ResultTo::Behind { .. } => {
                    self.give(&self.answer_in(frame), result, args)
                }
            }
        }
    }

    /// Zero.
    pub fn zero(&self) -> Answer {
        match self.result {
            ResultTo::Nowhere | ResultTo::Register(_) => Answer::Word(0),
            ResultTo::Whole(size) | ResultTo::Words { size, .. } | ResultTo::Behind { size, .. } => {
                Answer::Record(vec![0; size as usize].into())
            }
        }
    }

    /// Gives C its result: a scalar widened to a register (psABI for x86-64, section 3.2.3, asks for less,
    /// but libffi reads all of it).
    ///
    /// # Safety
    ///
    /// `result` and `args` are libffi's for a call of this signature, and the answer is one to it.
    #[inline]
    pub unsafe fn give(&self, answer: &Answer, result: *mut c_void, args: *const *const c_void) {
        // SAFETY: libffi has room for a register, for a word of each register, or for the record; the address
        // for a record is one that C gave for it.
        unsafe {
            match (&self.result, answer) {
                (ResultTo::Register(widening), Answer::Word(word)) => result.cast::<u64>().write(widening.widen(*word)),
                (ResultTo::Whole(_), Answer::Record(bytes)) => bytes.as_ptr().copy_to_nonoverlapping(result.cast(), bytes.len()),
                (ResultTo::Words { parts, .. }, Answer::Record(bytes)) => {
                    for (index, &(from, count)) in parts.iter().enumerate() {
                        let mut word = [0; 8];
                        word[..count as usize].copy_from_slice(&bytes[from as usize..(from + count) as usize]);
                        result.cast::<[u8; 8]>().add(index).write(word);
                    }
                }
                (ResultTo::Behind { argument, .. }, Answer::Record(bytes)) => {
                    let address = (*args.add(*argument as usize)).cast::<*mut u8>().read();
                    bytes.as_ptr().copy_to_nonoverlapping(address, bytes.len());
                    result.cast::<*mut u8>().write(address);
                }
                (ResultTo::Nowhere, _) | (_, Answer::Word(_)) | (ResultTo::Register(_), Answer::Record(_)) => {}
            }
        }
    }
}

/// The integer slot in which a stub leaves the address of a record (`abi/libffi.rs`).
const RESULT_ADDRESS: usize = 8;

/// How a scalar is widened to a register.
#[derive(Clone, Copy)]
struct Widening {
    /// Bits of a register that are not of the scalar.
    spare: u32,
    is_signed: bool,
}

impl Widening {
    fn of(repr: Repr) -> Widening {
        let spare = 64 - 8 * u32::from(repr.size()).clamp(1, 8);
        Widening { spare, is_signed: matches!(repr, Repr::Int(_)) }
    }

    #[inline]
    fn widen(self, word: u64) -> u64 {
        let high = word << self.spare;
        if self.is_signed { (high as i64 >> self.spare) as u64 } else { high >> self.spare }
    }
}

/// Every argument is where libffi says, whole.
fn whole_moves(signature: &Signature, plan: &Plan) -> Vec<Move> {
    let params = plan.params.iter().zip(&signature.params).enumerate();
    let moves = params.map(|(index, (spot, ty))| Move {
        argument: index as u32,
        bytes: ty.size(),
        to: libffi_call::offset_of_spot(spot),
        is_reference: false,
    });
    moves.collect()
}

fn whole_result(signature: &Signature) -> ResultTo {
    match &signature.result {
        Type::Scalar(ctype) if ctype.repr() == Repr::Void => ResultTo::Nowhere,
        Type::Scalar(ctype) => ResultTo::Register(Widening::of(ctype.repr())),
        Type::Record(_) | Type::Array(_) => ResultTo::Whole(signature.result.size()),
    }
}

/// The arguments are registers and stack words: records are put together of them. `positions` tells which
/// of them is at an offset of the frame.
fn part_moves(signature: &Signature, plan: &Plan, machine: &Plan, positions: &HashMap<u32, u32>) -> Vec<Move> {
    let mut moves = Vec::new();
    let spots = plan.params.iter().zip(&machine.params).zip(&signature.params);
    for ((spot, place), ty) in spots {
        let to = libffi_call::offset_of_spot(spot);
        match place {
            Spot::Scalar(offset) => moves.push(Move { argument: positions[offset], bytes: ty.size(), to, is_reference: false }),
            Spot::Address(offset) => moves.push(Move { argument: positions[offset], bytes: ty.size(), to, is_reference: true }),
            Spot::Pieces(parts) => {
                let words = parts
                    .iter()
                    .flat_map(|&[offset, from, bytes]| (0..bytes).step_by(8).map(move |at| (offset + at, from + at, (bytes - at).min(8))));
                moves.extend(words.map(|(offset, from, bytes)| Move {
                    argument: positions[&offset],
                    bytes,
                    to: to + from,
                    is_reference: false,
                }));
            }
        }
    }
    moves
}

fn part_result(signature: &Signature, machine: &Plan, store: &ResultStore, positions: &HashMap<u32, u32>) -> ResultTo {
    let size = signature.result.size();
    match (&machine.result, store) {
        (Spot::Scalar(_), _) => whole_result(signature),
        (Spot::Pieces(parts), _) => ResultTo::Words { size, parts: parts.iter().map(|part| (part[1], part[2])).collect() },
        (Spot::Address(_), ResultStore::Behind(_)) => ResultTo::Whole(size),
        (Spot::Address(slot), ResultStore::At(_) | ResultStore::Spread(_)) => ResultTo::Behind { argument: positions[slot], size },
    }
}
