//! Holding the libraries that symbols of the running process lie in: whoever opened them may close them.

use std::collections::HashSet;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The library may have been unloaded before it was held: what was found in it must be found again.
    pub is_new: bool,
}

/// Makes the library that contains `address` stay until the process ends, once: `held` are the bases of those that do.
/// The program stays anyhow, as does what is in no library.
///
/// # Errors
///
/// The reason, when the system does not hold it.
#[cfg(unix)]
pub fn for_ever(address: usize, held: &mut HashSet<usize>) -> Result<Hold, String> {
    use super::loader;
    use crate::segments::object_of;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let Some(object) = object_of(address) else { return Ok(Hold { is_new: false }) };
    if held.contains(&object.base) {
        return Ok(Hold { is_new: false });
    }
    let name = OsStr::from_bytes(object.name.as_bytes());
    if !name.is_empty() && !loader::hold(name) && cfg!(all(target_os = "linux", target_env = "gnu")) {
        // Unless it is gone already, which finding it again tells.
        return match object_of(address) {
            Some(now) if now == object => Err(format!("its library {} cannot be kept from being closed", name.display())),
            _ => Ok(Hold { is_new: true }),
        };
    }
    // Another may be there meanwhile.
    if object_of(address).is_some_and(|now| now == object) {
        held.insert(object.base);
    }
    Ok(Hold { is_new: true })
}

/// The symbols of a process are those of its program here.
#[cfg(windows)]
pub fn for_ever(_address: usize, _held: &mut HashSet<usize>) -> Result<Hold, String> {
    Ok(Hold { is_new: false })
}
