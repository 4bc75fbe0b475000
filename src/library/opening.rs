//! Opening: which names and files are tried, in which order, and what is said when none opens.

use super::loader::{self, Flags};
use super::names::{System, completions, versioned_stem};
use super::sealed::{self, Hash, Refused};
use super::{Library, allow, failure};
use crate::diagnosis::check;
use crate::diagnosis::explain::{self, Process};
use crate::diagnosis::places::{self, Places, is_bare};
use crate::error::{Code, Error};
use failure::{Attempt, Outcome};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What is to be opened, and how.
#[derive(Debug, Default)]
pub struct Wish {
    /// Paths and names: the first that opens is it.
    pub candidates: Vec<String>,
    /// Folders where those that are not absolute are looked for first.
    pub search: Vec<PathBuf>,
    /// For the loader.
    pub flags: Flags,
    /// What the file must contain.
    pub sha256: Option<Hash>,
}

/// Opens the first candidate that opens. A name is tried as it is everywhere; only if no file has it, as the system
/// would call a library of that name.
///
/// # Errors
///
/// `ERR_DLOPEN_FAILED` with what was tried and why it failed; `ERR_ACCESS_DENIED` when something was refused that is
/// not allowed, or not what its hash says.
pub fn open(wish: &Wish) -> Result<Library, Error> {
    let mut attempts = Vec::new();
    for name in &wish.candidates {
        if let Some(library) = open_name(name, wish, &mut attempts) {
            return Ok(library);
        }
    }
    Err(failure::error(&wish.candidates, attempts))
}

/// The running process.
///
/// # Errors
///
/// As [`open`].
pub fn open_process() -> Result<Library, Error> {
    if allow::is_restricted() && !allow::allows_process() {
        let message = "Failed to load library 'the running process': allowLibraries, or allow of an isolate, does not allow it (null in its list does)";
        return Err(Error::new(Code::AccessDenied, message));
    }
    let failed = |text: String| Error::new(Code::DlopenFailed, format!("Failed to load library 'the running process': {text}"));
    Ok(Library::of_process(loader::this_process().map_err(failed)?))
}

fn open_name(name: &str, wish: &Wish, attempts: &mut Vec<Attempt>) -> Option<Library> {
    let before = attempts.len();
    if let Some(library) = open_everywhere(name, wish, attempts) {
        return Some(library);
    }
    // A file that exists is never replaced by one of a longer name.
    if attempts[before..].iter().any(|attempt| !matches!(attempt.outcome, Outcome::NotThere | Outcome::Directory)) {
        return None;
    }
    let system = System::here();
    let completed = completions(name, system);
    let own = versioned_stem(name, system).map(|stem| (stem, false));
    for (name, is_new) in own.into_iter().chain(completed.iter().map(|name| (name.as_str(), true))) {
        let library = is_new.then(|| open_everywhere(name, wish, attempts)).flatten();
        let library = library.or_else(|| versioned_stem(name, system).and_then(|stem| open_newest(stem, wish, attempts)));
        if library.is_some() {
            return library;
        }
    }
    None
}

/// Tries one name in every folder to search, and then as the system does.
fn open_everywhere(name: &str, wish: &Wish, attempts: &mut Vec<Attempt>) -> Option<Library> {
    let folders = wish.search.iter().filter(|_| !Path::new(name).is_absolute());
    let mut paths = folders.map(|folder| folder.join(name).into_os_string()).chain([name.into()]);
    paths.find_map(|path| attempt(&path, wish, attempts))
}

/// Tries the newest version of a library of which no file has the name without a version.
fn open_newest(stem: &str, wish: &Wish, attempts: &mut Vec<Attempt>) -> Option<Library> {
    let path = Path::new(stem);
    let (folder, name) = (path.parent().unwrap_or(Path::new("")), path.file_name()?.to_str()?);
    let in_folder = |folder: PathBuf| places::newest_in(&folder, name).map(PathBuf::into_os_string);
    let is_bare = is_bare(path.as_os_str());
    let mut found: Vec<_> =
        if path.is_absolute() { Vec::new() } else { wish.search.iter().filter_map(|start| in_folder(start.join(folder))).collect() };
    found.extend(if is_bare { Places::of_this_process().newest(name).map(Into::into) } else { in_folder(folder.into()) });
    let library = found.iter().find_map(|path| attempt(path, wish, attempts));
    if found.is_empty() {
        attempts.push(Attempt::not_there(OsStr::new(&format!("{stem}.*")), None));
    }
    library
}

/// Tries one path, or one name that the system searches for.
fn attempt(path: &OsStr, wish: &Wish, attempts: &mut Vec<Attempt>) -> Option<Library> {
    match open_one(path, wish) {
        Ok(library) => Some(library),
        Err(attempt) => {
            attempts.push(attempt);
            None
        }
    }
}

