//! The helper never outlives the program.

use std::os::fd::RawFd;

/// Ends this process when the program ends, in whatever way, also while C runs. `input` is what the program writes
/// to. Exits at once if it is gone already.
pub fn hold(input: RawFd, program: i32) {
    #[cfg(target_os = "linux")]
    // SAFETY: plain system calls.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        if libc::getppid() != program {
            libc::_exit(0);
        }
    }
    let _ = program;
    // The system above tells of the thread that started this process; elsewhere it tells of nothing.
    std::thread::spawn(move || {
        loop {
            let mut end = libc::pollfd { fd: input, events: 0, revents: 0 };
            // SAFETY: one descriptor, which stays open.
            if unsafe { libc::poll(&raw mut end, 1, -1) } > 0 {
                // SAFETY: nobody is there any more to hear of anything.
                unsafe { libc::_exit(0) };
            }
        }
    });
}
