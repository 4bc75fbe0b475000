//! A prepared call: a plan and the way into C that carries it out.

use crate::abi::Abi;
use crate::error::{Code, Error};
use crate::frame::Frame;
use crate::libffi_call::LibffiCall;
use crate::plan::{Plan, Registers};
use crate::signature::Signature;
use crate::trampoline::{EXISTS, trampoline};
use std::ffi::c_void;

/// The way into C that an environment uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The register trampoline, where there is one for the machine and the signature.
    Trampoline,
    /// Always libffi.
    Libffi,
}

impl Backend {
    /// The backend that `ARKFFI_BACKEND` asks for; the trampoline unless it says `libffi`, or the machine has none.
    pub fn from_environment() -> Backend {
        match std::env::var("ARKFFI_BACKEND").as_deref() {
            Ok("libffi") => Backend::Libffi,
            _ if !EXISTS => Backend::Libffi,
            _ => Backend::Trampoline,
        }
    }
}

/// The way into C of one signature.
#[derive(Clone, Copy)]
pub enum Path {
    /// A plain call, where everything is in integer registers: the compiler's own code is the fastest.
    Integers,
    /// The same with integers of 64 bits in the first two registers, or one of them.
    Wide,
    /// The same where floating-point registers take part, and nothing is on the stack.
    Registers {
        /// The result is in a floating-point register.
        returns_float: bool,
    },
    /// The register trampoline, with this many stack words.
    Trampoline(usize),
    /// The same, where these floating-point registers are copied to the integer registers of the same number.
    Doubled {
        /// A bit for each register.
        floats: u8,
        /// Of the stack.
        words: u32,
    },
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
    /// Prepares calls of `signature`.
    ///
    /// # Errors
    ///
    /// `ERR_UNSUPPORTED_ARGS` when there are too many arguments, or nothing here can pass them.
    pub fn new(signature: &Signature, backend: Backend) -> Result<Call, Error> {
        Abi::check(signature)?;
        let of_machine = Abi::of_machine(signature);
        let abi = match (backend, of_machine) {
            (Backend::Trampoline, Some(abi)) => abi,
            (Backend::Libffi, Some(abi)) if !Abi::libffi_knows(signature) => abi,
            (Backend::Libffi, _) | (Backend::Trampoline, None) => Abi::Libffi,
        };
        if abi == Abi::Libffi && !Abi::libffi_knows(signature) {
            let message = "libffi cannot pass packed, aligned or flexible records, unions and bit-fields by value here";
            return Err(Error::new(Code::UnsupportedArgs, message));
        }
        let plan = Plan::new(signature, abi)?;
        let is_trampoline = backend == Backend::Trampoline && of_machine.is_some();
        let libffi = if is_trampoline { None } else { Some(LibffiCall::new(signature, abi, &plan)?) };
        Ok(Call { plan, abi, libffi })
    }

    /// How calls of the signature enter C.
    pub fn path(&self) -> Path {
        if let Some(call) = &self.libffi {
            return Path::Libffi(call);
        }
        match self.plan.registers {
            Registers::Integers if self.is_plain_call() && self.plan.is_wide => Path::Wide,
            Registers::Integers if self.is_plain_call() => Path::Integers,
            Registers::First { is_float } if self.is_plain_call() => Path::Registers { returns_float: is_float },
            Registers::All if self.plan.doubled != 0 => Path::Doubled { floats: self.plan.doubled, words: self.plan.stack_words },
            Registers::Integers | Registers::First { .. } | Registers::All => Path::Trampoline(self.plan.stack_words as usize),
        }
    }

    /// Whether the compiler's own call of a function with all registers as parameters does.
    fn is_plain_call(&self) -> bool {
        self.abi == Abi::Sysv64 && self.plan.stack_words == 0
    }
}

/// Calls `function` with the arguments in the frame and leaves the result there.
///
/// # Safety
///
/// `frame` is allocated up to the stack words of the plan that `path` is of, `function` is the address of a C
/// function of the plan's signature that stays mapped until it returns, and the argument slots of the
/// plan have been written.
#[inline(always)]
pub unsafe fn invoke(frame: *mut Frame, function: *const c_void, path: Path) {
    // SAFETY: the caller vouches for all of it; `Plan::new` bounded the stack words.
    unsafe {
        match path {
            Path::Integers => invoke_with_integers::<false>(frame, function),
            Path::Wide => invoke_with_integers::<true>(frame, function),
            Path::Registers { returns_float: false } => (*frame).int_results[0] = invoke_with_registers(frame, function),
            Path::Registers { returns_float: true } => (*frame).float_results[0] = invoke_with_registers::<f64>(frame, function).to_bits(),
            Path::Trampoline(stack_words) => trampoline(frame, function, stack_words),
            Path::Doubled { floats, words } => {
                double(frame, floats);
                trampoline(frame, function, words as usize);
            }
            Path::Libffi(call) => (*call).invoke(frame, function),
        }
    }
}

/// Copies floating-point registers to the integer registers of the same number.
///
/// # Safety
///
/// `frame` is allocated up to its stack words.
#[cold]
unsafe fn double(frame: *mut Frame, registers: u8) {
    for register in (0..8).filter(|register| registers & (1 << register) != 0) {
        // SAFETY: there are eight registers of each kind.
        unsafe { (*frame).ints[register] = (*frame).floats[register] };
    }
}

