//! Attributes: `__attribute__((…))`, `__declspec(…)`, `[[…]]`, `_Alignas(…)`, `__asm__("…")`, and calling
//! conventions.

use super::keywords::{convention, convention_keyword};
use super::lexer::{Kind, Token};
use super::literal::{self, NO_TEXT};
use super::parser::Parser;
use super::source::Fault;
use super::target::System;
use super::types::{Opaque, Shape, Ty, as_int};
use super::value::{Float, Int, Value};
use crate::layout::MAX_ALIGN;
use std::rc::Rc;

/// What attributes say of a declaration.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    pub is_packed: bool,
    /// 0 for none.
    pub align: u32,
    /// Two attributes ask for different alignments.
    pub is_aligned_twice: bool,
    pub convention: Option<&'static str>,
    pub is_noreturn: bool,
    pub deprecated: Option<String>,
    /// Of `malloc(name)`.
    pub free: Option<String>,
    /// Size of a vector in bytes, or with `true` its number of elements.
    pub vector: Option<(u32, bool)>,
    /// `mode(…)`: what an integer becomes.
    pub mode: Option<String>,
    /// `__asm__("name")`
    pub symbol: Option<String>,
    /// Order of bytes or rules of layout that are not the target's own.
    pub foreign: Option<&'static str>,
}

impl<'s> Parser<'s> {
    /// Reads attributes and calling conventions, as many as there are.
    pub(super) fn attributes(&mut self, attributes: &mut Attributes) -> Result<(), Fault> {
        while self.attribute(attributes)? {}
        Ok(())
    }

