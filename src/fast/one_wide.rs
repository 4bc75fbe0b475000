//! The entries that get one of at most four integers as a floating-point number, and the others as they are, for hosts whose own
//! FFI is slow at 64-bit integers. They only move arguments, and go on as another entry. Like the [others](super::exported) of
//! such hosts they are found by their names.

use super::brief;
use super::entry::few_of_host;

/// Defines an entry: in C, the number that comes first is the integer at a place among the others, which come there by `$moves`.
macro_rules! entry {
    ($name:literal $place:literal $at:literal [$($moves:literal)*] $entry:path) => {
        const _: () = {
            /// # Safety
            ///
            /// As for the entry that it goes on as. At most seven floating-point numbers come behind the first, and no integer
            /// is a string.
            #[unsafe(naked)]
            #[unsafe(export_name = concat!("arkffi_", $name, $at, "_", $place))]
            unsafe extern "C" fn entry() {
                std::arch::naked_asm!($($moves,)* next!(), entry = sym $entry);
            }
        };
    };
}

/// The other floating-point numbers move, too.
#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
macro_rules! next {
    () => { "movaps xmm0, xmm1\nmovaps xmm1, xmm2\nmovaps xmm2, xmm3\nmovaps xmm3, xmm4\nmovaps xmm4, xmm5\nmovaps xmm5, xmm6\nmovaps xmm6, xmm7\njmp {entry}" };
}
#[cfg(target_arch = "aarch64")]
#[rustfmt::skip]
macro_rules! next {
    () => { "fmov d0, d1\nfmov d1, d2\nfmov d2, d3\nfmov d3, d4\nfmov d4, d5\nfmov d5, d6\nfmov d6, d7\nb {entry}" };
}

#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
macro_rules! at_each {
    ($name:literal $place:literal $entry:path) => {
        entry!($name $place 0 ["mov r8, rcx" "mov rcx, rdx" "mov rdx, rsi" "cvttsd2si rsi, xmm0"] $entry);
        entry!($name $place 1 ["mov r8, rcx" "mov rcx, rdx" "cvttsd2si rdx, xmm0"] $entry);
        entry!($name $place 2 ["mov r8, rcx" "cvttsd2si rcx, xmm0"] $entry);
        entry!($name $place 3 ["cvttsd2si r8, xmm0"] $entry);
    };
}
#[cfg(target_arch = "aarch64")]
#[rustfmt::skip]
macro_rules! at_each {
    ($name:literal $place:literal $entry:path) => {
        entry!($name $place 0 ["mov x4, x3" "mov x3, x2" "mov x2, x1" "fcvtzs x1, d0"] $entry);
        entry!($name $place 1 ["mov x4, x3" "mov x3, x2" "fcvtzs x2, d0"] $entry);
        entry!($name $place 2 ["mov x4, x3" "fcvtzs x3, d0"] $entry);
        entry!($name $place 3 ["fcvtzs x4, d0"] $entry);
    };
}

macro_rules! for_places {
    ($($place:literal)*) => { $(
        at_each!("wideAt" $place few_of_host::<$place, false, u64>);
        at_each!("floatsWideAt" $place few_of_host::<$place, false, f64>);
        at_each!("briefWideAt" $place brief::jumps_of_host::<$place>);
        at_each!("briefStoresWideAt" $place brief::stores_of_host::<$place>);
    )* };
}

for_places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

#[cfg(test)]
mod tests;
