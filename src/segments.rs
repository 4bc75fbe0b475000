//! What the memory of loaded libraries may be used for, where the system tells.

/// A part of a loaded library with one protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The address of its first byte.
    pub start: usize,
    /// The address behind its last byte.
    pub end: usize,
    /// Its memory may be written.
    pub is_writable: bool,
    /// Its memory may be executed.
    pub is_executable: bool,
    /// Its memory may be read.
    pub is_readable: bool,
}

impl Segment {
    /// Whether it has this address.
    pub fn contains(&self, address: usize) -> bool {
        (self.start..self.end).contains(&address)
    }
}

/// The segment of a loaded library that contains `address`; `None` for other memory (that of thread-local
/// variables among it), and where the system does not tell.
#[cfg(target_os = "linux")]
pub fn segment_at(address: usize) -> Option<Segment> {
    let mut found = None;
    visit_objects(&mut |info, headers| {
        found = segment_of(info, headers, address);
        found.is_some()
    });
    found
}

/// As on Linux; nothing is known here.
#[cfg(not(target_os = "linux"))]
pub fn segment_at(_address: usize) -> Option<Segment> {
    None
}

/// What `look` says of the code around `address`: it gets that of the whole segment, and where in it the address is. The
/// library stays loaded meanwhile. `None` for other memory than readable code that is not written, and where the system does
/// not tell.
#[cfg(target_os = "linux")]
pub fn with_code_at<T>(address: usize, look: impl Fn(&[u8], usize) -> T) -> Option<T> {
    let mut seen = None;
    visit_objects(&mut |info, headers| {
        let Some(segment) = segment_of(info, headers, address) else { return false };
        if segment.is_executable && !segment.is_writable && segment.is_readable {
            let start = std::ptr::with_exposed_provenance(segment.start);
            // SAFETY: the loader has mapped the segment so that it can be read, and does not unload it before this visit ends.
            // Nobody writes what is not writable.
            let code = unsafe { std::slice::from_raw_parts(start, segment.end - segment.start) };
            seen = Some(look(code, address - segment.start));
        }
        true
    });
    seen
}

/// As on Linux; nothing is known here.
#[cfg(not(target_os = "linux"))]
pub fn with_code_at<T>(_address: usize, _look: impl Fn(&[u8], usize) -> T) -> Option<T> {
    None
}

/// A loaded library or program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Where it is: no other that is loaded at the same time is there.
    pub base: usize,
    /// What the loader knows it by, the path of a file mostly; empty for the program.
    pub name: std::ffi::CString,
    /// How many bytes of its thread-local variables begin at the address, if the address is that of one.
    pub thread_local: Option<usize>,
}

/// The object that the memory at `address` belongs to, its thread-local variables of this thread included.
#[cfg(target_os = "linux")]
pub fn object_of(address: usize) -> Option<Object> {
    let mut found = None;
    visit_objects(&mut |info, headers| {
        let thread_local = thread_local_room(info, headers, address);
        if thread_local.is_none() && segment_of(info, headers, address).is_none() {
            return false;
        }
        let name = match info.dlpi_name.is_null() {
            true => Default::default(),
            // SAFETY: the system gives a C string, which lives during the visit.
            false => unsafe { std::ffi::CStr::from_ptr(info.dlpi_name) }.to_owned(),
        };
        found = Some(Object { base: info.dlpi_addr as usize, name, thread_local });
        true
    });
    found
}

/// As on Linux, as far as this system tells.
#[cfg(all(unix, not(target_os = "linux")))]
pub fn object_of(address: usize) -> Option<Object> {
    // SAFETY: zero bytes are a value of this struct of pointers.
    let mut info = unsafe { std::mem::zeroed::<libc::Dl_info>() };
    // SAFETY: dladdr only compares the address with the ranges it knows.
    let found = unsafe { libc::dladdr(std::ptr::without_provenance(address), &raw mut info) };
    if found == 0 || info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: the name is a C string that lives as long as the object is loaded.
    let name = unsafe { std::ffi::CStr::from_ptr(info.dli_fname) }.to_owned();
    Some(Object { base: info.dli_fbase.addr(), name, thread_local: None })
}

/// As on Linux; nothing is known here.
#[cfg(windows)]
pub fn object_of(_address: usize) -> Option<Object> {
    None
}

/// What a library says of one of its symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Described {
    /// In bytes; 0 where it says nothing.
    pub size: u64,
    /// It is code. Constants can be in executable memory too.
    pub is_function: bool,
}

