//! How the engine's callers pass what C gets and returns.

use super::engine::Kind;
use super::entry::{Entries, FEW};
use super::slow::{self, Callback};
use super::{brief, noted, text_calls, watched};

/// How a caller passes what C gets and returns. The numbers are those of `lib/fast/engine.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Passing {
    /// As values.
    Values = 0,
    /// The same, but C returns a floating-point number that is only read in the frame.
    FloatUnread = 1,
    /// Through the frame.
    Frame = 2,
    /// Through the frame, for code that may be moved meanwhile.
    FrameNoted = 3,
    /// As values, for code that goes on as if nothing had run inside.
    Watched = 4,
    /// As values, to functions that are [brief](crate::leaf::Leaf::Brief).
    Brief = 5,
    /// The same, but the result is in the frame: see [`stores`](brief::Entries::stores).
    BriefStores = 6,
}

impl Passing {
    /// The one with this number.
    pub fn of_number(number: u32) -> Option<Passing> {
        use Passing::*;
        [Values, FloatUnread, Frame, FrameNoted, Watched, Brief, BriefStores].into_iter().find(|&passing| passing as u32 == number)
    }

    /// The address of a place's entry for such a result and so many integers, perhaps strings among them, perhaps floating-point
    /// numbers. Strings are copied already where arguments are values, and passed where they are in the frame.
    pub fn entry(self, place: usize, result: Kind, ints: usize, has_floats: bool, has_texts: bool) -> usize {
        let entries = Entries::of_engine(place);
        let is_float = result.is_float() || self == Passing::FloatUnread;
        match (self, is_float, ints <= FEW, has_texts) {
            (Passing::Frame, _, _, false) => entries.frame,
            (Passing::Frame, _, _, true) => text_calls::entry(place),
            (Passing::FrameNoted, ..) => noted::entry(place, has_texts),
            (Passing::Watched, ..) => watched::entry(place, result),
            (Passing::Brief, ..) => brief::Entries::of_engine(place, has_floats).returns,
            (Passing::BriefStores, ..) => brief::Entries::of_engine(place, has_floats).stores,
            (_, true, true, false) => entries.few_floats,
            (_, true, ..) => entries.floats,
            (_, false, true, false) if result == Kind::Address => entries.few_addresses,
            (_, false, true, false) => entries.few_integers,
            (_, false, true, true) => entries.few_texts,
            (_, false, false, _) => entries.integers,
        }
    }

    /// Whether there is an entry for such a result and so many integers, perhaps strings among them.
    pub fn takes(self, result: Kind, ints: usize, has_texts: bool) -> bool {
        let is_for_few = matches!(self, Passing::Watched | Passing::Brief | Passing::BriefStores) || result == Kind::Address;
        !is_for_few || (ints <= FEW && !has_texts)
    }

    /// What stands for it in code that is not compiled.
    pub fn callback(self, place: usize, has_texts: bool) -> Callback {
        let (of_values, of_frame) = slow::callbacks(place);
        match self {
            Passing::Values | Passing::FloatUnread | Passing::Watched | Passing::Brief | Passing::BriefStores => of_values,
            Passing::Frame | Passing::FrameNoted if has_texts => text_calls::callback(place),
            Passing::Frame | Passing::FrameNoted => of_frame,
        }
    }
}
