//! Enums (ISO C11, section 6.7.2.2).

use super::attributes::Attributes;
use super::lexer::{Kind, Token};
use super::parser::{Named, Parser, Tagged};
use super::records::MAX_MEMBERS;
use super::source::{Fault, Place};
use super::types::{Declared, Enum, Shape, Ty, enum_type};
use super::value::Int;

impl<'s> Parser<'s> {
    /// `enum tag { … }`, `enum tag : type { … }`, or `enum tag`.
    pub(super) fn enumeration(&mut self) -> Result<Ty, Fault> {
        let keyword = self.take();
        let mut attributes = Attributes::default();
        self.attributes(&mut attributes)?;
        let tag = self.tag();
        self.attributes(&mut attributes)?;
        let at = tag.map_or(keyword.at, |tag| tag.at);
        let mut index = match tag.and_then(|tag| self.tags.get(tag.text).copied()) {
            Some(Tagged::Enum(index)) => index,
            Some(Tagged::Record(_)) => return Err(Fault::new(at, "the tag is of another kind")),
            None => self.new_enum(tag, keyword.at),
        };
        let mut fixed = None;
        if self.token().is(":") && (self.begins_type_at(1)) && !matches!(self.ahead(1).text, "struct" | "union") {
            self.take();
            let (_, ty) = self.specifiers()?;
            let int = super::types::as_int(&self.types, &self.unit, ty);
            fixed = Some(int.ok_or_else(|| Fault::new(at, "an enum is stored as an integer"))?);
            self.unit.enums[index].ty = fixed.unwrap_or(Int::Int);
            self.unit.enums[index].is_fixed = true;
        }
        if !self.token().is("{") {
            if tag.is_none() {
                return Err(self.unexpected("a tag or '{'"));
            }
            return Ok(self.types.leaf(Shape::Enum(index)));
        }
        let first = Some(index).filter(|index| self.unit.enums[*index].is_complete);
        if first.is_some() {
            index = self.new_enum(None, keyword.at);
        }
        self.unit.enums[index].declared = self.declared(tag.map_or("", |tag| tag.text), at, keyword.at);
        if let Err(fault) = self.enumerators(index, fixed) {
            self.unit.enums[index].problem = Some(format!("its declaration was skipped: {}", fault.message));
            return Err(fault);
        }
        let end = self.before().at;
        self.attributes(&mut attributes)?;
        self.end_enum(index, fixed, attributes.is_packed);
        self.unit.enums[index].declared.end = Some(end);
        if let Some(first) = first {
            if !self.is_same_enum(first, index) {
                let name = format!("enum {}", tag.map_or("", |tag| tag.text));
                self.conflict(at, &name, "otherwise", self.unit.enums[first].declared.at);
            }
            self.unit.enums[index].declared.name = "";
        }
        Ok(self.types.leaf(Shape::Enum(index)))
    }

    fn new_enum(&mut self, tag: Option<Token<'s>>, start: Place) -> usize {
        let declared = self.declared(tag.map_or("", |tag| tag.text), tag.map_or(start, |tag| tag.at), start);
        let ty = enum_type(0, 0, false, self.target());
        self.unit.enums.push(Enum { declared, is_complete: false, problem: None, ty, is_fixed: false, members: Vec::new() });
        let index = self.unit.enums.len() - 1;
        if let Some(tag) = tag {
            self.tags.insert(tag.text, Tagged::Enum(index));
        }
        index
    }

    fn enumerators(&mut self, index: usize, fixed: Option<Int>) -> Result<(), Fault> {
        self.expect("{")?;
        let mut next = 0;
        while !self.eat("}") {
            let name = self.token();
            if name.kind != Kind::Name {
                return Err(self.unexpected("the name of an enumerator"));
            }
            self.take();
            self.attributes(&mut Attributes::default())?;
            if self.eat("=") {
                next = self.integer()?.0;
            }
            let target = self.target();
            let candidates = if fixed.is_some() { &[][..] } else { &[Int::Int, Int::UInt, Int::LLong, Int::ULLong] };
            let ty = fixed.iter().chain(candidates).copied().find(|ty| ty.holds(next, target));
            let ty = ty.ok_or_else(|| Fault::new(name.at, format!("{next} is out of range")))?;
            let members = &mut self.unit.enums[index].members;
            members.push((Declared { name: name.text, at: Some(name.at), start: Some(name.at), end: None }, next));
            if members.len() > MAX_MEMBERS {
                return Err(Fault::new(name.at, format!("an enum has at most {MAX_MEMBERS} enumerators")));
            }
            match self.names.get(name.text) {
                Some(Named::Enumerator(value, _)) if *value != next => self.conflict(name.at, name.text, "with another value", None),
                Some(Named::Function(_) | Named::Global(_)) => self.conflict(name.at, name.text, "as something else", None),
                Some(Named::Typedef(index)) if !self.is_provisional(*index) => self.conflict(name.at, name.text, "as a type", None),
                _ => drop(self.names.insert(name.text, Named::Enumerator(next, ty))),
            }
            next += 1;
            let has_more = self.eat(",");
            let last = self.before();
            if let Some((declared, _)) = self.unit.enums[index].members.last_mut() {
                declared.end = Some(Place { offset: last.at.offset + last.text.len() as u32, ..last.at });
            }
            if !has_more && !self.token().is("}") {
                return Err(self.unexpected("',' or '}'"));
            }
        }
        Ok(())
    }

    fn end_enum(&mut self, index: usize, fixed: Option<Int>, is_packed: bool) {
        let target = self.target();
        let found = &mut self.unit.enums[index];
        let values = || found.members.iter().map(|(_, value)| *value);
        let (lowest, highest) = (values().min().unwrap_or(0), values().max().unwrap_or(0));
        let ty = fixed.unwrap_or_else(|| enum_type(lowest, highest, is_packed, target));
        found.ty = ty;
        found.is_complete = true;
        // Those that are an int are one, and others are of the enum's type: so gcc and clang, until C23 changed it.
        for (member, value) in &found.members {
            if let Some(Named::Enumerator(known, known_ty)) = self.names.get_mut(member.name)
                && known == value
            {
                *known_ty = if fixed.is_none() && Int::Int.holds(*value, target) { Int::Int } else { ty };
            }
        }
    }
}
