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
    #[cfg_attr(not(any(test, target_arch = "x86_64")), expect(dead_code, reason = "not known of other processors"))]
    Stop,
}

/// An instruction, and what is known of registers when it has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step<S> {
    size: usize,
    flow: Flow,
    state: S,
    /// Functions that are [brief](Leaf::Brief) may have it: it is over at once, and writes nothing that may be its thread's.
    is_brief: bool,
}

/// What is seen of a function that calls nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Leaf {
    /// No more than that. It may take long: it can wait for another thread.
    Any = 1,
    /// It has no loop. It uses nothing that its thread has for itself, as `errno`, and writes to no memory that it is given, which
    /// may be that: to its own and its library's at most. It may read there.
    Brief = 2,
}

/// What is seen of the function at an address; `None` if it may call something. Nothing is seen but in libraries that are loaded
/// from files, on processors whose code is known here.
pub fn look(address: usize) -> Option<Leaf> {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    return with_code_at(address, |code, start| follow(code, start, step_here))?;
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return None;
}

/// What is seen of the function that begins at `start` in `code`; `step` reads one instruction, and gives `None` for one that it
/// does not know or that may call.
fn follow<S: Copy + Default + PartialEq>(code: &[u8], start: usize, step: impl Fn(&[u8], S) -> Option<Step<S>>) -> Option<Leaf> {
    let mut seen = vec![(start, S::default())];
    let mut open = seen.clone();
    let mut left = MOST;
    let mut found = Leaf::Brief;
    while let Some((mut at, mut state)) = open.pop() {
        loop {
            left = left.checked_sub(1)?;
            let Step { size, flow, state: behind, is_brief } = step(code.get(at..)?, state)?;
            at += size;
            state = behind;
            if !is_brief {
                found = Leaf::Any;
            }
            let there = match flow {
                Flow::Jump(distance) | Flow::Branch(distance) => {
                    if distance < 0 {
                        found = Leaf::Any;
                    }
                    Some(at.checked_add_signed(distance)?)
                }
                _ => None,
            };
            // What is known of registers decides what is allowed.
            if flow == Flow::Next && !seen.contains(&(at, state)) {
                continue;
            }
            let behind = matches!(flow, Flow::Branch(_)).then_some(at);
            for place in there.into_iter().chain(behind).map(|at| (at, state)) {
                if !seen.contains(&place) {
                    seen.push(place);
                    open.push(place);
                }
            }
            break;
        }
    }
    Some(found)
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
