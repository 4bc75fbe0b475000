//! The layout of the frame: the memory through which the values of one call pass.
//!
//! JavaScript writes argument slots and reads result slots; Rust loads registers from the former and
//! stores registers to the latter. The slots are used only between the first store and the entry
//! into C, and between the return from C and the reads right after it, so one set of slots serves
//! nested calls too. What must live as long as C runs (strings) is on the scratch stack behind them.
//!
//! A debugger may have JavaScript run wherever a function of JavaScript begins; see `lib/frame.js`.

use std::mem::offset_of;

/// Stack words that a call can pass. More parameters than registers and these make
/// `ERR_UNSUPPORTED_ARGS` at binding time.
pub const STACK_WORDS: usize = 2048;
/// The largest alignment of an argument on the stack: the trampoline's stack starts at such an address.
pub const STACK_ALIGN: u32 = 64;
/// Bytes of the scratch stack. What does not fit is taken from the heap.
pub const SCRATCH_BYTES: usize = 256 * 1024;
/// Integer argument slots: AArch64 has eight, and x8 for the address of a large result.
pub const INT_SLOTS: usize = 9;
/// Floating-point argument slots: eight on x86-64 (SysV) and AArch64.
pub const FLOAT_SLOTS: usize = 8;

/// One frame; each environment has one. All fields are little-endian, as every supported target is.
#[repr(C, align(16))]
pub struct Frame {
    /// Number of the bound function to call.
    pub target: u32,
    /// `errno` as the next call starts with it and the last call left it.
    pub errno: i32,
    /// Offset in the frame of the first free byte of the scratch stack; beyond its end when it is full
    /// and strings have gone to the heap.
    pub scratch_top: u32,
    /// How many strings live on the heap because the scratch stack had no room. JavaScript lowers it,
    /// then asks for the rest to be freed.
    pub heap_blocks: u32,
    /// Where the scratch stack starts for the call being prepared: what is below belongs to the calls
    /// that are inside C.
    pub scratch_floor: u32,
    /// The same for the strings on the heap.
    pub heap_floor: u32,
    /// Operand of the memory operations: an address.
    pub address: u64,
    /// Operand of the memory operations: a length in bytes.
    pub length: u64,
    /// Operand or result of the memory operations: up to 8 bytes of value.
    pub value: u64,
    /// Operands of what opens a callback: the numbers of its plan, of what runs it, and of the listener; the last also when an
    /// asynchronous call is started.
    pub plan: u32,
    /// See `plan`.
    pub runner: u32,
    /// See `plan`.
    pub listener: u32,
    /// Number of the callback that was opened or is to be closed, or of the asynchronous call that was started.
    pub opened: u32,
    /// Counts the calls that have used the argument slots or the scratch stack, so that whoever fills them can tell whether they
    /// are still its own. Wraps around.
    pub calls: u32,
    /// 1 more than the words that JavaScript has been told, if it has not read them and the subject yet; 0 if it has.
    pub unread: u32,
    /// Number of the callback to call, or of the asynchronous call that has returned.
    pub subject: u32,
    /// Number of the letter that asks for it; 0 for a call on the JavaScript thread itself.
    pub letter: u32,
    /// What JavaScript made of a letter: see [`Verdict`]; how an asynchronous call ended.
    pub verdict: u32,
    /// Number of the asynchronous call that the letter is from, or 0.
    pub sender: u32,
    /// What became of a fast call: see [`Status`](crate::fast::entry::Status).
    pub status: u32,
    /// Results in integer registers: rax, rdx / x0, x1.
    pub int_results: [u64; 2],
    /// Results in floating-point registers: xmm0, xmm1 / d0-d3.
    pub float_results: [u64; 4],
    /// Arguments in integer registers.
    pub ints: [u64; INT_SLOTS],
    /// Arguments in floating-point registers.
    pub floats: [u64; FLOAT_SLOTS],
    /// Arguments on the stack, as they lie at the stack pointer when C is entered; under libffi, all
    /// arguments.
    pub stack: [u64; STACK_WORDS],
    /// What a callback was called with, laid out as the stack is.
    pub words: [u64; STACK_WORDS],
    /// The scratch stack: strings and other memory that C may read until the call returns.
    pub scratch: [u8; SCRATCH_BYTES],
}

impl Frame {
    /// A call uses the argument slots, or the scratch stack.
    #[inline(always)]
    pub fn count_call(&mut self) {
        self.calls = self.calls.wrapping_add(1);
    }

    /// Whether the call being prepared has taken scratch memory. A string on the heap raises the top too.
    #[inline(always)]
    pub fn has_scratch(&self) -> bool {
        self.scratch_top != self.scratch_floor
    }
}

/// What became of a letter; the numbers are those of `lib/callback/listen.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The result is in the frame.
    Answered = 0,
    /// It threw.
    Thrown = 1,
    /// The result will come when a promise is settled.
    Promised = 2,
}

/// Offset of the scratch stack in the frame.
pub const SCRATCH: u32 = offset_of!(Frame, scratch) as u32;

/// The offsets that JavaScript uses, by the names of `lib/frame.js`.
pub const OFFSETS: &[(&str, u32)] = &[
    ("target", offset_of!(Frame, target) as u32),
    ("errno", offset_of!(Frame, errno) as u32),
    ("scratchTop", offset_of!(Frame, scratch_top) as u32),
    ("heapBlocks", offset_of!(Frame, heap_blocks) as u32),
    ("scratchFloor", offset_of!(Frame, scratch_floor) as u32),
    ("heapFloor", offset_of!(Frame, heap_floor) as u32),
    ("plan", offset_of!(Frame, plan) as u32),
    ("runner", offset_of!(Frame, runner) as u32),
    ("listener", offset_of!(Frame, listener) as u32),
    ("opened", offset_of!(Frame, opened) as u32),
    ("calls", offset_of!(Frame, calls) as u32),
    ("unread", offset_of!(Frame, unread) as u32),
    ("subject", offset_of!(Frame, subject) as u32),
    ("letter", offset_of!(Frame, letter) as u32),
    ("verdict", offset_of!(Frame, verdict) as u32),
    ("status", offset_of!(Frame, status) as u32),
    ("sender", offset_of!(Frame, sender) as u32),
    ("recordResult", offset_of!(Frame, ints) as u32 + 8 * 8),
    ("scalarResult", offset_of!(Frame, int_results) as u32),
    ("returnedText", offset_of!(Frame, stack) as u32),
    ("ints", offset_of!(Frame, ints) as u32),
    ("stack", offset_of!(Frame, stack) as u32),
    ("words", offset_of!(Frame, words) as u32),
    ("address", offset_of!(Frame, address) as u32),
    ("length", offset_of!(Frame, length) as u32),
    ("value", offset_of!(Frame, value) as u32),
    ("scratchEnd", (offset_of!(Frame, scratch) + SCRATCH_BYTES) as u32),
];
