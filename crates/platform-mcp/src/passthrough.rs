//! The confines of `catalog_bff_request`: `/v1/mcp/…` and nothing else.
//!
//! The path is judged as the strictest reader on its way could take it. Whatever two readers could take for two
//! different paths (escaped dots and slashes, double escapes, backslashes, empty segments, parameters in a segment,
//! a query within the path) is refused rather than repaired: an honest caller needs none of it.

use percent_encoding::percent_decode_str;

use crate::error::ToolError;

/// The prefix every path must have, as it is (BFF API, "Everything else": catalog).
pub const PREFIX: &str = "/v1/mcp/";
/// Longest path accepted, in bytes.
pub const MAX_PATH: usize = 2048;
/// Marks a path that returns or changes credentials (Platform MCP page, "Catalog passthrough").
const CREDENTIALS: &str = "credentials";

/// Admits a path as it stands, or says why not.
///
/// # Errors
/// [`ToolError::OutsideCatalog`] for a path that is not plainly below [`PREFIX`];
/// [`ToolError::RiskOff`] for one about credentials while risk is off.
pub fn admit(path: &str, risk: bool) -> Result<(), ToolError> {
    let inside = confine(path).map_err(|problem| ToolError::OutsideCatalog { problem })?;
    if inside.credentials && !risk {
        return Err(ToolError::RiskOff { what: format!("the path `{path}`") });
    }
    Ok(())
}

/// What the confines say of a path that lies within them.
struct Inside {
    credentials: bool,
}

fn confine(path: &str) -> Result<Inside, String> {
    if path.len() > MAX_PATH {
        return Err(format!("the path is longer than {MAX_PATH} bytes"));
    }
    if let Some(odd) = path.chars().find(|c| !is_plain(*c)) {
        return Err(format!("`{}` cannot stand in the path", odd.escape_default()));
    }
    let Some(rest) = path.strip_prefix(PREFIX) else {
        return Err("the path does not begin with `/v1/mcp/`".to_owned());
    };
    let mut credentials = false;
    for segment in rest.split('/') {
        credentials |= check_segment(segment)?.to_ascii_lowercase().contains(CREDENTIALS);
    }
    Ok(Inside { credentials })
}

/// Characters of a URL path segment (RFC 3986, `pchar`), without `;`, which some servers read as parameters.
const fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            '/' | '-' | '.' | '_' | '~' | '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | '=' | ':' | '@' | '%'
        )
}

/// The segment decoded once, if decoding it cannot change what the path means.
fn check_segment(segment: &str) -> Result<String, String> {
    if segment.is_empty() {
        return Err("the path has an empty segment (a doubled or trailing slash)".to_owned());
    }
    let bytes = segment.as_bytes();
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%') {
        let is_hex = |offset: usize| bytes.get(at + offset).is_some_and(u8::is_ascii_hexdigit);
        if !(is_hex(1) && is_hex(2)) {
            return Err(format!("`{segment}` has a `%` that begins no escape"));
        }
    }
    let Ok(decoded) = percent_decode_str(segment).decode_utf8() else {
        return Err(format!("`{segment}` escapes bytes that are not UTF-8"));
    };
    if decoded.chars().all(|c| c == '.') {
        return Err("the path has a dot segment".to_owned());
    }
    let escaped_meaning = |c: char| matches!(c, '/' | '\\' | '%' | '?' | '#' | ';') || c.is_control();
    if decoded.chars().any(escaped_meaning) {
        return Err(format!("`{segment}` escapes a character that could change the path"));
    }
    if segment.contains('%') && decoded.contains('.') && escapes_dot(segment) {
        return Err(format!("`{segment}` escapes a dot"));
    }
    Ok(decoded.into_owned())
}

