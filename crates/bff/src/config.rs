//! How to reach one BFF, and whether a token may travel there.

use std::{borrow::Cow, time::Duration};

use agentruntime_http::is_loopback;
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::Error;

/// How to reach one BFF. Its `Debug` shows no secret: the token is no part of it.
#[derive(Debug, Clone)]
pub struct Config {
    /// The BFF's base URL, e.g. `https://api.agentruntime.io`; a path in it stands before every route.
    pub base_url: Url,
    /// Sent as `X-Tenant-Id` where set; by default the BFF infers it from the token (BFF API, "Hosts and auth").
    pub tenant_id: Option<String>,
    /// Sent as `X-Project-Id` where set.
    pub project_id: Option<String>,
    /// For a connection, name lookup and TLS included. 5 s.
    pub connect_timeout: Duration,
    /// For the first piece of a reply, and between two pieces. 20 s.
    pub read_timeout: Duration,
    /// For a request with all its tries and waits. 50 s: within the 60 s that a tool call may take.
    pub overall_timeout: Duration,
    /// The longest wait before another try. A BFF that asks for a longer one by `Retry-After` gets no other try: asking
    /// again too early would be refused again. The error tells the caller how long to wait. 5 s.
    pub longest_wait: Duration,
    /// The largest reply taken, in bytes. 8 MiB.
    pub max_response_bytes: usize,
    pub user_agent: Cow<'static, str>,
}

impl Config {
    /// The usual limits for a BFF.
    #[must_use]
    pub const fn new(base_url: Url) -> Self {
        Self {
            base_url,
            tenant_id: None,
            project_id: None,
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(20),
            overall_timeout: Duration::from_secs(50),
            longest_wait: Duration::from_secs(5),
            max_response_bytes: 8 * 1024 * 1024,
            user_agent: Cow::Borrowed(concat!("agentruntime-desktop/", env!("CARGO_PKG_VERSION"))),
        }
    }

    /// The headers of every request: tenant and project, only where they are set.
    pub(crate) fn headers(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        for (what, name, value) in
            [("tenant_id", "x-tenant-id", &self.tenant_id), ("project_id", "x-project-id", &self.project_id)]
        {
            let Some(value) = value else { continue };
            let value = HeaderValue::from_str(value).ok().filter(|value| !value.is_empty());
            let problem = "it is empty or has characters that no header may have; copy it again from the Console";
            let value = value.ok_or_else(|| Error::InvalidArgument { what, problem: problem.to_owned() })?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(headers)
    }

    /// Whether a client can be made of it, without making one.
    ///
    /// # Errors
    /// As [`crate::Client::new`].
    pub fn check(&self) -> Result<(), Error> {
        self.check_base_url()?;
        self.headers().map(|_| ())
    }

    /// Checks the base URL.
    pub(crate) fn check_base_url(&self) -> Result<(), Error> {
        let url = &self.base_url;
        let refuse = |problem: &str| Error::InvalidArgument { what: "BFF URL", problem: problem.to_owned() };
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(refuse("it is no http or https URL"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("it carries a user or password; the access token is all that is needed"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("it carries a query or fragment; give the base URL only"));
        }
        if url.scheme() == "http" && !is_loopback(url) {
            return Err(Error::InsecureTransport { url: url.to_string() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Config;

    fn judge(url: &str) -> Result<(), &'static str> {
        Config::new(url.parse().unwrap()).check_base_url().map_err(|error| error.code())
    }

    #[test]
    fn a_token_travels_over_tls_or_to_loopback() {
        for url in [
            "https://api.agentruntime.io",
            "https://10.0.0.1:8443/bff",
            "http://localhost:8080",
            "http://LOCALHOST",
            "http://127.0.0.1",
            "http://127.8.9.1:1",
            "http://[::1]:8080",
            "http://[::ffff:127.0.0.1]",
            "http://0x7f.1",
            "https://localhost",
        ] {
            assert_eq!(judge(url), Ok(()), "{url}");
        }
        for url in [
            "http://api.agentruntime.io",
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "http://0.0.0.0",
            "http://10.0.0.1",
            "http://[::2]",
            "http://[::ffff:10.0.0.1]",
        ] {
            assert_eq!(judge(url), Err("insecure_transport"), "{url}");
        }
    }

    #[test]
    fn a_base_url_is_only_a_base_url() {
        for url in [
            "ftp://localhost",
            "mailto:a@b",
            "https://u:p@h",
            "https://u@h",
            "https://h/?q=1",
            "https://h/#f",
            "data:,x",
        ] {
            assert_eq!(judge(url), Err("invalid_argument"), "{url}");
        }
    }

    #[test]
    fn tenant_and_project_are_sent_only_where_they_are_set() {
        let mut config = Config::new("https://h".parse().unwrap());
        assert!(config.headers().unwrap().is_empty());
        config.project_id = Some("p-1".to_owned());
        let headers = config.headers().unwrap();
        assert_eq!((headers.len(), headers.get("x-project-id").unwrap().to_str().unwrap()), (1, "p-1"));
        for bad in ["a\r\nx: y", ""] {
            config.tenant_id = Some(bad.to_owned());
            let error = config.headers().unwrap_err();
            assert_eq!(error.code(), "invalid_argument");
            assert!(error.to_string().contains("tenant_id"), "{error}");
        }
    }
}
