//! A prepared call: a plan and the way into C that carries it out.

use crate::abi::Abi;
use crate::ctype::{CType, Repr};
use crate::error::{Code, Error};
use crate::frame::Frame;
use crate::plan::Plan;
use crate::signature::Signature;
use crate::trampoline::trampoline;
use libffi::middle::{Cif, Type};
use std::ffi::c_void;
use std::ptr::NonNull;

/// The way into C that an environment uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The register trampoline, where there is one for the machine and the signature.
    Trampoline,
    /// Always libffi.
    Libffi,
}

impl Backend {
    /// The backend that `ARKFFI_BACKEND` asks for; the trampoline unless it says `libffi`.
    pub fn from_environment() -> Backend {
        match std::env::var("ARKFFI_BACKEND").as_deref() {
            Ok("libffi") => Backend::Libffi,
            _ => Backend::Trampoline,
        }
    }
}

/// The way into C of one signature.
#[derive(Clone, Copy)]
pub enum Path {
    /// A plain call, where everything is in integer registers: the compiler's own code is the fastest.
    Integers,
    /// The same where floating-point registers take part, and nothing is on the stack.
    Registers {
        /// The result is in a floating-point register.
        returns_float: bool,
    },
    /// The register trampoline, with this many stack words.
    Trampoline(usize),
    /// libffi. The pointer is owned by the plan's [`Call`].
    Libffi(*const LibffiCall),
}

/// The plan of a signature, and how calls of it are carried out.
pub struct Call {
    /// Where JavaScript puts the arguments and finds the result.
    pub plan: Plan,
    abi: Abi,
    libffi: Option<LibffiCall>,
}

impl Call {
    /// Prepares calls of `signature` through `frame`.
    ///
    /// # Errors
    ///
    /// `ERR_UNSUPPORTED_ARGS` when there are too many arguments, or libffi refuses the signature.
    pub fn new(signature: &Signature, backend: Backend, frame: NonNull<Frame>) -> Result<Call, Error> {
        let abi = match backend {
            Backend::Trampoline => Abi::of_trampoline(signature),
            Backend::Libffi => Abi::Libffi,
        };
        let plan = Plan::new(signature, abi)?;
        let libffi = match abi {
            Abi::Libffi => Some(LibffiCall::new(signature, &plan, frame)?),
            Abi::Sysv64 | Abi::Win64 | Abi::Aapcs64 => None,
        };
        Ok(Call { plan, abi, libffi })
    }

    /// How calls of the signature enter C.
    pub fn path(&self) -> Path {
        match &self.libffi {
            Some(call) => Path::Libffi(call),
            None if self.abi == Abi::Sysv64 && self.plan.integers_only => Path::Integers,
            None if self.abi == Abi::Sysv64 && self.plan.stack_words == 0 => Path::Registers { returns_float: self.plan.returns_float },
            None => Path::Trampoline(self.plan.stack_words as usize),
        }
    }
}

/// A signature as libffi knows it, with its arguments' places in one frame.
pub struct LibffiCall {
    cif: Cif,
    /// The address of each argument's slot in the frame.
    args: Vec<*mut c_void>,
}

impl LibffiCall {
    fn new(signature: &Signature, plan: &Plan, frame: NonNull<Frame>) -> Result<LibffiCall, Error> {
        let params = signature.params.iter().map(|&param| libffi_type(param));
        let cif = Cif::try_new(params, libffi_type(signature.result))
            .map_err(|error| Error::new(Code::UnsupportedArgs, format!("libffi refuses this signature: {error:?}")))?;
        let base = frame.as_ptr().cast::<c_void>();
        let args = plan.params.iter().map(|&offset| base.wrapping_byte_add(offset as usize)).collect();
        Ok(LibffiCall { cif, args })
    }
}

/// Calls `function` with the arguments in the frame and leaves the result there.
///
/// # Safety
///
/// `path` is of a plan made for `frame`, which is still allocated, `function` is the address of a C
/// function of the plan's signature that stays mapped until it returns, and the argument slots of the
/// plan have been written.
#[inline(always)]
pub unsafe fn invoke(frame: *mut Frame, function: *const c_void, path: Path) {
    // SAFETY: the caller vouches for all of it; `Plan::new` bounded the stack words.
    unsafe {
        match path {
            Path::Integers => invoke_with_integers(frame, function),
            Path::Registers { returns_float: false } => (*frame).int_results[0] = invoke_with_registers(frame, function),
            Path::Registers { returns_float: true } => (*frame).float_results[0] = invoke_with_registers::<f64>(frame, function).to_bits(),
            Path::Trampoline(stack_words) => trampoline(frame, function, stack_words),
            Path::Libffi(call) => invoke_by_libffi(frame, function, &*call),
        }
    }
}

/// Loads all six integer registers of the System V ABI and stores rax: a callee ignores the registers
/// that it has no parameters for, and the bits that are not of its result's type are not read.
///
/// # Safety
///
/// As for [`invoke`].
#[inline(always)]
unsafe fn invoke_with_integers(frame: *mut Frame, function: *const c_void) {
    type Integers = unsafe extern "C" fn(u64, u64, u64, u64, u64, u64) -> u64;
    // SAFETY: the caller says that this is a C function whose parameters and result, if any, travel
    // in these registers.
    let function = unsafe { std::mem::transmute::<*const c_void, Integers>(function) };
    // SAFETY: the frame is the caller's, the rest as above.
    unsafe {
        let [a, b, c, d, e, f, ..] = (*frame).ints;
        (*frame).int_results[0] = function(a, b, c, d, e, f);
    }
}

