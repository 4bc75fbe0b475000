//! The end of the process, which C can bring about at any time: the engine is torn down among other exit
//! handlers, and destructors that run after it must find no way back to JavaScript.

use std::sync::Once;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

static IS_OVER: AtomicBool = AtomicBool::new(false);

/// Whether the engine is gone, or about to go.
#[inline]
pub fn is_over() -> bool {
    IS_OVER.load(Relaxed)
}

/// Makes [`is_over`] tell; once in the process.
pub fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        #[cfg(unix)]
        {
            extern "C" fn note() {
                IS_OVER.store(true, Relaxed);
            }
            // Handlers run in the reverse order, so this is before those that the engine added at its start.
            // SAFETY: the handler only stores a flag, and the addon is never unloaded.
            unsafe { libc::atexit(note) };
        }
    });
}
