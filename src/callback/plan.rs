//! How a call of a callback is read and answered: from where C's arguments are to the frame, and from the frame to
//! where C wants its result.

use super::closure;
use super::places::{self, Move, ResultTo};
use super::stubs::Registers;
use crate::abi::Abi;
use crate::ctype::CType;
use crate::error::{Code, Error};
use crate::frame::Frame;
use crate::layout::Type;
use crate::libffi_call;
use crate::plan::Plan;
use crate::signature::Signature;
use libffi::middle::Cif;
use libffi::raw::ffi_cif;
use std::ffi::c_void;
use std::mem::offset_of;
use std::slice;

/// Everything decided once per signature of callbacks.
pub struct CallbackPlan {
    /// Where JavaScript finds the arguments, each of them whole, and leaves the result: a scalar, or the
    /// address of a record.
    pub plan: Plan,
    /// What libffi's closures need to know.
    cif: Option<Cif>,
    moves: Vec<Move>,
    result: ResultTo,
    /// Which words of the arguments are C strings.
    strings: Vec<u32>,
}

// SAFETY: nothing is written after `new`; libffi only reads a prepared cif.
unsafe impl Send for CallbackPlan {}
// SAFETY: as above.
unsafe impl Sync for CallbackPlan {}

/// Where the words of a call of C's are: those that are passed, by numbers that the plan knows.
pub trait Words: Copy {
    /// The one with this number.
    ///
    /// # Safety
    ///
    /// This is a call of the plan's signature.
    unsafe fn at(self, number: u32) -> *const u8;
}

/// libffi's: the addresses of what it takes for arguments, in their order.
impl Words for *const *const c_void {
    #[inline(always)]
    unsafe fn at(self, number: u32) -> *const u8 {
        // SAFETY: as the caller says.
        unsafe { (*self.add(number as usize)).cast() }
    }
}

/// Ours: the number is an offset in bytes.
impl Words for *const Registers {
    #[inline(always)]
    unsafe fn at(self, number: u32) -> *const u8 {
        self.cast::<u8>().wrapping_add(number as usize)
    }
}

/// The result of a callback.
#[derive(Clone, Debug, PartialEq)]
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
        let ours = if closure::are_ours() { Abi::of_machine(signature) } else { None };
        let (cif, moves, result) = match ours {
            Some(abi) => {
                let (moves, result) = places::of_stubs(signature, &plan, abi)?;
                (None, moves, result)
            }
            None => {
                let (cif, moves, result) = places::of_libffi(signature, &plan)?;
                (Some(cif), moves, result)
            }
        };
        let strings = plan.params.iter().zip(&signature.params).filter(|(_, ty)| matches!(ty, Type::Scalar(CType::CString)));
        let strings = strings.map(|(spot, _)| (libffi_call::offset_of_spot(spot) - STACK) / 8).collect();
        Ok(CallbackPlan { plan, cif, moves, result, strings })
    }

    /// What libffi's closures need to know of the signature; it lives as long as this.
    pub fn cif(&self) -> Option<*mut ffi_cif> {
        self.cif.as_ref().map(Cif::as_raw_ptr)
    }

    /// How many of the frame's words the arguments take.
    pub fn words(&self) -> usize {
        self.plan.stack_words as usize
    }

    /// Which of those words are the addresses of C strings.
    pub fn strings_in_words(&self) -> &[u32] {
        &self.strings
    }

    /// Copies C's arguments to memory that is laid out as the frame's words, which is as its stack area.
    ///
    /// # Safety
    ///
    /// `args` are those of a call of this signature, and there are [`words`](CallbackPlan::words) words
    /// at `target`.
    #[inline(always)]
    pub unsafe fn copy_arguments(&self, args: impl Words, target: *mut u64) {
        let base = target.cast::<u8>().wrapping_sub(STACK as usize);
        for Move { word, bytes, to, is_reference } in &self.moves {
            // SAFETY: the moves were made for this signature, so each names a word, as many bytes as are
            // there, and a place among the words.
            unsafe {
                let mut source = args.at(*word);
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
            ResultTo::Register(..) => return Answer::Word(unsafe { (*frame).int_results[0] }),
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
    #[inline(always)]
    pub unsafe fn give_frame(&self, frame: *const Frame, result: *mut c_void, args: impl Words) {
        // SAFETY: as the caller says.
        unsafe {
            match self.result {
                ResultTo::Register(widening, index) => result.cast::<u64>().add(index).write(widening.widen((*frame).int_results[0])),
                ResultTo::Nowhere | ResultTo::Whole(_) | ResultTo::Words { .. } | ResultTo::Behind { .. } => {
                    self.give(&self.answer_in(frame), result, args)
                }
            }
        }
    }

    /// Zero.
    pub fn zero(&self) -> Answer {
        match self.result {
            ResultTo::Nowhere | ResultTo::Register(..) => Answer::Word(0),
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
    /// `result` and `args` are those of a call of this signature, and the answer is one to it.
    #[inline]
    pub unsafe fn give(&self, answer: &Answer, result: *mut c_void, args: impl Words) {
        // SAFETY: there is room for a word of each register, or where libffi says so for the record; the address
        // for a record is one that C gave for it.
        unsafe {
            match (&self.result, answer) {
                (ResultTo::Register(widening, index), Answer::Word(word)) => result.cast::<u64>().add(*index).write(widening.widen(*word)),
                (ResultTo::Whole(_), Answer::Record(bytes)) => bytes.as_ptr().copy_to_nonoverlapping(result.cast(), bytes.len()),
                (ResultTo::Words { parts, .. }, Answer::Record(bytes)) => {
                    for &(from, count, index) in parts {
                        let mut word = [0; 8];
                        word[..count as usize].copy_from_slice(&bytes[from as usize..(from + count) as usize]);
                        result.cast::<[u8; 8]>().add(index).write(word);
                    }
                }
                (ResultTo::Behind { word, .. }, Answer::Record(bytes)) => {
                    let address = args.at(*word).cast::<*mut u8>().read_unaligned();
                    bytes.as_ptr().copy_to_nonoverlapping(address, bytes.len());
                    result.cast::<*mut u8>().write(address);
                }
                (ResultTo::Nowhere, _) | (_, Answer::Word(_)) | (ResultTo::Register(..), Answer::Record(_)) => {}
            }
        }
    }
}

/// The integer slot in which a stub leaves the address of a record (`abi/libffi.rs`).
const RESULT_ADDRESS: usize = 8;
