//! What the loader reads of an ELF file: the program headers and what they lead to. Section headers, which the
//! loader ignores and files may lack, are ignored too.

use object::elf::{self, FileHeader32, FileHeader64};
use object::read::elf::{Dyn, FileHeader, GnuHashTable, HashTable, ProgramHeader, Sym};
use object::read::{FileKind, ReadRef, StringTable};
use object::{Architecture, Endianness};

/// What kind of ELF file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Made by the compiler, and not yet linked.
    Object,
    /// A program.
    Executable,
    /// A shared library.
    Library,
    /// A core dump, or something unheard of.
    Other,
}

/// An exported symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its name in the file.
    pub name: String,
    /// Whether it is code.
    pub is_function: bool,
    /// Its size in bytes, where the file tells.
    pub size: Option<u64>,
}

/// What the loader needs to know of a file.
#[derive(Debug)]
pub struct Elf {
    /// The processor it is for.
    pub architecture: Architecture,
    /// What it is.
    pub kind: Kind,
    /// How many bytes the file must have at least: to the end of the last segment that is loaded.
    pub end: u64,
    /// Where the section headers end, which linkers write last; 0 without any.
    pub sections_end: u64,
    /// The names of the libraries that it needs.
    pub needed: Vec<String>,
    /// Folders to search for them and for those that they need.
    pub rpath: Vec<String>,
    /// Folders to search for them alone; if there are any, `rpath` does not count.
    pub runpath: Vec<String>,
}

/// The versions of symbols that a file needs and has.
#[derive(Debug, Default)]
pub struct Versions {
    /// Of which library, and which.
    pub needed: Vec<(String, String)>,
    /// Its own.
    pub defined: Vec<String>,
}

impl Elf {
    /// Reads the facts, as many as there are; `None` if this is no ELF file, or not even its headers are whole.
    pub fn read<'data, R: ReadRef<'data>>(data: R) -> Option<Elf> {
        match FileKind::parse(data).ok()? {
            FileKind::Elf32 => File::<FileHeader32<Endianness>, R>::open(data)?.facts(),
            FileKind::Elf64 => File::<FileHeader64<Endianness>, R>::open(data)?.facts(),
            _ => None,
        }
    }

    /// The versions, which are not among the headers.
    pub fn versions<'data, R: ReadRef<'data>>(data: R) -> Option<Versions> {
        match FileKind::parse(data).ok()? {
            FileKind::Elf32 => Some(File::<FileHeader32<Endianness>, R>::open(data)?.versions()),
            FileKind::Elf64 => Some(File::<FileHeader64<Endianness>, R>::open(data)?.versions()),
            _ => None,
        }
    }

    /// What the file exports, by its dynamic symbol table.
    pub fn exports<'data, R: ReadRef<'data>>(data: R) -> Option<Vec<Symbol>> {
        match FileKind::parse(data).ok()? {
            FileKind::Elf32 => File::<FileHeader32<Endianness>, R>::open(data)?.exports(),
            FileKind::Elf64 => File::<FileHeader64<Endianness>, R>::open(data)?.exports(),
            _ => None,
        }
    }
}

struct File<'data, H: FileHeader, R> {
    header: &'data H,
    endian: Endianness,
    data: R,
    segments: &'data [H::ProgramHeader],
    dynamic: Vec<(elf::DynamicTag, u64)>,
}