fn escapes_dot(segment: &str) -> bool {
    segment.to_ascii_lowercase().contains("%2e")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::{admit, check_segment};
    use crate::error::ToolError;

    #[test]
    fn the_pages_examples_pass() {
        for path in [
            "/v1/mcp/instances",
            "/v1/mcp/instances/inst_1/validate",
            "/v1/mcp/platform-catalog",
            "/v1/mcp/servers/a%20b/connections/c:1/validate",
        ] {
            assert!(admit(path, false).is_ok(), "{path}");
        }
    }

    #[test]
    fn whatever_could_lead_out_is_refused() {
        for path in [
            "",
            "/",
            "/v1/mcp",
            "/v1/mcp/",
            "/v1/mcpx/instances",
            "/v1/vault/secrets",
            "/V1/MCP/instances",
            "v1/mcp/instances",
            "//v1/mcp/instances",
            "/v1//mcp/instances",
            "/v1/mcp//instances",
            "/v1/mcp/instances/",
            "/v1/mcp/../vault/secrets",
            "/v1/mcp/./instances",
            "/v1/mcp/.../instances",
            "/v1/mcp/%2e%2e/vault/secrets",
            "/v1/mcp/%2E./vault",
            "/v1/mcp/%252e%252e/vault",
            "/v1/mcp/a%2f..%2f..%2fvault",
            "/v1/mcp/a%5c..%5cvault",
            "/v1/mcp\\..\\vault",
            "/v1/mcp/..;/vault",
            "/v1/mcp/a;x=/../vault",
            "/v1/mcp/a?x=/../../vault",
            "/v1/mcp/a#/../vault",
            "/v1/mcp/a%3fx",
            "/v1/mcp/a%23x",
            "/v1/mcp/a%00",
            "/v1/mcp/a%0d%0aHost:%20x",
            "/v1/mcp/a\r\nHost: x",
            "/v1/mcp/%",
            "/v1/mcp/%zz",
            "/v1/mcp/%c0%ae%c0%ae/vault",
            "/v1/mcp/\u{ff0e}\u{ff0e}/vault",
            "https://evil.example/v1/mcp/instances",
            "http:/v1/mcp/instances",
            "/v1/mcp/ instances",
        ] {
            assert!(matches!(admit(path, true), Err(ToolError::OutsideCatalog { .. })), "{path}");
        }
    }

    #[test]
    fn credentials_need_risk_however_they_are_spelled() {
        for path in [
            "/v1/mcp/servers/s/credentials",
            "/v1/mcp/Credentials",
            "/v1/mcp/servers/s/%63redentials/x",
            "/v1/mcp/servers/s/credentials.json",
            "/v1/mcp/x-credentials-y",
        ] {
            assert!(matches!(admit(path, false), Err(ToolError::RiskOff { .. })), "{path}");
            assert!(admit(path, true).is_ok(), "{path}");
        }
    }

    /// Resolves a path as a lenient server might: decode twice, backslashes as slashes, parameters dropped, dots resolved.
    fn as_a_lenient_server_reads_it(path: &str) -> String {
        let once = percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
        let twice = percent_encoding::percent_decode_str(&once).decode_utf8_lossy().into_owned();
        let mut stack: Vec<String> = Vec::new();
        for segment in twice.replace('\\', "/").split(['?', '#']).next().unwrap().split('/') {
            match segment.split(';').next().unwrap() {
                "" | "." => {}
                ".." => drop(stack.pop()),
                name => stack.push(name.to_lowercase()),
            }
        }
        format!("/{}", stack.join("/"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn nothing_admitted_can_be_read_as_outside(
            path in prop_oneof![
                any::<String>(),
                "/v1/mcp/[a-z./\\\\%;?#&=@:2eE5fFcC0]{0,40}",
                "(/|//|\\\\|v1|mcp|vault|\\.\\.|\\.|%2e|%2E|%2f|%5c|%25|;|\\?|#|credentials|[a-z]){0,16}"
                    .prop_map(|tail| format!("/v1/mcp/{tail}")),
            ]
        ) {
            if admit(&path, true).is_ok() {
                let read = as_a_lenient_server_reads_it(&path);
                prop_assert!(read.starts_with("/v1/mcp/"), "{path} reads as {read}");
                if read.contains("credentials") {
                    prop_assert!(admit(&path, false).is_err(), "{path} reads as {read}");
                }
            }
        }

        #[test]
        fn an_admitted_segment_decodes_to_one_segment(segment in "\\PC{0,24}") {
            if let Ok(decoded) = check_segment(&segment) {
                prop_assert!(!decoded.contains('/') && !decoded.is_empty());
            }
        }
    }
}
