//! Memory that is looked at through the system, which answers with an error where a processor would stop the
//! process: `process_vm_readv` and `process_vm_writev` of Linux, on the process itself.

use crate::encoding::Encoding;
use crate::error::{Code, Error};
use std::sync::OnceLock;

/// Whether this system can do it.
///
/// # Errors
///
/// `ERR_CALL_FAILED` with the reason.
pub fn available() -> Result<(), Error> {
    let (source, mut target) = ([0_u8], [1_u8]);
    let place = source.as_ptr().expose_provenance() as u64;
    read(place, &mut target).map_err(|error| match error.code {
        Code::InvalidPointer => Error::new(Code::CallFailed, "checked access to memory does not work on this system"),
        _ => error,
    })
}

/// Reads `target.len()` bytes.
///
/// # Errors
///
/// `ERR_INVALID_POINTER` when not all of them are readable; `ERR_CALL_FAILED` where the system does not do this.
pub fn read(address: u64, target: &mut [u8]) -> Result<(), Error> {
    let mut done = 0;
    while done < target.len() {
        match system::read(address.wrapping_add(done as u64), &mut target[done..]) {
            Ok(count) => done += count,
            Err(reason) => return Err(refused(address.wrapping_add(done as u64), "readable", reason)),
        }
    }
    Ok(())
}

/// Writes bytes: all of them, or none.
///
/// # Errors
///
/// As of [`read`], when not all of them are writable.
pub fn write(address: u64, source: &[u8]) -> Result<(), Error> {
    // What is on one page is written or not; of more, some may be written before the rest turns out not to be.
    let before = if crosses_page(address, source.len()) { Some(read_all(address, source.len())?) } else { None };
    let mut done = 0;
    while done < source.len() {
        match system::write(address.wrapping_add(done as u64), &source[done..]) {
            Ok(count) => done += count,
            Err(reason) => {
                if let Some(before) = before {
                    let _ = system::write(address, &before[..done]);
                }
                return Err(refused(address.wrapping_add(done as u64), "writable", reason));
            }
        }
    }
    Ok(())
}

/// Copies bytes: all of them, or none. The two places may overlap.
///
/// # Errors
///
/// As of [`read`] and [`write()`].
pub fn copy(source: u64, target: u64, length: usize) -> Result<(), Error> {
    // What is on one page at both ends is copied or not, and the system looks at both at once.
    let is_whole = !crosses_page(source, length) && !crosses_page(target, length);
    if is_whole && source.abs_diff(target) >= length as u64 {
        return match system::copy(source, target, length) {
            Ok(count) if count == length => Ok(()),
            // Which of the two it is.
            _ => read(source, &mut [0]).and_then(|()| Err(refused(target, "writable", libc_fault()))),
        };
    }
    write(target, &read_all(source, length)?)
}

/// Whether all bytes are readable.
///
/// # Errors
///
/// As of [`read`].
pub fn probe(address: u64, length: u64) -> Result<(), Error> {
    let Some(last) = length.checked_sub(1) else { return Ok(()) };
    let last = address.checked_add(last).ok_or_else(|| refused(address, "readable", libc_fault()))?;
    let page = page_size();
    let mut at = address;
    loop {
        read(at, &mut [0])?;
        match (at | (page - 1)).checked_add(1) {
            Some(next) if next <= last => at = next,
            _ => return Ok(()),
        }
    }
}

/// The text at an address without its NUL: of at most `limit` bytes. It is read page by page, and never beyond
/// the page that the NUL is on.
///
/// # Errors
///
/// As of [`read`]; `ERR_MALLOC_FAILED` for want of memory.
pub fn text(address: u64, encoding: Encoding, limit: usize) -> Result<Vec<u8>, Error> {
    let (unit, page) = (encoding.unit(), page_size());
    let limit = limit - limit % unit;
    let mut bytes: Vec<u8> = Vec::new();
    while bytes.len() < limit {
        let at = address.checked_add(bytes.len() as u64).ok_or_else(|| refused(address, "readable", libc_fault()))?;
        let (done, room) = (bytes.len(), (page - at % page) as usize);
        let room = room.min(limit - done);
        bytes.try_reserve(room).map_err(|_| no_memory(room))?;
        bytes.resize(done + room, 0);
        read(at, &mut bytes[done..])?;
        if let Some(end) = encoding.nul(&bytes, done - done % unit) {
            bytes.truncate(end);
            break;
        }
    }
    Ok(bytes)
}

fn read_all(address: u64, length: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| no_memory(length))?;
    bytes.resize(length, 0);
    read(address, &mut bytes)?;
    Ok(bytes)
}

fn no_memory(length: usize) -> Error {
    Error::new(Code::MallocFailed, format!("no memory for a copy of {length} bytes"))
}

fn crosses_page(address: u64, length: usize) -> bool {
    let page = page_size();
    length as u64 > page - address % page
}

fn page_size() -> u64 {
    static SIZE: OnceLock<u64> = OnceLock::new();
    *SIZE.get_or_init(system::page_size)
}

/// The number of an error of the system.
type Reason = i32;

fn refused(address: u64, how: &str, reason: Reason) -> Error {
    if reason == libc_fault() {
        return Error::new(Code::InvalidPointer, format!("0x{address:x} is not {how} memory"));
    }
    let text = crate::errno::text(reason);
    Error::new(Code::CallFailed, format!("this system does not let arkffi check accesses to memory: {text}"))
}

#[cfg(unix)]
const fn libc_fault() -> Reason {
    libc::EFAULT
}

#[cfg(not(unix))]
const fn libc_fault() -> Reason {
    14
}

#[cfg(target_os = "linux")]
mod system {
    use super::Reason;
    use libc::{c_void, iovec};

