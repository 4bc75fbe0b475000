//! Instructions of x86-64 (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, appendix A "Opcode map").
//!
//! That a function returns where it was called from depends on its stack: so what its instructions do to the stack pointer is
//! followed, and those are refused that do more than compilers do where nothing is called.

mod access;
mod operands;

use super::{Flow, Step};
use access::Table;
use operands::{Bytes, Operands, Rex, SP, vector};

/// What is known of the stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stack {
    /// So many bytes lie below the address to return to.
    pub(super) depth: i32,
    /// What that was when the frame pointer, RBP, was made a copy of the stack pointer.
    pub(super) frame: Option<i32>,
}

/// What comes before an opcode.
#[derive(Default)]
struct Prefixes {
    /// Operands have 16 bits.
    is_short: bool,
    repeats: Option<u8>,
    /// The operand in memory is in a segment: threads have one each.
    has_segment: bool,
    rex: Rex,
}

/// The instruction at the beginning of `code`.
pub(super) fn step(code: &[u8], stack: Stack) -> Option<Step<Stack>> {
    let mut bytes = Bytes::new(code);
    let mut prefixes = Prefixes::default();
    let mut opcode = bytes.next()?;
    loop {
        match opcode {
            0x66 => prefixes.is_short = true,
            0xf2 | 0xf3 => prefixes.repeats = Some(opcode),
            0x64 | 0x65 => prefixes.has_segment = true,
            // Segments that are all of memory, and LOCK
            0x26 | 0x2e | 0x36 | 0x3e | 0xf0 => {}
            _ => break,
        }
        opcode = bytes.next()?;
    }
    if opcode & 0xf0 == 0x40 {
        prefixes.rex = Rex(opcode);
        opcode = bytes.next()?;
    }
    let (flow, stack) = match opcode {
        0x0f => match bytes.next()? {
            opcode @ (0x38 | 0x3a) => long(opcode, &prefixes, &mut bytes, stack)?,
            opcode => two_bytes(opcode, &prefixes, bytes.of(Table::Two, opcode), stack)?,
        },
        0x62 | 0xc4 | 0xc5 => (vector(opcode, &mut bytes, stack)?, stack),
        _ => one_byte(opcode, &prefixes, bytes.of(Table::One, opcode), stack)?,
    };
    Some(Step { size: bytes.taken()?, flow, state: stack, is_brief: !prefixes.has_segment && bytes.writes_nothing() })
}

/// A jump that takes its distance from the code. With the prefix for 16 bits, processors differ in it.
fn distance(prefixes: &Prefixes, bytes: &mut Bytes<'_>, size: usize) -> Option<isize> {
    if prefixes.is_short { None } else { isize::try_from(bytes.signed(size)?).ok() }
}

fn one_byte(opcode: u8, prefixes: &Prefixes, bytes: &mut Bytes<'_>, stack: Stack) -> Option<(Flow, Stack)> {
    let rex = prefixes.rex;
    // Of both prefixes the one for 64 bits counts.
    let immediate = if prefixes.is_short && !rex.is_wide() { 2 } else { 4 };
    let next = Some((Flow::Next, stack));
    match opcode {
        // Arithmetic of two operands, of AL or EAX and a number
        0x00..=0x3f => match opcode & 7 {
            0..=3 => bytes.operands(Operands::Both, rex, stack)?,
            4 => bytes.skip(1)?,
            5 => bytes.skip(immediate)?,
            _ => return None,
        },
        // PUSH, POP
        0x50..=0x5f if !prefixes.is_short => return push_or_pop(opcode, rex, stack),
        // MOVSXD, TEST, XCHG, MOV of bytes
        0x63 | 0x84..=0x88 | 0x8a => bytes.operands(Operands::Both, rex, stack)?,
        // MOV
        0x89 | 0x8b => return copy(opcode, rex, bytes, stack),
        // LEA
        0x8d => return address(rex, bytes, stack),
        // IMUL
        0x69 => bytes.operands_and(Operands::Both, rex, stack, immediate)?,
        0x6b => bytes.operands_and(Operands::Both, rex, stack, 1)?,
        // Jcc, LOOP, JRCXZ
        0x70..=0x7f | 0xe0..=0xe3 => return Some((Flow::Branch(distance(prefixes, bytes, 1)?), stack)),
        // ADD, SUB … of a number
        0x80 => bytes.operands_and(Operands::Memory, rex, stack, 1)?,
        0x81 | 0x83 => return add(rex, bytes, stack, if opcode == 0x81 { immediate } else { 1 }),
        // CBW, CWD, flags, string operations
        0x98 | 0x99 | 0x9e | 0x9f | 0xa4..=0xa7 | 0xaa..=0xaf | 0xf5 | 0xf8 | 0xf9 | 0xfc => {}
        // XCHG with RAX (NOP), MOV of a number
        0x90..=0x97 => rex.base(opcode).allowed(stack)?,
        0xb0..=0xb7 => rex.base(opcode).allowed(stack).and_then(|()| bytes.skip(1))?,
        0xb8..=0xbf => rex.base(opcode).allowed(stack).and_then(|()| bytes.skip(if rex.is_wide() { 8 } else { immediate }))?,
        // TEST of AL or EAX and a number
        0xa8 => bytes.skip(1)?,
        0xa9 => bytes.skip(immediate)?,
        // Shifts
        0xc0 | 0xc1 => bytes.operands_and(Operands::Memory, rex, stack, 1)?,
        0xd0..=0xd3 => bytes.operands(Operands::Memory, rex, stack)?,
        // MOV of a number; the others of this group are not
        0xc6 | 0xc7 if bytes.group() == Some(0) => {
            bytes.operands_and(Operands::Memory, rex, stack, if opcode == 0xc6 { 1 } else { immediate })?;
        }
        // RET, LEAVE
        0xc3 if stack.depth == 0 && !prefixes.is_short => return Some((Flow::Return, stack)),
        0xc9 if !prefixes.is_short => {
            let depth = stack.frame.filter(|depth| *depth >= 8)? - 8;
            return Some((Flow::Next, Stack { depth, frame: None }));
        }
        // The x87; FSAVE is the widest
        0xd8..=0xdf => bytes.of_width(108).operands(Operands::NoRegisters, rex, stack)?,
        // JMP
        0xe9 => return Some((Flow::Jump(distance(prefixes, bytes, 4)?), stack)),
        0xeb => return Some((Flow::Jump(distance(prefixes, bytes, 1)?), stack)),
        // TEST of a number; NOT, NEG, MUL, DIV
        0xf6 | 0xf7 => {
            let has_number = matches!(bytes.group()?, 0 | 1);
            let size = if opcode == 0xf6 { 1 } else { immediate };
            bytes.operands_and(Operands::Memory, rex, stack, if has_number { size } else { 0 })?;
        }
        // INC, DEC; the others of this group jump, call and push
        0xfe | 0xff if bytes.group()? < 2 => bytes.operands(Operands::Memory, rex, stack)?,
        _ => return None,
    }
    next
}

