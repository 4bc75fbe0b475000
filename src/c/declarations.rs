//! Declarations outside of everything (ISO C11, section 6.9), and what they declare.

use super::attributes::Attributes;
use super::declarators::Naming;
use super::lexer::{Kind, Token};
use super::parser::{Named, Parser};
use super::source::{Fault, Place};
use super::specifiers::Specifiers;
use super::types::{Object, Shape, Signature, Ty, Typedef};
use std::rc::Rc;

impl<'s> Parser<'s> {
    /// One declaration, or what stands between them.
    pub(super) fn external_declaration(&mut self) -> Result<(), Fault> {
        let token = self.token();
        if self.eat(";") {
            return Ok(());
        }
        if token.is("}") && self.linkages > 0 {
            self.linkages -= 1;
            self.take();
            return Ok(());
        }
        if token.is_name("extern") && self.ahead(1).kind == Kind::String {
            self.take();
            self.take();
            if self.eat("{") {
                self.linkages += 1;
            }
            return Ok(());
        }
        if self.is_static_assert() {
            return self.static_assert();
        }
        if matches!(token.text, "asm" | "__asm" | "__asm__") && token.kind == Kind::Name {
            self.attribute(&mut Attributes::default())?;
            return Ok(());
        }
        self.declaration(token)
    }

    pub(super) fn is_static_assert(&self) -> bool {
        let token = self.token();
        (token.is_name("_Static_assert") || token.is_name("static_assert")) && self.ahead(1).is("(")
    }

    /// `_Static_assert(condition, "text");`
    pub(super) fn static_assert(&mut self) -> Result<(), Fault> {
        let keyword = self.take();
        self.expect("(")?;
        let start = self.mark();
        let value = self.constant();
        let text = if self.eat(",") { self.string().unwrap_or_default() } else { String::new() };
        self.go_to(start - 1);
        self.skip_brackets()?;
        self.expect(";")?;
        match value {
            Ok(value) if !value.is_true() => {
                let text = if text.is_empty() { String::new() } else { format!(": {text}") };
                self.preprocessor.warnings.push(Fault::new(keyword.at, format!("an assertion does not hold{text}")));
            }
            Ok(_) => {}
            Err(fault) => {
                let message = format!("an assertion was not checked: {}", fault.message);
                self.preprocessor.warnings.push(Fault::new(fault.at, message));
            }
        }
        Ok(())
    }

    fn declaration(&mut self, start: Token<'s>) -> Result<(), Fault> {
        let (mut found, base) = self.specifiers()?;
        let base = self.with_attributes(base, &mut found.attributes);
        if self.eat(";") {
            return Ok(());
        }
        let mut is_first = true;
        loop {
            let mut attributes = found.attributes.clone();
            let (name, ty) = self.declarator(base, Naming::Named, &mut attributes)?;
            let Some(name) = name else { return Err(self.unexpected("a name")) };
            let is_function = matches!(self.types.shape(ty.id), Shape::Function(_));
            let mut ty = ty;
            if is_first && is_function {
                ty = self.types_of_params(ty)?;
                self.attributes(&mut attributes)?;
            }
            let is_body = is_first && is_function && self.token().is("{");
            if !is_body && self.eat("=") {
                self.skip_initializer()?;
            }
            let is_end = is_body || self.token().is(";");
            if !is_end && !self.token().is(",") {
                return Err(self.unexpected("',' or ';'"));
            }
            let end = self.token().at;
            self.declare(name, ty, start.at, end, &found, attributes, is_body);
            if is_body {
                return self.skip_brackets();
            }
            self.take();
            if is_end {
                return Ok(());
            }
            is_first = false;
        }
    }

    /// Goes to the `,` or `;` after an initializer.
    fn skip_initializer(&mut self) -> Result<(), Fault> {
        loop {
            match self.token() {
                token if matches!(token.kind, Kind::End | Kind::Other) => return Err(self.unexpected("';'")),
                token if token.is(",") || token.is(";") => return Ok(()),
                token if token.is("(") || token.is("[") || token.is("{") => self.skip_brackets()?,
                token if token.is(")") || token.is("]") || token.is("}") => return Err(self.unexpected("';'")),
                _ => {
                    self.take();
                }
            }
        }
    }

    /// `int f(a, b) int a; char *b; { … }`
    fn types_of_params(&mut self, ty: Ty) -> Result<Ty, Fault> {
        let Shape::Function(signature) = self.types.shape(ty.id).clone() else { return Ok(ty) };
        let is_old = signature.is_unprototyped && !signature.params.is_empty();
        if !is_old || !self.begins_type() || self.token().text.starts_with("__attribute") {
            return Ok(ty);
        }
        let mut params = signature.params.clone();
        while !self.token().is("{") {
            let (mut found, base) = self.specifiers()?;
            loop {
                let (name, ty) = self.declarator(base, Naming::Either, &mut found.attributes)?;
                let ty = self.decayed(ty)?;
                let ty = self.promoted(ty);
                if let Some(param) = params.iter_mut().find(|param| param.name.as_deref() == name.map(|name| name.text)) {
                    param.ty = ty;
                }
                if !self.eat(",") {
                    break;
                }
            }
            self.expect(";")?;
        }
        self.add(Shape::Function(Rc::new(Signature { params, ..(*signature).clone() })))
    }