    /// Reads a part of the bytes, at least one.
    pub fn read(address: u64, target: &mut [u8]) -> Result<usize, Reason> {
        let (here, there) = (place(target.as_mut_ptr().cast(), target.len()), far(address, target.len()));
        // SAFETY: `here` is the slice; what is `there`, the system looks at itself.
        counted(unsafe { libc::process_vm_readv(own(), &raw const here, 1, &raw const there, 1, 0) })
    }

    /// Writes a part of the bytes, at least one.
    pub fn write(address: u64, source: &[u8]) -> Result<usize, Reason> {
        let (here, there) = (place(source.as_ptr().cast_mut().cast(), source.len()), far(address, source.len()));
        // SAFETY: `here` is the slice, which is only read. That `there` may be changed is the user's claim, as of
        // any address; whether it can be, the system looks at itself.
        counted(unsafe { libc::process_vm_writev(own(), &raw const here, 1, &raw const there, 1, 0) })
    }

    /// Copies a part of the bytes, at least one.
    pub fn copy(source: u64, target: u64, length: usize) -> Result<usize, Reason> {
        let (here, there) = (far(target, length), far(source, length));
        // SAFETY: the system looks at both places itself. That the one may be changed is the user's claim.
        counted(unsafe { libc::process_vm_readv(own(), &raw const here, 1, &raw const there, 1, 0) })
    }

    pub fn page_size() -> u64 {
        // SAFETY: it only tells a number.
        u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
    }

    /// Asked each time: after a fork it is another.
    fn own() -> libc::pid_t {
        std::process::id().cast_signed()
    }

    fn place(base: *mut c_void, length: usize) -> iovec {
        iovec { iov_base: base, iov_len: length }
    }

    fn far(address: u64, length: usize) -> iovec {
        place(std::ptr::with_exposed_provenance_mut(address as usize), length)
    }

    fn counted(count: isize) -> Result<usize, Reason> {
        match usize::try_from(count) {
            Ok(0) => Err(libc::EFAULT),
            Ok(count) => Ok(count),
            Err(_) => Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EFAULT)),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::Reason;

    #[cfg(unix)]
    const MISSING: Reason = libc::ENOSYS;
    #[cfg(not(unix))]
    const MISSING: Reason = 50;

    pub fn read(_address: u64, _target: &mut [u8]) -> Result<usize, Reason> {
        Err(MISSING)
    }

    pub fn write(_address: u64, _source: &[u8]) -> Result<usize, Reason> {
        Err(MISSING)
    }

    pub fn copy(_source: u64, _target: u64, _length: usize) -> Result<usize, Reason> {
        Err(MISSING)
    }

    pub fn page_size() -> u64 {
        4096
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// Two pages, the second of which has this protection.
    fn pages(protection: i32) -> (u64, u64) {
        let page = page_size();
        // SAFETY: new memory is mapped, and never used but through the system.
        unsafe {
            let both = libc::PROT_READ | libc::PROT_WRITE;
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let start = libc::mmap(std::ptr::null_mut(), 2 * page as usize, both, flags, -1, 0);
            libc::mprotect(start.wrapping_byte_add(page as usize), page as usize, protection);
            (start.expose_provenance() as u64, page)
        }
    }

    /// Emulators and hardened systems have no such access; then everything is that error.
    fn is_missing() -> bool {
        let Err(error) = available() else { return false };
        assert_eq!(error.code, Code::CallFailed);
        assert_eq!(read(page_size(), &mut [0]).unwrap_err().code, Code::CallFailed);
        true
    }

    #[test]
    fn what_is_mapped_is_read_and_written_or_the_system_cannot_check() {
        if is_missing() {
            return;
        }
        let (start, page) = pages(libc::PROT_READ | libc::PROT_WRITE);
        let at = start + page - 3;
        write(at, b"abcdef").unwrap();
        let mut bytes = [0; 6];
        read(at, &mut bytes).unwrap();
        assert_eq!(&bytes, b"abcdef");
        copy(at, at + 2, 6).unwrap();
        assert_eq!(text(at, Encoding::Utf8, usize::MAX).unwrap(), b"ababcdef");
        probe(start, 2 * page).unwrap();
    }

    #[test]
    fn what_is_read_only_is_not_written_and_what_is_before_it_neither_or_the_system_cannot_check() {
        if is_missing() {
            return;
        }
        let (start, page) = pages(libc::PROT_READ);
        let at = start + page - 3;
        assert_eq!(write(start + page, b"x").unwrap_err().code, Code::InvalidPointer);
        assert_eq!(write(at, b"abcdef").unwrap_err().code, Code::InvalidPointer);
        let mut bytes = [1; 6];
        read(at, &mut bytes).unwrap();
        assert_eq!(bytes, [0; 6]);
    }

    #[test]
    fn text_may_end_at_a_guard_page_and_not_behind_it_or_the_system_cannot_check() {
        if is_missing() {
            return;
        }
        let (start, page) = pages(libc::PROT_NONE);
        let at = start + page - 4;
        write(at, b"abc\0").unwrap();
        assert_eq!(text(at, Encoding::Utf8, usize::MAX).unwrap(), b"abc");
        write(at, b"abcd").unwrap();
        assert_eq!(text(at, Encoding::Utf8, usize::MAX).unwrap_err().code, Code::InvalidPointer);
        assert_eq!(text(at, Encoding::Utf8, 4).unwrap(), b"abcd");
        assert_eq!(text(at, Encoding::Utf16le, 5).unwrap(), b"abcd");
        assert_eq!(probe(start, page + 1).unwrap_err().code, Code::InvalidPointer);
    }
}
