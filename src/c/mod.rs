//! C declarations, as headers write them: text in, a description of what it declares out.
//!
//! `source` and `lexer` make tokens of texts; `preprocessor`, with `directives`, `condition`, `pragma` and
//! `macros` and `expansion`, makes one sequence of them; `parser`, with `declarations`, `specifiers`, `declarators`,
//! `records`, `enums`, `attributes` and `constant`, makes `types` of that, with `recovery` and `lost` where something is
//! wrong, and `compatible` where something is declared twice; `sizes` lays records out; `constants` evaluates macros;
//! `output` and `report` write what `lib/c/format.d.ts` describes. `target`, `predefined`, `headers` and `builtin` know
//! what C is on which machine.
//!
//! Everything is bounded, so that no text makes it run away or overflow the stack.

mod arithmetic;
mod attributes;
mod builtin;
mod callable;
mod comments;
mod compatible;
mod condition;
mod constant;
mod constants;
mod declarations;
mod declarators;
mod directives;
mod enums;
mod expansion;
mod expression;
mod headers;
mod json;
mod keywords;
mod lexer;
mod literal;
mod lost;
mod macros;
mod output;
mod parser;
mod pragma;
mod predefined;
mod preprocessor;
mod records;
mod recovery;
mod report;
mod sizes;
mod source;
mod specifiers;
mod target;
mod types;
mod value;

pub use preprocessor::Includes;
pub use target::Target;

use output::Output;
use parser::Parser;
use preprocessor::Preprocessor;
use source::{Place, Texts};

/// How a text is read.
pub struct Options {
    /// What the text is called.
    pub file: String,
    /// Whose C it is.
    pub target: Target,
    /// It went through a preprocessor.
    pub is_preprocessed: bool,
    /// Macros with what they stand for, as of `-D`.
    pub define: Vec<(String, String)>,
}

/// Reads declarations; what is wrong is part of what comes out (see `lib/c/format.d.ts`).
pub fn parse(text: String, options: &Options, includes: &dyn Includes) -> String {
    let texts = Texts::default();
    let mut preprocessor = Preprocessor::new(&texts, options.target, includes, options.is_preprocessed);
    let mut defined = predefined::text(options.target);
    for (name, value) in &options.define {
        defined.push_str(&format!("#define {} {}\n", name.replace(['\n', '\r'], " "), value.replace(['\n', '\r'], " ")));
    }
    if let (Some(defined), Some(file)) = (texts.keep(defined), texts.keep(options.file.clone())) {
        preprocessor.read("<predefined>", defined, true);
        match texts.keep(text) {
            Some(text) => preprocessor.read(file, text, false),
            None => {
                let source = preprocessor.sources.add(file, "", false);
                preprocessor.exhaust(Place { source, offset: 0 }, "the text is too long".to_owned());
            }
        }
    }
    let mut parser = Parser::new(preprocessor);
    parser.read();
    let constants = parser.constants();
    Output::new(&parser).write(&constants)
}

#[cfg(test)]
mod tests;
