//! Libraries of which the contents are known: what was hashed is what is loaded.

use super::loader::{self, Flags, Library};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// A SHA-256.
pub type Hash = [u8; 32];

/// Reads 64 hexadecimal digits.
pub fn parse_hash(text: &str) -> Option<Hash> {
    let bytes = text.as_bytes();
    if bytes.len() != 64 || !bytes.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut hash = Hash::default();
    for (byte, digits) in hash.iter_mut().zip(bytes.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(hash)
}

/// A hash as it is written.
pub fn hexadecimal(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why a library with a known hash was not opened.
pub enum Refused {
    /// It is another file, or its contents could not be fixed.
    Guard(String),
    /// The system's own text.
    Loader(String),
}

/// Opens the file if its contents have this hash.
///
/// # Errors
///
/// See [`Refused`].
pub fn open(path: &Path, wanted: &Hash, flags: Flags) -> Result<Library, Refused> {
    let contents = fs::read(path).map_err(|error| Refused::Guard(format!("it cannot be read: {error}")))?;
    fix(path, &contents, |fixed, loadable| {
        let mut hasher = Sha256::new();
        let read = fixed.and_then(|mut file| io::copy(&mut file, &mut Writer(&mut hasher)));
        read.map_err(|error| Refused::Guard(format!("it cannot be read: {error}")))?;
        let found = hasher.finalize();
        if found[..] != wanted[..] {
            let (found, wanted) = (hexadecimal(&found), hexadecimal(wanted));
            return Err(Refused::Guard(format!("its SHA-256 is {found}, not {wanted}")));
        }
        loader::open(loadable.as_os_str(), flags).map_err(Refused::Loader)
    })
}

struct Writer<'a>(&'a mut Sha256);

impl io::Write for Writer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Use<'a> = &'a mut dyn FnMut(io::Result<File>, &Path) -> Result<Library, Refused>;

/// Gives `work` the contents in a form that nobody can change, and the path to load them by: a copy in memory that
/// is sealed. A path of its own, because the loader takes the same path for the same library.
#[cfg(target_os = "linux")]
fn fix(
    path: &Path,
    contents: &[u8],
    mut work: impl FnMut(io::Result<File>, &Path) -> Result<Library, Refused>,
) -> Result<Library, Refused> {
    use std::io::{Seek, Write};
    use std::os::fd::{AsRawFd, FromRawFd};
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    const MFD_EXEC: libc::c_uint = 0x10;
    let work: Use<'_> = &mut work;

    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let name = std::ffi::CString::new(&name[..name.len().min(200)]).unwrap_or_default();
    let create = |flags| {
        // SAFETY: the name is a C string.
        match unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING | flags) } {
            -1 => Err(io::Error::last_os_error()),
            // SAFETY: the descriptor is new, and nobody else has it.
            descriptor => Ok(unsafe { File::from_raw_fd(descriptor) }),
        }
    };
    // Systems before 6.3 do not know the flag, and need none.
    let sealed = create(MFD_EXEC).or_else(|_| create(0)).and_then(|mut file| {
        file.write_all(contents)?;
        file.rewind()?;
        let seals = libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;
        // SAFETY: this only changes what can be done with the file.
        match unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) } {
            0 => Ok(file),
            _ => Err(io::Error::last_os_error()),
        }
    });
    let file = sealed.map_err(|error| Refused::Guard(format!("the system makes no sealed copy of it in memory: {error}")))?;
    // Every bit of the count is a folder that leads nowhere else, or none.
    let mut count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut loadable = String::from("/proc/self/fd/");
    while count > 0 {
        loadable.push_str(if count & 1 == 1 { "./" } else { "/" });
        count >>= 1;
    }
    loadable.push_str(&file.as_raw_fd().to_string());
    work(file.try_clone(), Path::new(&loadable))
}

/// Elsewhere the file itself is loaded, after its contents were looked at.
#[cfg(not(target_os = "linux"))]
fn fix(
    path: &Path,
    _contents: &[u8],
    mut work: impl FnMut(io::Result<File>, &Path) -> Result<Library, Refused>,
) -> Result<Library, Refused> {
    let work: Use<'_> = &mut work;
    let mut options = File::options();
    options.read(true);
    // As long as it is open nobody can write it, or put another in its place.
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 1);
    let held = options.open(path).map_err(|error| Refused::Guard(format!("it cannot be read: {error}")))?;
    work(held.try_clone(), path)
}
