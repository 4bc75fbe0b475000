//! What must be known of a file before the loader is asked: the loader believes the headers, and the process
//! dies where the file ends before they say.

use super::dependencies::walk;
use super::elf::Elf;
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
    if !machine::fits(elf.architecture) {
        return None;
    }
    truncation(&elf, file.len()).or_else(|| {
        walk(path, elf, is_loaded, |dependency| {
            let (path, elf) = dependency.found.as_ref()?;
            let reason = truncation(elf.as_ref()?, fs::metadata(path).ok()?.len())?;
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
