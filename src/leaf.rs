//! Finds functions that call nothing, by their machine code. No JavaScript can run while one of them does, whatever it is given,
//! so what a definition may promise (`leaf`) is known of it.
//!
//! All ways through the code are followed, from its first instruction to where each returns. Only instructions that compilers
//! make for such functions are known here. The first that is not ends the search, as does one that calls, jumps to an address
//! it computes, asks the system, or may make the return lead elsewhere: then nothing is said of the function.

#[cfg(any(test, target_arch = "aarch64"))]
mod aarch64;
#[cfg(any(test, target_arch = "x86_64"))]
mod x86_64;

use crate::segments::with_code_at;

#[cfg(target_arch = "aarch64")]
use aarch64::step as step_here;
#[cfg(target_arch = "x86_64")]
use x86_64::step as step_here;

/// So many instructions are looked at. Longer functions do not gain by a shorter way in.
const MOST: usize = 200;

/// Where an instruction goes on. Distances are in bytes from the end of the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    /// Behind it.
    Next,
    /// There.
    Jump(isize),
    /// Behind it or there.
    Branch(isize),
    /// It returns to the caller.
    Return,
    /// Nowhere: it ends the process.
    Stop,
}

/// An instruction, and what is known of registers when it has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step<S> {
    size: usize,
    flow: Flow,
    state: S,
}

/// Whether the function at an address is seen to call nothing. Nothing is seen but in libraries that are loaded from files, on
/// processors whose code is known here.
pub fn calls_nothing(address: usize) -> bool {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    return with_code_at(address, |code, start| returns(code, start, step_here)).unwrap_or(false);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return with_code_at(address, |_, _| false).unwrap_or(false);
}

/// Whether all ways through `code` from `start` come to the end of the function, and call nothing; `step` reads one instruction, and gives `None` for one it does
/// not know or that may call.
fn returns<S: Copy + Default + PartialEq>(code: &[u8], start: usize, step: impl Fn(&[u8], S) -> Option<Step<S>>) -> bool {
    let mut seen = vec![(start, S::default())];
    let mut open = seen.clone();
    let mut left = MOST;
    while let Some((mut at, mut state)) = open.pop() {
        loop {
            if left == 0 {
                return false;
            }
            left -= 1;
            let Some(found) = code.get(at..).and_then(|rest| step(rest, state)) else { return false };
            at += found.size;
            state = found.state;
            if let Flow::Jump(distance) | Flow::Branch(distance) = found.flow {
                let Some(target) = at.checked_add_signed(distance) else { return false };
                // What is known of registers decides what is allowed there.
                if !seen.contains(&(target, state)) {
                    seen.push((target, state));
                    open.push((target, state));
                }
            }
            if !matches!(found.flow, Flow::Next | Flow::Branch(_)) {
                break;
            }
        }
    }
    true
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