fn push_or_pop(opcode: u8, rex: Rex, stack: Stack) -> Option<(Flow, Stack)> {
    if opcode < 0x58 {
        return Some((Flow::Next, Stack { depth: stack.depth.checked_add(8)?, ..stack }));
    }
    let register = rex.base(opcode);
    if stack.depth < 8 || register == SP {
        return None;
    }
    let frame = stack.frame.filter(|_| !register.is_frame());
    Some((Flow::Next, Stack { depth: stack.depth - 8, frame }))
}

/// MOV: from register to register or memory (0x89), or the other way.
fn copy(opcode: u8, rex: Rex, bytes: &mut Bytes<'_>, stack: Stack) -> Option<(Flow, Stack)> {
    let next = |stack| Some((Flow::Next, stack));
    if let Some((register, other)) = bytes.registers(rex) {
        let (from, to) = if opcode == 0x89 { (register, other) } else { (other, register) };
        if (from == SP || to == SP) && rex.is_wide() {
            bytes.skip(1)?;
            return match (from.is_frame(), to.is_frame()) {
                (_, true) => next(Stack { frame: Some(stack.depth), ..stack }),
                (true, _) => next(Stack { depth: stack.frame?, ..stack }),
                _ => None,
            };
        }
    }
    bytes.operands(Operands::Both, rex, stack)?;
    next(stack)
}

/// LEA: computes an address, which is the stack pointer's where a function's own part of the stack begins or ends.
fn address(rex: Rex, bytes: &mut Bytes<'_>, stack: Stack) -> Option<(Flow, Stack)> {
    if bytes.register(rex)? != SP {
        bytes.operands(Operands::Both, rex, stack)?;
        return Some((Flow::Next, stack));
    }
    let place = bytes.memory(rex)?.filter(|place| !place.has_index && rex.is_wide())?;
    let depth = place.depth_of_base(stack)?.checked_sub(place.distance).filter(|depth| *depth >= 0)?;
    Some((Flow::Next, Stack { depth, ..stack }))
}

/// ADD, SUB and others of the same group with a number.
fn add(rex: Rex, bytes: &mut Bytes<'_>, stack: Stack, size: usize) -> Option<(Flow, Stack)> {
    let group = bytes.group()?;
    let is_of_stack = bytes.registers(rex).is_some_and(|(_, register)| register == SP);
    if !is_of_stack {
        bytes.operands_and(Operands::Memory, rex, stack, size)?;
        return Some((Flow::Next, stack));
    }
    bytes.skip(1)?;
    let number = i32::try_from(bytes.signed(size)?).ok().filter(|_| rex.is_wide())?;
    let depth = match group {
        0 => stack.depth.checked_sub(number)?,
        5 => stack.depth.checked_add(number)?,
        _ => return None,
    };
    Some((Flow::Next, Stack { depth: Some(depth).filter(|depth| *depth >= 0)?, ..stack }))
}

