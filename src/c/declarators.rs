//! Declarators: what pointers, arrays and functions make of a type (ISO C11, section 6.7.6).

use super::attributes::Attributes;
use super::keywords::is_keyword;
use super::lexer::{Kind, Token};
use super::parser::Parser;
use super::source::Fault;
use super::types::{Opaque, Param, Shape, Signature, Ty, resolved};
use std::rc::Rc;

/// The most elements of an array.
const MAX_LENGTH: i128 = i32::MAX as i128;
/// The most parameters of a function, and dimensions of an array.
const MAX_PARAMS: usize = 1000;
const MAX_SUFFIXES: usize = 64;

/// Whether a declarator has a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    Named,
    Unnamed,
    /// A parameter.
    Either,
}

enum Suffix {
    Array(Option<u64>),
    Function { params: Vec<Param>, is_variadic: bool, is_unprototyped: bool },
}

impl<'s> Parser<'s> {
    /// A type with a declarator that has no name: `char *[3]`.
    pub(super) fn type_name(&mut self) -> Result<Ty, Fault> {
        self.nested(|parser| {
            let (mut found, ty) = parser.specifiers()?;
            let ty = parser.with_attributes(ty, &mut found.attributes);
            let (_, ty) = parser.declarator(ty, Naming::Unnamed, &mut found.attributes)?;
            Ok(ty)
        })
    }

    /// A declarator, applied to the type before it. Attributes of the whole are added to `attributes`.
    pub(super) fn declarator(&mut self, ty: Ty, naming: Naming, attributes: &mut Attributes) -> Result<(Option<Token<'s>>, Ty), Fault> {
        let (name, ty) = self.inner_declarator(ty, naming, attributes)?;
        self.attributes(attributes)?;
        let ty = match attributes.convention {
            Some(convention) => self.with_convention(ty, convention)?,
            None => ty,
        };
        Ok((name, self.with_attributes(ty, attributes)))
    }

    fn inner_declarator(&mut self, mut ty: Ty, naming: Naming, attributes: &mut Attributes) -> Result<(Option<Token<'s>>, Ty), Fault> {
        self.nested(|parser| {
            loop {
                let token = parser.token();
                let mut inner = Attributes::default();
                if token.is("*") {
                    parser.take();
                    ty = parser.add(Shape::Pointer(ty))?;
                } else if token.is("^") {
                    parser.take();
                    let reason = "a block of Apple's compilers cannot be made in JavaScript".to_owned();
                    let opaque = Opaque { name: "block".to_owned(), layout: Some((8, 8)), reason };
                    ty = parser.types.leaf(Shape::Opaque(Rc::new(opaque)));
                } else if parser.attribute(&mut inner)? {
                    match (inner.convention, parser.types.shape(ty.id)) {
                        (Some(convention), Shape::Function(_)) => ty = parser.with_convention(ty, convention)?,
                        (Some(_), _) => attributes.convention = inner.convention,
                        (None, _) => merge(attributes, inner),
                    }
                } else {
                    match token.text {
                        "const" | "__const" | "__const__" => ty.is_const = true,
                        "volatile" | "__volatile" | "__volatile__" => ty.is_volatile = true,
                        "restrict" | "__restrict" | "__restrict__" | "_Atomic" | "__extension__" | "_Nonnull" | "_Nullable"
                        | "_Null_unspecified" | "__ptr32" | "__ptr64" | "__unaligned" => {}
                        _ => break,
                    }
                    parser.take();
                }
            }
            if parser.token().is("(") && parser.is_declarator_in_brackets(naming) {
                let open = parser.mark();
                parser.skip_brackets()?;
                let ty = parser.suffixes(ty)?;
                let end = parser.mark();
                parser.go_to(open + 1);
                let found = parser.inner_declarator(ty, naming, attributes)?;
                parser.expect(")")?;
                parser.go_to(end);
                return Ok(found);
            }
            let token = parser.token();
            let name = (token.kind == Kind::Name && naming != Naming::Unnamed && !is_reserved(token.text)).then_some(token);
            match name {
                Some(_) => {
                    parser.take();
                }
                None if naming == Naming::Named => return Err(parser.unexpected("a name")),
                None => {}
            }
            Ok((name, parser.suffixes(ty)?))
        })
    }

