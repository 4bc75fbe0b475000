//! The helper as a process: how it is started, ended, and what it died of.

use crate::error::{Code, Error};
use std::ffi::{CString, c_char};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;
use std::time::{Duration, Instant};

/// How a helper ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It exited with this code.
    Exited(i32),
    /// This signal ended it.
    Signaled(i32),
    /// Nobody knows: somebody else waited for it.
    Unknown,
}

/// A process that was started here, and has not been waited for.
pub struct Process {
    pid: libc::pid_t,
    ending: Option<Ending>,
}

/// Descriptors that a child gets begin here, so that none is in another's place.
const FIRST_SPARE: RawFd = 10;

/// A copy of a descriptor that is out of the way, and not inherited.
///
/// # Errors
///
/// When the process has too many.
pub fn out_of_the_way(descriptor: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: a descriptor that is returned is nobody else's.
    unsafe {
        match libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, FIRST_SPARE) {
            -1 => Err(io::Error::last_os_error()),
            copy => Ok(OwnedFd::from_raw_fd(copy)),
        }
    }
}

/// What was allocated for `posix_spawn`.
struct Actions(libc::posix_spawn_file_actions_t, libc::posix_spawnattr_t);

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: both were initialized.
        unsafe {
            libc::posix_spawn_file_actions_destroy(&raw mut self.0);
            libc::posix_spawnattr_destroy(&raw mut self.1);
        }
    }
}

impl Actions {
    /// Descriptors from 3 on are these and no others, standard input is empty, no signal is blocked or ignored. It is in a
    /// process group of its own: Ctrl-C is the program's business, which may go on.
    fn new(descriptors: &[RawFd]) -> io::Result<Actions> {
        // SAFETY: both are plain memory until they are initialized here, before anything else.
        let mut actions = unsafe {
            let mut actions = Actions(std::mem::zeroed(), std::mem::zeroed());
            check(libc::posix_spawn_file_actions_init(&raw mut actions.0))?;
            check(libc::posix_spawnattr_init(&raw mut actions.1))?;
            actions
        };
        // SAFETY: both are initialized; the signal sets are local.
        unsafe {
            check(libc::posix_spawn_file_actions_addopen(&raw mut actions.0, 0, c"/dev/null".as_ptr(), libc::O_RDONLY, 0))?;
            for (number, descriptor) in (3..).zip(descriptors) {
                check(libc::posix_spawn_file_actions_adddup2(&raw mut actions.0, *descriptor, number))?;
            }
            for inherited in inherited(3 + descriptors.len() as RawFd) {
                check(libc::posix_spawn_file_actions_addclose(&raw mut actions.0, inherited))?;
            }
            let (mut none, mut defaults) = (std::mem::zeroed(), std::mem::zeroed());
            libc::sigemptyset(&raw mut none);
            libc::sigemptyset(&raw mut defaults);
            libc::sigaddset(&raw mut defaults, libc::SIGPIPE);
            check(libc::posix_spawnattr_setsigmask(&raw mut actions.1, &raw const none))?;
            check(libc::posix_spawnattr_setsigdefault(&raw mut actions.1, &raw const defaults))?;
            check(libc::posix_spawnattr_setpgroup(&raw mut actions.1, 0))?;
            let flags = libc::POSIX_SPAWN_SETSIGMASK | libc::POSIX_SPAWN_SETSIGDEF | libc::POSIX_SPAWN_SETPGROUP;
            check(libc::posix_spawnattr_setflags(&raw mut actions.1, flags as libc::c_short))?;
        }
        Ok(actions)
    }
}

/// The descriptors from `first` on that a child would have: what C in this process opens is mostly not meant for others.
fn inherited(first: RawFd) -> Vec<RawFd> {
    let numbers = std::fs::read_dir("/dev/fd").into_iter().flatten().flatten();
    let open = numbers.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    // SAFETY: the descriptor's own flags are asked for; one that is closed by now has none.
    open.filter(|&descriptor| descriptor >= first && unsafe { libc::fcntl(descriptor, libc::F_GETFD) } & libc::FD_CLOEXEC == 0).collect()
}

fn check(status: i32) -> io::Result<()> {
    if status == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(status)) }
}