/// Opcodes behind 0F.
fn two_bytes(opcode: u8, prefixes: &Prefixes, bytes: &mut Bytes<'_>, stack: Stack) -> Option<(Flow, Stack)> {
    let rex = prefixes.rex;
    let next = Some((Flow::Next, stack));
    // With such a prefix most are of one number.
    let is_single = prefixes.repeats.is_some() && !matches!(opcode, 0x6f | 0x7f);
    let bytes = bytes.of_width(if is_single { 8 } else { 16 });
    match opcode {
        // UD2
        0x0b => return Some((Flow::Stop, stack)),
        // Prefetching, NOP, ENDBR, RDSSP
        0x0d | 0x18 | 0x1e | 0x1f => bytes.operands(Operands::Memory, rex, stack)?,
        // SSE: to a register, to a register or memory, with a number, others
        0x2c | 0x2d | 0x50 | 0xd7 => bytes.operands(Operands::Register, rex, stack)?,
        0x7e => bytes.operands(Operands::Memory, rex, stack)?,
        0xc5 => bytes.operands_and(Operands::Register, rex, stack, 1)?,
        0x70..=0x73 | 0xc2 | 0xc4 | 0xc6 => bytes.operands_and(Operands::NoRegisters, rex, stack, 1)?,
        0x10..=0x17 | 0x28..=0x2b | 0x2e | 0x2f | 0x51..=0x6f | 0x74..=0x76 | 0x7c | 0x7d | 0x7f | 0xd0..=0xfe => {
            bytes.operands(Operands::NoRegisters, rex, stack)?;
        }
        // RDTSC, EMMS, CPUID
        0x31 | 0x77 | 0xa2 => {}
        // CMOVcc, BT and its like, SHLD, SHRD by CL, IMUL, CMPXCHG, MOVZX, MOVSX, BSF, BSR, XADD, MOVNTI
        0x40..=0x4f | 0xa3 | 0xa5 | 0xab | 0xad | 0xaf | 0xb0 | 0xb1 | 0xb3 | 0xb6 | 0xb7 | 0xbb..=0xc1 | 0xc3 => {
            bytes.operands(Operands::Both, rex, stack)?;
        }
        // POPCNT
        0xb8 if prefixes.repeats == Some(0xf3) => bytes.operands(Operands::Both, rex, stack)?,
        // Jcc
        0x80..=0x8f => return Some((Flow::Branch(distance(prefixes, bytes, 4)?), stack)),
        // SETcc
        0x90..=0x9f => bytes.operands(Operands::Memory, rex, stack)?,
        // SHLD, SHRD, BT and its like with a number
        0xa4 | 0xac => bytes.operands_and(Operands::Both, rex, stack, 1)?,
        0xba => bytes.operands_and(Operands::Memory, rex, stack, 1)?,
        // LDMXCSR, STMXCSR, fences
        0xae if prefixes.repeats.is_none() && !prefixes.is_short && (is_fence(bytes)? || matches!(bytes.group()?, 2 | 3)) => {
            bytes.operands(Operands::NoRegisters, rex, stack)?;
        }
        // CMPXCHG16B
        0xc7 if bytes.group()? == 1 => bytes.operands(Operands::NoRegisters, rex, stack)?,
        // BSWAP
        0xc8..=0xcf => rex.base(opcode).allowed(stack)?,
        _ => return None,
    }
    next
}

fn is_fence(bytes: &Bytes<'_>) -> Option<bool> {
    Some(bytes.registers(Rex::default()).is_some() && bytes.group()? >= 5)
}

/// Opcodes behind 0F 38, and behind 0F 3A, which have a number.
fn long(table: u8, prefixes: &Prefixes, bytes: &mut Bytes<'_>, stack: Stack) -> Option<(Flow, Stack)> {
    let rex = prefixes.rex;
    let opcode = bytes.next()?;
    let bytes = bytes.of(if table == 0x38 { Table::Long } else { Table::LongWithNumber }, opcode).of_width(16);
    match (table, opcode) {
        (0x38, 0x00..=0x41 | 0xc8..=0xdf) => bytes.operands(Operands::NoRegisters, rex, stack)?,
        // MOVBE, CRC32, ADCX, ADOX; the one without a prefix is for the stack of return addresses
        (0x38, 0xf0 | 0xf1) => bytes.operands(Operands::Both, rex, stack)?,
        (0x38, 0xf6) if prefixes.is_short || prefixes.repeats.is_some() => bytes.operands(Operands::Both, rex, stack)?,
        (0x3a, 0x14..=0x17) => bytes.operands_and(Operands::Memory, rex, stack, 1)?,
        (0x3a, _) => bytes.operands_and(Operands::NoRegisters, rex, stack, 1)?,
        _ => return None,
    }
    Some((Flow::Next, stack))
}
