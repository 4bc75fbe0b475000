//! Options of V8 that change which functions it puts where they are called, or what it compiles code that has never run to.

/// Whether this process was started with such options. Those of a worker are its process's.
pub fn is_changed() -> bool {
    let line = std::fs::read("/proc/self/cmdline");
    line.map_or(true, |line| line.split(|&byte| byte == 0).any(changes))
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
        for option in ["--max-inlined-bytecode-size=0", "--no-turbo-inlining", "--stress-inline", "--always_inlining", "-always-turbofan"] {
            assert!(changes(option.as_bytes()), "{option}");
        }
        for option in ["node", "", "--", "--no-opt", "--always-osr", "--require=inlining", "inlining"] {
            assert!(!changes(option.as_bytes()), "{option}");
        }
    }
}
