//! Shared memory at the same address in two processes. Pages that nobody has written take no memory.

use crate::error::{Code, Error};
use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::{self, NonNull};

/// What is mapped.
pub struct Arena {
    start: NonNull<c_void>,
    length: usize,
}

// SAFETY: a mapping belongs to the process, not to a thread; who uses what is in it is not this type's business.
unsafe impl Send for Arena {}
// SAFETY: as above.
unsafe impl Sync for Arena {}

/// Where nothing else is put: above what engines choose for their heaps (46 bits), below programs and libraries.
#[cfg(target_pointer_width = "64")]
const PLACES: std::ops::Range<u64> = 0x4200_0000_0000..0x5200_0000_0000;
#[cfg(target_pointer_width = "32")]
const PLACES: std::ops::Range<u64> = 0x5000_0000..0x9000_0000;
/// So many places are tried before the system may choose.
const TRIES: u64 = 16;

fn failed(what: &str) -> Error {
    Error::new(Code::CallFailed, format!("isolate: {what}: {}", io::Error::last_os_error()))
}

/// A file in memory that has no name.
///
/// # Errors
///
/// `ERR_CALL_FAILED` when the system has none.
pub fn new_file(length: usize) -> Result<File, Error> {
    let file = anonymous_file().ok_or_else(|| failed("no shared memory"))?;
    file.set_len(length as u64).map_err(|_| failed("no shared memory"))?;
    seal(&file).map_err(|_| failed("no shared memory of a fixed size"))?;
    Ok(file)
}

#[cfg(target_os = "linux")]
fn anonymous_file() -> Option<File> {
    use std::os::fd::FromRawFd;
    // SAFETY: the name is a C string; a descriptor that is returned is nobody else's.
    unsafe {
        let descriptor = libc::memfd_create(c"arkffi".as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING);
        (descriptor >= 0).then(|| File::from_raw_fd(descriptor))
    }
}

#[cfg(not(target_os = "linux"))]
fn anonymous_file() -> Option<File> {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("arkffi-{}-{}", std::process::id(), COUNT.fetch_add(1, Relaxed));
    let path = std::env::temp_dir().join(name);
    let file = File::options().read(true).write(true).create_new(true).open(&path).ok()?;
    std::fs::remove_file(&path).ok()?;
    Some(file)
}

/// The file keeps its size: C in the helper that comes by a descriptor of it cannot take pages from the program.
fn seal(file: &File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let seals = libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;
        // SAFETY: the descriptor is open.
        if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) } != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    let _ = file;
    Ok(())
}

impl Arena {
    /// Maps a file somewhere. `seed` decides where it is tried first.
    ///
    /// # Errors
    ///
    /// `ERR_CALL_FAILED` when there is no room.
    pub fn anywhere(file: &File, length: usize, seed: u64) -> Result<Arena, Error> {
        let room = (PLACES.end - PLACES.start).saturating_sub(length as u64);
        let span = (room >> 16).max(1);
        for attempt in 0..TRIES {
            // A step through a permutation: the attempts of several seeds differ.
            let place = seed.wrapping_add(attempt).wrapping_mul(0x9e37_79b9_7f4a_7c15) % span;
            if let Ok(arena) = Arena::at(file, length, PLACES.start + (place << 16)) {
                return Ok(arena);
            }
        }
        Arena::map(file, length, ptr::null_mut(), 0).ok_or_else(|| failed("no room for shared memory"))
    }

    /// Maps a file at an address where nothing is yet.
    ///
    /// # Errors
    ///
    /// `ERR_CALL_FAILED` when something is.
    pub fn at(file: &File, length: usize, address: u64) -> Result<Arena, Error> {
        let wanted = ptr::with_exposed_provenance_mut::<c_void>(address as usize);
        #[cfg(target_os = "linux")]
        let flags = libc::MAP_FIXED_NOREPLACE;
        #[cfg(not(target_os = "linux"))]
        let flags = 0;
        // Older systems take the address for a hint.
        let arena = Arena::map(file, length, wanted, flags).filter(|arena| arena.start.as_ptr() == wanted);
        arena.ok_or_else(|| failed("shared memory has no room at its address"))
    }

    fn map(file: &File, length: usize, wanted: *mut c_void, flags: i32) -> Option<Arena> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: the mapping replaces nothing: it is put where there is room, or nowhere.
        let start = unsafe { libc::mmap(wanted, length, protection, libc::MAP_SHARED | flags, file.as_raw_fd(), 0) };
        if start == libc::MAP_FAILED { None } else { NonNull::new(start).map(|start| Arena { start, length }) }
    }

    /// Where it is.
    pub fn start(&self) -> NonNull<c_void> {
        self.start
    }

    /// In bytes.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Gives pages back to the system; they are zero from now on.
    pub fn forget(&self, offset: usize, length: usize) {
        if offset > self.length || length > self.length - offset {
            return;
        }
        #[cfg(target_os = "linux")]
        // SAFETY: the range is part of this mapping, whose content nobody needs any more.
        unsafe {
            libc::madvise(self.start.as_ptr().byte_add(offset), length, libc::MADV_REMOVE);
        }
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        // SAFETY: it was mapped with this length, and whoever drops it says that nobody uses it.
        unsafe { libc::munmap(self.start.as_ptr(), self.length) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: usize = 1 << 20;

    #[test]
    fn a_file_is_mapped_where_it_is_asked_for_and_nowhere_else() {
        let file = new_file(LENGTH).unwrap();
        let first = Arena::anywhere(&file, LENGTH, 1).unwrap();
        let address = first.start().as_ptr().addr() as u64;
        assert!(Arena::at(&file, LENGTH, address).is_err(), "something is there");
        drop(first);
        let again = Arena::at(&file, LENGTH, address).unwrap();
        assert_eq!(again.start().as_ptr().addr() as u64, address);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn nobody_can_make_it_smaller() {
        let file = new_file(LENGTH).unwrap();
        assert!(file.set_len(0).is_err());
        assert!(file.set_len(2 * LENGTH as u64).is_err());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn forgotten_pages_are_zero() {
        let file = new_file(LENGTH).unwrap();
        let arena = Arena::anywhere(&file, LENGTH, 2).unwrap();
        let byte = arena.start().as_ptr().cast::<u8>();
        // SAFETY: the byte is in the mapping.
        unsafe {
            byte.write_volatile(7);
            arena.forget(0, LENGTH);
            assert_eq!(byte.read_volatile(), 0);
        }
    }
}
