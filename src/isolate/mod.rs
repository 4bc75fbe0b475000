//! A second process that libraries run in, so that a crash there is an error here. docs/isolate-protocol.md tells
//! how the two talk.

#[cfg(test)]
mod malformed;
pub mod message;

#[cfg(isolates)]
pub mod arena;
#[cfg(isolates)]
pub mod channel;
#[cfg(isolates)]
pub mod fault;
#[cfg(isolates)]
pub mod leash;
#[cfg(isolates)]
pub mod mail;
#[cfg(isolates)]
pub mod patience;
#[cfg(isolates)]
pub mod process;
pub mod reconcile;
#[cfg(isolates)]
pub mod sides;
