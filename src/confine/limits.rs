//! Limits of the system on what a process may take.

/// Lets this process take so many bytes of address space more than it has. An idle Node spans more than a gigabyte, so
/// that a limit counted from zero would be of no use.
///
/// # Errors
///
/// Says why the system does not do it.
#[cfg(target_os = "linux")]
pub fn limit_memory(more: u64) -> Result<(), String> {
    let size = address_space()?;
    set(libc::RLIMIT_AS, size.saturating_add(more), 0)
}

/// Lets this process use so many seconds of processor time more than it has used. The system then ends it, by SIGXCPU
/// or, should it not heed that, a second later by SIGKILL.
///
/// # Errors
///
/// Says why the system does not do it.
#[cfg(target_os = "linux")]
pub fn limit_cpu(more: u64) -> Result<(), String> {
    set(libc::RLIMIT_CPU, processor_time()?.saturating_add(more), 1)
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
type Resource = libc::__rlimit_resource_t;
#[cfg(all(target_os = "linux", not(target_env = "gnu")))]
type Resource = libc::c_int;

/// Sets what the system enforces, and how much more it tolerates from who does not heed its signal. A limit that is in
/// force already and lower stays.
#[cfg(target_os = "linux")]
fn set(which: Resource, limit: u64, tolerance: u64) -> Result<(), String> {
    let mut present = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `present` is written to, and is of the type that the function expects.
    if unsafe { libc::getrlimit(which, &raw mut present) } != 0 {
        return Err(std::io::Error::last_os_error().to_string());
    }
    // Systems of 32 bits count in fewer.
    let counted = |value: u64| libc::rlim_t::try_from(value).unwrap_or(libc::rlim_t::MAX);
    let hard = counted(limit.saturating_add(tolerance)).min(present.rlim_max);
    let wanted = libc::rlimit { rlim_cur: counted(limit).min(present.rlim_cur).min(hard), rlim_max: hard };
    // SAFETY: `wanted` is only read.
    if unsafe { libc::setrlimit(which, &raw const wanted) } != 0 {
        return Err(std::io::Error::last_os_error().to_string());
    }
    Ok(())
}

/// How many bytes of address space this process spans.
#[cfg(target_os = "linux")]
fn address_space() -> Result<u64, String> {
    const STATM: &str = "/proc/self/statm";
    let text = std::fs::read_to_string(STATM).map_err(|error| format!("{STATM}: {error}"))?;
    let pages: u64 = text.split(' ').next().and_then(|word| word.parse().ok()).ok_or_else(|| format!("{STATM} begins with no number"))?;
    // SAFETY: the function takes a number and returns one.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    Ok(pages.saturating_mul(u64::try_from(page).map_err(|_| "the system does not tell the size of a page")?))
}

/// How many seconds of processor time this process has used, rounded up.
#[cfg(target_os = "linux")]
fn processor_time() -> Result<u64, String> {
    // SAFETY: zeroes are a valid `rusage`, which is nothing but numbers.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: `usage` is written to, and is of the type that the function expects.
    if unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) } != 0 {
        return Err(std::io::Error::last_os_error().to_string());
    }
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
    let rest = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    u64::try_from(seconds + (rest + 999_999) / 1_000_000).map_err(|error| error.to_string())
}

/// Elsewhere there is no such limit that systems enforce.
///
/// # Errors
///
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn limit_memory(_: u64) -> Result<(), String> {
    Err("only Linux has such limits".to_owned())
}

/// As for memory.
///
/// # Errors
///
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn limit_cpu(_: u64) -> Result<(), String> {
    Err("only Linux has such limits".to_owned())
}
