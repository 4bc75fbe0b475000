//! Whether an address is of code, as the system's list of this process's memory says.

use crate::error::{Code, Error};

/// Where Linux has that list.
const MAPS: &str = "/proc/self/maps";

/// Throws nothing for an address of code.
///
/// # Errors
///
/// `ERR_INVALID_POINTER` for any other; `ERR_CALL_FAILED` where the system does not tell.
pub fn demand(address: u64) -> Result<(), Error> {
    let maps = std::fs::read(MAPS)
        .map_err(|error| Error::new(Code::CallFailed, format!("this system does not tell what memory is executable: {MAPS}: {error}")))?;
    if String::from_utf8_lossy(&maps).lines().filter_map(executable).any(|range| range.contains(&address)) {
        return Ok(());
    }
    Err(Error::new(Code::InvalidPointer, format!("0x{address:x} is not the address of a function")))
}

/// The range of a line of the list, `start-end rwxp …` in hexadecimal, if it is executable.
fn executable(line: &str) -> Option<std::ops::Range<u64>> {
    let (range, rest) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    (rest.as_bytes().get(2) == Some(&b'x')).then_some(number(start)?..number(end)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_executable_lines_have_a_range() {
        assert_eq!(executable("7f00-7f80 r-xp 00000000 08:01 12 /lib/libc.so.6"), Some(0x7f00..0x7f80));
        assert_eq!(executable("ffff0000-ffff1000 --xp 00000000 00:00 0 [vsyscall]"), Some(0xffff_0000..0xffff_1000));
        for line in ["7f00-7f80 rw-p 00000000 00:00 0", "7f00-7f80 r--p", "", "nonsense", "xyz-1 r-xp"] {
            assert_eq!(executable(line), None, "{line}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn functions_are_executable_and_variables_are_not() {
        let function = demand as *const () as u64;
        let variable = &raw const function as u64;
        assert_eq!(demand(function), Ok(()));
        assert_eq!(demand(variable).unwrap_err().code, Code::InvalidPointer);
    }
}
