//! Why a library does not open, and what is in it, read from its file. Pure: no system loader is asked, and
//! no bytes make it panic.
//!
//! * [`elf`] what the loader reads of an ELF file; [`format`](mod@format) what a file is, whatever it is;
//!   [`machine`] processors by name; [`symbols`] what a library exports
//! * [`cache`], [`places`] where the loader looks; [`dependencies`] what a library needs
//! * [`check`] what must be known before the loader is asked; [`explain`] why it has failed

pub mod cache;
pub mod check;
pub mod dependencies;
pub mod elf;
pub mod explain;
pub mod format;
pub mod machine;
pub mod places;
pub mod symbols;

#[cfg(test)]
mod tests;
