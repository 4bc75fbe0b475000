//! The ways into C without Node-API: entries that the engine's compiled code, or the host's own FFI, calls as it calls
//! any function of C.
//!
//! An entry gets the number of a bound function and its arguments in registers, does what [`crate::enter`] does around
//! a call, and returns what C returned. It throws nothing and makes no JavaScript values: what is not as usual it
//! leaves as a [`Status`](entry::Status) in the frame, for the stub to look at.
//!
//! * [`places`]: how entries, which are given no data of their own, find their environment;
//! * [`entry`]: the entries, and `bare`, what most of them do;
//! * `result`: results in registers;
//! * [`passing`]: which of them the engine's callers are of;
//! * [`brief`]: those for functions in which nothing can happen;
//! * [`doubles`]: entries that get integers as floating-point numbers;
//! * [`engine`]: how V8 comes to call them, and when it may;
//! * `noted`: the entries for code that the engine moves meanwhile;
//! * `watched`: the entries for code that must not go on when something has run inside, and [`collections`], which tells them
//!   of what they do not see;
//! * [`options`]: whether V8 was told to compile otherwise than it does by itself;
//! * [`host_code`]: whose functions are not called so;
//! * [`texts`]: how strings get to where C reads them;
//! * `text_calls`: the entry for calls with strings;
//! * [`returned_texts`]: strings that C has returned;
//! * [`slow`]: the same call from code that V8 has not compiled (yet);
//! * [`settle`]: what is thrown after a call;
//! * [`inward`]: how callbacks of such calls, and of others, get into the engine;
//! * `symbol`: where the engine's functions are found;
//! * `exported` and `one_wide`: entries by names, for a host that looks them up itself.

mod bare;
pub mod brief;
pub mod collections;
pub mod doubles;
pub mod engine;
pub mod entry;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod exported;
pub mod host_code;
pub mod inward;
mod noted;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod one_wide;
pub mod options;
pub mod passing;
pub mod places;
mod result;
pub mod returned_texts;
pub mod settle;
pub mod slow;
mod symbol;
#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod test_place;
mod text_calls;
pub mod texts;
mod watched;
