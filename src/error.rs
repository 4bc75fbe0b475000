//! The error codes, their classes, and the error value that Rust hands to JavaScript.

/// The JavaScript class that an error of some code is thrown as. All three answer to
/// `instanceof FFIError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `FFIError`
    Plain,
    /// `FFITypeError`, a `TypeError`
    Type,
    /// `FFIRangeError`, a `RangeError`
    Range,
}

impl Class {
    /// The name of the JavaScript class.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Plain => "FFIError",
            Class::Type => "FFITypeError",
            Class::Range => "FFIRangeError",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident $text:literal $class:ident,)+) => {
        /// Every `code` that an arkffi error can carry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[doc = $doc])+ $variant,)+ }

        impl Code {
            /// Every code, in the order of the table in the README.
            pub const ALL: &[Code] = &[$(Code::$variant),+];

            /// The value of the error's `code` property.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text),+ }
            }

            /// The class the error is thrown as.
            pub const fn class(self) -> Class {
                match self { $(Code::$variant => Class::$class),+ }
            }
        }
    };
}

codes! {
    /// A value of the wrong kind, or none where one is needed.
    InvalidArgType "ERR_INVALID_ARG_TYPE" Type,
    /// A value of the right kind that cannot be used: too many arguments, an embedded NUL, a
    /// detached buffer.
    InvalidArgValue "ERR_INVALID_ARG_VALUE" Type,
    /// A number that is a fraction, NaN, or outside the range of its type.
    OutOfRange "ERR_OUT_OF_RANGE" Range,
    /// Fewer arguments than parameters.
    MissingArgs "ERR_MISSING_ARGS" Type,
    /// The system could not open the library.
    DlopenFailed "ERR_DLOPEN_FAILED" Plain,
    /// A library that must not be opened: `allowLibraries` does not allow it, or its hash is another.
    AccessDenied "ERR_ACCESS_DENIED" Plain,
    /// The library has no symbol of that name.
    DlsymFailed "ERR_DLSYM_FAILED" Plain,
    /// The library, or the function bound to an address, was closed.
    LibraryClosed "ERR_LIBRARY_CLOSED" Plain,
    /// A handle of the raw bridge that was never given out, or is closed.
    InvalidHandle "ERR_INVALID_HANDLE" Plain,
    /// A function that was not defined with `defineFunction`.
    InvalidSymbol "ERR_INVALID_SYMBOL" Plain,
    /// An address that cannot be what it is used as: NULL or within the first 64 KiB.
    InvalidPointer "ERR_INVALID_POINTER" Plain,
    /// The system has no memory for a copy of this size.
    MallocFailed "ERR_MALLOC_FAILED" Plain,
    /// Memory that was freed, belongs to something else, or was never allocated.
    InvalidMemId "ERR_INVALID_MEM_ID" Plain,
    /// An offset or a length outside the view it applies to.
    OutOfBounds "ERR_OUT_OF_BOUNDS" Range,
    /// Text that is not base64.
    InvalidBase64 "ERR_INVALID_BASE64" Type,
    /// A value that does not fit the signature of a function, in `arkffi/handles`.
    TypeError "ERR_TYPE_ERROR" Type,
    /// A signature that this machine or backend cannot call.
    UnsupportedArgs "ERR_UNSUPPORTED_ARGS" Plain,
    /// Text that is not C, or not what was asked for.
    CSyntax "ERR_C_SYNTAX" Plain,
    /// A callback that was closed, or a handle of one that was never given out.
    CallbackClosed "ERR_CALLBACK_CLOSED" Plain,
    /// A thread waited for a callback while the JavaScript thread was blocked by this call.
    CallbackDeadlock "ERR_CALLBACK_DEADLOCK" Plain,
    /// C called a callback from a function that was declared a leaf.
    LeafCalledBack "ERR_LEAF_CALLED_BACK" Plain,
    /// The host refused an operation that should have worked; the text says which.
    CallFailed "ERR_CALL_FAILED" Plain,
}

/// What went wrong, in words for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Which error this is.
    pub code: Code,
    /// What happened, without the code.
    pub message: String,
    /// The C function or symbol concerned.
    pub symbol: Option<String>,
    /// What the system said.
    pub cause: Option<String>,
}

impl Error {
    /// An error that concerns no particular symbol.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error { code, message: message.into(), symbol: None, cause: None }
    }

    /// The same error, concerning `symbol`.
    pub fn of_symbol(self, symbol: &str) -> Self {
        Error { symbol: Some(symbol.to_owned()), ..self }
    }

    /// The same error, with the system's own text.
    pub fn caused_by(self, text: String) -> Self {
        Error { cause: Some(text), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_distinct_and_spelled_like_nodes() {
        let texts: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), Code::ALL.len());
        assert!(texts.iter().all(|text| text.starts_with("ERR_")));
    }
}
