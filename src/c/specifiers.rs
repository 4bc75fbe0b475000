//! What stands before the declarators: storage, qualifiers, and the words of a type in any order (ISO C11,
//! section 6.7.2).

use super::attributes::Attributes;
use super::keywords::begins_type;
use super::lexer::Kind;
use super::parser::{Named, Parser};
use super::source::Fault;
use super::types::{Opaque, Shape, Ty};
use super::value::{Float, Int};
use std::rc::Rc;

/// What stood before the declarators.
#[derive(Default)]
pub(super) struct Specifiers {
    pub is_typedef: bool,
    pub is_static: bool,
    pub is_inline: bool,
    pub is_thread_local: bool,
    pub attributes: Attributes,
}

/// The words of a type.
#[derive(Default)]
struct Words {
    /// `char`, `int`, `float`, `double`, `void`, `_Bool`, `__int128`
    base: Option<&'static str>,
    sign: Option<bool>,
    is_short: bool,
    longs: u8,
    is_complex: bool,
    other: Option<Ty>,
    is_const: bool,
    is_volatile: bool,
    /// `signed unsigned`
    is_contradicted: bool,
}

impl Words {
    fn is_empty(&self) -> bool {
        self.base.is_none() && self.sign.is_none() && !self.is_short && self.longs == 0 && !self.is_complex && self.other.is_none()
    }
}

impl<'s> Parser<'s> {
    /// The next token begins a type, or stands before one.
    pub(super) fn begins_type(&mut self) -> bool {
        self.begins_type_at(0)
    }

    /// The same of a later token.
    pub(super) fn begins_type_at(&mut self, ahead: usize) -> bool {
        let token = self.ahead(ahead);
        match token.kind {
            Kind::Name => begins_type(token.text) || self.typedef_named(token.text).is_some(),
            Kind::Punct => token.is("[") && self.ahead(ahead + 1).is("["),
            _ => false,
        }
    }

    /// Reads them all; the type comes without what its attributes make of it.
    pub(super) fn specifiers(&mut self) -> Result<(Specifiers, Ty), Fault> {
        let mut found = Specifiers::default();
        let mut words = Words::default();
        let first = self.token();
        loop {
            if self.attribute(&mut found.attributes)? {
                continue;
            }
            let token = self.token();
            if token.kind != Kind::Name {
                break;
            }
            match token.text {
                "typedef" => found.is_typedef = true,
                "static" => found.is_static = true,
                "inline" | "__inline" | "__inline__" | "__forceinline" => found.is_inline = true,
                "_Thread_local" | "__thread" | "thread_local" => found.is_thread_local = true,
                "_Noreturn" => found.attributes.is_noreturn = true,
                "const" | "__const" | "__const__" => words.is_const = true,
                "volatile" | "__volatile" | "__volatile__" => words.is_volatile = true,
                "extern" | "register" | "auto" | "constexpr" | "restrict" | "__restrict" | "__restrict__" | "__extension__"
                | "__unaligned" | "_Nonnull" | "_Nullable" | "_Null_unspecified" | "__w64" | "__ptr32" | "__ptr64" => {}
                "_Atomic" if !self.ahead(1).is("(") => {}
                _ if self.word_of_type(&mut words)? => continue,
                _ => break,
            }
            self.take();
        }
        if words.is_empty() {
            let token = self.token();
            if token.kind == Kind::Name {
                let hint = self.nearest_type(token.text).map_or(String::new(), |name| format!(": did you mean '{name}'?"));
                return Err(Fault::new(token.at, format!("unknown type '{}'{hint}", token.text)));
            }
            return Err(self.unexpected("a type"));
        }
        let ty = self.type_of(&words).ok_or_else(|| Fault::new(first.at, "these words do not make a type"))?;
        let ty = Ty { is_const: ty.is_const || words.is_const, is_volatile: ty.is_volatile || words.is_volatile, ..ty };
        Ok((found, ty))
    }

