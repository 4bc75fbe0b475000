//! What must be known of a file before the loader is asked: the loader believes the headers, and the process
//! dies where the file ends before they say.

use super::dependencies::walk;
use super::elf::{Elf, Kind};
use super::machine;
use object::read::ReadCache;
use std::fs::{self, File};
use std::path::Path;

/// The headers of an ELF file; only they are read.
pub fn headers(path: &Path) -> Option<Elf> {
    // Opening a pipe would wait for a writer.
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    Elf::read(&ReadCache::new(File::open(path).ok()?))
}

/// Whether the loader itself refuses what is no library for this process. That of musl maps it, and what is called then is
/// code of another processor.
pub const LOADER_LOOKS: bool = !cfg!(target_env = "musl");

/// Why an ELF file is no library for this process.
pub fn unfit(elf: &Elf) -> Option<String> {
    if !machine::fits(elf.architecture) {
        return Some(machine::other(elf.architecture));
    }
    let what = match elf.kind {
        Kind::Object => "an object file (.o), not yet linked: cc -shared makes a library of it",
        Kind::Executable => "a program, not a library",
        Kind::Other => "an ELF file, but neither a library nor a program",
        Kind::Library => return None,
    };
    Some(format!("the file is {what}"))
}

/// Why the loader must not be asked to open this file; `None` when it may be, and will say itself if it cannot.
/// `is_loaded` tells whether the loader has a library of that name already.
pub fn refusal(path: &Path, is_loaded: &dyn Fn(&str) -> bool) -> Option<String> {
    let file = fs::metadata(path).ok()?;
    if !file.is_file() && !file.is_dir() {
        return Some("it is no regular file, but a pipe, a socket or a device".to_owned());
    }
    if cfg!(not(target_os = "linux")) {
        return None;
    }
    let elf = headers(path)?;
    if LOADER_LOOKS && !machine::fits(elf.architecture) {
        return None;
    }
    let reason = |elf: &Elf, length| (!LOADER_LOOKS).then(|| unfit(elf)).flatten().or_else(|| truncation(elf, length));
    reason(&elf, file.len()).or_else(|| {
        walk(path, elf, is_loaded, |dependency| {
            let (path, elf) = dependency.found.as_ref()?;
            let reason = reason(elf.as_ref()?, fs::metadata(path).ok()?.len())?;
            Some(format!("{} ({}): {reason}", path.display(), dependency.who()))
        })
    })
}

/// That a file of so many bytes is shorter than its headers say.
pub fn truncation(elf: &Elf, length: u64) -> Option<String> {
    (elf.end > length).then(|| {
        let whole = elf.end.max(elf.sections_end);
        format!("the file is truncated: it has {length} bytes of at least {whole}")
    })
}
