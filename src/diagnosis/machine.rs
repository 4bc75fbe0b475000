//! Processors, in words.

use object::Architecture;

/// A processor as messages name it.
pub fn name(architecture: Architecture) -> String {
    let known = match architecture {
        Architecture::X86_64 => "x86-64",
        Architecture::X86_64_X32 => "x86-64 with 32-bit pointers (x32)",
        Architecture::I386 => "x86 (32-bit)",
        Architecture::Aarch64 => "AArch64",
        Architecture::Aarch64_Ilp32 => "AArch64 with 32-bit pointers",
        Architecture::Arm => "ARM (32-bit)",
        Architecture::Riscv32 => "RISC-V (32-bit)",
        Architecture::Riscv64 => "RISC-V (64-bit)",
        Architecture::PowerPc => "PowerPC (32-bit)",
        Architecture::PowerPc64 => "PowerPC (64-bit)",
        Architecture::S390x => "s390x",
        Architecture::LoongArch64 => "LoongArch (64-bit)",
        Architecture::Mips => "MIPS (32-bit)",
        Architecture::Mips64 => "MIPS (64-bit)",
        Architecture::Sparc64 => "SPARC (64-bit)",
        Architecture::Unknown => "of an unknown processor",
        other => return format!("{other:?}"),
    };
    known.to_owned()
}

/// The processor that this process runs on.
pub const fn here() -> Architecture {
    if cfg!(target_arch = "x86_64") {
        Architecture::X86_64
    } else if cfg!(target_arch = "aarch64") {
        Architecture::Aarch64
    } else if cfg!(target_arch = "x86") {
        Architecture::I386
    } else if cfg!(target_arch = "arm") {
        Architecture::Arm
    } else if cfg!(target_arch = "riscv64") {
        Architecture::Riscv64
    } else if cfg!(target_arch = "powerpc64") {
        Architecture::PowerPc64
    } else if cfg!(target_arch = "s390x") {
        Architecture::S390x
    } else if cfg!(target_arch = "loongarch64") {
        Architecture::LoongArch64
    } else {
        Architecture::Unknown
    }
}

/// That a file is for another processor.
pub fn other(file: Architecture) -> String {
    format!("file is {}, this process is {}", name(file), name(here()))
}

/// Whether a library for this processor can be one of this process: not if both are known and differ.
pub fn fits(architecture: Architecture) -> bool {
    architecture == here() || here() == Architecture::Unknown
}
