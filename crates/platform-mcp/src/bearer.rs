//! The token that a client sends, where it sends its own.

use http::{HeaderMap, header};

/// The token of an `Authorization: Bearer …` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use http::HeaderMap;

    use super::bearer;

    #[test]
    fn a_bearer_token_is_read_in_any_case() {
        let header = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("authorization", value.parse().unwrap());
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(header("bearer pat_x").as_deref(), Some("pat_x"));
        assert_eq!(header("Basic abc"), None);
        assert_eq!(header("Bearer "), None);
    }
}
