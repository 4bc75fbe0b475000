//! A second process that libraries run in, so that a crash there is an error here. docs/isolate-protocol.md tells
//! how the two talk.

#[cfg(test)]
mod malformed;
pub mod message;

#[cfg(unix)]
pub mod arena;
#[cfg(unix)]
pub mod channel;
#[cfg(unix)]
pub mod fault;
#[cfg(unix)]
pub mod leash;
#[cfg(unix)]
pub mod mail;
#[cfg(unix)]
pub mod patience;
#[cfg(unix)]
pub mod process;
pub mod reconcile;
#[cfg(unix)]
pub mod sides;