    /// Goes past a word that belongs to the type, with what belongs to that; false when it does not.
    fn word_of_type(&mut self, words: &mut Words) -> Result<bool, Fault> {
        let text = self.token().text;
        let base = match text {
            "void" => "void",
            "char" => "char",
            "int" => "int",
            "float" | "_Float32" => "float",
            "double" | "_Float64" | "_Float32x" => "double",
            "_Bool" => "_Bool",
            "__int128" | "__int128_t" | "__uint128_t" => "__int128",
            "__int8" => "char",
            "__int16" => "__int16",
            "__int32" => "int",
            "__int64" => "__int64",
            _ => "",
        };
        if !base.is_empty() {
            if words.other.is_some() || words.base.is_some() {
                return Ok(false);
            }
            words.base = Some(base);
            match text {
                "__uint128_t" => words.sign = Some(false),
                "__int8" => words.sign = words.sign.or(Some(true)),
                _ => {}
            }
            self.take();
            return Ok(true);
        }
        match text {
            "short" => words.is_short = true,
            "long" => words.longs += 1,
            "signed" | "__signed" | "__signed__" | "unsigned" => {
                let is_signed = text != "unsigned";
                words.is_contradicted |= words.sign == Some(!is_signed);
                words.sign = Some(is_signed);
            }
            "_Complex" | "__complex__" | "__complex" | "_Imaginary" => words.is_complex = true,
            _ => {
                if !words.is_empty() {
                    return Ok(false);
                }
                words.other = self.whole_type()?;
                return Ok(words.other.is_some());
            }
        }
        self.take();
        Ok(true)
    }

    /// A type that is one word, or one word with what is in its brackets.
    fn whole_type(&mut self) -> Result<Option<Ty>, Fault> {
        let token = self.token();
        let opaque = |size: u32, reason: &str| {
            let reason = format!("{reason} has no equivalent in JavaScript");
            Some(Shape::Opaque(Rc::new(Opaque { name: token.text.to_owned(), layout: Some((size, size)), reason })))
        };
        let shape = match token.text {
            "struct" | "union" => return self.nested(|parser| parser.record()).map(Some),
            "enum" => return self.nested(|parser| parser.enumeration()).map(Some),
            "typeof" | "__typeof__" | "__typeof" | "typeof_unqual" => return self.nested(|parser| parser.type_of_operand()).map(Some),
            "_Atomic" => {
                self.take();
                self.expect("(")?;
                let ty = self.type_name()?;
                self.expect(")")?;
                return Ok(Some(ty));
            }
            "_BitInt" => {
                self.take();
                self.skip_brackets()?;
                let opaque =
                    Opaque { name: "_BitInt".to_owned(), layout: None, reason: "a _BitInt has no equivalent in JavaScript".to_owned() };
                return Ok(Some(self.types.leaf(Shape::Opaque(Rc::new(opaque)))));
            }
            "_Float16" | "__fp16" | "__bf16" => opaque(2, "a floating-point number of 16 bits"),
            "_Decimal32" => opaque(4, "a decimal number"),
            "_Decimal64" => opaque(8, "a decimal number"),
            "_Decimal128" => opaque(16, "a decimal number"),
            "_Float128" | "__float128" | "__float80" | "_Float64x" => opaque(16, "a floating-point number of more than 64 bits"),
            _ => match self.typedef_named(token.text) {
                Some(index) => Some(Shape::Typedef(index)),
                None => return Ok(None),
            },
        };
        self.take();
        // The built-in bool is C's own, not a name for it.
        if let Some(Shape::Typedef(index)) = shape
            && self.unit.typedefs[index].is_builtin
            && token.text == "bool"
        {
            return Ok(Some(self.unit.typedefs[index].ty));
        }
        Ok(shape.map(|shape| self.types.leaf(shape)))
    }

