//! Calls through libffi, and signatures as libffi knows them.

use crate::abi::Abi;
use crate::ctype::{CType, Repr};
use crate::error::{Code, Error};
use crate::frame::{FLOAT_SLOTS, Frame};
use crate::layout::Type as CLayout;
use crate::plan::{Plan, Spot};
use crate::signature::Signature;
use libffi::middle::{Cif, Type};
use std::ffi::c_void;
use std::mem::offset_of;

/// A signature as libffi knows it, with its arguments' places in a frame.
pub struct LibffiCall {
    cif: Cif,
    /// The offset of each argument in the frame.
    args: Vec<u32>,
    result: ResultStore,
}

/// Where libffi stores the result; offsets are in bytes of the frame.
pub enum ResultStore {
    /// In the frame.
    At(u32),
    /// At the address that is there.
    Behind(u32),
    /// Eight bytes to each of these.
    Spread(Vec<u32>),
}

/// So many arguments need no allocation.
const FEW: usize = 32;

/// The most registers that a record is returned in.
const RESULT_REGISTERS: usize = 4;

/// The bytes of a record that registers return at most, on any machine.
const MOST_RETURNED: u32 = 8 * RESULT_REGISTERS as u32;

const INTS: u32 = offset_of!(Frame, ints) as u32;
const FLOATS: u32 = offset_of!(Frame, floats) as u32;
const STACK: u32 = offset_of!(Frame, stack) as u32;
const FLOAT_RESULTS: u32 = offset_of!(Frame, float_results) as u32;
/// The largest alignment of an argument on the stack that libffi keeps.
const STACK_ALIGN: u32 = 16;

impl LibffiCall {
    /// Prepares calls of `signature`, whose arguments lie as `plan` says.
    ///
    /// # Errors
    ///
    /// `ERR_UNSUPPORTED_ARGS` when libffi refuses the signature.
    pub fn new(signature: &Signature, abi: Abi, plan: &Plan) -> Result<LibffiCall, Error> {
        let (args, result_type, result) = prepared(signature, abi, plan);
        if abi != Abi::Libffi && plan.stack_align > STACK_ALIGN {
            let message = format!("libffi cannot pass a record aligned to more than {STACK_ALIGN} bytes by value");
            return Err(Error::new(Code::UnsupportedArgs, message));
        }
        let (args, types) = args.into_iter().unzip();
        // Where we place the arguments, each register and word is one that libffi knows as named.
        let cif = match signature.named {
            Some(named) if abi == Abi::Libffi => variadic_cif(types, named, result_type)?,
            Some(_) | None => cif(types, result_type)?,
        };
        Ok(LibffiCall { cif, args, result })
    }

    /// Calls `function` with the arguments in the frame and leaves the result there.
    ///
    /// # Safety
    ///
    /// As for [`crate::invoke::invoke`].
    pub unsafe fn invoke(&self, frame: *mut Frame, function: *const c_void) {
        let mut words = [0u64; RESULT_REGISTERS];
        let base = frame.cast::<u8>();
        let result: *mut c_void = match self.result {
            ResultStore::At(offset) => base.wrapping_add(offset as usize).cast(),
            // SAFETY: the slot is one of the frame's, and the caller says that it has been written.
            ResultStore::Behind(offset) => unsafe { base.add(offset as usize).cast::<*mut c_void>().read() },
            ResultStore::Spread(_) => words.as_mut_ptr().cast(),
        };
        // SAFETY: a function pointer has the size of a data pointer on every supported target, and the
        // caller says that this one is a C function.
        let function = unsafe { std::mem::transmute::<*const c_void, Option<unsafe extern "C" fn()>>(function) };
        // libffi writes to the array it is given, so each call has its own.
        let mut few = [std::ptr::null_mut(); FEW];
        let mut many = Vec::new();
        let args = match few.get_mut(..self.args.len()) {
            Some(few) => few,
            None => {
                many.resize(self.args.len(), std::ptr::null_mut());
                &mut many[..]
            }
        };
        for (arg, &offset) in args.iter_mut().zip(&self.args) {
            *arg = base.wrapping_add(offset as usize).cast();
        }
        // SAFETY: the cif describes the caller's function, `args` has one readable place for each of its
        // parameters, and the result has room: a register for a scalar, a word for each register of a
        // record, or the record that the caller made room for.
        unsafe { libffi::raw::ffi_call(self.cif.as_raw_ptr(), function, result, args.as_mut_ptr()) }
        if let ResultStore::Spread(offsets) = &self.result {
            for (&word, &offset) in words.iter().zip(offsets) {
                // SAFETY: the plan's result slots lie within the frame.
                unsafe { base.add(offset as usize).cast::<u64>().write(word) };
            }
        }
    }
}

/// Each argument's place and type, the result's type, and where that is stored.
pub type Prepared = (Vec<(u32, Type)>, Type, ResultStore);

/// What libffi is told of `signature`, whose arguments lie as `plan` says.
pub fn prepared(signature: &Signature, abi: Abi, plan: &Plan) -> Prepared {
    match abi {
        Abi::Libffi => by_types(signature, plan),
        Abi::Sysv64 => by_registers(6, plan),
        Abi::Aapcs64 => by_registers(8, plan),
        Abi::Win64 => by_positions(plan),
    }
}

