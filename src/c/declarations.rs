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
            self.declare(name, ty, start.at, end, &found, attributes, is_body)?;
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
                token if token.kind == Kind::End => return Err(self.unexpected("';'")),
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

    #[allow(clippy::too_many_arguments)]
    fn declare(
        &mut self,
        name: Token<'s>,
        ty: Ty,
        start: Place,
        end: Place,
        found: &Specifiers,
        attributes: Attributes,
        has_body: bool,
    ) -> Result<(), Fault> {
        let mut declared = self.declared(name.text, name.at, start);
        declared.end = Some(end);
        let known = self.names.get(name.text).cloned();
        if found.is_typedef {
            let typedef = Typedef { declared, ty, align: attributes.align, is_builtin: false };
            match known {
                // What was built in, or was skipped, is replaced; of two others the first counts.
                Some(Named::Typedef(index)) if self.is_provisional(index) => self.unit.typedefs[index] = typedef,
                Some(Named::Typedef(_)) => {}
                _ => {
                    self.unit.typedefs.push(typedef);
                    self.names.insert(name.text, Named::Typedef(self.unit.typedefs.len() - 1));
                }
            }
            return Ok(());
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
            Some(Named::Function(index)) if is_function => self.declare_again(index, object),
            Some(Named::Global(index)) if !is_function => {
                let first = &mut self.unit.globals[index];
                first.symbol = first.symbol.take().or(object.symbol);
            }
            Some(Named::Function(_) | Named::Global(_) | Named::Enumerator(..)) => {
                return Err(Fault::new(name.at, format!("'{}' is declared as something else before", name.text)));
            }
            Some(Named::Typedef(index)) if !self.is_provisional(index) => {
                return Err(Fault::new(name.at, format!("'{}' is declared as a type before", name.text)));
            }
            _ if is_function => {
                self.unit.functions.push(object);
                self.names.insert(name.text, Named::Function(self.unit.functions.len() - 1));
            }
            _ => {
                self.unit.globals.push(object);
                self.names.insert(name.text, Named::Global(self.unit.globals.len() - 1));
            }
        }
        Ok(())
    }

    /// Another declaration may replace this typedef.
    fn is_provisional(&self, index: usize) -> bool {
        let typedef = &self.unit.typedefs[index];
        let is_unknown = matches!(self.types.shape(typedef.ty.id), Shape::Opaque(opaque) if opaque.layout.is_none());
        typedef.is_builtin || is_unknown || typedef.declared.at.is_none_or(|at| self.preprocessor.sources.get(at.source).is_builtin)
    }

    /// A later declaration of a function adds to the first.
    fn declare_again(&mut self, index: usize, object: Object<'s>) {
        let is_untold =
            matches!(self.types.shape(self.unit.functions[index].ty.id), Shape::Function(signature) if signature.is_unprototyped);
        let first = &mut self.unit.functions[index];
        if is_untold {
            first.ty = object.ty;
        }
        first.symbol = first.symbol.take().or(object.symbol);
        first.is_noreturn |= object.is_noreturn;
        first.is_static &= object.is_static;
        first.deprecated = first.deprecated.take().or(object.deprecated);
        first.free = first.free.take().or(object.free);
    }
}