/// As [`invoke_with_integers`], with the eight floating-point registers too, and returns rax or xmm0.
///
/// # Safety
///
/// As for [`invoke`]; the result travels where that of a C function that returns `R` does.
#[inline(always)]
unsafe fn invoke_with_registers<R>(frame: *mut Frame, function: *const c_void) -> R {
    type Registers<R> = unsafe extern "C" fn(u64, u64, u64, u64, u64, u64, f64, f64, f64, f64, f64, f64, f64, f64) -> R;
    // SAFETY: as in `invoke_with_integers`.
    let function = unsafe { std::mem::transmute::<*const c_void, Registers<R>>(function) };
    // SAFETY: the frame is the caller's, the rest as above.
    unsafe {
        let [a, b, c, d, e, f, ..] = (*frame).ints;
        let [s, t, u, v, w, x, y, z] = (*frame).floats.map(f64::from_bits);
        function(a, b, c, d, e, f, s, t, u, v, w, x, y, z)
    }
}

/// # Safety
///
/// As for [`invoke`].
unsafe fn invoke_by_libffi(frame: *mut Frame, function: *const c_void, call: &LibffiCall) {
    // SAFETY: only the address of the field is taken, within the caller's valid frame.
    let result = unsafe { &raw mut (*frame).int_results };
    // SAFETY: a function pointer has the size of a data pointer on every supported target, and the
    // caller says that this one is a C function.
    let function = unsafe { std::mem::transmute::<*const c_void, Option<unsafe extern "C" fn()>>(function) };
    // SAFETY: the cif describes the caller's function, `args` has one readable slot for each of its
    // parameters, and the result has room for a full register, which is the most that libffi stores
    // for a scalar. libffi only reads `args`.
    unsafe { libffi::raw::ffi_call(call.cif.as_raw_ptr(), function, result.cast(), call.args.as_ptr().cast_mut()) }
}

fn libffi_type(ctype: CType) -> Type {
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

#[cfg(test)]
mod tests {
    use super::*;

    extern "C" fn mixed(a: i8, b: f64, c: u32, d: f32, e: i64, f: i64, g: i64, h: i64, i: u16, j: f64) -> f64 {
        let ints = f64::from(a) + f64::from(c) + (e + f + g + h) as f64 + f64::from(i);
        ints + b + f64::from(d) + j
    }

    extern "C" fn narrow(value: i32) -> i8 {
        value as i8
    }

    /// # Safety
    ///
    /// As for [`invoke`].
    unsafe fn run(frame: &mut Frame, function: *const c_void, call: &Call) {
        // SAFETY: the caller vouches for all of it.
        unsafe { invoke(frame, function, call.path()) }
    }

    fn new_frame() -> Box<Frame> {
        // SAFETY: every field of a frame is an integer, for which zero bytes are a value.
        unsafe { Box::<Frame>::new_zeroed().assume_init() }
    }

    fn read<const N: usize>(frame: &Frame, offset: u32) -> [u8; N] {
        let base = std::ptr::from_ref(frame).cast::<u8>();
        // SAFETY: the plan's offsets lie within the frame, with room for a register.
        unsafe { base.add(offset as usize).cast::<[u8; N]>().read() }
    }

    fn write(frame: &mut Frame, offset: u32, bytes: [u8; 8]) {
        let base = std::ptr::from_mut(frame).cast::<u8>();
        // SAFETY: the plan's offsets lie within the frame, with room for a slot.
        unsafe { base.add(offset as usize).cast::<[u8; 8]>().write(bytes) }
    }

    #[test]
    fn both_backends_pass_registers_and_stack_alike() {
        use CType::*;
        let signature = Signature { params: vec![I8, F64, U32, F32, I64, I64, I64, I64, U16, F64], result: F64 };
        for backend in [Backend::Trampoline, Backend::Libffi] {
            let mut frame = new_frame();
            let call = Call::new(&signature, backend, NonNull::from(&mut *frame)).unwrap();
            let f32_slot = u64::from(1.25f32.to_bits()).to_le_bytes();
            let slots = [
                (-3i64).to_le_bytes(),
                0.5f64.to_le_bytes(),
                4_000_000_000u64.to_le_bytes(),
                f32_slot,
                (1i64 << 40).to_le_bytes(),
                6i64.to_le_bytes(),
                7i64.to_le_bytes(),
                8i64.to_le_bytes(),
                65535u64.to_le_bytes(),
                0.125f64.to_le_bytes(),
            ];
            for (&offset, slot) in call.plan.params.clone().iter().zip(slots) {
                write(&mut frame, offset, slot);
            }
            // SAFETY: `mixed` has this signature, and every slot is written.
            unsafe { run(&mut frame, mixed as *const c_void, &call) };
            let expected = mixed(-3, 0.5, 4_000_000_000, 1.25, 1 << 40, 6, 7, 8, 65535, 0.125);
            assert_eq!(f64::from_le_bytes(read(&frame, call.plan.result)), expected, "{backend:?}");
        }
    }

    #[test]
    fn the_low_bytes_of_a_narrow_result_are_the_value() {
        let signature = Signature { params: vec![CType::I32], result: CType::I8 };
        for backend in [Backend::Trampoline, Backend::Libffi] {
            let mut frame = new_frame();
            let call = Call::new(&signature, backend, NonNull::from(&mut *frame)).unwrap();
            write(&mut frame, call.plan.params[0], 0x1ffi64.to_le_bytes());
            // SAFETY: `narrow` has this signature, and its slot is written.
            unsafe { run(&mut frame, narrow as *const c_void, &call) };
            assert_eq!(i8::from_le_bytes(read(&frame, call.plan.result)), -1, "{backend:?}");
        }
    }
}