/// Loads all six integer registers of the System V ABI and stores rax: a callee ignores the registers
/// that it has no parameters for, and the bits that are not of its result's type are not read.
///
/// # Safety
///
/// As for [`invoke`].
#[inline(always)]
unsafe fn invoke_with_integers<const IS_WIDE: bool>(frame: *mut Frame, function: *const c_void) {
    type Integers = unsafe extern "C" fn(u64, u64, u64, u64, u64, u64) -> u64;
    // SAFETY: the caller says that this is a C function whose parameters and result, if any, travel
    // in these registers.
    let function = unsafe { std::mem::transmute::<*const c_void, Integers>(function) };
    // SAFETY: the frame is the caller's, the rest as above.
    unsafe {
        let [mut a, mut b, c, d, e, f, ..] = (*frame).ints;
        if IS_WIDE {
            (a, b) = (in_halves(&raw const (*frame).ints[0]), in_halves(&raw const (*frame).ints[1]));
        }
        (*frame).int_results[0] = function(a, b, c, d, e, f);
    }
}

/// Reads a word as stubs have stored it, half by half: a processor passes what is being stored on to a load of just that,
/// but makes a load of more wait.
///
/// # Safety
///
/// The word is readable.
#[inline(always)]
unsafe fn in_halves(word: *const u64) -> u64 {
    let halves = word.cast::<u32>();
    // SAFETY: as the caller says. Volatile, or the compiler would read all of it at once.
    unsafe { u64::from(halves.read_volatile()) | u64::from(halves.add(1).read_volatile()) << 32 }
}

/// As [`invoke_with_integers`], with the eight floating-point registers too, and returns rax or xmm0. Tells variadic functions,
/// also those that are bound as others, that all may be used.
///
/// # Safety
///
/// As for [`invoke`]; the result travels where that of a C function that returns `R` does.
#[inline(always)]
unsafe fn invoke_with_registers<R>(frame: *mut Frame, function: *const c_void) -> R {
    type Registers<R> = unsafe extern "C" fn(u64, u64, u64, u64, u64, u64, f64, f64, f64, f64, f64, f64, f64, f64, ...) -> R;
    // SAFETY: as in `invoke_with_integers`.
    let function = unsafe { std::mem::transmute::<*const c_void, Registers<R>>(function) };
    // SAFETY: the frame is the caller's, the rest as above.
    unsafe {
        let [a, b, c, d, e, f, ..] = (*frame).ints;
        let [s, t, u, v, w, x, y, z] = (*frame).floats.map(f64::from_bits);
        function(a, b, c, d, e, f, s, t, u, v, w, x, y, z)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::tests::scalars;
    use crate::ctype::CType;
    use crate::plan::Spot;

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

    fn scalar(spot: &Spot) -> u32 {
        let Spot::Scalar(offset) = spot else { panic!("{spot:?}") };
        *offset
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
        let signature = scalars(vec![I8, F64, U32, F32, I64, I64, I64, I64, U16, F64], F64);
        for backend in [Backend::Trampoline, Backend::Libffi] {
            let mut frame = new_frame();
            let call = Call::new(&signature, backend).unwrap();
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
            for (spot, slot) in call.plan.params.iter().zip(slots) {
                write(&mut frame, scalar(spot), slot);
            }
            // SAFETY: `mixed` has this signature, and every slot is written.
            unsafe { run(&mut frame, mixed as *const c_void, &call) };
            let expected = mixed(-3, 0.5, 4_000_000_000, 1.25, 1 << 40, 6, 7, 8, 65535, 0.125);
            assert_eq!(f64::from_le_bytes(read(&frame, scalar(&call.plan.result))), expected, "{backend:?}");
        }
    }

    extern "C" fn difference(a: i64, b: u64, c: i32) -> i64 {
        a.wrapping_sub_unsigned(b).wrapping_add(i64::from(c))
    }

    #[test]
    fn both_halves_of_wide_integers_arrive() {
        let signature = scalars(vec![CType::I64, CType::U64, CType::I32], CType::I64);
        for backend in [Backend::Trampoline, Backend::Libffi] {
            let mut frame = new_frame();
            let call = Call::new(&signature, backend).unwrap();
            let (a, b, c) = (-0x0123_4567_89ab_cdef_i64, 0xfedc_ba98_7654_3210_u64, -7i32);
            for (spot, slot) in call.plan.params.iter().zip([a.to_le_bytes(), b.to_le_bytes(), i64::from(c).to_le_bytes()]) {
                write(&mut frame, scalar(spot), slot);
            }
            // SAFETY: `difference` has this signature, and every slot is written.
            unsafe { run(&mut frame, difference as *const c_void, &call) };
            assert_eq!(i64::from_le_bytes(read(&frame, scalar(&call.plan.result))), difference(a, b, c), "{backend:?}");
        }
    }

    #[test]
    fn the_low_bytes_of_a_narrow_result_are_the_value() {
        let signature = scalars(vec![CType::I32], CType::I8);
        for backend in [Backend::Trampoline, Backend::Libffi] {
            let mut frame = new_frame();
            let call = Call::new(&signature, backend).unwrap();
            write(&mut frame, scalar(&call.plan.params[0]), 0x1ffi64.to_le_bytes());
            // SAFETY: `narrow` has this signature, and its slot is written.
            unsafe { run(&mut frame, narrow as *const c_void, &call) };
            assert_eq!(i8::from_le_bytes(read(&frame, scalar(&call.plan.result))), -1, "{backend:?}");
        }
    }
}