impl Process {
    /// Starts a program, without a shell. `descriptors` are 10 or more.
    ///
    /// # Errors
    ///
    /// `ERR_CALL_FAILED` when the system does not start it.
    pub fn start(file: &str, args: &[String], env: &[String], descriptors: &[RawFd]) -> Result<Process, Error> {
        let failed = |reason: &dyn std::fmt::Display| Error::new(Code::CallFailed, format!("isolate: cannot start {file}: {reason}"));
        let texts = |list: &mut dyn Iterator<Item = &String>| -> Result<Vec<CString>, Error> {
            list.map(|text| CString::new(text.as_str()).map_err(|error| failed(&error))).collect()
        };
        let path = CString::new(file).map_err(|error| failed(&error))?;
        let args = texts(&mut [file.to_owned()].iter().chain(args))?;
        let env = texts(&mut env.iter())?;
        let pointers = |texts: &[CString]| -> Vec<*mut c_char> {
            texts.iter().map(|text| text.as_ptr().cast_mut()).chain([ptr::null_mut()]).collect()
        };
        let (argv, envp) = (pointers(&args), pointers(&env));
        let actions = Actions::new(descriptors).map_err(|error| failed(&error))?;
        let mut pid = 0;
        // SAFETY: both lists end with NULL, their texts and the actions live until the call returns.
        let status = unsafe {
            libc::posix_spawn(&raw mut pid, path.as_ptr(), &raw const actions.0, &raw const actions.1, argv.as_ptr(), envp.as_ptr())
        };
        check(status).map_err(|error| failed(&error))?;
        Ok(Process { pid, ending: None })
    }

    /// Its number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Ends it at once, with what it has started, unless that has left its group.
    pub fn kill(&mut self) {
        if self.ending.is_none() {
            // SAFETY: it has not been waited for, so the number is still its own, and that of its group.
            unsafe { libc::kill(-self.pid, libc::SIGKILL) };
        }
    }

    /// Waits until it has ended, and kills it when that takes longer than `patience`.
    pub fn reap(&mut self, patience: Duration) -> Ending {
        let start = Instant::now();
        let mut step = Duration::from_micros(50);
        loop {
            if let Some(ending) = self.look() {
                return ending;
            }
            if start.elapsed() >= patience {
                self.kill();
            }
            std::thread::sleep(step);
            step = (step * 2).min(Duration::from_millis(5));
        }
    }

    /// How it ended, if it has.
    pub fn look(&mut self) -> Option<Ending> {
        if self.ending.is_none() {
            let mut status = 0;
            // SAFETY: the number is that of a child of ours.
            let found = unsafe { libc::waitpid(self.pid, &raw mut status, libc::WNOHANG) };
            self.ending = match found {
                0 => None,
                -1 if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => None,
                -1 => Some(Ending::Unknown),
                _ if libc::WIFSIGNALED(status) => Some(Ending::Signaled(libc::WTERMSIG(status))),
                _ => Some(Ending::Exited(libc::WEXITSTATUS(status))),
            };
        }
        self.ending
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        self.reap(Duration::ZERO);
    }
}

/// Two ends of a pipe: that which is read, and that which is written.
///
/// # Errors
///
/// `ERR_CALL_FAILED` when the process has too many descriptors.
pub fn pipe() -> Result<(OwnedFd, OwnedFd), Error> {
    let (reader, writer) = io::pipe().map_err(|error| Error::new(Code::CallFailed, format!("isolate: no pipe: {error}")))?;
    Ok((reader.into(), writer.into()))
}

/// Programs that this process starts from now on do not have it.
pub fn keep_to_oneself(descriptor: BorrowedFd<'_>) {
    // SAFETY: the descriptor is open; only its own flags change.
    unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
}

/// Makes reading or writing return at once.
pub fn never_wait(descriptor: BorrowedFd<'_>) {
    // SAFETY: the descriptor is open; only its own flags change.
    unsafe {
        let flags = libc::fcntl(descriptor.as_raw_fd(), libc::F_GETFL);
        libc::fcntl(descriptor.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_ends_says_how() {
        let shell = |script: &str| {
            let args = ["-c".to_owned(), script.to_owned()];
            Process::start("/bin/sh", &args, &[], &[]).unwrap().reap(Duration::from_secs(60))
        };
        assert_eq!(shell("exit 7"), Ending::Exited(7));
        assert_eq!(shell("kill -SEGV $$"), Ending::Signaled(libc::SIGSEGV));
    }

    #[test]
    fn one_that_does_not_end_is_killed() {
        let mut process = Process::start("/bin/sleep", &["1000".to_owned()], &[], &[]).unwrap();
        assert_eq!(process.reap(Duration::ZERO), Ending::Signaled(libc::SIGKILL));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_has_only_the_descriptors_that_it_is_given() {
        let (reader, _writer) = pipe().unwrap();
        // SAFETY: a copy that children would have, closed below.
        let copy = unsafe { libc::fcntl(reader.as_raw_fd(), libc::F_DUPFD, 50) };
        let script = "for n in 3 4 5 6 7 8 9 10 20 30 40 50 51 52 53 54 55; do test -e /proc/$$/fd/$n && exit $n; done; exit 0";
        let ending = Process::start("/bin/sh", &["-c".to_owned(), script.to_owned()], &[], &[]).unwrap().reap(Duration::from_secs(60));
        // SAFETY: it was made above, and nobody else has it.
        unsafe { libc::close(copy) };
        assert_eq!(ending, Ending::Exited(0));
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        assert!(Process::start("/nowhere/program", &[], &[], &[]).is_err());
    }
}