fn open_one(path: &OsStr, wish: &Wish) -> Result<Library, Attempt> {
    let is_guarded = allow::is_restricted() || wish.sha256.is_some();
    if !is_guarded {
        if let Some(refusal) = not_regular(path) {
            return Err(Attempt::failed(path, Path::new(path), refusal, None));
        }
        // What is loaded needs no look at its file.
        if let Some(handle) = loader::loaded(path, wish.flags) {
            return Ok(Library::of_file(handle, path));
        }
    }
    let (file, is_sure) = locate(path);
    if let Some(file) = &file
        && is_sure
        && let Some(refusal) = check::refusal(file, &is_loaded)
    {
        return Err(Attempt::failed(path, file, refusal, None));
    }
    let opened = if is_guarded {
        open_guarded(path, file.as_deref(), wish)?
    } else {
        loader::open(path, wish.flags).map(|handle| Library::of_file(handle, path))
    };
    opened.map_err(|text| describe(path, file.as_deref(), text))
}

/// The file that a path or name means, and whether the loader is sure to take the same.
fn locate(path: &OsStr) -> (Option<PathBuf>, bool) {
    if !is_bare(path) {
        return (std::path::absolute(path).ok(), true);
    }
    let loaded = loader::loaded(path, Flags { lazy: true, ..Flags::default() }).and_then(|handle| loader::examine(handle).1.file);
    if loaded.is_some() {
        return (loaded, false);
    }
    match path.to_str().and_then(|name| Places::of_this_process().find(name)) {
        Some((file, is_one_of_several)) => (Some(file), !is_one_of_several),
        None => (None, false),
    }
}

/// The file that would be tried first of those that exist, without opening it.
pub fn locate_file(name: &str) -> Option<PathBuf> {
    let system = System::here();
    let there = |name: &str| locate(OsStr::new(name)).0.filter(|file| explain::is_there(file.as_os_str()));
    let is_library = |file: &PathBuf| check::headers(file).is_some() || system != System::Linux;
    let newest = |name: &str| {
        let stem = Path::new(versioned_stem(name, system)?);
        let base = stem.file_name()?.to_str()?;
        match is_bare(stem.as_os_str()) {
            true => there(&Places::of_this_process().newest(base)?),
            false => places::newest_in(stem.parent()?, base),
        }
    };
    let completed = || completions(name, system).into_iter().find_map(|name| there(&name).filter(is_library).or_else(|| newest(&name)));
    let directory = there(name).filter(|file| file.is_dir());
    let own = || there(name).filter(|file| !file.is_dir());
    own().or_else(|| newest(name)).or_else(completed).or(directory)
}

/// Opens what allowLibraries allows and has the hash that it should.
fn open_guarded(path: &OsStr, file: Option<&Path>, wish: &Wish) -> Result<Result<Library, String>, Attempt> {
    let Some(file) = file.filter(|file| explain::is_there(file.as_os_str())) else {
        return Err(Attempt::not_there(path, None));
    };
    if file.is_dir() {
        return Err(Attempt::directory(path, file, None));
    }
    let real = file.canonicalize().map_err(|error| Attempt::failed(path, file, error.to_string(), None))?;
    if allow::is_restricted() && !allow::allows(&real) {
        return Err(Attempt::denied(path, &real, "allowLibraries, or allow of an isolate, does not allow it".to_owned()));
    }
    let Some(hash) = &wish.sha256 else {
        // By its real path, so that no link leads elsewhere meanwhile.
        return Ok(loader::open(real.as_os_str(), wish.flags).map(|handle| Library::of_file(handle, real.as_os_str())));
    };
    match sealed::open(&real, hash, wish.flags) {
        Ok(handle) => Ok(Ok(Library::of_copy(handle, real))),
        Err(Refused::Guard(reason)) => Err(Attempt::denied(path, &real, reason)),
        Err(Refused::Loader(text)) => Ok(Err(text)),
    }
}

/// Opening a pipe would wait for whoever writes to it.
fn not_regular(path: &OsStr) -> Option<String> {
    let file = std::fs::metadata(path).ok().filter(|_| !is_bare(path))?;
    if file.is_file() || file.is_dir() { None } else { check::refusal(Path::new(path), &is_loaded) }
}

fn is_loaded(name: &str) -> bool {
    loader::loaded(OsStr::new(name), Flags { lazy: true, ..Flags::default() }).is_some()
}

fn describe(path: &OsStr, file: Option<&Path>, text: String) -> Attempt {
    let Some(file) = file.filter(|file| explain::is_there(file.as_os_str())) else {
        // The loader has found a file where we have not, if it speaks of another one.
        let is_about_it = cfg!(target_os = "linux") && is_bare(path) && !text.contains(&*path.to_string_lossy());
        return if is_about_it {
            Attempt::failed(path, Path::new(path), text.clone(), Some(text))
        } else {
            Attempt::not_there(path, Some(text))
        };
    };
    if file.is_dir() {
        return Attempt::directory(path, file, Some(text));
    }
    let process = Process { is_loaded: &is_loaded, glibc: loader::glibc_version() };
    let reason = explain::reason(file, &process).unwrap_or_else(|| text.clone());
    Attempt::failed(path, file, reason, Some(text))
}
