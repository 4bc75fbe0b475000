//! The system's loader.

use std::ffi::OsStr;
use std::path::PathBuf;

#[cfg(unix)]
pub use libloading::os::unix::Library;
#[cfg(windows)]
pub use libloading::os::windows::Library;

/// How a library is opened. Windows knows no such choices.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    /// Functions are looked up when they are first called, not when the library is opened.
    pub lazy: bool,
    /// Libraries that are opened later see its symbols.
    pub global: bool,
    /// Its own symbols, and those of what it needs, come before those of the process. Only the loader of glibc has to be
    /// told: those of macOS and Windows know no other way, that of musl knows only the other.
    pub deep: bool,
}

/// What the system said, without libloading's own prefix.
pub fn error_text(error: &libloading::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}

/// Opens a library by its path, or by a name that the system searches for.
///
/// # Errors
///
/// The system's own text.
#[cfg(unix)]
pub fn open(path: &OsStr, flags: Flags) -> Result<Library, String> {
    // SAFETY: the library's initializers run, as whoever opens a library asks for.
    unsafe { Library::open(Some(path), flags.bits()) }.map_err(|error| error_text(&error))
}

#[cfg(unix)]
impl Flags {
    fn bits(self) -> libc::c_int {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        let deep = if self.deep { libc::RTLD_DEEPBIND } else { 0 };
        #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
        let deep = 0;
        deep | (if self.lazy { libc::RTLD_LAZY } else { libc::RTLD_NOW }) | (if self.global { libc::RTLD_GLOBAL } else { libc::RTLD_LOCAL })
    }
}

/// The library of that path or name if it is loaded already, by whomever; this is one more use of it.
#[cfg(unix)]
pub fn loaded(path: &OsStr, flags: Flags) -> Option<Library> {
    // SAFETY: nothing is loaded, and the initializers of what is loaded have run.
    unsafe { Library::open(Some(path), flags.bits() | libc::RTLD_NOLOAD) }.ok()
}

/// Makes the loaded library of that path or name stay until the process ends. Returns whether there is one.
#[cfg(unix)]
pub fn hold(path: &OsStr) -> bool {
    // SAFETY: as for `loaded`.
    let held = unsafe { Library::open(Some(path), libc::RTLD_NOW | libc::RTLD_NOLOAD | libc::RTLD_NODELETE) };
    // Its handle is never closed.
    held.map(Library::into_raw).is_ok()
}

/// The running process.
///
/// # Errors
///
/// The system's own text.
#[cfg(unix)]
pub fn this_process() -> Result<Library, String> {
    Ok(Library::this())
}

/// Opens a library. Those that it needs are searched for in its own folder too.
///
/// # Errors
///
/// The system's own text.
#[cfg(windows)]
pub fn open(path: &OsStr, _flags: Flags) -> Result<Library, String> {
    use libloading::os::windows::{LOAD_LIBRARY_SEARCH_DEFAULT_DIRS, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR};
    let is_bare = crate::diagnosis::places::is_bare(path);
    let absolute = if is_bare { path.into() } else { std::path::absolute(path).unwrap_or(path.into()) };
    let flags = if is_bare { 0 } else { LOAD_LIBRARY_SEARCH_DEFAULT_DIRS | LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR };
    // SAFETY: the library's initializers run, as whoever opens a library asks for.
    unsafe { Library::load_with_flags(absolute, flags) }.map_err(|error| error_text(&error))
}

/// The loaded library; this system is not asked.
#[cfg(windows)]
pub fn loaded(_path: &OsStr, _flags: Flags) -> Option<Library> {
    None
}

/// The running process.
///
/// # Errors
///
/// The system's own text.
#[cfg(windows)]
pub fn this_process() -> Result<Library, String> {
    Library::this().map_err(|error| error_text(&error))
}

/// The loaded object that contains `address`: equal for all addresses of one object, and to what [`examine`]
/// tells of a library that was opened on it.
#[cfg(unix)]
pub fn object_at(address: usize) -> Option<usize> {
    // SAFETY: zero bytes are a value of this struct of pointers.
    let mut info = unsafe { std::mem::zeroed::<libc::Dl_info>() };
    // SAFETY: dladdr only compares the address with the ranges it knows.
    let found = unsafe { libc::dladdr(std::ptr::without_provenance(address), &raw mut info) };
    (found != 0).then(|| info.dli_fbase.addr())
}

/// The loaded module that contains `address`.
#[cfg(windows)]
pub fn object_at(address: usize) -> Option<usize> {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const u16, module: *mut usize) -> i32;
    }
    const FROM_ADDRESS_WITHOUT_REFERENCE: u32 = 0x4 | 0x2;
    let mut module = 0;
    // SAFETY: with these flags the address is only compared, and one handle is stored.
    let found = unsafe { GetModuleHandleExW(FROM_ADDRESS_WITHOUT_REFERENCE, std::ptr::without_provenance(address), &raw mut module) };
    (found != 0).then_some(module)
}

/// What the loader knows of an open library.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The loaded object, comparable with [`object_at`].
    pub object: Option<usize>,
    /// Its file, as the loader found it.
    pub file: Option<PathBuf>,
}

/// Looks at an open library, and gives it back.
#[cfg(target_os = "linux")]
pub fn examine(library: Library) -> (Library, Loaded) {
    use std::os::unix::ffi::OsStrExt;
    /// The beginning of a link_map (System V ABI, dynamic linking).
    #[repr(C)]
    struct LinkMap {
        base: usize,
        name: *const libc::c_char,
        dynamic: usize,
    }
    // The crate libc has these for glibc only; musl's are the same.
    const LINK_MAP: libc::c_int = 2;
    unsafe extern "C" {
        fn dlinfo(library: *mut libc::c_void, request: libc::c_int, result: *mut libc::c_void) -> libc::c_int;
    }
    let raw = library.into_raw();
    let mut link_map: *const LinkMap = std::ptr::null();
    // SAFETY: `raw` is an open handle, and this request stores one pointer.
    let status = unsafe { dlinfo(raw, LINK_MAP, (&raw mut link_map).cast()) };
    let mut loaded = Loaded::default();
    if status == 0 {
        // SAFETY: on success `link_map` is the handle's, which lives as long as the handle.
        let LinkMap { name, dynamic, .. } = unsafe { link_map.read() };
        // Its dynamic section is inside the object.
        loaded.object = object_at(dynamic);
        if !name.is_null() {
            // SAFETY: the name is a C string that lives as long as the handle.
            let name = unsafe { std::ffi::CStr::from_ptr(name) }.to_bytes();
            loaded.file = (!name.is_empty()).then(|| PathBuf::from(OsStr::from_bytes(name)));
        }
    }
    // SAFETY: `raw` came from `into_raw` above and is given back once.
    (unsafe { Library::from_raw(raw) }, loaded)
}

/// Looks at an open library, and gives it back.
#[cfg(all(unix, not(target_os = "linux")))]
pub fn examine(library: Library) -> (Library, Loaded) {
    (library, Loaded::default())
}

/// Looks at an open library, and gives it back.
#[cfg(windows)]
pub fn examine(library: Library) -> (Library, Loaded) {
    let raw = library.into_raw();
    // SAFETY: `raw` came from `into_raw` just above and is given back once.
    (unsafe { Library::from_raw(raw) }, Loaded { object: Some(raw as usize), file: None })
}

/// The version of glibc that this process runs on, if it does.
pub fn glibc_version() -> Option<&'static str> {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // SAFETY: glibc returns a C string that lives for ever.
        unsafe { std::ffi::CStr::from_ptr(libc::gnu_get_libc_version()) }.to_str().ok()
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    None
}