    /// Whether the bracket that comes next holds a declarator, not parameters.
    fn is_declarator_in_brackets(&mut self, naming: Naming) -> bool {
        if naming == Naming::Named {
            return true;
        }
        let mut ahead = 1;
        loop {
            let token = self.ahead(ahead);
            match token.text {
                "__attribute__" | "__attribute" | "__declspec" => {
                    let mark = self.mark();
                    self.go_to(mark + ahead + 1);
                    let is_closed = self.skip_brackets().is_ok();
                    ahead = self.mark() - mark;
                    self.go_to(mark);
                    if !is_closed {
                        return false;
                    }
                }
                word if super::keywords::convention_keyword(word).is_some() => ahead += 1,
                "*" | "^" | "(" => return true,
                "[" => return !self.ahead(ahead + 1).is("["),
                _ => return token.kind == Kind::Name && naming == Naming::Either && !self.begins_type_at(ahead),
            }
        }
    }

    /// `[3][4]`, `(int, char *)`
    fn suffixes(&mut self, mut ty: Ty) -> Result<Ty, Fault> {
        let mut suffixes = Vec::new();
        let at = self.token().at;
        loop {
            if suffixes.len() > MAX_SUFFIXES {
                return Err(Fault::new(at, format!("an array has at most {MAX_SUFFIXES} dimensions")));
            }
            let token = self.token();
            if token.is("[") && !self.ahead(1).is("[") {
                self.take();
                let length = self.array_length()?;
                suffixes.push(Suffix::Array(length));
            } else if token.is("(") {
                self.take();
                let params = self.nested(|parser| parser.params())?;
                suffixes.push(params);
            } else {
                break;
            }
        }
        for suffix in suffixes.into_iter().rev() {
            ty = match suffix {
                Suffix::Array(length) => self.add(Shape::Array(ty, length))?,
                Suffix::Function { params, is_variadic, is_unprototyped } => {
                    let signature = Signature { result: ty, params, is_variadic, is_unprototyped, convention: None };
                    self.add(Shape::Function(Rc::new(signature)))?
                }
            };
        }
        Ok(ty)
    }

    /// What is between `[` and `]`; a length that only running code knows is as good as none.
    fn array_length(&mut self) -> Result<Option<u64>, Fault> {
        while matches!(self.token().text, "static" | "const" | "volatile" | "restrict" | "__restrict" | "__restrict__") {
            self.take();
        }
        if self.eat("]") {
            return Ok(None);
        }
        if self.token().is("*") && self.ahead(1).is("]") {
            self.take();
            self.take();
            return Ok(None);
        }
        let start = self.token();
        let (length, _) = self.integer()?;
        self.expect("]")?;
        match u64::try_from(length) {
            Ok(small) if length <= MAX_LENGTH => Ok(Some(small)),
            Ok(_) => Err(Fault::new(start.at, format!("an array has at most {MAX_LENGTH} elements, not {length}"))),
            Err(_) => Err(Fault::new(start.at, format!("an array cannot have {length} elements"))),
        }
    }

    /// What is between `(` and `)` of a function.
    fn params(&mut self) -> Result<Suffix, Fault> {
        let mut params = Vec::new();
        let function = |params, is_variadic, is_unprototyped| Ok(Suffix::Function { params, is_variadic, is_unprototyped });
        if self.eat(")") {
            return function(params, false, true);
        }
        if self.token().is_name("void") && self.ahead(1).is(")") {
            self.take();
            self.take();
            return function(params, false, false);
        }
        // `f(a, b)`, whose types follow.
        if self.token().kind == Kind::Name && (self.ahead(1).is(",") || self.ahead(1).is(")")) && !self.begins_type() {
            return self.names_of_params();
        }
        loop {
            if self.eat("...") {
                self.expect(")")?;
                return function(params, true, false);
            }
            let at = self.token().at;
            if params.len() >= MAX_PARAMS {
                return Err(Fault::new(at, format!("a function has at most {MAX_PARAMS} parameters")));
            }
            let param = self.param()?;
            // `(void)` by another name.
            if params.is_empty() && param.name.is_none() && matches!(self.shape(param.ty), Shape::Void) && self.eat(")") {
                return function(params, false, false);
            }
            if matches!(self.shape(param.ty), Shape::Void) {
                return Err(Fault::new(at, "a parameter cannot be void"));
            }
            params.push(param);
            if self.eat(")") {
                return function(params, false, false);
            }
            self.expect(",").map_err(|_| self.unexpected("',' or ')'"))?;
        }
    }

