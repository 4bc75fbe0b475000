//! What a library's file may be called, where only the stem of its name is given.

/// A system, as far as names of libraries go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// `libfoo.so`, `libfoo.so.1`
    Linux,
    /// `libfoo.dylib`
    Apple,
    /// `foo.dll`
    Windows,
}

impl System {
    /// The one that this runs on.
    pub const fn here() -> System {
        if cfg!(windows) {
            System::Windows
        } else if cfg!(target_vendor = "apple") {
            System::Apple
        } else {
            System::Linux
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            System::Linux => ".so",
            System::Apple => ".dylib",
            System::Windows => ".dll",
        }
    }
}

/// The names to try for a name that no file has, the likeliest first. A name may have a folder before it.
pub fn completions(name: &str, system: System) -> Vec<String> {
    let is_separator = |character: char| character == '/' || (system == System::Windows && character == '\\');
    let (folder, base) = name.split_at(name.rfind(is_separator).map_or(0, |at| at + 1));
    if base.is_empty() {
        return Vec::new();
    }
    let suffix = system.suffix();
    let mut names = match base.to_ascii_lowercase() {
        _ if base.contains(&format!("{suffix}.")) => Vec::new(),
        lower if lower.ends_with(suffix) && lower.starts_with("lib") => Vec::new(),
        lower if lower.ends_with(suffix) => vec![format!("lib{base}")],
        lower if lower.starts_with("lib") => vec![format!("{base}{suffix}"), format!("lib{base}{suffix}")],
        _ if system == System::Windows => vec![format!("{base}{suffix}"), format!("lib{base}{suffix}")],
        _ => vec![format!("lib{base}{suffix}"), format!("{base}{suffix}")],
    };
    // C's own functions, those of libm among them, are in the C run-time library there.
    if system == System::Windows && ["c", "libc", "m", "libm"].contains(&base) {
        names.extend(["ucrtbase.dll".to_owned(), "msvcrt.dll".to_owned()]);
    }
    names.into_iter().map(|name| format!("{folder}{name}")).collect()
}

/// The name that versions follow, as in `libfoo.so.1`, for a name or a completion; `None` where it has one, or can
/// have none.
pub fn versioned_stem(name: &str, system: System) -> Option<&str> {
    (system == System::Linux && name.ends_with(".so")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_completed_as_files_are_called_on_each_system() {
        assert_eq!(completions("m", System::Linux), ["libm.so", "m.so"]);
        assert_eq!(completions("libm", System::Linux), ["libm.so", "liblibm.so"]);
        assert_eq!(completions("libm.so", System::Linux), [""; 0]);
        assert_eq!(completions("foo.so", System::Linux), ["libfoo.so"]);
        assert_eq!(completions("libm.so.6", System::Linux), [""; 0]);
        assert_eq!(completions("../build/foo", System::Linux), ["../build/libfoo.so", "../build/foo.so"]);
        assert_eq!(completions("folder/", System::Linux), [""; 0]);
        assert_eq!(completions("m", System::Apple), ["libm.dylib", "m.dylib"]);
        assert_eq!(completions("m", System::Windows), ["m.dll", "libm.dll", "ucrtbase.dll", "msvcrt.dll"]);
        assert_eq!(completions(r"a\FOO.DLL", System::Windows), [r"a\libFOO.DLL"]);
    }

    #[test]
    fn only_names_without_a_version_can_get_one() {
        assert_eq!(versioned_stem("libm.so", System::Linux), Some("libm.so"));
        assert_eq!(versioned_stem("libm.so.6", System::Linux), None);
        assert_eq!(versioned_stem("libm.dylib", System::Apple), None);
    }
}
