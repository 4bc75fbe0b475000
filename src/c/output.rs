//! What was found, as the JSON text that `lib/c/format.d.ts` describes.

use super::comments::comment_of;
use super::constants::Constant;
use super::json::Writer;
use super::parser::Parser;
use super::sizes::{WIDE_FLOAT, WIDE_INT};
use super::source::Place;
use super::types::{Declared, Enum, Field, Object, Record, Shape, Signature, Ty, Typedef};
use super::value::Int;
use std::collections::HashMap;

/// Writes a unit.
pub struct Output<'a, 's> {
    pub(super) parser: &'a Parser<'s>,
    files: HashMap<&'s str, usize>,
    names: Vec<&'s str>,
}

impl<'a, 's> Output<'a, 's> {
    /// Of this parser, when it has read everything.
    pub fn new(parser: &'a Parser<'s>) -> Output<'a, 's> {
        Output { parser, files: HashMap::new(), names: Vec::new() }
    }

    /// The JSON text.
    pub fn write(mut self, constants: &[Constant<'s>]) -> String {
        let mut writer = Writer::default();
        let unit = &self.parser.unit;
        writer.object(|w| {
            w.key("target").string(self.parser.target().name());
            w.key("records").array(unit.records.iter().enumerate(), |w, (index, record)| self.record(w, index, record));
            w.key("enums").array(&unit.enums, |w, found| self.enumeration(w, found));
            w.key("typedefs").array(&unit.typedefs, |w, typedef| self.typedef(w, typedef));
            w.key("functions").array(&unit.functions, |w, function| self.function(w, function));
            w.key("globals").array(&unit.globals, |w, global| self.global(w, global));
            w.key("constants");
            self.constants(w, constants);
            w.key("macros").array(constants.iter().filter(|constant| constant.value.is_err()), |w, constant| self.other_macro(w, constant));
            w.key("diagnostics");
            self.diagnostics(w);
            w.key("files").array(&self.names, |w, name| w.string(name));
        });
        writer.finish()
    }

    pub(super) fn at(&mut self, w: &mut Writer, at: Option<Place>) {
        let Some(at) = at.filter(|at| !self.parser.preprocessor.sources.get(at.source).is_builtin) else { return };
        let position = self.parser.preprocessor.sources.position(at);
        let names = &mut self.names;
        let file = *self.files.entry(position.file).or_insert_with(|| {
            names.push(position.file);
            names.len() - 1
        });
        w.key("at").array([file as u32, position.line, position.column], |w, number| w.integer(number));
    }

    pub(super) fn declared(&mut self, w: &mut Writer, declared: &Declared<'s>) {
        self.at(w, declared.at);
        w.text("doc", comment_of(&self.parser.preprocessor.sources, declared).as_deref());
    }

    pub(super) fn ty(&self, w: &mut Writer, ty: Ty) {
        let target = self.parser.target();
        let opaque = |w: &mut Writer, name: &str, layout: Option<(u32, u32)>, reason: &str| {
            w.key("kind").string("opaque");
            w.key("name").string(name);
            for (key, value) in [("size", layout.map(|layout| layout.0)), ("alignment", layout.map(|layout| layout.1))] {
                match value {
                    Some(value) => w.key(key).integer(value),
                    None => w.key(key).null(),
                }
            }
            w.key("reason").string(reason);
        };
        w.object(|w| {
            match self.parser.types.shape(ty.id) {
                Shape::Void => w.key("kind").string("void"),
                Shape::Int(Int::Bool) => w.key("kind").string("bool"),
                Shape::Int(int) if target.size_of_int(*int) > 8 => opaque(w, int.name(), Some((16, 16)), WIDE_INT),
                Shape::Int(int) => {
                    w.key("kind").string("int");
                    w.key("name").string(int.name());
                    w.key("size").integer(target.size_of_int(*int));
                    w.key("signed").boolean(target.is_signed(*int));
                }
                Shape::Float(float) if target.size_of_float(*float) > 8 => opaque(w, float.name(), Some((16, 16)), WIDE_FLOAT),
                Shape::Float(float) => {
                    w.key("kind").string("float");
                    w.key("name").string(float.name());
                    w.key("size").integer(target.size_of_float(*float));
                }
                Shape::Opaque(found) => opaque(w, &found.name, found.layout, &found.reason),
                Shape::Pointer(to) => {
                    w.key("kind").string("pointer");
                    w.key("to");
                    self.ty(w, *to);
                }
                Shape::Array(of, length) => {
                    w.key("kind").string("array");
                    w.key("of");
                    self.ty(w, *of);
                    match length {
                        Some(length) => w.key("length").integer(*length),
                        None => w.key("length").null(),
                    }
                }
                Shape::Function(signature) => {
                    w.key("kind").string("function");
                    self.signature(w, signature, None);
                }
                Shape::Record(index) => {
                    w.key("kind").string("record");
                    w.key("record").integer(*index as u32);
                }
                Shape::Enum(index) if let Some(reason) = self.parser.unit.enums[*index].unknown() => {
                    opaque(w, &format!("enum {}", self.parser.unit.enums[*index].declared.name), None, &reason);
                }
                Shape::Enum(index) => {
                    w.key("kind").string("enum");
                    w.key("enum").integer(*index as u32);
                }
                Shape::Typedef(index) => {
                    w.key("kind").string("typedef");
                    w.key("typedef").integer(*index as u32);
                }
            }
            w.flag("const", ty.is_const);
            w.flag("volatile", ty.is_volatile);
        });
    }

    fn signature(&self, w: &mut Writer, signature: &Signature, uncallable: Option<String>) {
        w.key("result");
        self.ty(w, signature.result);
        w.key("params").array(&signature.params, |w, param| {
            w.object(|w| {
                w.text("name", param.name.as_deref());
                w.key("type");
                self.ty(w, param.ty);
            });
        });
        w.flag("variadic", signature.is_variadic);
        w.flag("unprototyped", signature.is_unprototyped);
        w.text("convention", signature.convention.filter(|convention| !self.parser.is_own_convention(convention)));
        w.text("uncallable", uncallable.or_else(|| self.parser.uncallable(signature)).as_deref());
    }

    fn record(&mut self, w: &mut Writer, index: usize, record: &Record<'s>) {
        let laid = self.parser.layouts.get(index).and_then(|laid| laid.as_ref().ok());
        w.object(|w| {
            w.text("tag", Some(record.declared.name).filter(|name| !name.is_empty()));
            w.flag("union", record.is_union);
            w.flag("incomplete", !record.is_complete);
            w.text("problem", record.problem.as_deref());
            w.count("pack", if record.is_packed { 1 } else { record.pack });
            w.count("align", record.align);
            self.declared(w, &record.declared);
            w.key("fields").array(record.fields.iter().enumerate(), |w, (number, field)| {
                let place = laid.and_then(|laid| laid.places.get(number).copied().flatten());
                let is_last = number > 0 && number + 1 == record.fields.len();
                self.field(w, field, place, is_last && !record.is_union);
            });
            if let Some(laid) = laid {
                w.key("size").integer(laid.ty.size());
                w.key("alignment").integer(laid.ty.align());
            }
        });
    }

    fn field(&mut self, w: &mut Writer, field: &Field<'s>, place: Option<(u32, Option<u32>)>, is_last: bool) {
        w.object(|w| {
            w.text("name", Some(field.declared.name).filter(|name| !name.is_empty()));
            w.key("type");
            self.ty(w, field.ty);
            if let Some(bits) = field.bits {
                w.key("bits").integer(bits);
            }
            w.count("align", field.align.max(self.parser.typedef_align(field.ty).unwrap_or(0)));
            w.flag("packed", field.is_packed);
            w.flag("flexible", is_last && matches!(self.parser.shape(field.ty), Shape::Array(_, None)));
            if let Some((offset, bit)) = place {
                w.key("offset").integer(offset);
                if let Some(bit) = bit {
                    w.key("bit").integer(bit);
                }
            }
            self.declared(w, &field.declared);
        });
    }

    pub(super) fn int(&self, w: &mut Writer, int: Int) {
        w.object(|w| {
            if int == Int::Bool {
                return w.key("kind").string("bool");
            }
            w.key("kind").string("int");
            w.key("name").string(int.name());
            w.key("size").integer(self.parser.target().size_of_int(int));
            w.key("signed").boolean(self.parser.target().is_signed(int));
        });
    }

    fn enumeration(&mut self, w: &mut Writer, found: &Enum<'s>) {
        w.object(|w| {
            w.text("tag", Some(found.declared.name).filter(|name| !name.is_empty()));
            w.flag("incomplete", found.unknown().is_some());
            w.text("problem", found.problem.as_deref());
            w.key("type");
            self.int(w, found.ty);
            self.declared(w, &found.declared);
            w.key("members").array(&found.members, |w, (declared, value)| {
                w.object(|w| {
                    w.key("name").string(declared.name);
                    w.key("value").integer(*value);
                    self.declared(w, declared);
                });
            });
        });
    }

    fn typedef(&mut self, w: &mut Writer, typedef: &Typedef<'s>) {
        w.object(|w| {
            w.key("name").string(typedef.declared.name);
            w.key("type");
            self.ty(w, typedef.ty);
            w.count("align", typedef.align);
            w.flag("builtin", typedef.is_builtin);
            self.declared(w, &typedef.declared);
        });
    }

    fn function(&mut self, w: &mut Writer, function: &Object<'s>) {
        let Shape::Function(signature) = self.parser.shape(function.ty) else { return };
        w.object(|w| {
            w.key("name").string(function.declared.name);
            w.text("symbol", function.symbol.as_deref());
            let uncallable = function.is_static.then(|| "it is static, so that no library exports it".to_owned());
            self.signature(w, signature, uncallable);
            w.flag("static", function.is_static);
            w.flag("inline", function.is_inline);
            w.flag("noreturn", function.is_noreturn);
            w.text("deprecated", function.deprecated.as_deref());
            w.text("free", function.free.as_deref());
            self.declared(w, &function.declared);
        });
    }

    fn global(&mut self, w: &mut Writer, global: &Object<'s>) {
        w.object(|w| {
            w.key("name").string(global.declared.name);
            w.text("symbol", global.symbol.as_deref());
            w.key("type");
            self.ty(w, global.ty);
            w.flag("static", global.is_static);
            w.flag("threadLocal", global.is_thread_local);
            self.declared(w, &global.declared);
        });
    }
}
