//! Why the loader could not open a file, as far as the file tells.

use super::check::{headers, truncation, unfit};
use super::dependencies::walk;
use super::elf::{Elf, Versions};
use super::format::{Format, recognize};
use super::machine;
use object::Object as _;
use object::read::ReadCache;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

/// What is known of this process and its loader.
pub struct Process<'a> {
    /// Whether the loader has a library of that name already.
    pub is_loaded: &'a dyn Fn(&str) -> bool,
    /// The version of glibc that runs, if it does.
    pub glibc: Option<&'a str>,
}

/// The plain reason of a file that is not there.
pub const NO_FILE: &str = "no such file";

/// The reason of what is no file.
pub const DIRECTORY: &str = "it is a directory";

/// The reason, for after a colon; `None` when the file looks well, so that only the loader's own text can tell.
pub fn reason(path: &Path, process: &Process<'_>) -> Option<String> {
    let file = match fs::metadata(path) {
        Ok(file) => file,
        Err(_) => return missing(path),
    };
    if file.is_dir() {
        return Some(DIRECTORY.to_owned());
    }
    let opened = match File::open(path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return Some("it cannot be read: permission denied".to_owned()),
        Err(error) => return Some(format!("it cannot be read: {error}")),
    };
    let data = ReadCache::new(opened);
    match recognize(&data) {
        Format::Other(what) if what == "empty" => Some("the file is empty".to_owned()),
        Format::Other(what) => Some(format!("the file is {what}")),
        Format::Native => of_native(path, file.len(), &data, process),
    }
}

/// Why there is no file of that path.
pub fn missing(path: &Path) -> Option<String> {
    match fs::metadata(path).err()?.kind() {
        ErrorKind::NotFound if fs::symlink_metadata(path).is_ok() => {
            let target = fs::read_link(path).unwrap_or_default();
            Some(format!("it is a link to {}, where there is no such file", target.display()))
        }
        ErrorKind::NotFound => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir());
            Some(folder.map_or(NO_FILE.to_owned(), |folder| format!("no such file: there is no directory {}", folder.display())))
        }
        ErrorKind::PermissionDenied => Some("it cannot be reached: permission denied for a directory of its path".to_owned()),
        ErrorKind::NotADirectory => Some("no such file: part of its path is no directory".to_owned()),
        _ => None,
    }
}

fn of_native(path: &Path, length: u64, data: &ReadCache<File>, process: &Process<'_>) -> Option<String> {
    let Some(elf) = Elf::read(data) else {
        // Of the other formats, only what is the same for all is looked at.
        let parsed = object::File::parse(data).ok();
        return match parsed.map(|file| file.architecture()) {
            Some(architecture) if !machine::fits(architecture) => Some(machine::other(architecture)),
            Some(_) => None,
            None => Some("the file is damaged or truncated: its headers cannot be read".to_owned()),
        };
    };
    let unfit = unfit(&elf).or_else(|| truncation(&elf, length)).or_else(|| other_libc(&elf));
    unfit.or_else(|| of_dependencies(path, elf, process)).or_else(|| of_versions(path, data, process)).or_else(|| {
        // The loader does not mind, but something is missing at the end.
        let elf = headers(path)?;
        (elf.sections_end > length).then(|| format!("the file seems truncated: it has {length} of {} bytes", elf.sections_end))
    })
}

/// A library for the other C library of Linux.
fn other_libc(elf: &Elf) -> Option<String> {
    let needs = |start: &str| elf.needed.iter().find(|name| name.starts_with(start));
    if cfg!(target_env = "gnu") {
        let musl = needs("libc.musl-").or_else(|| needs("ld-musl-")).or_else(|| elf.needed.iter().find(|name| *name == "libc.so"))?;
        return Some(format!("it is built for musl (it needs {musl}), and this process runs on glibc"));
    }
    if cfg!(target_env = "musl") {
        let glibc = needs("ld-linux").or_else(|| needs("libc.so.6"))?;
        return Some(format!("it is built for glibc (it needs {glibc}), and this process runs on musl"));
    }
    None
}

/// A dependency that is not there, or that the loader cannot open.
fn of_dependencies(path: &Path, elf: Elf, process: &Process<'_>) -> Option<String> {
    walk(path, elf, process.is_loaded, |dependency| {
        let who = dependency.who();
        let Some((path, elf)) = &dependency.found else { return Some(format!("{} is not found, {who}", dependency.name)) };
        let reason = match elf {
            Some(elf) if !machine::fits(elf.architecture) => Some(machine::other(elf.architecture)),
            Some(elf) => truncation(elf, fs::metadata(path).ok()?.len()).or_else(|| other_libc(elf)),
            None => reason(path, process),
        };
        Some(format!("{} ({who}): {}", path.display(), reason?))
    })
}

/// A version that a library needs and the other one does not have.
fn of_versions(path: &Path, data: &ReadCache<File>, process: &Process<'_>) -> Option<String> {
    let check = |file: &Path, versions: Versions, who: &str| -> Option<String> {
        versions.needed.into_iter().find_map(|(library, version)| {
            let provider = super::places::Places::of_this_process();
            let folder = file.parent().map(|folder| folder.join(&library)).filter(|path| path.exists());
            let provider = provider.find(&library).map(|found| found.0).or(folder)?;
            let defined = Elf::versions(&ReadCache::new(File::open(&provider).ok()?))?.defined;
            if defined.is_empty() || defined.contains(&version) {
                return None;
            }
            let glibc = process.glibc.filter(|_| version.starts_with("GLIBC_"));
            Some(match glibc {
                Some(running) => format!("it needs {version} of {library}, and this machine has glibc {running}{who}"),
                None => format!("it needs {version} of {library}, which {} does not have{who}", provider.display()),
            })
        })
    };
    if let Some(reason) = check(path, Elf::versions(data)?, "") {
        return Some(reason);
    }
    walk(path, Elf::read(data)?, process.is_loaded, |dependency| {
        let (file, _) = dependency.found.as_ref()?;
        let versions = Elf::versions(&ReadCache::new(File::open(file).ok()?))?;
        let reason = check(file, versions, "")?;
        Some(format!("{} ({}): {reason}", file.display(), dependency.who()))
    })
}

/// Whether a file is there, whatever it is.
pub fn is_there(path: &OsStr) -> bool {
    fs::symlink_metadata(path).is_ok()
}
