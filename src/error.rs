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
            /// Every code, in the order of the table in docs/errors.md, which is made from the comments below.
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
    /// A value of the wrong kind, or none where one is needed; an unknown type.
    InvalidArgType "ERR_INVALID_ARG_TYPE" Type,
    /// A value of the right kind that cannot be used: too many arguments, a NUL inside of a string, a
    /// detached buffer, a read-only variable.
    InvalidArgValue "ERR_INVALID_ARG_VALUE" Type,
    /// A number that is a fraction, NaN, or outside the range of its type.
    OutOfRange "ERR_OUT_OF_RANGE" Range,
    /// Fewer arguments than parameters.
    MissingArgs "ERR_MISSING_ARGS" Type,
    /// The library does not open. The message says why, and `cause` has the system's own text.
    DlopenFailed "ERR_DLOPEN_FAILED" Plain,
    /// A library that must not be opened: `allowLibraries` does not allow it, or its `sha256` is another.
    AccessDenied "ERR_ACCESS_DENIED" Plain,
    /// The library has no symbol of that name.
    DlsymFailed "ERR_DLSYM_FAILED" Plain,
    /// The library, or the function bound to an address, was closed.
    LibraryClosed "ERR_LIBRARY_CLOSED" Plain,
    /// A handle of the raw bridge that was never given out, or is closed.
    InvalidHandle "ERR_INVALID_HANDLE" Plain,
    /// A name of the raw bridge without `defineFunction`; a variable that is bound as a function, or a function as
    /// a variable.
    InvalidSymbol "ERR_INVALID_SYMBOL" Plain,
    /// An address that cannot be used: NULL or within the first 64 KiB, or one that a checked access finds
    /// unusable; a view of released memory.
    InvalidPointer "ERR_INVALID_POINTER" Plain,
    /// No memory for a copy, or for what is allocated.
    MallocFailed "ERR_MALLOC_FAILED" Plain,
    /// Memory that is freed, was not allocated here, or by another allocator; an id of none.
    InvalidMemId "ERR_INVALID_MEM_ID" Plain,
    /// An offset or a length outside of the view or memory it applies to; a buffer or variable smaller than its type.
    OutOfBounds "ERR_OUT_OF_BOUNDS" Range,
    /// Text that is not base64, in `mem_write` of `arkffi/handles`.
    InvalidBase64 "ERR_INVALID_BASE64" Type,
    /// A value that does not fit the signature of a function, in `call` of `arkffi/handles`.
    TypeError "ERR_TYPE_ERROR" Type,
    /// A signature that cannot be called here, as one with thousands of parameters.
    UnsupportedArgs "ERR_UNSUPPORTED_ARGS" Plain,
    /// Text that is no declaration of C. The message has its file, line and column, and the line.
    CSyntax "ERR_C_SYNTAX" Plain,
    /// A callback that is closed is called or passed; a handle of one that was never given out.
    CallbackClosed "ERR_CALLBACK_CLOSED" Plain,
    /// Another thread waited for a callback while this call blocked the JavaScript thread.
    CallbackDeadlock "ERR_CALLBACK_DEADLOCK" Plain,
    /// The process that a library was isolated in has ended in the middle of something.
    HelperCrashed "ERR_HELPER_CRASHED" Plain,
    /// It has ended too often to be started again.
    HelperRestarts "ERR_HELPER_RESTARTS" Plain,
    /// A call of an isolated library took too long.
    CallTimeout "ERR_CALL_TIMEOUT" Plain,
    /// A callback was called inside of a function that is a leaf.
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
