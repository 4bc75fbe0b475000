//! Writes JSON text. What a hundred places call is not inlined there: it would make the addon larger, and no header faster.

/// The largest integer that a Number holds together with all below it.
const MAX_SAFE: i128 = (1 << 53) - 1;

/// JSON text being written.
#[derive(Default)]
pub struct Writer {
    text: String,
    has_value: bool,
}

impl Writer {
    /// The text.
    pub fn finish(self) -> String {
        self.text
    }

    fn separate(&mut self) {
        if self.has_value {
            self.text.push(',');
        }
        self.has_value = true;
    }

    fn bracketed(&mut self, open: char, close: char, write: impl FnOnce(&mut Writer)) {
        self.separate();
        self.text.push(open);
        self.has_value = false;
        write(self);
        self.text.push(close);
        self.has_value = true;
    }

    /// `{…}`
    pub fn object(&mut self, write: impl FnOnce(&mut Writer)) {
        self.bracketed('{', '}', write);
    }

    /// `[…]`
    pub fn array<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Writer, T)) {
        self.bracketed('[', ']', |writer| items.into_iter().for_each(|item| write(writer, item)));
    }

    /// `"key":`, to be followed by a value.
    #[inline(never)]
    pub fn key(&mut self, key: &str) -> &mut Writer {
        self.string(key);
        self.text.push(':');
        self.has_value = false;
        self
    }

    /// A string.
    pub fn string(&mut self, text: &str) {
        self.separate();
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => self.text.extend(['\\', character]),
                '\n' => self.text.push_str("\\n"),
                '\t' => self.text.push_str("\\t"),
                '\0'..='\u{1f}' => self.text.push_str(&format!("\\u{:04x}", character as u32)),
                _ => self.text.push(character),
            }
        }
        self.text.push('"');
    }

    /// An integer: a string where a Number would not be exact.
    pub fn integer(&mut self, value: impl Into<i128>) {
        let value = value.into();
        if (-MAX_SAFE..=MAX_SAFE).contains(&value) { self.raw(&value.to_string()) } else { self.string(&value.to_string()) }
    }

    /// A floating-point number: a string where JSON has none.
    pub fn float(&mut self, value: f64) {
        if value.is_finite() {
            self.raw(&format!("{value:e}"));
        } else if value.is_nan() {
            self.string("NaN");
        } else {
            self.string(if value > 0.0 { "Infinity" } else { "-Infinity" });
        }
    }

    /// `true` or `false`
    pub fn boolean(&mut self, is_so: bool) {
        self.raw(if is_so { "true" } else { "false" });
    }

    /// `null`
    pub fn null(&mut self) {
        self.raw("null");
    }

    /// `"key":true`, or nothing.
    #[inline(never)]
    pub fn flag(&mut self, key: &str, is_set: bool) {
        if is_set {
            self.key(key).raw("true");
        }
    }

    /// `"key":"text"`, or nothing without a text.
    #[inline(never)]
    pub fn text(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.key(key).string(text);
        }
    }

    /// `"key":number`, or nothing for 0.
    #[inline(never)]
    pub fn count(&mut self, key: &str, count: u32) {
        if count != 0 {
            self.key(key).integer(count);
        }
    }

    #[inline(never)]
    fn raw(&mut self, text: &str) {
        self.separate();
        self.text.push_str(text);
    }
}