    /// Reads one, if there is one.
    pub(super) fn attribute(&mut self, attributes: &mut Attributes) -> Result<bool, Fault> {
        let token = self.token();
        if token.is("[") && self.ahead(1).is("[") {
            self.take();
            self.attribute_list("[", "]", attributes)?;
            self.expect("]")?;
            return Ok(true);
        }
        if token.kind != Kind::Name {
            return Ok(false);
        }
        match token.text {
            "__attribute__" | "__attribute" => {
                self.take();
                self.expect("(")?;
                self.attribute_list("(", ")", attributes)?;
                self.expect(")")?;
            }
            "__declspec" | "_declspec" => {
                self.take();
                self.attribute_list("(", ")", attributes)?;
            }
            "_Alignas" | "alignas" => {
                self.take();
                self.expect("(")?;
                let align = if self.begins_type() { self.type_name().and_then(|ty| self.align_at(ty))? } else { self.alignment()? };
                self.expect(")")?;
                attributes.align = attributes.align.max(align);
            }
            "asm" | "__asm" | "__asm__" => {
                self.take();
                while matches!(self.token().text, "volatile" | "__volatile__" | "goto" | "inline") {
                    self.take();
                }
                self.expect("(")?;
                let mut symbol = String::new();
                while self.token().kind == Kind::String {
                    symbol.push_str(&self.string()?);
                }
                self.expect(")")?;
                // Apple's names begin with an underscore that dlsym adds by itself.
                let is_darwin = self.target().system == System::Darwin;
                attributes.symbol = Some(symbol.strip_prefix('_').filter(|_| is_darwin).map_or(symbol.clone(), str::to_owned));
            }
            word => match convention_keyword(word) {
                Some(convention) => {
                    self.take();
                    attributes.convention = Some(convention);
                }
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    fn attribute_list(&mut self, open: &str, close: &str, attributes: &mut Attributes) -> Result<(), Fault> {
        self.expect(open)?;
        loop {
            let token = self.token();
            if token.is(close) {
                self.take();
                return Ok(());
            }
            match token.kind {
                Kind::End => return Err(self.unexpected(&format!("'{close}'"))),
                // `[[gnu::packed]]`: the part after the colons counts.
                Kind::Name if self.ahead(1).is("::") || (self.ahead(1).is(":") && self.ahead(2).is(":")) => {
                    self.take();
                    while self.eat("::") || self.eat(":") {}
                }
                Kind::Name => {
                    self.take();
                    let end = if self.token().is("(") {
                        let start = self.mark();
                        self.skip_brackets()?;
                        let end = self.mark();
                        self.go_to(start + 1);
                        Some(end)
                    } else {
                        None
                    };
                    self.apply(token, end.is_some(), attributes)?;
                    if let Some(end) = end {
                        self.go_to(end);
                    }
                }
                _ => {
                    self.take();
                }
            }
        }
    }

    /// One attribute; with arguments, the next token is the first of them.
    fn apply(&mut self, name: Token<'s>, has_arguments: bool, attributes: &mut Attributes) -> Result<(), Fault> {
        match name.text.trim_matches('_') {
            "packed" => attributes.is_packed = true,
            "aligned" | "align" => {
                let align = if has_arguments { self.alignment()? } else { 16 };
                attributes.is_aligned_twice |= attributes.align != 0 && attributes.align != align;
                attributes.align = attributes.align.max(align);
            }
            "noreturn" | "Noreturn" => attributes.is_noreturn = true,
            "deprecated" => {
                let is_said = has_arguments && self.token().kind == Kind::String;
                attributes.deprecated = Some(if is_said { self.string()? } else { String::new() });
            }
            "malloc" if has_arguments && self.token().kind == Kind::Name => attributes.free = Some(self.token().text.to_owned()),
            "vector_size" if has_arguments => attributes.vector = Some((self.small()?, false)),
            "ext_vector_type" | "neon_vector_type" if has_arguments => attributes.vector = Some((self.small()?, true)),
            "mode" if has_arguments => attributes.mode = Some(self.token().text.trim_matches('_').to_owned()),
            "scalar_storage_order" => attributes.foreign = Some("its bytes are in another order"),
            "ms_struct" if self.target().system != System::Windows => attributes.foreign = Some("it has the layout of another compiler"),
            "gcc_struct" if self.target().system == System::Windows => attributes.foreign = Some("it has the layout of another compiler"),
            word => {
                if let Some(convention) = convention(word) {
                    attributes.convention = Some(convention);
                }
            }
        }
        Ok(())
    }

    fn small(&mut self) -> Result<u32, Fault> {
        let at = self.token().at;
        let (value, _) = self.integer()?;
        u32::try_from(value).ok().filter(|value| *value <= MAX_ALIGN).ok_or_else(|| Fault::new(at, format!("{value} is out of range")))
    }

    fn alignment(&mut self) -> Result<u32, Fault> {
        let at = self.token().at;
        let align = self.small()?;
        if align == 0 || align.is_power_of_two() { Ok(align) } else { Err(Fault::new(at, format!("{align} is not an alignment"))) }
    }

    /// A string, those that follow it joined; empty where there is none.
    pub(super) fn string(&mut self) -> Result<String, Fault> {
        let at = self.token().at;
        let target = self.target();
        match self.text()? {
            Value::Text(units, element) => literal::text_of(&units, element, target).ok_or_else(|| Fault::new(at, NO_TEXT)),
            _ => Ok(String::new()),
        }
    }

    /// What `mode(…)` makes of a type.
    pub(super) fn with_mode(&self, ty: Ty, mode: &str) -> Shape {
        let int = as_int(&self.types, &self.unit, ty);
        let is_float = matches!(self.shape(ty), Shape::Float(_));
        let signed = match mode {
            "SF" if is_float => return Shape::Float(Float::Float),
            "DF" if is_float => return Shape::Float(Float::Double),
            "QI" | "byte" => Some(Int::SChar),
            "HI" => Some(Int::Short),
            "SI" => Some(Int::Int),
            "DI" | "word" | "pointer" | "unwind_word" => Some(self.target().int64_type()),
            "TI" => Some(Int::Int128),
            _ => None,
        };
        match (int, signed) {
            (Some(int), Some(signed)) => Shape::Int(if self.target().is_signed(int) { signed } else { signed.to_unsigned() }),
            _ => {
                let reason = "a type of this mode has no equivalent in JavaScript".to_owned();
                Shape::Opaque(Rc::new(Opaque { name: format!("mode({mode})"), layout: None, reason }))
            }
        }
    }
}
