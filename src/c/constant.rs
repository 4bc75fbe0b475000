//! Constant expressions in declarations: `sizeof`, casts, and names of enumerators on top of what `#if`
//! knows (ISO C11, section 6.6).

use super::arithmetic;
use super::expression::{Operands, State, conditional, evaluated_if, nested};
use super::lexer::Kind;
use super::literal;
use super::parser::{Named, Parser};
use super::source::Fault;
use super::target::Target;
use super::types::{Shape, Ty};
use super::value::{Float, Int, Value};

impl<'s> Operands<'s> for Parser<'s> {
    fn peek(&self) -> super::lexer::Token<'s> {
        self.token()
    }

    fn advance(&mut self) {
        self.take();
    }

    fn unary(&mut self) -> Result<Value, Fault> {
        nested(self, |parser| parser.operand())
    }

    fn target(&self) -> Target {
        Parser::target(self)
    }

    fn state(&mut self) -> &mut State {
        &mut self.state
    }
}

impl<'s> Parser<'s> {
    /// A constant expression.
    pub(super) fn constant(&mut self) -> Result<Value, Fault> {
        conditional(self)
    }

    /// A constant expression that is an integer.
    pub(super) fn integer(&mut self) -> Result<(i128, Int), Fault> {
        let at = self.token().at;
        match self.constant()?.as_int() {
            Some((value, Int::UInt128)) if value < 0 => Err(Fault::new(at, format!("{} is out of range", value as u128))),
            Some(found) => Ok(found),
            None => Err(Fault::new(at, "an integer constant is needed")),
        }
    }

    fn operand(&mut self) -> Result<Value, Fault> {
        let token = self.token();
        let fault = |message: String| Fault::new(token.at, message);
        let target = Parser::target(self);
        match token.kind {
            Kind::Number | Kind::Char => {
                self.take();
                literal::value_of(token, target).map_err(fault)
            }
            Kind::String => self.text(),
            Kind::Name => self.named_operand(),
            Kind::Punct => match token.text {
                "(" if self.begins_type_at(1) => self.cast(),
                "(" => {
                    self.take();
                    let value = conditional(self)?;
                    self.expect(")")?;
                    Ok(value)
                }
                "!" | "-" | "+" | "~" => {
                    self.take();
                    let value = self.unary()?;
                    let is_evaluated = self.state.unevaluated == 0;
                    arithmetic::unary(token.text, &value, is_evaluated, target).map_err(fault)
                }
                _ => Err(fault(format!("'{}' does not begin a constant", token.text))),
            },
            Kind::Other | Kind::Nothing | Kind::End => Err(self.unexpected("a constant")),
        }
    }

    /// Strings that follow each other.
    pub(super) fn text(&mut self) -> Result<Value, Fault> {
        let first = self.token();
        let mut tokens = Vec::new();
        while self.token().kind == Kind::String {
            tokens.push(self.take());
        }
        literal::strings(&tokens, Parser::target(self)).map_err(|message| Fault::new(first.at, message))
    }

    fn named_operand(&mut self) -> Result<Value, Fault> {
        let token = self.take();
        let fault = |message: String| Fault::new(token.at, message);
        let target = Parser::target(self);
        if let Some(value) = self.enumerator(token.text) {
            return Ok(value);
        }
        match token.text {
            "sizeof" => {
                let ty = self.type_measured()?;
                let size = self.size_of(ty).map_err(fault)?;
                Ok(Value::Int(i128::from(size), target.size_type()))
            }
            "_Alignof" | "alignof" | "__alignof__" | "__alignof" => {
                let ty = self.type_measured()?;
                let align = self.align_of(ty).map_err(fault)?;
                Ok(Value::Int(i128::from(align), target.size_type()))
            }
            "__extension__" => self.unary(),
            "__builtin_offsetof" => self.offset_of(),
            "true" | "false" => Ok(Value::Int(i128::from(token.text == "true"), Int::Int)),
            "nullptr" => self.pointer_to_void(0),
            "__builtin_inf" | "__builtin_huge_val" => self.special_float(f64::INFINITY, Float::Double),
            "__builtin_inff" | "__builtin_huge_valf" => self.special_float(f64::INFINITY, Float::Float),
            "__builtin_infl" | "__builtin_huge_vall" => self.special_float(f64::INFINITY, Float::LongDouble),
            "__builtin_nan" => self.special_float(f64::NAN, Float::Double),
            "__builtin_nanf" => self.special_float(f64::NAN, Float::Float),
            name => Err(fault(match self.names.get(name) {
                Some(Named::Function(_)) => format!("'{name}' is a function"),
                Some(Named::Global(_)) => format!("'{name}' is a variable"),
                Some(Named::Typedef(_)) => format!("'{name}' is a type"),
                Some(Named::Enumerator(..)) | None => format!("'{name}' is not known"),
            })),
        }
    }

