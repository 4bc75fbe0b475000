//! Operators of constant expressions by their precedence (ISO C11, section 6.6), for `#if` and for
//! declarations alike.

use super::arithmetic;
use super::lexer::{Kind, Token};
use super::source::Fault;
use super::target::Target;
use super::value::Value;

/// How deep parentheses and operators nest.
pub const MAX_DEPTH: u32 = 100;

/// Where the operands come from.
pub trait Operands<'s> {
    /// The next token.
    fn peek(&self) -> Token<'s>;
    /// Goes past the next token.
    fn advance(&mut self);
    /// What is between operators: a literal, a cast, an expression in parentheses.
    ///
    /// # Errors
    ///
    /// When there is none.
    fn unary(&mut self) -> Result<Value, Fault>;
    /// Whose types.
    fn target(&self) -> Target;
    /// How deep this is nested, and how many of the surrounding expressions are not evaluated.
    fn state(&mut self) -> &mut State;
}

/// What [`Operands`] keep while an expression is read.
#[derive(Default)]
pub struct State {
    /// Expressions around this one.
    pub depth: u32,
    /// Of these, such as C does not evaluate.
    pub unevaluated: u32,
}

/// `a ? b : c`, and all that binds more tightly.
///
/// # Errors
///
/// Of the operands, and where C gives no constant.
pub fn conditional<'s>(operands: &mut impl Operands<'s>) -> Result<Value, Fault> {
    nested(operands, |operands| {
        let condition = binary(operands, 0)?;
        if !operands.peek().is("?") {
            return Ok(condition);
        }
        operands.advance();
        let is_true = condition.is_true();
        let yes = if operands.peek().is(":") { condition } else { evaluated_if(operands, is_true, conditional)? };
        let colon = operands.peek();
        if !colon.is(":") {
            return Err(Fault::new(colon.at, "':' is missing after '?'"));
        }
        operands.advance();
        let no = evaluated_if(operands, !is_true, conditional)?;
        let target = operands.target();
        let (chosen, other) = if is_true { (yes, no) } else { (no, yes) };
        Ok(arithmetic::common(chosen, &other, target))
    })
}

/// Runs `read` one level deeper.
///
/// # Errors
///
/// When that is too deep.
pub fn nested<'s, O: Operands<'s>, T>(operands: &mut O, read: impl FnOnce(&mut O) -> Result<T, Fault>) -> Result<T, Fault> {
    if operands.state().depth >= MAX_DEPTH {
        return Err(Fault::new(operands.peek().at, format!("expressions nest at most {MAX_DEPTH} deep")));
    }
    operands.state().depth += 1;
    let result = read(operands);
    operands.state().depth -= 1;
    result
}

/// Runs `read`; with `false`, only for the type of its value.
///
/// # Errors
///
/// As of `read`.
pub fn evaluated_if<'s, O: Operands<'s>, T>(operands: &mut O, is_evaluated: bool, read: impl FnOnce(&mut O) -> T) -> T {
    let more = u32::from(!is_evaluated);
    operands.state().unevaluated += more;
    let result = read(operands);
    operands.state().unevaluated -= more;
    result
}

/// Binary operators, those that bind least first.
const LEVELS: &[&[&str]] =
    &[&["||"], &["&&"], &["|"], &["^"], &["&"], &["==", "!="], &["<", ">", "<=", ">="], &["<<", ">>"], &["+", "-"], &["*", "/", "%"]];

fn level_of(token: Token<'_>) -> Option<usize> {
    if token.kind != Kind::Punct {
        return None;
    }
    LEVELS.iter().position(|level| level.contains(&token.text))
}

fn binary<'s>(operands: &mut impl Operands<'s>, least: usize) -> Result<Value, Fault> {
    let mut left = operands.unary()?;
    while let token = operands.peek()
        && let Some(level) = level_of(token)
        && level >= least
    {
        operands.advance();
        let decided = match token.text {
            "||" => Some(true),
            "&&" => Some(false),
            _ => None,
        };
        if let Some(decision) = decided {
            let is_decided = left.is_true() == decision;
            let right = evaluated_if(operands, !is_decided, |operands| nested(operands, |operands| binary(operands, level + 1)))?;
            left = Value::int(if is_decided { decision } else { right.is_true() });
            continue;
        }
        let right = nested(operands, |operands| binary(operands, level + 1))?;
        let is_evaluated = operands.state().unevaluated == 0;
        let outcome = arithmetic::binary(token.text, &left, &right, is_evaluated, operands.target());
        left = outcome.map_err(|message| Fault::new(token.at, message))?;
    }
    Ok(left)
}
