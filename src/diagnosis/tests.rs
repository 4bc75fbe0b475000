//! Bytes of every kind must give an answer, never a panic.

use super::cache::{Entry, entries};
use super::check::truncation;
use super::elf::{Elf, Kind};
use super::format::{Format, recognize};
use super::machine;
use super::symbols::{Symbol, exports, hint};

/// Real files of several kinds: this program itself, which is of the system's own format, and the C library.
fn samples() -> Vec<Vec<u8>> {
    let own = std::env::current_exe().map(|path| path.to_string_lossy().into_owned()).unwrap();
    let libraries = ["/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6", "/lib/x86_64-linux-gnu/libdl.so.2"];
    let mut samples: Vec<_> = libraries.iter().chain([&own.as_str()]).filter_map(|path| std::fs::read(path).ok()).collect();
    for sample in &mut samples {
        sample.truncate(300_000);
    }
    samples
}

/// Numbers that are the same for the same seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn look_at(bytes: &[u8]) {
    let _ = recognize(bytes);
    let _ = Elf::versions(bytes);
    let _ = exports(bytes).map(|symbols| hint("some_name", &symbols));
    if let Some(elf) = Elf::read(bytes) {
        let _ = truncation(&elf, bytes.len() as u64);
    }
}

#[test]
fn damaged_files_make_nothing_panic() {
    let samples = samples();
    let seed = std::env::var("ARKFFI_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    for round in 0..400u64 {
        let seed = seed + round;
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut bytes = samples[random.below(samples.len())].clone();
        // Most of what is read first is at the beginning.
        for _ in 0..=random.below(30) {
            let limit = if random.below(3) == 0 { bytes.len() } else { 1024 };
            let at = random.below(limit.min(bytes.len()));
            bytes[at] = [0, 1, 0x7f, 0x80, 0xff, random.below(256) as u8][random.below(6)];
        }
        if random.below(3) == 0 {
            bytes.truncate(random.below(bytes.len()));
        }
        let result = std::panic::catch_unwind(|| look_at(&bytes));
        assert!(result.is_ok(), "seed {seed}: run with ARKFFI_SEED={seed}");
    }
}

#[test]
fn damaged_windows_and_macos_headers_make_nothing_panic() {
    let mut random = Random(7);
    for magic in [
        &b"MZ"[..],
        b"\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x06\0\0\0",
        b"\xca\xfe\xba\xbe\0\0\0\x02",
        b"\x7fELF\x01\x02\x01",
        b"!<arch>\n",
    ] {
        for _ in 0..300 {
            let mut bytes: Vec<u8> = (0..512).map(|_| [0, 0, 0, 1, 64, 0xff, random.below(256) as u8][random.below(7)]).collect();
            bytes[..magic.len()].copy_from_slice(magic);
            if magic == b"MZ" {
                bytes[60..64].copy_from_slice(&[64, 0, 0, 0]);
                bytes[64..70].copy_from_slice(b"PE\0\0\x64\x86");
            }
            look_at(&bytes);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_real_library_is_read_as_it_is() {
    let folder = format!("/lib/{}-linux-gnu", std::env::consts::ARCH);
    let Ok(bytes) = std::fs::read(format!("{folder}/libm.so.6")) else { return };
    let elf = Elf::read(bytes.as_slice()).unwrap();
    assert!(machine::fits(elf.architecture));
    assert_eq!(elf.kind, Kind::Library);
    assert!(elf.needed.iter().any(|name| name.starts_with("libc.")), "{:?}", elf.needed);
    assert_eq!(recognize(bytes.as_slice()), Format::Native);
    assert!(truncation(&elf, elf.end).is_none());
    assert!(truncation(&elf, elf.end - 1).is_some());
}

#[test]
fn the_loaders_cache_is_read() {
    let mut bytes = b"glibc-ld.so.cache1.1".to_vec();
    let strings = b"libfoo.so.1\0/lib/libfoo.so.1\0";
    let start = 48 + 2 * 24;
    bytes.extend(2u32.to_ne_bytes());
    bytes.resize(48, 0);
    for special in [0u64, 1 << 62] {
        bytes.extend(3i32.to_ne_bytes());
        bytes.extend((start as u32).to_ne_bytes());
        bytes.extend((start as u32 + 12).to_ne_bytes());
        bytes.extend(0u32.to_ne_bytes());
        bytes.extend(special.to_ne_bytes());
    }
    bytes.extend(strings);
    let entry = |is_special| Entry { name: "libfoo.so.1", path: "/lib/libfoo.so.1", is_special };
    assert_eq!(entries(&bytes), [entry(false), entry(true)]);

    // The older form before it.
    let mut both = b"ld.so-1.7.0\0".to_vec();
    both.extend(1u32.to_ne_bytes());
    both.resize(16 + 12, 7);
    both.resize(both.len().next_multiple_of(8), 0);
    both.extend(&bytes);
    assert_eq!(entries(&both).len(), 2);

    for length in 0..both.len() {
        let _ = entries(&both[..length]);
        let _ = entries(&bytes[..length.min(bytes.len())]);
    }
    assert!(entries(b"something else").is_empty());
}

#[test]
fn near_names_are_suggested_and_others_not() {
    let exports: Vec<_> = ["compress", "compress2", "uncompress", "_Z5printiPKc", "_ZN3lib5closeEv", "?beep@@YAHH@Z", "_Z12print_better"]
        .map(|name| Symbol { name: name.into(), is_function: true, size: None })
        .into();
    assert_eq!(hint("compres", &exports), "; did you mean 'compress', 'compress2' or 'uncompress'?");
    assert_eq!(hint("unrelated", &exports), "");
    assert_eq!(hint("", &exports), "");
    assert_eq!(hint(&"x".repeat(1000), &exports), "");
    assert!(hint("print", &exports).contains("'_Z5printiPKc'"));
    assert!(hint("close", &exports).contains("'_ZN3lib5closeEv'"));
    assert!(hint("beep", &exports).contains("'?beep@@YAHH@Z'"));
    assert!(!hint("better", &exports).contains("C++"));
}