    fn names_of_params(&mut self) -> Result<Suffix, Fault> {
        let mut params = Vec::new();
        let int = self.types.leaf(Shape::Int(super::value::Int::Int));
        let first = self.token();
        loop {
            let token = self.take();
            if token.kind != Kind::Name {
                return Err(Fault::new(token.at, "the name of a parameter is expected"));
            }
            params.push(Param { name: Some(token.text.to_owned()), ty: int });
            if self.token().is(")") && !self.is_definition_next() {
                return Err(Fault::new(first.at, format!("unknown type '{}'", first.text)));
            }
            if self.eat(")") {
                return Ok(Suffix::Function { params, is_variadic: false, is_unprototyped: true });
            }
            self.expect(",")?;
        }
    }

    /// Behind the bracket that closes here, the types of parameters or a body begin.
    fn is_definition_next(&mut self) -> bool {
        let next = self.ahead(1);
        next.is("{") || (self.begins_type_at(1) && !next.text.starts_with("__attribute"))
    }

    fn param(&mut self) -> Result<Param, Fault> {
        let (mut found, ty) = self.specifiers()?;
        let ty = self.with_attributes(ty, &mut found.attributes);
        let (name, ty) = self.param_declarator(ty, &mut found.attributes)?;
        Ok(Param { name: name.map(|token| token.text.to_owned()), ty: self.decayed(ty)? })
    }

    fn param_declarator(&mut self, ty: Ty, attributes: &mut Attributes) -> Result<(Option<Token<'s>>, Ty), Fault> {
        let start = self.mark();
        match self.declarator(ty, Naming::Either, attributes) {
            Ok(found) => Ok(found),
            Err(fault) => {
                // `char buffer[n]`, where n is a parameter.
                self.go_to(start);
                let mut ty = ty;
                while self.eat("*") {
                    ty = self.add(Shape::Pointer(ty))?;
                }
                let name = self.token();
                if name.kind != Kind::Name || !self.ahead(1).is("[") {
                    return Err(fault);
                }
                self.take();
                self.skip_brackets()?;
                if !self.token().is(",") && !self.token().is(")") {
                    return Err(fault);
                }
                Ok((Some(name), self.add(Shape::Pointer(ty))?))
            }
        }
    }

    /// As a parameter: arrays and functions are pointers.
    pub(super) fn decayed(&mut self, ty: Ty) -> Result<Ty, Fault> {
        match self.shape(ty).clone() {
            // Qualifiers of an array, which only a typedef can have, are those of its elements.
            Shape::Array(of, _) => {
                let of = self.qualified(of, resolved(&self.types, &self.unit, ty))?;
                self.add(Shape::Pointer(of))
            }
            Shape::Function(_) => self.add(Shape::Pointer(ty)),
            _ => Ok(ty),
        }
    }

    /// A type with the qualifiers of another too; of an array, its elements.
    fn qualified(&mut self, ty: Ty, by: Ty) -> Result<Ty, Fault> {
        if !by.is_const && !by.is_volatile {
            return Ok(ty);
        }
        match *self.shape(ty) {
            Shape::Array(of, length) => {
                let of = self.nested(|parser| parser.qualified(of, by))?;
                self.add(Shape::Array(of, length))
            }
            _ => Ok(ty.with_qualifiers_of(by)),
        }
    }

    /// The function, or the function that is pointed to, with another calling convention.
    fn with_convention(&mut self, ty: Ty, convention: &'static str) -> Result<Ty, Fault> {
        match self.types.shape(ty.id).clone() {
            Shape::Pointer(to) => {
                let to = self.with_convention(to, convention)?;
                let made = self.add(Shape::Pointer(to))?;
                Ok(Ty { id: made.id, ..ty })
            }
            Shape::Function(signature) => {
                self.add(Shape::Function(Rc::new(Signature { convention: Some(convention), ..(*signature).clone() })))
            }
            _ => Ok(ty),
        }
    }
}

/// It is no name. `typedef float _Float32;` of the C library is for compilers that do not know it.
fn is_reserved(word: &str) -> bool {
    is_keyword(word) && !matches!(word, "_Float32" | "_Float64" | "_Float32x" | "_Float64x" | "_Float128" | "__float128")
}

fn merge(into: &mut Attributes, from: Attributes) {
    into.is_packed |= from.is_packed;
    into.align = into.align.max(from.align);
    into.is_noreturn |= from.is_noreturn;
    into.deprecated = from.deprecated.or(into.deprecated.take());
    into.free = from.free.or(into.free.take());
    into.symbol = from.symbol.or(into.symbol.take());
    into.mode = from.mode.or(into.mode.take());
}
