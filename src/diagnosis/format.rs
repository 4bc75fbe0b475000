//! What a file is, in words, when it is not a library that this system could load.

use super::machine;
use object::read::{FileKind, ObjectKind, ReadRef};
use object::{Architecture, Object as _};

/// Text that is shown of a file that is text.
const EXCERPT: usize = 60;

/// What a file is by its beginning.
#[derive(Debug, PartialEq, Eq)]
pub enum Format {
    /// The format of libraries of this system; more is to be looked at.
    Native,
    /// Something else: a noun with its article, and what can be done about it.
    Other(String),
}

/// Looks at the whole file, or as much of it as there is.
pub fn recognize<'data, R: ReadRef<'data>>(data: R) -> Format {
    let length = data.len().unwrap_or(0);
    let Ok(start) = data.read_bytes_at(0, length.min(4096)) else { return Format::Other("unreadable".to_owned()) };
    if start.is_empty() {
        return Format::Other("empty".to_owned());
    }
    match FileKind::parse(data) {
        Ok(FileKind::Elf32 | FileKind::Elf64) if cfg!(unix) && cfg!(not(target_vendor = "apple")) => Format::Native,
        Ok(FileKind::Pe32 | FileKind::Pe64) if cfg!(windows) => Format::Native,
        Ok(FileKind::MachO32 | FileKind::MachO64 | FileKind::MachOFat32 | FileKind::MachOFat64) if cfg!(target_vendor = "apple") => {
            Format::Native
        }
        Ok(FileKind::Elf32 | FileKind::Elf64) => Format::Other(foreign("an ELF file, of Linux or the like", data)),
        Ok(FileKind::Pe32 | FileKind::Pe64) => {
            Format::Other(foreign(if is_dll(data) { "a Windows DLL" } else { "a Windows program" }, data))
        }
        Ok(FileKind::MachO32 | FileKind::MachO64) => Format::Other(foreign("a macOS library or program (Mach-O)", data)),
        // Java's classes begin alike; their version is larger than the number of processors in a file.
        Ok(FileKind::MachOFat32 | FileKind::MachOFat64)
            if start.get(4..7) == Some(&[0; 3]) && start.get(7).is_some_and(|count| *count < 30) =>
        {
            Format::Other("a macOS library or program (Mach-O, universal)".to_owned())
        }
        _ => Format::Other(by_beginning(start)),
    }
}

fn foreign<'data, R: ReadRef<'data>>(what: &str, data: R) -> String {
    match object::File::parse(data).map(|file| file.architecture()) {
        Ok(architecture) if architecture != Architecture::Unknown => format!("{what}, for {}", machine::name(architecture)),
        _ => what.to_owned(),
    }
}

fn is_dll<'data, R: ReadRef<'data>>(data: R) -> bool {
    object::File::parse(data).is_ok_and(|file| file.kind() == ObjectKind::Dynamic)
}

/// The formats that have nothing to do with libraries, or are a step on the way to one.
const BEGINNINGS: &[(&[u8], &str)] = &[
    (b"\x7fELF", "the beginning of an ELF file: the rest is missing"),
    (b"!<arch>\n", "a static library (.a): its objects can be linked into a shared one with cc -shared"),
    (b"!<thin>\n", "a static library (.a): its objects can be linked into a shared one with cc -shared"),
    (b"\xca\xfe\xba\xbe", "a Java class"),
    (b"MZ", "a DOS program"),
    (b"\0asm", "a WebAssembly module"),
    (b"BC\xc0\xde", "LLVM bitcode"),
    (b"\x1f\x8b", "compressed (gzip)"),
    (b"\xfd7zXZ\0", "compressed (xz)"),
    (b"\x28\xb5\x2f\xfd", "compressed (zstd)"),
    (b"BZh", "compressed (bzip2)"),
    (b"PK\x03\x04", "a zip archive"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself: git lfs pull fetches that"),
    (b"<!DOCTYPE", "a web page, perhaps of a download that failed"),
    (b"<!doctype", "a web page, perhaps of a download that failed"),
    (b"<html", "a web page, perhaps of a download that failed"),
];

fn by_beginning(start: &[u8]) -> String {
    if let Some((_, what)) = BEGINNINGS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return (*what).to_owned();
    }
    match text(start) {
        Some(text) if text.starts_with("#!") => format!("a script: it begins with {}", excerpt(text)),
        Some(text) => match linker_script(text) {
            Some(target) if target.is_empty() => "a linker script: text for the linker, not a library".to_owned(),
            Some(target) => format!("a linker script: text for the linker, which stands for {target} (open that)"),
            None => format!("a text file: it begins with {}", excerpt(text)),
        },
        None => {
            let bytes: Vec<_> = start.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            format!("of no known format: it begins with the bytes {}", bytes.join(" "))
        }
    }
}

/// The file's beginning, if it is text.
fn text(start: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        // A character may be cut off at the end.
        Err(error) if start.len() - error.valid_up_to() < 4 => std::str::from_utf8(&start[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    (!text.is_empty() && text.chars().all(|character| !character.is_control() || character.is_whitespace())).then_some(text)
}

fn excerpt(text: &str) -> String {
    let line = text.trim_start().lines().next().unwrap_or_default().trim_end();
    let short: String = line.chars().take(EXCERPT).collect();
    format!("'{short}{}'", if short.len() < line.len() { "…" } else { "" })
}

/// The first file that a linker script names; empty for a script that names none.
fn linker_script(text: &str) -> Option<String> {
    let commands = ["GROUP", "INPUT"];
    let after = |command: &&str| text.split_once(*command).map(|(_, rest)| rest.trim_start()).filter(|rest| rest.starts_with('('));
    match commands.iter().find_map(after) {
        Some(list) => {
            let mut names =
                list.split(|character: char| character.is_whitespace() || "(),".contains(character)).filter(|name| !name.is_empty());
            Some(names.next().filter(|name| *name != "AS_NEEDED").unwrap_or_default().to_owned())
        }
        None => (text.contains("GNU ld script") || text.contains("OUTPUT_FORMAT")).then(String::new),
    }
}
