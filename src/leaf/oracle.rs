//! What is said of machine code, held against what `objdump` makes of it: of each instruction of the libraries that are here,
//! and of each function of theirs that is found to call nothing.

use super::*;
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

const PREFIXES: [&str; 15] =
    ["bnd", "notrack", "repz", "repnz", "rep", "lock", "data16", "addr32", "cs", "ds", "es", "fs", "gs", "ss", "{evex}"];

/// An instruction as the disassembler shows it.
struct Shown {
    bytes: Vec<u8>,
    /// With its operands.
    text: String,
}

impl Shown {
    fn name(&self) -> &str {
        let is_prefix = |word: &&str| PREFIXES.contains(word) || word.starts_with("rex");
        self.text.split_whitespace().find(|word| !is_prefix(word)).unwrap_or("")
    }

    /// The address that a direct jump says.
    fn target(&self) -> Option<usize> {
        let operand = self.text.split(" <").next()?.split("//").next()?.trim().split([' ', ',', '\t']).next_back()?;
        usize::from_str_radix(operand.trim_start_matches("0x"), 16).ok()
    }
}

/// The code of a file.
#[derive(Default)]
struct Code {
    instructions: HashMap<usize, Shown>,
    /// By address.
    functions: HashMap<usize, String>,
}

/// What a disassembler says of a file; `None` where one of them is missing.
fn disassembled(tool: &str, how: &[&str], file: &str) -> Option<Code> {
    if !Path::new(file).exists() {
        println!("not looked at, because it is not here: {file}");
        return None;
    }
    let made = Command::new(tool).args(["-w", "--insn-width=16"]).args(how).arg(file).output().ok();
    let Some(made) = made.filter(|made| made.status.success()) else {
        println!("not looked at, because {tool} cannot be run: {file}");
        return None;
    };
    let mut code = Code::default();
    for line in String::from_utf8_lossy(&made.stdout).lines() {
        if let Some((address, name)) = line.strip_suffix(">:").and_then(|line| line.split_once(" <")) {
            code.functions.insert(usize::from_str_radix(address, 16).unwrap(), name.to_owned());
        }
        let mut parts = line.splitn(3, '\t');
        let (Some(address), Some(bytes), Some(text)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let Ok(address) = usize::from_str_radix(address.trim().trim_end_matches(':'), 16) else { continue };
        code.instructions.insert(address, Shown { bytes: bytes_of(bytes), text: text.trim().to_owned() });
    }
    Some(code)
}

/// The same of random instructions, one in each 32 bytes, which begin with some of `starts`.
fn random(tool: &str, machine: &str, starts: &[u8], nop: &[u8]) -> Option<Code> {
    const COUNT: usize = 30_000;
    let mut state = 1u64;
    let mut next = || {
        // A linear congruential generator with Knuth's numbers; the upper bits are random enough.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let mut bytes = vec![];
    for _ in 0..COUNT {
        let special = next() % 4;
        let byte = |index| if index < special { starts[next() % starts.len()] } else { next() as u8 };
        bytes.extend((0..16).map(byte).collect::<Vec<u8>>());
        bytes.extend(nop.iter().cycle().take(16));
    }
    let file = std::env::temp_dir().join(format!("arkffi-random-{machine}-{}", std::process::id()).replace(':', "-"));
    std::fs::write(&file, bytes).unwrap();
    let code = disassembled(tool, &["-D", "-b", "binary", "-m", machine], file.to_str().unwrap());
    std::fs::remove_file(file).unwrap();
    let mut code = code?;
    code.instructions.retain(|address, shown| address % 32 == 0 && !shown.name().is_empty());
    Some(code)
}

/// Bytes, or words with the most significant byte first.
fn bytes_of(shown: &str) -> Vec<u8> {
    let word = |word: &str| {
        let digits = (0..word.len() / 2).rev().map(|at| &word[at * 2..at * 2 + 2]);
        digits.map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect::<Vec<u8>>()
    };
    shown.split_whitespace().flat_map(word).collect()
}

/// The code as it lies in memory, from the lowest address, which is also given.
fn image(code: &Code) -> (usize, Vec<u8>) {
    let (Some(first), Some(last)) = (code.instructions.keys().min(), code.instructions.keys().max()) else { return (0, vec![]) };
    let mut image = vec![0; last - first + 16];
    for (address, shown) in &code.instructions {
        image[address - first..][..shown.bytes.len()].copy_from_slice(&shown.bytes);
    }
    (*first, image)
}

/// Holds what a processor's `step` says of each instruction against the disassembler. `is_wrong` sees what was known before and
/// what is found.
fn compare_instructions<S: Copy + std::fmt::Debug>(
    code: &Code,
    states: &[S],
    step: impl Fn(&[u8], S) -> Option<Step<S>>,
    kind: impl Fn(&Shown) -> Kind,
    is_wrong: impl Fn(&Shown, S, Step<S>) -> bool,
) {
    let mut known = 0;
    // What is none ends the process; some constants lie between functions.
    let is_one = |shown: &Shown| !shown.text.contains("(bad)") && shown.name() != ".inst";
    for (address, shown) in code.instructions.iter().filter(|(_, shown)| is_one(shown)) {
        let mut bytes = shown.bytes.clone();
        bytes.resize(16, 0xcc);
        for (before, found) in states.iter().filter_map(|state| Some((*state, step(&bytes, *state)?))) {
            let what = || format!("{address:x}: {:02x?} {}", shown.bytes, shown.text);
            assert_eq!(found.size, shown.bytes.len(), "{}", what());
            let to = |distance: isize| Some((address + found.size).wrapping_add_signed(distance));
            match (found.flow, kind(shown)) {
                (Flow::Next, Kind::Plain) | (Flow::Return, Kind::Return) | (Flow::Stop, Kind::Trap) => {}
                (Flow::Jump(distance), Kind::Jump) | (Flow::Branch(distance), Kind::Branch) => {
                    assert_eq!(to(distance), shown.target(), "{}", what());
                }
                (flow, kind) => panic!("{flow:?}, but it is {kind:?}: {}", what()),
            }
            assert!(!is_wrong(shown, before, found), "{before:?} becomes {found:?}: {}", what());
            known += 1;
        }
    }
    println!("{known} of {} times {}", states.len(), code.instructions.len());
    assert!(known > 0);
}

/// What an instruction does, by its name.
#[derive(Debug, PartialEq)]
enum Kind {
    Plain,
    Jump,
    Branch,
    Return,
    Trap,
    /// Calls, computed jumps, and what asks the system.
    Other,
}

/// The names of a file's functions that are found to call nothing, after a look at all that each can come to.
fn leaves<S: Copy + Default + PartialEq>(
    code: &Code,
    step: impl Fn(&[u8], S) -> Option<Step<S>>,
    kind: impl Fn(&Shown) -> Kind,
) -> Vec<String> {
    let (base, image) = image(code);
    let found = code.functions.iter().filter(|(address, _)| follow(&image, *address - base, &step).is_some());
    found
        .map(|(start, name)| {
            let (mut open, mut seen) = (vec![*start], vec![]);
            while let Some(at) = open.pop() {
                if seen.contains(&at) {
                    continue;
                }
                seen.push(at);
                // Constants before it may have put the disassembler out of step.
                let Some(shown) = code.instructions.get(&at) else {
                    println!("not looked at: {name} comes to {at:x}, where nothing begins");
                    break;
                };
                let behind = at + shown.bytes.len();
                match kind(shown) {
                    Kind::Plain => open.push(behind),
                    Kind::Jump => open.push(shown.target().unwrap()),
                    Kind::Branch => open.extend([behind, shown.target().unwrap()]),
                    Kind::Return | Kind::Trap => {}
                    Kind::Other => panic!("{name} comes to {at:x}: {}", shown.text),
                }
            }
            name.clone()
        })
        .collect()
}

fn kind_x86_64(shown: &Shown) -> Kind {
    match shown.name() {
        "jmp" if shown.text.split(" <").next().unwrap().contains('*') => Kind::Other,
        "jmp" => Kind::Jump,
        "ret" => Kind::Return,
        "ud2" => Kind::Trap,
        name if name.starts_with('j') || name.starts_with("loop") => Kind::Branch,
        name if [
            "call", "lcall", "ljmp", "lret", "syscall", "sysret", "sysenter", "sysexit", "hlt", "int3", "int1", "int", "iret", "uiret",
            "xbegin", "xabort", "ud0", "ud1", "vmcall", "(bad)",
        ]
        .contains(&name) =>
        {
            Kind::Other
        }
        _ => Kind::Plain,
    }
}

fn kind_aarch64(shown: &Shown) -> Kind {
    match shown.name() {
        "b" => Kind::Jump,
        "ret" | "retaa" | "retab" => Kind::Return,
        name if name.starts_with("b.") || name.starts_with("bc.") || ["cbz", "cbnz", "tbz", "tbnz"].contains(&name) => Kind::Branch,
        name if ["bl", "br", "blr", "svc", "brk", "hlt", "udf", "eret", ".inst"].contains(&name)
            || name.starts_with("bra")
            || name.starts_with("blra") =>
        {
            Kind::Other
        }
        _ => Kind::Plain,
    }
}

/// Directories of libraries of each processor.
const HERE: &str = "/usr/lib/x86_64-linux-gnu";
const EMULATED: &str = "/usr/aarch64-linux-gnu/lib";

/// Whether an instruction that is known names the stack pointer or the frame pointer, and neither moves as far as is known.
fn moves_unseen(shown: &Shown, before: x86_64::Stack, found: Step<x86_64::Stack>) -> bool {
    // The last operand is the one that is written; what is in parentheses is an address.
    let outside = shown.text.split(['(', ')']).step_by(2).collect::<String>();
    let written = outside.split(" <").next().unwrap().rsplit([' ', ',']).next().unwrap();
    let is_named = ["%rsp", "%esp", "%sp", "%spl"].contains(&written)
        || (before.frame.is_some() && ["%rbp", "%ebp", "%bp", "%bpl"].contains(&written));
    is_named && before == found.state
}

/// Whether an instruction that brief functions may have writes where it is told to, or to what is its thread's.
fn writes_unseen(shown: &Shown, before: x86_64::Stack, found: Step<x86_64::Stack>) -> bool {
    const READERS: [&str; 24] = [
        "cmp", "test", "bt", "mul", "imul", "div", "idiv", "fld", "fild", "fadd", "fmul", "fsub", "fdiv", "fcom", "fiadd", "fimul",
        "fisub", "fidiv", "ficom", "nop", "prefetch", "ldmxcsr", "verr", "fcmov",
    ];
    let operands = shown.text.split(" <").next().unwrap();
    let is_own = operands.contains("(%rsp") || operands.contains("(%rip)") || (before.frame.is_some() && operands.contains("(%rbp"));
    // The last operand is the one that is written; `%st(1)` is a register.
    let is_memory = operands.ends_with(')') && operands.rsplit('(').next().is_some_and(|inside| inside.starts_with(['%', ',']));
    let is_written = is_memory && !READERS.iter().any(|name| shown.name().starts_with(name));
    let is_of_thread = ["%fs:", "%gs:"].iter().any(|segment| operands.contains(segment));
    found.is_brief && (is_of_thread || (is_written && !is_own))
}

/// The same of AArch64.
fn stores_unseen(shown: &Shown, found: Step<()>) -> bool {
    let is_store =
        ["st", "swp", "cas", "ldadd", "ldclr", "ldeor", "ldset", "ldsm", "ldum"].iter().any(|name| shown.name().starts_with(name));
    found.is_brief && ((is_store && !shown.text.contains("[sp")) || ["mrs", "wfe", "wfi"].contains(&shown.name()))
}

/// Whether an instruction that is known writes the link register.
fn writes_link(shown: &Shown) -> bool {
    let operands: Vec<&str> = shown.text.split_once('\t').map_or(vec![], |(_, operands)| operands.split(", ").collect());
    let is_link = |index: usize| operands.get(index).is_some_and(|operand| ["x30", "w30"].contains(operand));
    let name = shown.name();
    let is_store = name.starts_with("st") && !name.starts_with("stx") && !name.starts_with("stlx");
    // They load what was there into the second.
    let is_atomic = ["swp", "ldadd", "ldclr", "ldeor", "ldset", "ldsm", "ldum"].iter().any(|start| name.starts_with(start));
    let only_reads = is_store || is_atomic || kind_aarch64(shown) == Kind::Branch;
    (is_link(0) && !only_reads)
        || (is_link(1) && (is_atomic || name.starts_with("ld")))
        || shown.text.contains("[x30]!")
        || shown.text.contains("[x30], ")
}

#[test]
fn instructions_of_x86_64_are_as_long_and_go_on_as_the_disassembler_says() {
    let framed = x86_64::Stack { depth: 4096, frame: Some(2048) };
    let is_wrong = |shown: &Shown, before, found| moves_unseen(shown, before, found) || writes_unseen(shown, before, found);
    let compare = |code: &Code| compare_instructions(code, &[x86_64::Stack::default(), framed], x86_64::step, kind_x86_64, is_wrong);
    for file in ["libc.so.6", "libm.so.6", "libz.so.1", "libstdc++.so.6", "libsqlite3.so.0"] {
        let Some(code) = disassembled("objdump", &["-d"], &format!("{HERE}/{file}")) else { continue };
        compare(&code);
    }
    let starts = [0x66, 0xf2, 0xf3, 0x48, 0x4c, 0x41, 0x0f, 0x0f, 0x62, 0xc4, 0xc5, 0x2e, 0xf0, 0xff, 0x83];
    match random("objdump", "i386:x86-64", &starts, &[0x90]) {
        Some(code) => compare(&code),
        None => assert!(std::env::var_os("CI").is_none(), "CI has binutils"),
    }
}

#[test]
fn instructions_of_aarch64_go_on_as_the_disassembler_says() {
    const TOOL: &str = "aarch64-linux-gnu-objdump";
    let is_wrong = |shown: &Shown, (), found| writes_link(shown) || stores_unseen(shown, found);
    let compare = |code: &Code| compare_instructions(code, &[()], aarch64::step, kind_aarch64, is_wrong);
    for file in ["libc.so.6", "libm.so.6", "libstdc++.so.6"] {
        let Some(code) = disassembled(TOOL, &["-d"], &format!("{EMULATED}/{file}")) else { continue };
        compare(&code);
    }
    if let Some(code) = random(TOOL, "aarch64", &[0xde, 0xfe, 0x03, 0x1e], &[0x1f, 0x20, 0x03, 0xd5]) {
        compare(&code);
    }
}

#[test]
fn functions_that_are_found_to_call_nothing_come_to_no_call() {
    let look = |name: &str, count: usize, of: usize| {
        println!("{name}: {count} of {of}");
        assert!(count > 0);
    };
    for file in ["libc.so.6", "libm.so.6", "libz.so.1", "libstdc++.so.6", "libcrypto.so.3"] {
        let Some(code) = disassembled("objdump", &["-d"], &format!("{HERE}/{file}")) else { continue };
        look(file, leaves(&code, x86_64::step, kind_x86_64).len(), code.functions.len());
    }
    for file in ["libc.so.6", "libm.so.6", "libstdc++.so.6"] {
        let Some(code) = disassembled("aarch64-linux-gnu-objdump", &["-d"], &format!("{EMULATED}/{file}")) else { continue };
        look(file, leaves(&code, aarch64::step, kind_aarch64).len(), code.functions.len());
    }
}
