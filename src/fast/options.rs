//! Options of V8 that change which functions it puts where they are called, or how it compiles code that has never run.

/// Whether a thread that was given these options, or this process, was started with such ones. A worker is not told of its
/// process's, and `process.title` writes over those.
pub fn are_changed(options: &[String]) -> bool {
    let line = std::fs::read("/proc/self/cmdline");
    options.iter().any(|option| changes(option.as_bytes())) || line.map_or(true, |line| line.split(|&byte| byte == 0).any(changes))
}

/// Whether this is such an option, by its name.
fn changes(option: &[u8]) -> bool {
    // One dash will do.
    let Some(name) = option.strip_prefix(b"-").and_then(|option| option.split(|&byte| byte == b'=').next()) else { return false };
    let has = |part: &[u8]| name.windows(part.len()).any(|some| some == part);
    [&b"inlin"[..], b"stress", b"always-turbofan", b"always_turbofan", b"turbolev", b"future"].into_iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn options_are_known_by_parts_of_their_names() {
        for option in [
            "--max-inlined-bytecode-size=0",
            "--no-turbo-inlining",
            "--stress-inline",
            "--always_inlining",
            "-always-turbofan",
            "--turbolev",
            "--future",
        ] {
            assert!(changes(option.as_bytes()), "{option}");
        }
        for option in ["node", "", "--", "--no-opt", "--always-osr", "--require=inlining", "inlining"] {
            assert!(!changes(option.as_bytes()), "{option}");
        }
    }
}