/// What the library says of the symbol at `address`; `None` where the system does not tell.
#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
pub fn describe_symbol(address: usize) -> Option<Described> {
    const SYMBOL: libc::c_int = 1;
    const FUNCTION: u8 = 2;
    const RESOLVED_FUNCTION: u8 = 10;
    // SAFETY: zero bytes are a value of this struct of pointers.
    let mut info = unsafe { std::mem::zeroed::<libc::Dl_info>() };
    let mut symbol: *mut libc::c_void = std::ptr::null_mut();
    // SAFETY: the address is only compared; two structures are filled.
    let found = unsafe { libc::dladdr1(std::ptr::without_provenance_mut(address), &raw mut info, &raw mut symbol, SYMBOL) };
    let symbol: *const libc::Elf64_Sym = symbol.cast_const().cast();
    if found == 0 || info.dli_saddr.addr() != address || symbol.is_null() {
        return None;
    }
    // SAFETY: this request gives the symbol's entry in the library's table, which is mapped as the library is.
    let (size, kind) = unsafe { ((*symbol).st_size, (*symbol).st_info & 0xf) };
    Some(Described { size, is_function: matches!(kind, FUNCTION | RESOLVED_FUNCTION) })
}

/// As above; nothing is known here.
#[cfg(not(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64")))]
pub fn describe_symbol(_address: usize) -> Option<Described> {
    None
}

#[cfg(target_os = "linux")]
type Visit<'a> = &'a mut dyn FnMut(&libc::dl_phdr_info, &[Header]) -> bool;

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
type Header = libc::Elf64_Phdr;
#[cfg(all(target_os = "linux", target_pointer_width = "32"))]
type Header = libc::Elf32_Phdr;

/// Shows each loaded object and its program headers, until one is what was looked for.
#[cfg(target_os = "linux")]
fn visit_objects(mut visit: Visit<'_>) {
    // SAFETY: `visit_object` is called until this returns, with the pointer to `visit`.
    unsafe { libc::dl_iterate_phdr(Some(visit_object), (&raw mut visit).cast()) };
}

#[cfg(target_os = "linux")]
unsafe extern "C" fn visit_object(info: *mut libc::dl_phdr_info, _size: usize, visit: *mut libc::c_void) -> libc::c_int {
    // SAFETY: the system calls this with a live structure, and with what `visit_objects` gave.
    let (info, visit) = unsafe { (&*info, &mut *visit.cast::<Visit<'_>>()) };
    let count = usize::from(info.dlpi_phnum);
    if count == 0 || info.dlpi_phdr.is_null() {
        return 0;
    }
    // SAFETY: the program headers are there, so many of them, as long as the library is loaded.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, count) };
    libc::c_int::from(visit(info, headers))
}

#[cfg(target_os = "linux")]
fn segment_of(info: &libc::dl_phdr_info, headers: &[Header], address: usize) -> Option<Segment> {
    let start_of = |address| (info.dlpi_addr as usize).wrapping_add(address);
    let segments = headers.iter().filter(|header| header.p_type == libc::PT_LOAD).map(|header| {
        let start = start_of(header.p_vaddr as usize);
        let end = start.wrapping_add(header.p_memsz as usize);
        let may = |flag| header.p_flags & flag != 0;
        Segment { start, end, is_writable: may(libc::PF_W), is_executable: may(libc::PF_X), is_readable: may(libc::PF_R) }
    });
    let mut found = segments.rev().find(|segment| segment.contains(address))?;
    // What is written only while the library is loaded is protected afterwards, whole pages of it.
    for header in headers.iter().filter(|header| header.p_type == libc::PT_GNU_RELRO) {
        let start = start_of(header.p_vaddr as usize);
        let end = start.wrapping_add(header.p_memsz as usize) & !(page_size() - 1);
        if (start..end).contains(&address) {
            found = Segment { start, end, is_writable: false, ..found };
        }
    }
    Some(found)
}

/// How many bytes of an object's thread-local variables of this thread begin at the address.
#[cfg(target_os = "linux")]
fn thread_local_room(info: &libc::dl_phdr_info, headers: &[Header], address: usize) -> Option<usize> {
    let size = headers.iter().find(|header| header.p_type == libc::PT_TLS)?.p_memsz as usize;
    let start = Some(info.dlpi_tls_data.addr()).filter(|start| *start != 0)?;
    let inside = address.checked_sub(start)?;
    size.checked_sub(inside).filter(|room| *room > 0)
}

#[cfg(target_os = "linux")]
fn page_size() -> usize {
    // SAFETY: this only asks for a number.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    static CONSTANT: [u64; 4] = [1, 2, 3, 4];
    static POINTERS: [&[u64; 4]; 2] = [&CONSTANT, &CONSTANT];
    static VARIABLE: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);

    fn segment_of<T>(value: &T) -> Segment {
        segment_at(std::ptr::from_ref(value).addr()).unwrap()
    }

    #[test]
    fn constants_are_read_only_variables_writable_and_code_is_code() {
        assert!(!segment_of(&CONSTANT).is_writable);
        assert!(!segment_of(&POINTERS).is_writable, "constants with addresses inside");
        assert!(segment_of(&VARIABLE).is_writable);
        assert!(!segment_of(&VARIABLE).is_executable);
        assert!(segment_at(segment_at as *const () as usize).unwrap().is_executable);
    }

    #[test]
    fn memory_of_no_library_is_not_known() {
        assert_eq!(segment_at(std::ptr::from_ref(&*Box::new(1u64)).addr()), None);
        assert_eq!(segment_at(0), None);
    }
}