    fn type_of(&mut self, words: &Words) -> Option<Ty> {
        if let Some(ty) = words.other {
            return Some(ty);
        }
        if words.is_contradicted {
            return None;
        }
        let is_unsigned = words.sign == Some(false);
        let is_bare = words.sign.is_none() && !words.is_short && words.longs == 0;
        let number = match (words.base, words.longs) {
            (Some("void"), _) if is_bare && !words.is_complex => Shape::Void,
            (Some("_Bool"), _) if is_bare => Shape::Int(Int::Bool),
            (Some("float"), _) if is_bare => Shape::Float(Float::Float),
            (Some("double"), 0) if is_bare => Shape::Float(Float::Double),
            (None, 0) if is_bare && words.is_complex => Shape::Float(Float::Double),
            (Some("double"), 1) if words.sign.is_none() && !words.is_short => Shape::Float(Float::LongDouble),
            (Some("char"), 0) if !words.is_short => Shape::Int(match words.sign {
                None => Int::Char,
                Some(true) => Int::SChar,
                Some(false) => Int::UChar,
            }),
            (Some("__int128"), 0) if !words.is_short => Shape::Int(if is_unsigned { Int::UInt128 } else { Int::Int128 }),
            (Some("__int16"), 0) => Shape::Int(if is_unsigned { Int::UShort } else { Int::Short }),
            (Some("__int64"), 0) => Shape::Int(if is_unsigned { Int::ULLong } else { Int::LLong }),
            (None | Some("int"), longs) => {
                let signed = match (words.is_short, longs) {
                    (true, 0) => Int::Short,
                    (false, 0) => Int::Int,
                    (false, 1) => Int::Long,
                    (false, 2) => Int::LLong,
                    _ => return None,
                };
                Shape::Int(if is_unsigned { signed.to_unsigned() } else { signed })
            }
            _ => return None,
        };
        if !words.is_complex {
            return Some(self.types.leaf(number));
        }
        let (name, size) = match number {
            Shape::Float(float) => (float.name(), self.target().size_of_float(float)),
            Shape::Int(int) => (int.name(), self.target().size_of_int(int)),
            _ => return None,
        };
        let reason = "a complex number has no equivalent in JavaScript".to_owned();
        let opaque = Opaque { name: format!("{name} _Complex"), layout: Some((2 * size, size)), reason };
        Some(self.types.leaf(Shape::Opaque(Rc::new(opaque))))
    }

    /// What `mode`, `vector_size` and the like make of a type, once.
    pub(super) fn with_attributes(&mut self, ty: Ty, attributes: &mut Attributes) -> Ty {
        let made = if let Some((count, is_elements)) = attributes.vector.take() {
            let element = self.size_of(ty).unwrap_or(1);
            let size = if is_elements { count.saturating_mul(element) } else { count };
            let reason = "a vector has no equivalent in JavaScript".to_owned();
            Some(Shape::Opaque(Rc::new(Opaque {
                name: "vector".to_owned(),
                layout: Some((size, size.next_power_of_two().max(1))),
                reason,
            })))
        } else if let Some(mode) = attributes.mode.take()
            && !matches!(self.shape(ty), Shape::Function(_))
        {
            Some(self.with_mode(ty, &mode))
        } else {
            None
        };
        match made {
            Some(shape) => Ty { is_const: ty.is_const, is_volatile: ty.is_volatile, ..self.types.leaf(shape) },
            None => ty,
        }
    }

    /// The type most like an unknown one.
    fn nearest_type(&mut self, word: &str) -> Option<&'s str> {
        self.hints = self.hints.checked_sub(1)?;
        const ALIKE: f64 = 0.88;
        let known = self.names.iter().filter(|(_, named)| matches!(named, Named::Typedef(_))).map(|(name, _)| *name);
        let scored = known.map(|name| (strsim::jaro_winkler(word, name), name)).filter(|(score, _)| *score > ALIKE);
        scored.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1))).map(|(_, name)| name)
    }
}
