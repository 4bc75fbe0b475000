//! The entries that get integers as floating-point numbers, for hosts whose own FFI is slow at 64-bit integers. Values of
//! JavaScript are such numbers: engines pass them as they are. First come four integers, and behind all of them at most four
//! other numbers; what a signature does not have is whatever is in the registers. They only move arguments, and go on as
//! another entry. They are found by their addresses, and by their [names](super::exported).

use super::places::PLACES;

/// Those of a place.
#[derive(Clone, Copy)]
pub struct Entries {
    /// Integer results, or none.
    pub integers: usize,
    /// Floating-point results. No integer is a string: those are seldom enough to go through the frame.
    pub floats: usize,
    /// Addresses that are returned as doubles; as above.
    pub addresses: usize,
    /// Results in registers, of functions that are [brief](crate::leaf::Leaf::Brief); no integer is a string.
    pub brief: usize,
    /// The same, but the result is in the frame: see [`stores`](super::brief::Entries::stores).
    pub brief_stores: usize,
}

impl Entries {
    /// Those that a host's own FFI calls.
    pub fn of_host(place: usize) -> Entries {
        let [integers, floats, addresses, brief, brief_stores] = code::ALL[place].map(|entry| entry as *const () as usize);
        Entries { integers, floats, addresses, brief, brief_stores }
    }
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod code {
    use super::PLACES;
    use crate::fast::brief::{jumps_of_host, stores_of_host};
    use crate::fast::entry::few_of_host;
    use crate::fast::result::Address;

    /// An entry that goes on as this one.
    macro_rules! entry {
        ($name:literal $place:literal $entry:path) => {{
            /// # Safety
            ///
            /// As for the entry that it goes on as.
            #[unsafe(naked)]
            #[unsafe(export_name = concat!("arkffi_", $name, "_", $place))]
            unsafe extern "C" fn entry() {
                std::arch::naked_asm!(moves!(), entry = sym $entry);
            }
            entry
        }};
    }

    #[cfg(target_arch = "x86_64")]
    #[rustfmt::skip]
    macro_rules! moves {
        () => {
            concat!(
                "cvttsd2si rsi, xmm0\ncvttsd2si rdx, xmm1\ncvttsd2si rcx, xmm2\ncvttsd2si r8, xmm3\n",
                "movaps xmm0, xmm4\nmovaps xmm1, xmm5\nmovaps xmm2, xmm6\nmovaps xmm3, xmm7\njmp {entry}"
            )
        };
    }
    #[cfg(target_arch = "aarch64")]
    #[rustfmt::skip]
    macro_rules! moves {
        () => {
            concat!(
                "fcvtzs x1, d0\nfcvtzs x2, d1\nfcvtzs x3, d2\nfcvtzs x4, d3\n",
                "fmov d0, d4\nfmov d1, d5\nfmov d2, d6\nfmov d3, d7\nb {entry}"
            )
        };
    }

    macro_rules! for_places {
        ($($place:literal)*) => {
            [$([
                entry!("fromDoubles" $place few_of_host::<$place, true, u64>),
                entry!("floatsFromDoubles" $place few_of_host::<$place, false, f64>),
                entry!("addressesFromDoubles" $place few_of_host::<$place, false, Address>),
                entry!("briefFromDoubles" $place jumps_of_host::<$place>),
                entry!("briefStoresFromDoubles" $place stores_of_host::<$place>),
            ]),*]
        };
    }

    pub(super) static ALL: [[unsafe extern "C" fn(); 5]; PLACES] = for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
}

/// Not known here: makes no call.
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod code {
    use super::PLACES;

    unsafe extern "C" fn none() {}

    pub(super) static ALL: [[unsafe extern "C" fn(); 5]; PLACES] = [[none; 5]; PLACES];
}

#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tests;