impl<'data, H: FileHeader<Endian = Endianness>, R: ReadRef<'data>> File<'data, H, R> {
    fn open(data: R) -> Option<Self> {
        let header = H::parse(data).ok()?;
        let endian = header.endian().ok()?;
        let segments = header.program_headers(endian, data).ok()?;
        let entries = segments.iter().find_map(|segment| segment.dynamic(endian, data).ok().flatten()).unwrap_or_default();
        let entries = entries.iter().map(|entry| (entry.d_tag(endian), entry.d_val(endian).into()));
        let dynamic = entries.take_while(|(tag, _)| *tag != elf::DT_NULL).collect();
        Some(File { header, endian, data, segments, dynamic })
    }

    fn loaded(&self) -> impl Iterator<Item = &'data H::ProgramHeader> {
        let endian = self.endian;
        self.segments.iter().filter(move |segment| segment.p_type(endian) == elf::PT_LOAD)
    }

    fn values(&self, tag: elf::DynamicTag) -> impl Iterator<Item = u64> {
        self.dynamic.iter().filter(move |entry| entry.0 == tag).map(|entry| entry.1)
    }

    fn value(&self, tag: elf::DynamicTag) -> Option<u64> {
        self.values(tag).next()
    }

    /// Where in the file the byte at an address is, and how many follow in its segment.
    fn place(&self, address: u64) -> Option<(u64, u64)> {
        self.loaded().find_map(|segment| {
            let (offset, size) = segment.file_range(self.endian);
            let inside = address.checked_sub(segment.p_vaddr(self.endian).into())?;
            (inside < size).then_some((offset.checked_add(inside)?, size - inside))
        })
    }

    /// All bytes from an address to the end of its segment, or of the file.
    fn rest(&self, address: u64) -> Option<&'data [u8]> {
        let (offset, size) = self.place(address)?;
        let length = self.data.len().ok()?;
        self.data.read_bytes_at(offset, size.min(length.checked_sub(offset)?)).ok()
    }

    fn strings(&self) -> Option<StringTable<'data, R>> {
        let (offset, size) = self.place(self.value(elf::DT_STRTAB)?)?;
        let size = self.value(elf::DT_STRSZ)?.min(size);
        Some(StringTable::new(self.data, offset, offset.checked_add(size)?))
    }

    fn facts(&self) -> Option<Elf> {
        let endian = self.endian;
        let strings = self.strings();
        let text = |offset: u64| -> Option<String> { Some(lossy(strings?.get(u32::try_from(offset).ok()?).ok()?)) };
        let texts = |tag| self.values(tag).filter_map(text).collect::<Vec<_>>();
        let folders = |tag| texts(tag).iter().flat_map(|list| list.split(':')).map(str::to_owned).collect();
        let end = |segment: &H::ProgramHeader| {
            let (offset, size) = segment.file_range(endian);
            offset.saturating_add(size)
        };
        let headers: u64 = self.header.e_shoff(endian).into();
        let headers_size = u64::from(self.header.e_shnum(endian)) * u64::from(self.header.e_shentsize(endian));
        Some(Elf {
            architecture: self.architecture(),
            kind: self.kind(),
            end: self.loaded().map(end).max().unwrap_or(0),
            sections_end: if headers == 0 { 0 } else { headers.saturating_add(headers_size) },
            needed: texts(elf::DT_NEEDED),
            rpath: folders(elf::DT_RPATH),
            runpath: folders(elf::DT_RUNPATH),
        })
    }

    fn architecture(&self) -> Architecture {
        let is_64 = self.header.is_class_64();
        match self.header.e_machine(self.endian) {
            elf::EM_X86_64 if is_64 => Architecture::X86_64,
            elf::EM_X86_64 => Architecture::X86_64_X32,
            elf::EM_AARCH64 if is_64 => Architecture::Aarch64,
            elf::EM_AARCH64 => Architecture::Aarch64_Ilp32,
            elf::EM_386 => Architecture::I386,
            elf::EM_ARM => Architecture::Arm,
            elf::EM_RISCV if is_64 => Architecture::Riscv64,
            elf::EM_RISCV => Architecture::Riscv32,
            elf::EM_PPC => Architecture::PowerPc,
            elf::EM_PPC64 => Architecture::PowerPc64,
            elf::EM_S390 => Architecture::S390x,
            elf::EM_LOONGARCH => Architecture::LoongArch64,
            elf::EM_MIPS if is_64 => Architecture::Mips64,
            elf::EM_MIPS => Architecture::Mips,
            elf::EM_SPARCV9 => Architecture::Sparc64,
            _ => Architecture::Unknown,
        }
    }

    fn kind(&self) -> Kind {
        match self.header.e_type(self.endian) {
            elf::ET_REL => Kind::Object,
            elf::ET_EXEC => Kind::Executable,
            elf::ET_DYN if self.value(elf::DT_FLAGS_1).unwrap_or(0) & PIE != 0 => Kind::Executable,
            elf::ET_DYN => Kind::Library,
            _ => Kind::Other,
        }
    }

    fn versions_needed(&self) -> Option<Vec<(String, String)>> {
        let (endian, strings) = (self.endian, self.strings()?);
        let bytes = self.rest(self.value(elf::DT_VERNEED)?)?;
        let mut found = Vec::new();
        let mut at = 0;
        for _ in 0..self.value(elf::DT_VERNEEDNUM)?.min(MOST) {
            let Ok(entry) = bytes.read_at::<elf::Verneed<Endianness>>(at) else { break };
            let Ok(file) = entry.file(endian, strings) else { break };
            let mut next = at.saturating_add(entry.vn_aux.get(endian).into());
            for _ in 0..entry.vn_cnt.get(endian) {
                let Ok(version) = bytes.read_at::<elf::Vernaux<Endianness>>(next) else { break };
                if let (false, Ok(name)) = (version.vna_flags.get(endian).contains(elf::VER_FLG_WEAK), version.name(endian, strings)) {
                    found.push((lossy(file), lossy(name)));
                }
                next = next.saturating_add(version.vna_next.get(endian).into());
            }
            at = at.saturating_add(entry.vn_next.get(endian).into());
        }
        Some(found)
    }

    fn versions(&self) -> Versions {
        let (needed, defined) = (self.versions_needed(), self.versions_defined());
        Versions { needed: needed.unwrap_or_default(), defined: defined.unwrap_or_default() }
    }

    fn versions_defined(&self) -> Option<Vec<String>> {
        let (endian, strings) = (self.endian, self.strings()?);
        let bytes = self.rest(self.value(elf::DT_VERDEF)?)?;
        let mut found = Vec::new();
        let mut at = 0u64;
        for _ in 0..self.value(elf::DT_VERDEFNUM)?.min(MOST) {
            let Ok(entry) = bytes.read_at::<elf::Verdef<Endianness>>(at) else { break };
            // The first name is the version's own; others are those of versions that it follows.
            let own = at.saturating_add(entry.vd_aux.get(endian).into());
            let Ok(name) = bytes.read_at::<elf::Verdaux<Endianness>>(own) else { break };
            found.extend(name.name(endian, strings).ok().map(lossy));
            at = at.saturating_add(entry.vd_next.get(endian).into());
        }
        Some(found)
    }

    fn symbol_count(&self) -> Option<u64> {
        let by_hash = || {
            let table = HashTable::<H>::parse(self.endian, self.rest(self.value(elf::DT_HASH)?)?).ok()?;
            Some(table.symbol_table_length())
        };
        let by_gnu_hash = || {
            let table = GnuHashTable::<H>::parse(self.endian, self.rest(self.value(elf::DT_GNU_HASH)?)?).ok()?;
            table.symbol_table_length(self.endian)
        };
        by_hash().or_else(by_gnu_hash).map(u64::from)
    }

    /// The version of each symbol, if there are versions.
    fn symbol_versions(&self, count: usize) -> &'data [elf::Versym<Endianness>] {
        let place = self.value(elf::DT_VERSYM).and_then(|address| self.place(address));
        place.and_then(|(offset, _)| self.data.read_slice_at(offset, count).ok()).unwrap_or_default()
    }

    fn exports(&self) -> Option<Vec<Symbol>> {
        let Some(count) = self.symbol_count() else { return Some(Vec::new()) };
        let (offset, _) = self.place(self.value(elf::DT_SYMTAB)?)?;
        // All at once: reading them one by one takes long.
        let (strings_offset, strings_size) = self.place(self.value(elf::DT_STRTAB)?)?;
        let strings_size = self.value(elf::DT_STRSZ)?.min(strings_size);
        let strings = self.data.read_bytes_at(strings_offset, strings_size).ok()?;
        let strings = StringTable::new(strings, 0, strings_size);
        let symbols: &[H::Sym] = self.data.read_slice_at(offset, usize::try_from(count).ok()?).ok()?;
        let versions = self.symbol_versions(symbols.len());
        let exported = symbols.iter().enumerate().filter_map(|(index, symbol)| {
            let section = symbol.st_shndx(self.endian);
            // The names of versions are absolute symbols of no size.
            let size: u64 = symbol.st_size(self.endian).into();
            let is_version = section == elf::SHN_ABS && size == 0 && symbol.st_type() == elf::STT_OBJECT;
            // Older versions are found only by programs that were linked to them.
            let is_superseded = versions.get(index).is_some_and(|version| version.0.get(self.endian).is_hidden());
            if symbol.is_local() || section == elf::SHN_UNDEF || is_version || is_superseded {
                return None;
            }
            let is_function = matches!(symbol.st_type(), elf::STT_FUNC | elf::STT_GNU_IFUNC);
            let name = lossy(symbol.name(self.endian, strings).ok()?);
            (!name.is_empty()).then_some(Symbol { name, is_function, size: Some(size) })
        });
        Some(exported.collect())
    }
}

/// The bit of DT_FLAGS_1 that tells programs from libraries.
const PIE: u64 = 0x0800_0000;

/// Files with more versions are damaged.
const MOST: u64 = 10_000;

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
