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
    let mut search = Search { address, found: None };
    // SAFETY: `visit` is called until this returns, with the pointer to `search`.
    unsafe { libc::dl_iterate_phdr(Some(visit), (&raw mut search).cast()) };
    search.found
}

/// As on Linux; nothing is known here.
#[cfg(not(target_os = "linux"))]
pub fn segment_at(_address: usize) -> Option<Segment> {
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
struct Search {
    address: usize,
    found: Option<Segment>,
}

#[cfg(target_os = "linux")]
unsafe extern "C" fn visit(info: *mut libc::dl_phdr_info, _size: usize, search: *mut libc::c_void) -> libc::c_int {
    // SAFETY: the system calls this with a live structure, and with the search that `segment_at` gave.
    let (info, search) = unsafe { (&*info, &mut *search.cast::<Search>()) };
    let count = usize::from(info.dlpi_phnum);
    if count == 0 || info.dlpi_phdr.is_null() {
        return 0;
    }
    // SAFETY: the program headers are there, so many of them, as long as the library is loaded.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, count) };
    let start_of = |address| (info.dlpi_addr as usize).wrapping_add(address);
    for header in headers.iter().filter(|header| header.p_type == libc::PT_LOAD) {
        let start = start_of(header.p_vaddr as usize);
        let end = start.wrapping_add(header.p_memsz as usize);
        let flags = header.p_flags;
        let (is_writable, is_executable) = (flags & libc::PF_W != 0, flags & libc::PF_X != 0);
        let segment = Segment { start, end, is_writable, is_executable };
        if segment.contains(search.address) {
            search.found = Some(segment);
        }
    }
    let Some(found) = &mut search.found else { return 0 };
    // What is written only while the library is loaded is protected afterwards, whole pages of it.
    for header in headers.iter().filter(|header| header.p_type == libc::PT_GNU_RELRO) {
        let start = start_of(header.p_vaddr as usize);
        let end = start.wrapping_add(header.p_memsz as usize) & !(page_size() - 1);
        if (start..end).contains(&search.address) {
            *found = Segment { start, end, is_writable: false, ..*found };
        }
    }
    1
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