/// A signature of libffi's.
///
/// # Errors
///
/// `ERR_UNSUPPORTED_ARGS` when libffi refuses it.
pub fn cif(args: Vec<Type>, result: Type) -> Result<Cif, Error> {
    Cif::try_new(args, result).map_err(|error| refused(&error))
}

/// The same for one call of a variadic function, of whose arguments so many are named.
fn variadic_cif(args: Vec<Type>, named: usize, result: Type) -> Result<Cif, Error> {
    Cif::try_new_variadic(args, named, result).map_err(|error| refused(&error))
}

fn refused(error: &libffi::low::Error) -> Error {
    Error::new(Code::UnsupportedArgs, format!("libffi refuses this signature: {error:?}"))
}

/// Every argument by its own type: libffi decides where it goes.
fn by_types(signature: &Signature, plan: &Plan) -> Prepared {
    let args = plan.params.iter().zip(&signature.params).map(|(spot, param)| (offset_of_spot(spot), type_of(param)));
    let result = match plan.result {
        Spot::Address(slot) => ResultStore::Behind(slot),
        Spot::Scalar(slot) => ResultStore::At(slot),
        Spot::Pieces(_) => unreachable!("libffi's own placement returns records through a pointer"),
    };
    (args.collect(), result_type_of(&signature.result), result)
}

/// What libffi cannot know by its type is placed by us: every register and stack word is an argument.
fn by_registers(ints: u32, plan: &Plan) -> Prepared {
    let int_slots = (0..ints).map(|index| (INTS + 8 * index, Type::u64()));
    let float_slots = (0..FLOAT_SLOTS as u32).map(|index| (FLOATS + 8 * index, Type::f64()));
    let stack = (0..plan.stack_words).map(|index| (STACK + 8 * index, Type::u64()));
    let (result_type, result) = result_by_registers(plan, INTS + 8 * ints);
    (int_slots.chain(float_slots).chain(stack).collect(), result_type, result)
}

/// The same where integers and floats share positions.
fn by_positions(plan: &Plan) -> Prepared {
    let word = |offset: u32| (offset, if (FLOATS..STACK).contains(&offset) { Type::f64() } else { Type::u64() });
    let hidden = match plan.result {
        Spot::Address(slot) => Some(word(slot)),
        Spot::Scalar(_) | Spot::Pieces(_) => None,
    };
    let (result_type, result) = result_by_registers(plan, u32::MAX);
    (hidden.into_iter().chain(plan.params.iter().map(|spot| word(offset_of_spot(spot)))).collect(), result_type, result)
}

/// `own_register` is the slot of a register that only passes the address of a result.
fn result_by_registers(plan: &Plan, own_register: u32) -> (Type, ResultStore) {
    let word = |offset: u32| if offset >= FLOAT_RESULTS { Type::f64() } else { Type::u64() };
    match &plan.result {
        Spot::Scalar(slot) => (word(*slot), ResultStore::At(*slot)),
        // Three words are more than registers return, so libffi passes the address itself.
        Spot::Address(slot) if *slot == own_register => {
            (Type::structure([Type::u64(), Type::u64(), Type::u64()]), ResultStore::Behind(*slot))
        }
        // The address is among the arguments, and comes back.
        Spot::Address(_) => (Type::u64(), ResultStore::At(offset_of!(Frame, int_results) as u32)),
        Spot::Pieces(parts) => {
            let slots: Vec<_> = parts.iter().map(|part| part[0]).collect();
            if slots.is_empty() {
                return (Type::void(), ResultStore::Spread(slots));
            }
            (Type::structure(slots.iter().map(|&slot| word(slot))), ResultStore::Spread(slots))
        }
    }
}

/// Where the argument is; a record that is one part, as under libffi and on Windows, starts there.
pub fn offset_of_spot(spot: &Spot) -> u32 {
    match spot {
        Spot::Scalar(offset) | Spot::Address(offset) => *offset,
        Spot::Pieces(parts) => parts.first().map_or(STACK, |part| part[0]),
    }
}

fn type_of(ty: &CLayout) -> Type {
    match ty {
        CLayout::Scalar(ctype) => scalar_type(*ctype),
        // libffi has no arrays: so many members are the same.
        CLayout::Array(array) => Type::structure((0..array.count).map(|_| type_of(&array.element))),
        CLayout::Record(record) => Type::structure(record.members.iter().map(|member| type_of(&member.ty))),
    }
}

/// Of a record that no registers return, libffi needs to know only that.
fn result_type_of(ty: &CLayout) -> Type {
    let is_large = matches!(ty, CLayout::Record(record) if record.size > MOST_RETURNED);
    if is_large { Type::structure((0..RESULT_REGISTERS + 1).map(|_| Type::u64())) } else { type_of(ty) }
}

fn scalar_type(ctype: CType) -> Type {
    match ctype.repr() {
        Repr::Void => Type::void(),
        Repr::Int(1) => Type::i8(),
        Repr::Int(2) => Type::i16(),
        Repr::Int(4) => Type::i32(),
        Repr::Int(_) => Type::i64(),
        Repr::Uint(1) => Type::u8(),
        Repr::Uint(2) => Type::u16(),
        Repr::Uint(4) => Type::u32(),
        Repr::Uint(_) => Type::u64(),
        Repr::Float(4) => Type::f32(),
        Repr::Float(_) => Type::f64(),
        Repr::Pointer => Type::pointer(),
    }
}
