//! What is said of machine code, held against what `objdump` makes of it: of each instruction of the libraries that are here,
//! and of each function of theirs that is found to call nothing.

use super::*;
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

/// An instruction as the disassembler shows it.
struct Shown {
    bytes: Vec<u8>,
    /// With its operands.
    text: String,
}

impl Shown {
    fn name(&self) -> &str {
        self.text.split_whitespace().find(|word| !["bnd", "notrack", "repz", "rep", "lock"].contains(word)).unwrap_or("")
    }

    /// The address that a direct jump says.
    fn target(&self) -> Option<usize> {
        let operand = self.text.split(" <").next()?.split([' ', ',', '\t']).next_back()?;
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

/// What the disassembler says of a file; `None` where one of them is missing.
fn disassembled(tool: &str, file: &str) -> Option<Code> {
    if !Path::new(file).exists() {
        println!("not looked at, because it is not here: {file}");
        return None;
    }
    let made = Command::new(tool).args(["-d", "-w", "--insn-width=16", file]).output().ok();
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

/// Holds what a processor's `step` says of each instruction against the disassembler. Returns how many were known.
fn compare_instructions<S: Copy>(
    code: &Code,
    states: &[S],
    step: impl Fn(&[u8], S) -> Option<Step<S>>,
    kind: impl Fn(&Shown) -> Kind,
) -> usize {
    let mut known = 0;
    // Some constants lie between functions.
    for (address, shown) in code.instructions.iter().filter(|(_, shown)| !shown.text.contains("(bad)")) {
        let mut bytes = shown.bytes.clone();
        bytes.resize(16, 0xcc);
        for found in states.iter().filter_map(|state| step(&bytes, *state)) {
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
            known += 1;
        }
    }
    known
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
                let shown = code.instructions.get(&at).unwrap_or_else(|| panic!("{name} comes to {at:x}, where nothing begins"));
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
        name if ["call", "lcall", "ljmp", "lret", "syscall", "sysenter", "hlt", "int3", "int", "iret", "xbegin", "(bad)"]
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
        name if name.starts_with("b.") || ["cbz", "cbnz", "tbz", "tbnz"].contains(&name) => Kind::Branch,
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

#[test]
fn instructions_of_x86_64_are_as_long_and_go_on_as_the_disassembler_says() {
    let framed = x86_64::Stack { depth: 4096, frame: Some(2048) };
    for file in ["libc.so.6", "libm.so.6", "libz.so.1", "libstdc++.so.6", "libsqlite3.so.0"] {
        let Some(code) = disassembled("objdump", &format!("{HERE}/{file}")) else { continue };
        let known = compare_instructions(&code, &[x86_64::Stack::default(), framed], x86_64::step, kind_x86_64);
        println!("{file}: {known} of twice {}", code.instructions.len());
    }
}

#[test]
fn instructions_of_aarch64_go_on_as_the_disassembler_says() {
    for file in ["libc.so.6", "libm.so.6", "libstdc++.so.6"] {
        let Some(code) = disassembled("aarch64-linux-gnu-objdump", &format!("{EMULATED}/{file}")) else { continue };
        let known = compare_instructions(&code, &[()], aarch64::step, kind_aarch64);
        println!("{file}: {known} of {}", code.instructions.len());
    }
}

#[test]
fn functions_that_are_found_to_call_nothing_come_to_no_call() {
    for file in ["libc.so.6", "libm.so.6", "libz.so.1", "libstdc++.so.6", "libcrypto.so.3"] {
        let Some(code) = disassembled("objdump", &format!("{HERE}/{file}")) else { continue };
        let found = leaves(&code, x86_64::step, kind_x86_64);
        println!("{file}: {} of {}", found.len(), code.functions.len());
    }
    for file in ["libc.so.6", "libm.so.6", "libstdc++.so.6"] {
        let Some(code) = disassembled("aarch64-linux-gnu-objdump", &format!("{EMULATED}/{file}")) else { continue };
        let found = leaves(&code, aarch64::step, kind_aarch64);
        println!("{file} (aarch64): {} of {}", found.len(), code.functions.len());
    }
}
