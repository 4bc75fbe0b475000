//! What a process forbids itself by a filter of system calls, which holds for all its threads at once. (A network
//! namespace would be for one thread only, and a user namespace is not to be had by a process with several.)

/// Programs that this process starts from now on have no more privileges than it has: set-user-ID means nothing.
///
/// # Errors
///
/// Says why the system does not do it.
#[cfg(target_os = "linux")]
pub fn forbid_new_privileges() -> Result<(), String> {
    // The prctl of that name is for one thread. A filter, here of nothing, brings it to all.
    linux::apply(Vec::new())?;
    linux::demand_no_new_privileges()
}

/// This process opens no socket from now on but local ones (AF_UNIX), nor do programs that it starts: `EACCES`.
///
/// # Errors
///
/// Says why the system does not do it.
#[cfg(target_os = "linux")]
pub fn forbid_network() -> Result<(), String> {
    linux::apply(linux::network_rules()?)?;
    linux::demand_no_network()
}

#[cfg(target_os = "linux")]
mod linux {
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
    };
    use std::io;

    /// A system call, and when it is refused: in any of these cases, or always when there are none.
    type Refusal = (libc::c_long, Vec<SeccompRule>);

    /// The bit of the numbers of a second set of system calls, which some kernels of x86-64 have.
    const X32: libc::c_long = 0x4000_0000;

    /// Refuses system calls in all threads of this process. Privileges are forgone first: the system demands it.
    pub fn apply(refused: Vec<Refusal>) -> Result<(), String> {
        let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(|error| error.to_string())?;
        let refuse = SeccompAction::Errno(libc::EACCES.cast_unsigned());
        // Elsewhere `c_long` has 32 bits.
        #[allow(clippy::useless_conversion)]
        let refused = refused.into_iter().map(|(number, rules)| (i64::from(number), rules)).collect();
        let filter = SeccompFilter::new(refused, SeccompAction::Allow, refuse, arch);
        let program: BpfProgram = filter.and_then(TryInto::try_into).map_err(|error| error.to_string())?;
        seccompiler::apply_filter_all_threads(&program).map_err(|error| error.to_string())
    }

    /// What would make a socket of the network: `socket` of another family, and `io_uring`, which needs no `socket`.
    pub fn network_rules() -> Result<Vec<Refusal>, String> {
        let local = u64::from(libc::AF_UNIX.cast_unsigned());
        let other = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, local)
            .and_then(|condition| SeccompRule::new(vec![condition]))
            .map_err(|error| error.to_string())?;
        let rules = [(libc::SYS_socket, vec![other]), (libc::SYS_io_uring_setup, Vec::new())];
        let again = rules.clone().map(|(number, rule)| (number | X32, rule));
        let has_x32 = cfg!(target_arch = "x86_64");
        Ok(rules.into_iter().chain(again.into_iter().filter(|_| has_x32)).collect())
    }

    /// Looks whether all threads have it.
    pub fn demand_no_new_privileges() -> Result<(), String> {
        let read = || -> io::Result<Option<String>> {
            for task in std::fs::read_dir("/proc/self/task")? {
                let path = task?.path();
                match std::fs::read_to_string(path.join("status")) {
                    Ok(status) if status.lines().any(|line| line == "NoNewPrivs:\t1") => {}
                    Ok(_) => return Ok(Some(format!("{} still may have new ones", path.display()))),
                    // A thread that has ended meanwhile.
                    Err(error) if error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(libc::ESRCH) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(None)
        };
        match read() {
            Ok(None) => Ok(()),
            Ok(Some(problem)) => Err(problem),
            Err(error) => Err(format!("/proc/self/task: {error}")),
        }
    }

    /// Tries.
    pub fn demand_no_network() -> Result<(), String> {
        for family in [libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK] {
            // SAFETY: the function takes numbers, and makes a descriptor or none.
            let socket = unsafe { libc::socket(family, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
            let error = io::Error::last_os_error();
            if socket >= 0 {
                // SAFETY: it was made here, and nobody else has it.
                unsafe { libc::close(socket) };
                return Err(format!("a socket of family {family} still opens"));
            }
            if error.raw_os_error() != Some(libc::EACCES) {
                return Err(format!("a socket of family {family} is refused for another reason: {error}"));
            }
        }
        Ok(())
    }
}

/// Elsewhere processes have no such thing.
///
/// # Errors
///
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn forbid_new_privileges() -> Result<(), String> {
    Err("only Linux has that".to_owned())
}

/// As above.
///
/// # Errors
///
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn forbid_network() -> Result<(), String> {
    Err("only Linux has that".to_owned())
}
