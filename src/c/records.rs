//! Structs and unions (ISO C11, section 6.7.2.1), and `typeof`.

use super::attributes::Attributes;
use super::declarators::Naming;
use super::lexer::{Kind, Token};
use super::parser::{Named, Parser, Tagged};
use super::source::{Fault, Place};
use super::target::System;
use super::types::{Declared, Field, Record, Shape, Ty};
use super::value::Int;
use std::collections::HashSet;

/// The most members that a record or an enum has.
pub(super) const MAX_MEMBERS: usize = 65_536;

impl<'s> Parser<'s> {
    /// `struct tag { … }`, `struct tag`, or the same with `union`.
    pub(super) fn record(&mut self) -> Result<Ty, Fault> {
        let keyword = self.take();
        let mut attributes = Attributes::default();
        self.attributes(&mut attributes)?;
        let tag = self.tag();
        self.attributes(&mut attributes)?;
        let is_union = keyword.text == "union";
        let at = tag.map_or(keyword.at, |tag| tag.at);
        let index = match tag.and_then(|tag| self.tags.get(tag.text).copied()) {
            Some(Tagged::Record(index)) if self.unit.records[index].is_union == is_union => index,
            Some(_) => return Err(Fault::new(at, format!("the tag '{}' is of another kind", tag.map_or("", |tag| tag.text)))),
            None => self.new_record(tag, keyword.at, is_union),
        };
        if !self.token().is("{") {
            if tag.is_none() {
                return Err(self.unexpected("a tag or '{'"));
            }
            return Ok(self.types.leaf(Shape::Record(index)));
        }
        // Of two declarations of one tag the first counts, unless arkffi wrote it.
        let is_again = self.unit.records[index].is_complete && self.unit.records[index].declared.at.is_some_and(|at| !self.is_builtin(at));
        let first = index;
        let index = if is_again { self.new_record(None, keyword.at, is_union) } else { index };
        self.unit.records[index].declared = self.declared(tag.map_or("", |tag| tag.text), at, keyword.at);
        self.unit.records[index].pack = self.pack_here();
        match self.fields(index) {
            Ok(()) => {}
            Err(fault) => {
                self.unit.records[index].problem = Some(format!("its declaration was skipped: {}", fault.message));
                self.unit.records[index].fields.clear();
                return Err(fault);
            }
        }
        let end = self.before().at;
        self.attributes(&mut attributes)?;
        let record = &mut self.unit.records[index];
        record.declared.end = Some(end);
        record.align = attributes.align;
        record.is_packed = attributes.is_packed;
        record.is_complete = true;
        // For gcc the last counts, for clang the largest.
        let aligned = attributes.is_aligned_twice.then_some("its attributes ask for different alignments, with which compilers differ");
        record.problem = attributes.foreign.or(aligned).map(str::to_owned);
        self.lay_out(index);
        if is_again {
            if !self.is_same_record(first, index) {
                let name = format!("{} {}", keyword.text, tag.map_or("", |tag| tag.text));
                self.conflict(at, &name, "otherwise", self.unit.records[first].declared.at);
            }
            self.unit.records[index].declared.name = "";
        }
        Ok(self.types.leaf(Shape::Record(index)))
    }

    fn is_builtin(&self, at: Place) -> bool {
        self.preprocessor.sources.get(at.source).is_builtin
    }

