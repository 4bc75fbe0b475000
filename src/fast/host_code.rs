//! Which code is the host's own, or an addon's. It may use Node-API or the engine itself, and relies on what the host does
//! around calls of Node-API, such as to end their handles. Calls of such functions take no other way.

#[cfg(unix)]
use crate::segments::{Object, object_of};

/// Whether the code at an address is of that kind.
#[cfg(unix)]
pub fn has(address: usize) -> bool {
    // What is in no object was made at run time.
    object_of(address).is_some_and(|object| is_addon(&object) || hosts().contains(&object.base))
}

/// As on Unix; nothing is known here.
#[cfg(windows)]
pub fn has(_address: usize) -> bool {
    false
}

/// Whether it is an addon: by its name, or by what the host looks for in addons.
#[cfg(unix)]
fn is_addon(object: &Object) -> bool {
    use crate::library::loader::{self, Flags};
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let name = object.name.as_bytes();
    if name.is_empty() || name.ends_with(b".node") {
        return name.ends_with(b".node");
    }
    let Some(library) = loader::loaded(OsStr::from_bytes(name), Flags { lazy: true, ..Flags::default() }) else { return false };
    // SAFETY: the symbol is only used as an address.
    let found = unsafe { library.get::<*const ()>("napi_register_module_v1") };
    let is_addon = found.is_ok_and(|symbol| object_of(symbol.as_raw_ptr().addr()).is_some_and(|of| of.base == object.base));
    let _ = library.close();
    is_addon
}

/// The objects that are the host: the program, and where it is in libraries, those.
#[cfg(unix)]
fn hosts() -> &'static [usize] {
    use std::sync::OnceLock;
    static HOSTS: OnceLock<Vec<usize>> = OnceLock::new();
    HOSTS.get_or_init(|| {
        let names = [c"napi_get_undefined", c"uv_run", c"_ZN2v87Isolate10GetCurrentEv"];
        // SAFETY: it only looks the names up.
        let addresses = names.map(|name| unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) }.addr());
        addresses.into_iter().filter_map(|address| Some(object_of(address)?.base)).collect()
    })
}
