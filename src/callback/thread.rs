//! Which thread this is, asked at each callback.

/// Tells running threads apart; never 0. The thread pointer, which is in memory too where it points to (System V ABI,
/// "Thread-Local Storage", variant II): `pthread_self` gives no more, and takes longer.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[inline(always)]
pub fn this_thread() -> usize {
    let pointer;
    // SAFETY: every thread has its thread pointer there (see above), and it stays while the thread runs.
    unsafe { std::arch::asm!("mov {}, fs:[0]", out(reg) pointer, options(pure, readonly, nostack, preserves_flags)) };
    pointer
}

/// Tells running threads apart; never 0.
#[cfg(all(unix, not(all(target_os = "linux", target_arch = "x86_64"))))]
#[inline]
pub fn this_thread() -> usize {
    // SAFETY: it only tells; on every supported system that is the address of something of the thread's.
    unsafe { libc::pthread_self() as usize }
}

/// Tells running threads apart; never 0.
#[cfg(not(unix))]
pub fn this_thread() -> usize {
    thread_local!(static PLACE: u8 = const { 0 });
    PLACE.with(|place| std::ptr::from_ref(place).addr())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_that_run_at_a_time_are_different_and_each_stays_the_same() {
        let barrier = std::sync::Barrier::new(8);
        let told: Vec<[usize; 2]> = std::thread::scope(|scope| {
            let tell = || {
                let first = this_thread();
                barrier.wait();
                [first, this_thread()]
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(tell)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(told.iter().all(|[first, second]| first == second && *first != 0));
        let mut all: Vec<usize> = told.iter().map(|[first, _]| *first).chain([this_thread()]).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 9);
    }
}