    pub(super) fn tag(&mut self) -> Option<Token<'s>> {
        (self.token().kind == Kind::Name).then(|| self.take())
    }

    fn new_record(&mut self, tag: Option<Token<'s>>, start: Place, is_union: bool) -> usize {
        let declared = self.declared(tag.map_or("", |tag| tag.text), tag.map_or(start, |tag| tag.at), start);
        let fields = Vec::new();
        self.unit.records.push(Record {
            declared,
            is_union,
            is_complete: false,
            problem: None,
            pack: 0,
            is_packed: false,
            align: 0,
            fields,
        });
        let index = self.unit.records.len() - 1;
        if let Some(tag) = tag {
            self.tags.insert(tag.text, Tagged::Record(index));
        }
        index
    }

    /// What is said of every declaration, so far.
    pub(super) fn declared(&self, name: &'s str, at: Place, start: Place) -> Declared<'s> {
        Declared { name, at: Some(at), start: Some(start), end: None }
    }

    /// `{ … }` of a record.
    fn fields(&mut self, index: usize) -> Result<(), Fault> {
        self.expect("{")?;
        let mut fields = Vec::new();
        while !self.eat("}") {
            if self.eat(";") {
                continue;
            }
            if self.is_static_assert() {
                self.static_assert()?;
                continue;
            }
            let start = self.token();
            let (mut found, ty) = self.specifiers()?;
            if found.is_typedef || found.is_static || matches!(start.text, "extern" | "register" | "auto") {
                return Err(Fault::new(start.at, format!("'{}' does not begin a field", start.text)));
            }
            let ty = self.with_attributes(ty, &mut found.attributes);
            if self.token().is(";") {
                self.anonymous_field(ty, start, &found.attributes, &mut fields);
                self.take();
                continue;
            }
            loop {
                let field = self.field(ty, start, found.attributes.clone())?;
                fields.push(field);
                if fields.len() > MAX_MEMBERS {
                    return Err(Fault::new(start.at, format!("a record has at most {MAX_MEMBERS} fields")));
                }
                if !self.eat(",") {
                    break;
                }
            }
            self.expect(";")?;
            if let Some(last) = fields.last_mut() {
                last.declared.end = Some(self.before().at);
            }
        }
        self.check_names(&fields)?;
        self.unit.records[index].fields = fields;
        Ok(())
    }

    /// No two fields have one name, those of anonymous records among them.
    fn check_names(&self, fields: &[Field<'s>]) -> Result<(), Fault> {
        let mut seen = HashSet::new();
        let mut todo: Vec<(&Field<'s>, Place)> = fields.iter().map(|field| (field, field.declared.at.unwrap_or_default())).rev().collect();
        let mut count = 0;
        while let Some((field, at)) = todo.pop() {
            let name = field.declared.name;
            count += 1;
            if count > 2 * MAX_MEMBERS {
                return Err(Fault::new(at, format!("a record has at most {MAX_MEMBERS} fields")));
            }
            match *self.types.shape(field.ty.id) {
                _ if !name.is_empty() && !seen.insert(name) => return Err(Fault::new(at, format!("the field '{name}' is there twice"))),
                Shape::Record(inner) if name.is_empty() => {
                    todo.extend(self.unit.records[inner].fields.iter().map(|field| (field, at)).rev())
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// `struct { … };` inside of a record.
    fn anonymous_field(&mut self, ty: Ty, start: Token<'s>, attributes: &Attributes, fields: &mut Vec<Field<'s>>) {
        let Shape::Record(index) = *self.types.shape(ty.id) else { return };
        let record = &self.unit.records[index];
        // With a tag it only declares that, other than for Microsoft.
        let is_member = record.is_complete && (record.declared.name.is_empty() || self.target().system == System::Windows);
        if is_member {
            let declared = Declared { end: Some(self.token().at), ..self.declared("", start.at, start.at) };
            fields.push(Field { declared, ty, bits: None, align: attributes.align, is_packed: attributes.is_packed });
        }
    }

    fn field(&mut self, ty: Ty, start: Token<'s>, mut attributes: Attributes) -> Result<Field<'s>, Fault> {
        let is_unnamed = self.token().is(":");
        let (name, ty) = if is_unnamed { (None, ty) } else { self.declarator(ty, Naming::Named, &mut attributes)? };
        let at = name.map_or(start.at, |name| name.at);
        let mut bits = None;
        if self.eat(":") {
            let token = self.token();
            let (width, _) = self.integer()?;
            let most = super::types::as_int(&self.types, &self.unit, ty)
                .map(|int| if int == Int::Bool { 1 } else { 8 * self.target().size_of_int(int) });
            let most = most.ok_or_else(|| Fault::new(at, "a bit-field is of an integer type"))?;
            let is_right = u32::try_from(width).is_ok_and(|width| width <= most && (width > 0 || name.is_none()));
            if !is_right {
                return Err(Fault::new(token.at, format!("a bit-field of this type has 1 to {most} bits, not {width}")));
            }
            bits = Some(width as u32);
            self.attributes(&mut attributes)?;
        }
        let name = name.map_or("", |name| name.text);
        match *self.shape(ty) {
            Shape::Function(_) => return Err(Fault::new(at, format!("the field '{name}' is a function"))),
            Shape::Void => return Err(Fault::new(at, format!("the field '{name}' is void"))),
            Shape::Record(index) if !self.unit.records[index].is_complete && self.unit.records[index].problem.is_none() => {
                let tag = self.unit.records[index].declared.name;
                return Err(Fault::new(at, format!("the field '{name}' is of the incomplete type '{tag}'")));
            }
            _ => {}
        }
        let declared = self.declared(name, at, start.at);
        Ok(Field { declared, ty, bits, align: attributes.align, is_packed: attributes.is_packed })
    }

    /// `typeof(type)`, `typeof(name)`, `typeof(expression)`.
    pub(super) fn type_of_operand(&mut self) -> Result<Ty, Fault> {
        self.take();
        self.expect("(")?;
        let token = self.token();
        let ty = if self.begins_type() {
            self.type_name()?
        } else if self.ahead(1).is(")")
            && let Some(ty) = self.type_of_object(token.text)
        {
            self.take();
            ty
        } else {
            self.type_of_expression()?
        };
        self.expect(")")?;
        Ok(ty)
    }

    fn type_of_object(&self, name: &str) -> Option<Ty> {
        match self.names.get(name)? {
            Named::Function(index) => Some(self.unit.functions[*index].ty),
            Named::Global(index) => Some(self.unit.globals[*index].ty),
            Named::Typedef(_) | Named::Enumerator(..) => None,
        }
    }
}
