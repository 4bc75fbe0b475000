//! Libraries: opening, looking in, and letting go.

use super::{Thrown, instance, see_to, set_address, with_instance};
use crate::diagnosis::symbols;
use crate::error::{Code, Error};
use crate::library::loader::Flags;
use crate::library::opening::{self, Wish};
use crate::library::sealed::parse_hash;
use crate::library::{Library, allow, closed_error};
use napi::Env;
use napi_derive::napi;
use std::path::Path;

/// A symbol of a file, as `lib/library/look.js` sees it.
#[napi(object, object_from_js = false)]
pub struct SymbolRow {
    /// Its name.
    pub name: String,
    /// Whether it is code.
    pub is_function: bool,
    /// Its size in bytes, where the file tells.
    pub size: Option<f64>,
}

/// Opens the first of some libraries that opens (or, with `null`, the running process) and returns its number.
/// `flags` are 1 for lazy, 2 for global and 4 for deep. If a callback throws that its initializers call, it is closed again.
#[napi(catch_unwind)]
pub fn open_library(env: Env, candidates: Option<Vec<String>>, search: Vec<String>, flags: u32, sha256: Option<String>) -> Thrown<u32> {
    let flags = Flags { lazy: flags & 1 != 0, global: flags & 2 != 0, deep: flags & 4 != 0 };
    let open = || -> Result<Library, Error> {
        let Some(candidates) = candidates else { return opening::open_process() };
        if flags.deep && cfg!(any(target_os = "android", all(target_os = "linux", not(target_env = "gnu")))) {
            return Err(Error::new(Code::CallFailed, "deep: the loader of this system has no such choice"));
        }
        let invalid = || Error::new(Code::InvalidArgValue, "sha256 must be 64 hexadecimal digits");
        let sha256 = sha256.map(|text| parse_hash(&text).ok_or_else(invalid)).transpose()?;
        opening::open(&Wish { candidates, search: search.into_iter().map(Into::into).collect(), flags, sha256 })
    };
    instance(&env)?.aside(|| {
        let (number, call) = with_instance(&env, |instance| {
            let (library, call) = instance.inside_c(open);
            Ok((instance.add_library(library?), call))
        })?;
        see_to(&env, call).inspect_err(|_| {
            if let Ok(instance) = instance(&env) {
                instance.close_library(number);
            }
        })?;
        Ok(number)
    })
}

/// Closes a library; unknown and closed numbers are ignored.
#[napi(catch_unwind)]
pub fn close_library(env: Env, library: u32) -> Thrown<()> {
    instance(&env)?.aside(|| {
        let call = with_instance(&env, |instance| Ok(instance.close_library(library)))?;
        see_to(&env, call)
    })
}

/// Leaves the address of a symbol in the frame. `ERR_INVALID_HANDLE` when the library is not open.
#[napi(catch_unwind)]
pub fn find_symbol(env: Env, library: u32, symbol: String) -> Thrown<()> {
    with_instance(&env, |instance| {
        let unknown = || Error::new(Code::InvalidHandle, "invalid or closed library handle");
        let library = instance.library(library).ok_or_else(unknown)?;
        let address = library.symbol(&symbol)?;
        library.life().note_left();
        set_address(instance, address);
        Ok(())
    })
}

/// Whether an open library has a symbol; leaves its address, which may be 0, in the frame.
#[napi(catch_unwind)]
pub fn look_up(env: Env, library: u32, symbol: String) -> Thrown<bool> {
    with_instance(&env, |instance| {
        let library = instance.library(library).ok_or_else(|| closed_error(&symbol))?;
        match library.look_up(&symbol) {
            Ok(address) => {
                set_address(instance, address);
                Ok(true)
            }
            Err(error) if error.code == Code::DlsymFailed => Ok(false),
            Err(error) => Err(error),
        }
    })
}

/// What the file of an open library exports; of the running process, what its program does.
#[napi(catch_unwind)]
pub fn library_exports(env: Env, library: u32) -> Thrown<Vec<SymbolRow>> {
    with_instance(&env, |instance| {
        let library = instance.library(library).ok_or_else(|| closed_error("exports"))?;
        let unknown = || Error::new(Code::CallFailed, "exports: the system does not tell which file the library is");
        rows(library.file().ok_or_else(unknown)?)
    })
}

/// The file of an open library, as far as that is known.
#[napi(catch_unwind)]
pub fn library_file(env: Env, library: u32) -> Thrown<Option<String>> {
    let shown = |library: std::rc::Rc<Library>| library.file().map(|file| file.to_string_lossy().into_owned());
    with_instance(&env, |instance| Ok(instance.library(library).and_then(shown)))
}

/// What a file exports, which need not be a library of this system.
#[napi(catch_unwind)]
pub fn file_exports(env: Env, path: String) -> Thrown<Vec<SymbolRow>> {
    with_instance(&env, |_| rows(Path::new(&path)))
}

fn rows(path: &Path) -> Result<Vec<SymbolRow>, Error> {
    let failed = |reason| Error::new(Code::DlopenFailed, format!("Failed to load library '{}': {reason}", path.display()));
    let found = symbols::of_file(path).map_err(failed)?;
    let row = |symbol: symbols::Symbol| SymbolRow {
        name: symbol.name,
        is_function: symbol.is_function,
        size: symbol.size.map(|size| size as f64),
    };
    Ok(found.into_iter().map(row).collect())
}

/// The file that a name stands for; `null` when the system finds none.
#[napi(catch_unwind)]
pub fn locate_library(name: String) -> Option<String> {
    opening::locate_file(&name).map(|path| path.to_string_lossy().into_owned())
}

/// An address of a library may be somewhere that nobody knows of: collection does not close it.
#[napi(catch_unwind)]
pub fn address_left(env: Env, library: u32) -> Thrown<()> {
    with_instance(&env, |instance| {
        if let Some(library) = instance.library(library) {
            library.life().note_left();
        }
        Ok(())
    })
}

/// The object that stood for a library was collected. Returns the number of the library if it is to be closed.
#[napi(catch_unwind)]
pub fn drop_library(env: Env, library: u32) -> Thrown<u32> {
    with_instance(&env, |instance| Ok(instance.drop_library(library)))
}

/// Frees the number of a bound function that nobody can call any more. Returns the number of a library that is to
/// be closed, or 0.
#[napi(catch_unwind)]
pub fn release_bound(env: Env, number: u32) -> Thrown<u32> {
    with_instance(&env, |instance| Ok(instance.release_bound(number)))
}

/// Allows from now on only libraries whose path is like one of `globs` (see [`allow::restrict`]).
#[napi(catch_unwind)]
pub fn allow_libraries(env: Env, globs: Vec<String>, process: bool) -> Thrown<()> {
    let invalid = |reason| Error::new(Code::InvalidArgValue, format!("allowLibraries: {reason}"));
    with_instance(&env, |_| allow::restrict(&globs, process).map_err(invalid))
}

/// What one call of `allowLibraries` has allowed.
#[napi(object, object_from_js = false)]
pub struct AllowedRow {
    /// Patterns of whole paths.
    pub globs: Vec<String>,
    /// Whether the running process is allowed.
    pub process: bool,
}

/// What this process may open, for another one: what each call of `allowLibraries` has allowed.
#[napi(catch_unwind)]
pub fn allowed_libraries() -> Vec<AllowedRow> {
    allow::lists().into_iter().map(|(globs, process)| AllowedRow { globs, process }).collect()
}
