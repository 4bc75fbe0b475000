//! The entries of each place under names that are found in this file: for hosts whose own FFI is only fast with
//! functions that it has looked up itself. `lib/fast/holding.js` knows the names. Those that get integers as floating-point numbers
//! are [elsewhere](super::doubles).

use super::brief::{jumps_of_host, stores_of_host};
use super::entry::{few_of_host, many_of_host, of_host_by_frame};
use super::result::{Address, Result};

#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
macro_rules! jump { () => { "jmp" }; }
#[cfg(target_arch = "aarch64")]
#[rustfmt::skip]
macro_rules! jump { () => { "b" }; }

macro_rules! export {
    ($entry:ident $name:literal $place:literal $texts:literal $result:ty: $($int:ident)*) => {
        const _: () = {
            /// # Safety
            ///
            /// As for the entry itself.
            #[rustfmt::skip]
            #[unsafe(export_name = concat!("arkffi_", $name, "_", $place))]
            unsafe extern "C" fn entry(
                callee: u32, $($int: u64,)*
                s: f64, t: f64, u: f64, v: f64, w: f64, x: f64, y: f64, z: f64,
            ) -> <$result as Result>::Returned {
                // SAFETY: as the caller says.
                unsafe { $entry::<$place, $texts, $result>(callee, $($int,)* s, t, u, v, w, x, y, z) }
            }
        };
    };
    (brief $name:literal $place:literal $entry:ident) => {
        const _: () = {
            /// # Safety
            ///
            /// As for the entry itself.
            #[unsafe(naked)]
            #[unsafe(export_name = concat!("arkffi_", $name, "_", $place))]
            unsafe extern "C" fn entry() {
                std::arch::naked_asm!(concat!(jump!(), " {entry}"), entry = sym $entry::<$place>);
            }
        };
    };
    (frame $place:literal) => {
        const _: () = {
            /// # Safety
            ///
            /// As for the entry itself.
            #[unsafe(export_name = concat!("arkffi_frame_", $place))]
            unsafe extern "C" fn entry(callee: u32) {
                // SAFETY: as the caller says.
                unsafe { of_host_by_frame::<$place>(callee) };
            }
        };
    };
}

macro_rules! for_places {
    ($($place:literal)*) => { $(
        export!(few_of_host "fewIntegers" $place false u64: a b c d);
        export!(few_of_host "fewAddresses" $place false Address: a b c d);
        export!(few_of_host "fewTexts" $place true u64: a b c d);
        export!(many_of_host "integers" $place true u64: a b c d e f);
        export!(few_of_host "fewFloats" $place false f64: a b c d);
        export!(many_of_host "floats" $place true f64: a b c d e f);
        export!(brief "brief" $place jumps_of_host);
        export!(brief "briefStores" $place stores_of_host);
        export!(frame $place);
    )* };
}

for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
