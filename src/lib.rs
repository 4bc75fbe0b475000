//! arkffi: calls C functions from JavaScript through a frame of memory that both sides share.
//!
//! Data flows down this list, and modules depend only on those above them:
//!
//! * pure: [`error`], [`ctype`] (the type table), [`layout`] (records and arrays), [`signature`],
//!   [`typetable`] (types by number), [`encoding`] (of text), [`frame`] (its layout), [`abi`] (which registers or stack words
//!   hold what), [`plan`] (frame offsets), [`c`] (declarations as headers write them);
//! * machine: [`trampoline`] (assembly), [`libffi_call`], and [`invoke`] (a prepared call of either);
//! * host: [`errno`], [`library`], [`segments`] (what its memory is for), [`targets`] (what a call looks up),
//!   [`memory`], [`confine`] (what a helper process does without), [`checked`] and [`executable`] (memory through the system), [`text`], [`text_result`] (how results that are text are
//!   read and freed), [`shortcut`], [`external_memory`], [`trace`], [`instance`] (the state of one environment),
//!   [`isolate`] (a second process, and how to talk to it),
//!   [`enter`] and [`enter_text`] (the hot entries), [`heap`] (those for memory that programs allocate),
//!   [`fast`] (entries that need no Node-API), [`exports`] (what `lib/binding.js` sees).
//!
//! The marshalling itself is JavaScript's, in `lib/`.

pub mod abi;
pub mod async_call;
pub mod c;
pub mod callback;
pub mod checked;
pub mod confine;
pub mod ctype;
pub mod diagnosis;
pub mod encoding;
pub mod errno;
pub mod error;
pub mod executable;
pub mod exit;
pub mod external_memory;
pub mod frame;
pub mod invoke;
pub mod isolate;
pub mod layout;
pub mod libffi_call;
pub mod library;
pub mod mailbox;
pub mod memory;
pub mod plan;
pub mod presence;
pub mod segments;
pub mod shortcut;
pub mod signature;
pub mod targets;
pub mod text;
pub mod text_result;
pub mod trace;
pub mod trampoline;
pub mod typetable;

pub mod enter;
pub mod enter_text;
pub mod exports;
pub mod fast;
pub mod heap;
pub mod instance;
