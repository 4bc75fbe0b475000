//! Callbacks: C functions whose body is JavaScript. An address is a libffi closure ([`slot`]) that jumps to
//! one Rust function (`thunk`); what it does was decided once per signature ([`plan`]). Calls from other
//! threads travel as letters ([`letter`]) to the JavaScript thread.

pub mod letter;
pub mod plan;
pub mod slot;
mod thunk;

#[cfg(test)]
mod tests;
