//! What a BFF says when it refuses: its own words, as they may be shown.

use crate::Pat;

/// The longest text of the BFF's that is passed on, in characters.
const LONGEST_MESSAGE: usize = 500;
/// The longest code of the BFF's that is passed on, in characters.
const LONGEST_CODE: usize = 64;

/// The BFF's own words from an error body, and its own code: `error` (a text, or an object with `message` and `code`), or
/// the body's beginning.
pub(crate) fn message_of(body: &[u8], pat: &Pat) -> (String, Option<String>) {
    let parsed: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let error = parsed.get("error").or_else(|| parsed.get("message")).unwrap_or(&parsed);
    let text = error.as_str().or_else(|| error.get("message")?.as_str());
    let code = parsed.get("code").or_else(|| error.get("code")).and_then(|code| code.as_str());
    let code = code.map(|code| presentable(code, pat, LONGEST_CODE)).filter(|code| !code.is_empty());
    let message = match text {
        Some(text) => presentable(text, pat, LONGEST_MESSAGE),
        // A page of HTML helps nobody.
        None if body.trim_ascii_start().starts_with(b"<") => String::new(),
        None => presentable(&String::from_utf8_lossy(body), pat, LONGEST_MESSAGE),
    };
    (message.trim_end_matches('.').to_owned(), code)
}

/// Foreign text as it may be shown: on one line, without the token, bounded. The token goes before the bound is applied, or
/// its first half could stay.
fn presentable(text: &str, pat: &Pat, longest: usize) -> String {
    let shown: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let line: String = pat.redact(&shown).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = line.split_whitespace().collect();
    words.join(" ").chars().take(longest).collect()
}

/// Characters that reorder or hide text: they could make a message say what it does not say, or split a token.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{8}' | '\u{7f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