    fn special_float(&mut self, value: f64, ty: Float) -> Result<Value, Fault> {
        if self.token().is("(") {
            self.skip_brackets()?;
        }
        Ok(Value::Float(value, ty))
    }

    fn pointer_to_void(&mut self, value: i128) -> Result<Value, Fault> {
        let void = self.types.leaf(Shape::Void);
        let pointer = self.add(Shape::Pointer(void))?;
        Ok(Value::Pointer(value, pointer.id))
    }

    /// `(type)value`
    fn cast(&mut self) -> Result<Value, Fault> {
        let open = self.take();
        let fault = |message: String| Fault::new(open.at, message);
        let ty = self.type_name()?;
        self.expect(")")?;
        if self.token().is("{") {
            return Err(fault("a compound literal is not a constant".to_owned()));
        }
        let value = self.unary()?;
        let target = Parser::target(self);
        let is_evaluated = self.state.unevaluated == 0;
        match (self.shape(ty).clone(), value) {
            (Shape::Int(int), _) if !is_evaluated => Ok(Value::zero(int)),
            (Shape::Int(int), value) => value.to_int(int, target).map_err(fault),
            (Shape::Enum(index), value) => value.to_int(self.unit.enums[index].ty, target).map_err(fault),
            (Shape::Float(float), value) => value.to_float(float).map_err(fault),
            (Shape::Pointer(_), Value::Text(text, element)) => Ok(Value::Text(text, element)),
            (Shape::Pointer(_), value) => match value.to_int(target.size_type(), target).map_err(fault)?.as_int() {
                Some((address, _)) => Ok(Value::Pointer(address, ty.id)),
                None => Err(fault("an address is needed".to_owned())),
            },
            _ => Err(fault("a value of this type is not a constant".to_owned())),
        }
    }

    /// What `sizeof` measures: `(type)`, or an expression.
    fn type_measured(&mut self) -> Result<Ty, Fault> {
        if self.token().is("(") && self.begins_type_at(1) {
            self.take();
            let ty = self.type_name()?;
            self.expect(")")?;
            return Ok(ty);
        }
        if self.token().is("(")
            && self.ahead(2).is(")")
            && let Some(Named::Global(index)) = self.names.get(self.ahead(1).text)
        {
            let ty = self.unit.globals[*index].ty;
            self.skip_brackets()?;
            return Ok(ty);
        }
        let value = evaluated_if(self, false, |parser| parser.unary())?;
        self.type_of_value(&value)
    }

    /// The type of an expression that could be a constant.
    pub(super) fn type_of_expression(&mut self) -> Result<Ty, Fault> {
        let value = evaluated_if(self, false, |parser| parser.constant())?;
        self.type_of_value(&value)
    }

    /// The type of a constant.
    pub(super) fn type_of_value(&mut self, value: &Value) -> Result<Ty, Fault> {
        Ok(match value {
            Value::Int(_, ty) => self.types.leaf(Shape::Int(*ty)),
            Value::Char(_) => self.types.leaf(Shape::Int(Int::Int)),
            Value::Float(_, ty) => self.types.leaf(Shape::Float(*ty)),
            Value::Pointer(_, id) => Ty { id: *id, is_const: false, is_volatile: false },
            Value::Text(units, element) => {
                let element = self.types.leaf(Shape::Int(*element));
                self.add(Shape::Array(element, Some(units.len() as u64 + 1)))?
            }
        })
    }

    /// `__builtin_offsetof(type, field.field[1])`, from behind its name on.
    fn offset_of(&mut self) -> Result<Value, Fault> {
        self.expect("(")?;
        let mut ty = self.type_name()?;
        self.expect(",")?;
        let mut offset = 0u64;
        loop {
            let token = self.take();
            let fault = |message: String| Fault::new(token.at, message);
            if token.is("[") {
                let Shape::Array(of, _) = *self.shape(ty) else { return Err(fault("this field is no array".to_owned())) };
                let (index, _) = self.integer()?;
                self.expect("]")?;
                let size = self.size_of(of).map_err(fault)?;
                let index = u32::try_from(index).map_err(|_| fault(format!("{index} is out of range")))?;
                offset += u64::from(index) * u64::from(size);
                ty = of;
            } else if token.kind == Kind::Name {
                let (at, of) = self.place_of(ty, token.text).map_err(fault)?;
                offset += u64::from(at);
                ty = of;
            } else {
                return Err(fault("the name of a field is expected".to_owned()));
            }
            if self.eat(")") {
                return Ok(Value::Int(i128::from(offset), Parser::target(self).size_type()));
            }
            if !self.token().is("[") {
                self.expect(".")?;
            }
        }
    }
}
