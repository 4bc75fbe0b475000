//! arkffi: calls C functions from JavaScript through a frame of memory that both sides share.
//!
//! Data flows down this list, and modules depend only on those above them, or before them in their line:
//!
//! * pure: [`error`], [`ctype`] (the type table), [`layout`] (records and arrays), [`signature`],
//!   [`typetable`] (types by number), [`encoding`] (of text), [`frame`] (its layout), [`abi`] (which registers or stack words
//!   hold what), [`plan`] (frame offsets), [`c`] (declarations as headers write them), [`diagnosis`] (why files of libraries
//!   do not open);
//! * machine: [`libffi_call`], [`trampoline`] (assembly), and [`invoke`] (a prepared call of either);
//! * host: [`errno`], [`segments`] (what the memory of libraries is for), [`leaf`] (functions that call nothing), [`library`],
//!   [`presence`] (where the JavaScript thread is), [`targets`] (what a call looks up), [`checked`] and [`executable`] (memory
//!   through the system), [`memory`], [`text`], [`text_result`] (how results that are text are read and freed), [`confine`]
//!   (what a helper process does without), [`isolate`] (a second process, and how to talk to it), [`shortcut`],
//!   [`external_memory`], [`trace`], [`exit`];
//! * the environment: [`instance`] (its state), with what it is made of and what gets back to it, which know each other:
//!   [`async_call`], [`callback`], [`mailbox`] (letters of other threads), [`fast`] (entries that need no Node-API);
//! * what JavaScript sees: [`enter`] and [`enter_text`] (the hot entries), [`heap`] (those for memory that programs
//!   allocate), [`exports`] (what `lib/binding.js` sees).
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
pub mod leaf;
pub mod libffi_call;
pub mod library;
pub mod mailbox;
pub mod memory;
pub mod own;
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
