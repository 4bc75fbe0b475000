//! Why a function cannot be called.

use super::keywords;
use super::parser::Parser;
use super::target::{Arch, System};
use super::types::{Shape, Signature, Ty};
use crate::abi::{Abi, UNSETTLED};
use crate::layout::Type;

impl Parser<'_> {
    /// The reason as the end of a sentence; `None` when it can be called.
    pub(super) fn uncallable(&self, signature: &Signature) -> Option<String> {
        if let Some(convention) = signature.convention
            && !self.is_own_convention(convention)
        {
            return Some(format!("its calling convention is {convention}"));
        }
        if let Some(reason) = self.unpassable(signature.result) {
            return Some(format!("its result cannot be passed: {reason}"));
        }
        signature.params.iter().enumerate().find_map(|(index, param)| {
            let reason = self.unpassable(param.ty)?;
            let name = param.name.as_ref().map_or(String::new(), |name| format!(" ('{name}')"));
            Some(format!("its parameter {}{name} cannot be passed: {reason}", index + 1))
        })
    }

    fn unpassable(&self, ty: Ty) -> Option<String> {
        match self.shape(ty) {
            Shape::Void => None,
            Shape::Array(..) | Shape::Function(_) => Some("only a pointer to it can be".to_owned()),
            _ => self.strangeness(ty).or_else(|| self.is_unsettled(ty).then(|| UNSETTLED.to_owned())),
        }
    }

    /// Whether compilers differ in how a value is passed.
    fn is_unsettled(&self, ty: Ty) -> bool {
        let target = self.target();
        let is_sysv = target.arch == Arch::X86 && target.system != System::Windows;
        is_sysv && matches!(self.laid_type(ty), Ok(Type::Record(record)) if !Abi::is_settled(&record))
    }

    /// The convention is what functions of the target use anyway.
    pub(super) fn is_own_convention(&self, convention: &str) -> bool {
        debug_assert!(keywords::convention(convention).is_some());
        match convention {
            "cdecl" | "stdcall" | "fastcall" | "thiscall" | "pascal" | "clrcall" | "regparm" | "sseregparm" => true,
            "ms_abi" => self.target().system == System::Windows,
            "sysv_abi" => self.target().system != System::Windows && self.target().arch == Arch::X86,
            _ => false,
        }
    }
}
