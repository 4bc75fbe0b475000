//! Whom an environment talks to: its helpers, by number; in a helper, its program.

use super::arena::Arena;
use super::channel::Channel;
use super::message::Decoder;
use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// The helpers of an environment, by number; in a helper, its program.
#[derive(Default)]
pub struct Isolates {
    sides: HashMap<u32, Side>,
    last: u32,
}

impl Isolates {
    /// Returns the number of a new one.
    pub fn add(&mut self, side: Side) -> u32 {
        self.last += 1;
        self.sides.insert(self.last, side);
        self.last
    }

    /// The one with a number.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut Side> {
        self.sides.get_mut(&number)
    }

    /// The same, which is nobody's from now on.
    pub fn remove(&mut self, number: u32) -> Option<Side> {
        self.sides.remove(&number)
    }
}

/// A side of the talk, as an environment keeps it.
pub struct Side {
    /// Its ends of the pipes.
    pub channel: Channel,
    /// What has come by the other pipe.
    pub events: Decoder,
    /// Where that comes from, until somebody listens.
    pub events_end: Option<OwnedFd>,
    /// The memory that both sides have.
    pub arena: Option<Arc<Arena>>,
}
