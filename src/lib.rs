//! arkffi: calls C functions from JavaScript through a frame of memory that both sides share.
//!
//! Data flows down this list, and modules depend only on those above them:
//!
//! * pure: [`error`], [`ctype`] (the type table), [`signature`], [`frame`] (its layout), [`abi`]
//!   (which register or stack word holds what), [`plan`] (frame offsets);
//! * machine: [`trampoline`] (assembly) and [`invoke`] (a prepared call, trampoline or libffi);
//! * host: [`errno`], [`library`], [`targets`] (what a call looks up), [`memory`], [`text`],
//!   [`shortcut`], [`instance`] (the state of one environment), [`enter`] (the hot entries),
//!   [`exports`] (what `lib/binding.js` sees).
//!
//! The marshalling itself is JavaScript's, in `lib/`.

pub mod abi;
pub mod ctype;
pub mod errno;
pub mod error;
pub mod frame;
pub mod invoke;
pub mod library;
pub mod memory;
pub mod plan;
pub mod shortcut;
pub mod signature;
pub mod targets;
pub mod text;
pub mod trampoline;

pub mod enter;
pub mod exports;
pub mod instance;
