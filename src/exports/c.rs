//! Reading C declarations.

use super::{Thrown, with_instance};
use crate::c::{Includes, Options, Target, parse};
use crate::error::{Code, Error};
use napi::Env;
use napi_derive::napi;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Options of [`parse_c`], as `lib/c/format.d.ts` describes them.
#[napi(object, object_to_js = false)]
pub struct CParseOptions {
    /// Name of the text.
    pub file: Option<String>,
    /// Name of the target.
    pub target: Option<String>,
    /// The text went through a preprocessor.
    pub preprocessed: Option<bool>,
    /// Directories for `#include`.
    pub include: Option<Vec<String>>,
    /// Texts of headers by name.
    pub headers: Option<HashMap<String, String>>,
    /// Macros.
    pub define: Option<HashMap<String, String>>,
}

/// Headers in memory, and files.
struct Files {
    headers: HashMap<String, String>,
    directories: Vec<PathBuf>,
}

impl Includes for Files {
    fn read(&self, name: &str, from: Option<&str>) -> Option<(String, String)> {
        if let Some(text) = self.headers.get(name) {
            return Some((name.to_owned(), text.clone()));
        }
        let beside = from.and_then(|from| Path::new(from).parent()).map(Path::to_path_buf);
        beside.iter().chain(&self.directories).find_map(|directory| {
            let path = directory.join(name);
            // Old headers are not always UTF-8, outside of what declares.
            let bytes = fs::read(&path).ok()?;
            Some((path.to_string_lossy().into_owned(), String::from_utf8_lossy(&bytes).into_owned()))
        })
    }
}

/// Reads C declarations: gives the JSON text that `lib/c/format.d.ts` describes.
#[napi(js_name = "parseC", catch_unwind)]
pub fn parse_c(env: Env, text: String, options: Option<CParseOptions>) -> Thrown<String> {
    let options =
        options.unwrap_or(CParseOptions { file: None, target: None, preprocessed: None, include: None, headers: None, define: None });
    let target = match options.target {
        None => Target::host(),
        Some(name) => with_instance(&env, |_| {
            Target::named(&name).ok_or_else(|| {
                let known: Vec<_> = Target::names().collect();
                Error::new(Code::InvalidArgValue, format!("'{name}' is no target; there are {}", known.join(", ")))
            })
        })?,
    };
    let files = Files {
        headers: options.headers.unwrap_or_default(),
        directories: options.include.unwrap_or_default().into_iter().map(PathBuf::from).collect(),
    };
    // In an order that does not change from run to run.
    let mut define: Vec<_> = options.define.unwrap_or_default().into_iter().collect();
    define.sort();
    let options = Options {
        file: options.file.unwrap_or_else(|| "<text>".to_owned()),
        target,
        is_preprocessed: options.preprocessed.unwrap_or(false),
        define,
    };
    Ok(parse(text, &options, &files))
}
