//! Lines of `ARKFFI_TRACE=memory` for what happens without JavaScript; the others are those of `lib/trace`.

use std::io::Write;
use std::sync::OnceLock;

/// Whether the environment variable asks for memory.
fn is_on() -> bool {
    static IS_ON: OnceLock<bool> = OnceLock::new();
    *IS_ON.get_or_init(|| std::env::var("ARKFFI_TRACE").is_ok_and(|words| words.split(',').any(|word| word == "memory")))
}

/// Prints a line if memory is traced. What cannot be written is lost.
pub fn memory(text: impl FnOnce() -> String) {
    if is_on() {
        let _ = std::io::stderr().write_all(format!("{}\n", text()).as_bytes());
    }
}
