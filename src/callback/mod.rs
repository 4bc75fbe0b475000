//! Callbacks: C functions whose body is JavaScript. An address ([`slot`]) is that of a piece of code (`closure`: our own,
//! of `stubs`, or libffi's) that jumps to one Rust function (`thunk`); what it does was decided once per signature
//! ([`plan`]). Calls from other threads travel as letters ([`letter`]) to the JavaScript thread.

mod closure;
pub mod letter;
mod places;
pub mod plan;
pub mod slot;
mod stubs;
mod thread;
mod thunk;
pub mod tombstones;

#[cfg(test)]
mod tests;
