//! Encodings of text, as far as they need no host: units, the NUL at the end, what becomes of which character.

/// How text is in memory. The numbers are those of `lib/encoded.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8
    Utf8 = 0,
    /// UTF-16, little-endian
    Utf16le = 1,
    /// UTF-32, little-endian
    Utf32le = 2,
    /// ISO 8859-1: the first 256 characters, a byte each
    Latin1 = 3,
}

/// Stands for what is no character.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

impl Encoding {
    /// The encoding with this number, of which only the two lowest bits count.
    pub const fn from_number(number: u64) -> Encoding {
        match number & 3 {
            0 => Encoding::Utf8,
            1 => Encoding::Utf16le,
            2 => Encoding::Utf32le,
            _ => Encoding::Latin1,
        }
    }

    /// The size of a unit, and of the NUL at the end, in bytes.
    pub const fn unit(self) -> usize {
        match self {
            Encoding::Utf8 | Encoding::Latin1 => 1,
            Encoding::Utf16le => 2,
            Encoding::Utf32le => 4,
        }
    }

    /// UTF-16 as bytes of this encoding, with a NUL at the end. `None` with a NUL inside, with a character that
    /// the encoding does not have, and without memory.
    pub fn encode(self, text: &[u16]) -> Option<Vec<u8>> {
        if text.contains(&0) {
            return None;
        }
        let mut bytes = Vec::new();
        // UTF-8 needs most for each unit: three bytes.
        bytes.try_reserve_exact((text.len() + 1) * self.unit().max(3)).ok()?;
        let characters = || char::decode_utf16(text.iter().copied()).map(|unit| unit.unwrap_or(REPLACEMENT));
        match self {
            Encoding::Utf8 => {
                characters().for_each(|character| bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()));
            }
            Encoding::Utf16le => text.iter().for_each(|unit| bytes.extend_from_slice(&unit.to_le_bytes())),
            Encoding::Utf32le => characters().for_each(|character| bytes.extend_from_slice(&u32::from(character).to_le_bytes())),
            Encoding::Latin1 => {
                for &unit in text {
                    bytes.push(u8::try_from(unit).ok()?);
                }
            }
        }
        bytes.extend(std::iter::repeat_n(0, self.unit()));
        Some(bytes)
    }

    /// Where the first NUL of whole units is in `bytes`, looking from `from` on, which is a whole number of units.
    pub fn nul(self, bytes: &[u8], from: usize) -> Option<usize> {
        let rest = bytes.get(from..)?;
        let at = match self.unit() {
            1 => memchr::memchr(0, rest)?,
            2 => 2 * rest.chunks_exact(2).position(|unit| unit == [0; 2])?,
            _ => 4 * rest.chunks_exact(4).position(|unit| unit == [0; 4])?,
        };
        Some(from + at)
    }
}

/// UTF-32 as UTF-16; U+FFFD for what is no character. `None` without memory.
pub fn utf16_of_utf32(bytes: &[u8]) -> Option<Vec<u16>> {
    let mut units = Vec::new();
    units.try_reserve_exact(bytes.len() / 2).ok()?;
    for unit in bytes.chunks_exact(4) {
        let point = u32::from_le_bytes([unit[0], unit[1], unit[2], unit[3]]);
        units.extend_from_slice(char::from_u32(point).unwrap_or(REPLACEMENT).encode_utf16(&mut [0; 2]));
    }
    Some(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Encoding; 4] = [Encoding::Utf8, Encoding::Utf16le, Encoding::Utf32le, Encoding::Latin1];

    fn units(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    #[test]
    fn numbers_and_encodings_correspond() {
        assert!(ALL.iter().all(|&encoding| Encoding::from_number(encoding as u64) == encoding));
    }

    #[test]
    fn text_is_encoded_with_a_nul_as_long_as_a_unit() {
        let text = units("aé😀");
        assert_eq!(Encoding::Utf8.encode(&text).unwrap(), "aé😀\0".as_bytes());
        assert_eq!(Encoding::Utf16le.encode(&text).unwrap(), [0x61, 0, 0xe9, 0, 0x3d, 0xd8, 0, 0xde, 0, 0]);
        assert_eq!(Encoding::Utf32le.encode(&text).unwrap(), [0x61, 0, 0, 0, 0xe9, 0, 0, 0, 0, 0xf6, 1, 0, 0, 0, 0, 0]);
        assert_eq!(Encoding::Latin1.encode(&units("aé")).unwrap(), [0x61, 0xe9, 0]);
        assert_eq!(Encoding::Latin1.encode(&text), None);
        assert!(ALL.iter().all(|encoding| encoding.encode(&units("a\0b")).is_none()));
    }

    #[test]
    fn half_a_pair_is_replaced_where_it_is_no_character_and_kept_in_utf16() {
        let text = [0x61, 0xd800];
        assert_eq!(Encoding::Utf8.encode(&text).unwrap(), "a\u{fffd}\0".as_bytes());
        assert_eq!(Encoding::Utf16le.encode(&text).unwrap(), [0x61, 0, 0, 0xd8, 0, 0]);
        assert_eq!(Encoding::Utf32le.encode(&text).unwrap(), [0x61, 0, 0, 0, 0xfd, 0xff, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn a_nul_is_a_whole_unit_of_zeros() {
        assert_eq!(Encoding::Utf8.nul(b"ab\0", 0), Some(2));
        assert_eq!(Encoding::Utf16le.nul(&[1, 0, 0, 1, 0, 0], 0), Some(4));
        assert_eq!(Encoding::Utf32le.nul(&[0, 0, 0, 1, 0, 0, 0, 0], 0), Some(4));
        assert_eq!(Encoding::Utf16le.nul(&[0, 0, 1, 0, 0, 0], 2), Some(4));
        assert_eq!(Encoding::Utf16le.nul(&[1, 0, 0], 0), None);
    }

    #[test]
    fn utf32_beyond_the_last_character_is_replaced() {
        let bytes: Vec<u8> = [0x61_u32, 0x1_f600, 0x11_0000, 0xd800].iter().flat_map(|unit| unit.to_le_bytes()).collect();
        assert_eq!(utf16_of_utf32(&bytes).unwrap(), units("a😀\u{fffd}\u{fffd}"));
    }
}