    /// As it is passed to a function without a prototype.
    fn promoted(&mut self, ty: Ty) -> Ty {
        match self.promotion_of(ty) {
            Some(Ok(int)) if self.is_promoted(ty) => self.types.leaf(Shape::Int(int)),
            Some(Err(float)) if self.is_promoted(ty) => self.types.leaf(Shape::Float(float)),
            _ => ty,
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn declare(&mut self, name: Token<'s>, ty: Ty, start: Place, end: Place, found: &Specifiers, attributes: Attributes, has_body: bool) {
        let mut declared = self.declared(name.text, name.at, start);
        declared.end = Some(end);
        let known = self.names.get(name.text).cloned();
        if found.is_typedef {
            let typedef = Typedef { declared, ty, align: attributes.align, is_builtin: false };
            match known {
                // What was built in, or was skipped, is replaced; of two others the first counts.
                Some(Named::Typedef(index)) if self.is_provisional(index) => self.unit.typedefs[index] = typedef,
                Some(Named::Typedef(index)) => {
                    let first = &self.unit.typedefs[index];
                    if !self.is_compatible(first.ty, ty) {
                        self.conflict(name.at, name.text, "as another type", first.declared.at);
                    }
                }
                Some(Named::Function(_) | Named::Global(_) | Named::Enumerator(..)) => {
                    self.conflict(name.at, name.text, "as something else", None)
                }
                None => {
                    self.unit.typedefs.push(typedef);
                    self.names.insert(name.text, Named::Typedef(self.unit.typedefs.len() - 1));
                }
            }
            return;
        }
        let is_function = matches!(self.shape(ty), Shape::Function(_));
        // `extern inline` of GNU, and `inline` alone, leave the symbol to another file.
        let is_static = found.is_static || (has_body && found.is_inline);
        let object = Object {
            declared,
            ty,
            symbol: attributes.symbol,
            is_static,
            is_inline: found.is_inline,
            is_thread_local: found.is_thread_local,
            is_noreturn: attributes.is_noreturn,
            deprecated: attributes.deprecated,
            free: attributes.free,
        };
        match known {
            Some(Named::Function(index)) if is_function => self.declare_again(name, index, object),
            Some(Named::Global(index)) if !is_function => self.declare_global_again(name, index, object),
            Some(Named::Function(_) | Named::Global(_) | Named::Enumerator(..)) => {
                self.conflict(name.at, name.text, "as something else", None)
            }
            Some(Named::Typedef(index)) if !self.is_provisional(index) => self.conflict(name.at, name.text, "as a type", None),
            _ if is_function => {
                self.unit.functions.push(object);
                self.names.insert(name.text, Named::Function(self.unit.functions.len() - 1));
            }
            _ => {
                self.unit.globals.push(object);
                self.names.insert(name.text, Named::Global(self.unit.globals.len() - 1));
            }
        }
    }

    /// Another declaration may replace this typedef.
    pub(super) fn is_provisional(&self, index: usize) -> bool {
        let typedef = &self.unit.typedefs[index];
        let is_unknown = matches!(self.types.shape(typedef.ty.id), Shape::Opaque(opaque) if opaque.layout.is_none());
        typedef.is_builtin || is_unknown || typedef.declared.at.is_none_or(|at| self.preprocessor.sources.get(at.source).is_builtin)
    }

    /// Of two declarations that cannot both be right, the first counts.
    pub(super) fn conflict(&mut self, at: Place, name: &str, how: &str, first: Option<Place>) {
        let place = first.map(|at| self.preprocessor.sources.position(at));
        let place = place.map_or(String::new(), |place| format!(", at {}:{}:{}", place.file, place.line, place.column));
        let fault = Fault::new(at, format!("'{name}' is declared {how} before{place}"));
        self.skipped.push(fault.losing(vec![name.to_owned()]));
    }

    /// A later declaration of a function adds to the first.
    fn declare_again(&mut self, name: Token<'s>, index: usize, object: Object<'s>) {
        let first = &self.unit.functions[index];
        if !self.is_compatible(first.ty, object.ty) {
            return self.conflict(name.at, name.text, "with another type", first.declared.at);
        }
        let tells = |ty: Ty| match self.shape(ty) {
            Shape::Function(signature) => (!signature.is_unprototyped, signature.params.len()),
            _ => (false, 0),
        };
        let tells_more = tells(object.ty) > tells(first.ty);
        let first = &mut self.unit.functions[index];
        if tells_more {
            first.ty = object.ty;
        }
        first.symbol = first.symbol.take().or(object.symbol);
        first.is_noreturn |= object.is_noreturn;
        first.is_static &= object.is_static;
        first.deprecated = first.deprecated.take().or(object.deprecated);
        first.free = first.free.take().or(object.free);
    }

    /// A later declaration of a variable may tell how long it is.
    fn declare_global_again(&mut self, name: Token<'s>, index: usize, object: Object<'s>) {
        let first = &self.unit.globals[index];
        if !self.is_compatible(first.ty, object.ty) {
            return self.conflict(name.at, name.text, "with another type", first.declared.at);
        }
        let is_open = matches!(self.shape(first.ty), Shape::Array(_, None));
        let first = &mut self.unit.globals[index];
        if is_open {
            first.ty = object.ty;
        }
        first.symbol = first.symbol.take().or(object.symbol);
    }
}
