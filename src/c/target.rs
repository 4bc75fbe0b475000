//! The machines and systems whose C is read, and how large their types are.

use super::value::{Float, Int};
use crate::layout::Rules;

/// A machine with its system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The machine.
    pub arch: Arch,
    /// The system.
    pub system: System,
}

/// A machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arch {
    /// x86-64
    X86,
    /// AArch64
    Arm,
}

/// A system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux and what is like it
    Linux,
    /// macOS
    Darwin,
    /// Windows, as Microsoft's compiler sees it
    Windows,
}

/// Every target by name.
const TARGETS: &[(&str, Target)] = &[
    ("x86_64-linux", Target { arch: Arch::X86, system: System::Linux }),
    ("aarch64-linux", Target { arch: Arch::Arm, system: System::Linux }),
    ("x86_64-darwin", Target { arch: Arch::X86, system: System::Darwin }),
    ("aarch64-darwin", Target { arch: Arch::Arm, system: System::Darwin }),
    ("x86_64-windows", Target { arch: Arch::X86, system: System::Windows }),
    ("aarch64-windows", Target { arch: Arch::Arm, system: System::Windows }),
];

impl Target {
    /// The machine that this runs on.
    pub const fn host() -> Target {
        let arch = if cfg!(target_arch = "aarch64") { Arch::Arm } else { Arch::X86 };
        let system = if cfg!(windows) {
            System::Windows
        } else if cfg!(target_vendor = "apple") {
            System::Darwin
        } else {
            System::Linux
        };
        Target { arch, system }
    }

    /// The target of this name.
    pub fn named(name: &str) -> Option<Target> {
        TARGETS.iter().find(|(known, _)| *known == name).map(|(_, target)| *target)
    }

    /// The names of all targets.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TARGETS.iter().map(|(name, _)| *name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        TARGETS.iter().find(|(_, target)| *target == self).map_or("", |(name, _)| name)
    }

    /// Whose rules records are laid out by.
    pub fn rules(self) -> Rules {
        match (self.system, self.arch) {
            (System::Windows, _) => Rules::Microsoft,
            // Apple's compiler departs from AAPCS64: unnamed bit-fields do not align.
            (_, Arch::X86) | (System::Darwin, Arch::Arm) => Rules::Sysv64,
            (System::Linux, Arch::Arm) => Rules::Aapcs64,
        }
    }

    /// In bytes.
    pub fn size_of_int(self, int: Int) -> u32 {
        match int {
            Int::Bool | Int::Char | Int::SChar | Int::UChar => 1,
            Int::Short | Int::UShort => 2,
            Int::Int | Int::UInt => 4,
            Int::Long | Int::ULong if self.system == System::Windows => 4,
            Int::Long | Int::ULong | Int::LLong | Int::ULLong => 8,
            Int::Int128 | Int::UInt128 => 16,
        }
    }

    /// Whether it has negative values.
    pub fn is_signed(self, int: Int) -> bool {
        match int {
            Int::Char => self.arch == Arch::X86 || self.system != System::Linux,
            Int::SChar | Int::Short | Int::Int | Int::Long | Int::LLong | Int::Int128 => true,
            Int::Bool | Int::UChar | Int::UShort | Int::UInt | Int::ULong | Int::ULLong | Int::UInt128 => false,
        }
    }

    /// In bytes; the alignment is the same.
    pub fn size_of_float(self, float: Float) -> u32 {
        match float {
            Float::Float => 4,
            Float::Double => 8,
            Float::LongDouble => match (self.system, self.arch) {
                (System::Windows, _) | (System::Darwin, Arch::Arm) => 8,
                _ => 16,
            },
        }
    }

    /// `size_t`
    pub fn size_type(self) -> Int {
        if self.system == System::Windows { Int::ULLong } else { Int::ULong }
    }

    /// `ptrdiff_t`
    pub fn difference_type(self) -> Int {
        if self.system == System::Windows { Int::LLong } else { Int::Long }
    }

    /// `int64_t`, which is `long` on Linux alone.
    pub fn int64_type(self) -> Int {
        if self.system == System::Linux { Int::Long } else { Int::LLong }
    }

    /// `wchar_t`
    pub fn wide_char(self) -> Int {
        match (self.system, self.arch) {
            (System::Windows, _) => Int::UShort,
            (System::Linux, Arch::Arm) => Int::UInt,
            _ => Int::Int,
        }
    }
}
