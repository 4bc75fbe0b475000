//! `/etc/ld.so.cache`: where glibc's loader knows libraries to be. The form is that of glibc 2.2 and newer, which
//! may come after the older one in the same file.

const MAGIC: &[u8] = b"glibc-ld.so.cache1.1";
const OLD_MAGIC: &[u8] = b"ld.so-1.7.0\0";
const HEADER: usize = 48;
const ENTRY: usize = 24;

/// A library that the cache knows.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry<'data> {
    /// The name that is asked for.
    pub name: &'data str,
    /// The file that has it.
    pub path: &'data str,
    /// It is one of several for the same processor, of which the loader chooses.
    pub is_special: bool,
}

/// All entries that can be read, in the order of the cache.
pub fn entries(bytes: &[u8]) -> Vec<Entry<'_>> {
    let Some(bytes) = newer_part(bytes) else { return Vec::new() };
    let count = number(bytes, MAGIC.len()).unwrap_or(0) as usize;
    let whole = bytes.get(HEADER..).unwrap_or_default();
    let (table, _) = whole.as_chunks::<ENTRY>();
    table.iter().take(count).filter_map(|entry| read(bytes, entry)).collect()
}

fn newer_part(bytes: &[u8]) -> Option<&[u8]> {
    if bytes.starts_with(MAGIC) {
        return Some(bytes);
    }
    let count = number(bytes.strip_prefix(OLD_MAGIC)?, 0)? as usize;
    let end = count.checked_mul(12)?.checked_add(16)?.checked_next_multiple_of(8)?;
    bytes.get(end..).filter(|rest| rest.starts_with(MAGIC))
}

fn read<'data>(bytes: &'data [u8], entry: &[u8; ENTRY]) -> Option<Entry<'data>> {
    let is_special = number(entry, 16)? != 0 || number(entry, 20)? != 0;
    Some(Entry { name: text(bytes, number(entry, 4)?)?, path: text(bytes, number(entry, 8)?)?, is_special })
}

fn number(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().copied().map(u32::from_ne_bytes)
}

fn text(bytes: &[u8], offset: u32) -> Option<&str> {
    let rest = bytes.get(offset as usize..)?;
    std::str::from_utf8(rest.get(..memchr::memchr(0, rest)?)?).ok()
}
