//! One request: a route with its segments filled in, a query, a body.

use std::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;

use crate::{Error, Method, Route};

/// Everything but RFC 3986's unreserved characters is escaped, so that no id can leave its segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request, ready to be sent by [`crate::Client`]. Its `Debug` shows method and path only: a body may hold a secret.
#[derive(Clone)]
pub struct Request {
    method: Method,
    path: String,
    query: String,
    body: Option<Bytes>,
    header: Option<(HeaderName, HeaderValue)>,
    raw: bool,
}

impl Request {
    /// A request of `route`, whose `{segments}` are filled in, in order, by `segments` (a name for errors, a value).
    ///
    /// # Errors
    /// [`Error::InvalidArgument`], which names the segment, for an id that is empty or a dot segment (escaping cannot
    /// protect those), and where there are more or fewer values than segments.
    pub fn new(route: Route, segments: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut path = String::with_capacity(route.path.len() + 32);
        let mut given = segments.iter();
        let miscounted = |problem: String| Error::InvalidArgument { what: route.path, problem };
        for template in route.path.split('/').skip(1) {
            path.push('/');
            if template.starts_with('{') {
                let (what, id) = given.next().ok_or_else(|| miscounted(format!("{template} is not given")))?;
                push_segment(&mut path, what, id)?;
            } else {
                path.push_str(template);
            }
        }
        match given.next() {
            Some((what, _)) => Err(miscounted(format!("it has no place for `{what}`"))),
            None => Ok(Self { method: route.method, path, query: String::new(), body: None, header: None, raw: false }),
        }
    }

    /// A request with a path as it stands, for the passthrough, whose confines the caller has checked. A redirect of it is
    /// never followed.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a path that a URL parser would change: one without a leading `/`, with a scheme,
    /// host, query or fragment, with dot segments (escaped or not), backslashes, control characters, spaces.
    pub fn raw(method: Method, path: &str, query: Vec<(String, String)>, body: Option<Value>) -> Result<Self, Error> {
        let parsed = url::Url::parse("http://host/").and_then(|base| base.join(path)).ok();
        let unchanged = parsed.is_some_and(|url| {
            url.host_str() == Some("host") && url.path() == path && url.query().is_none() && url.fragment().is_none()
        });
        if !unchanged || !path.starts_with('/') {
            let problem = "it is no plain absolute path: begin it with `/`, escape what has to be escaped, and give a \
                           query apart from it";
            return Err(Error::InvalidArgument { what: "path", problem: problem.to_owned() });
        }
        let path = path.to_owned();
        let mut request = Self { method, path, query: String::new(), body: None, header: None, raw: true };
        for (key, value) in query {
            request = request.query(&key, Some(value));
        }
        Ok(match body {
            Some(body) => request.json(&body),
            None => request,
        })
    }

    /// Adds a query pair, if there is a value.
    #[must_use]
    pub fn query(mut self, key: &str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.query = form_urlencoded::Serializer::new(self.query).append_pair(key, &value.to_string()).finish();
        }
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.bytes(body.to_string().into_bytes())
    }

    /// Sets a JSON body straight from a borrowed secret, so that no JSON value with a copy of it is made on the way.
    pub(crate) fn json_of(self, body: &impl Serialize) -> Result<Self, Error> {
        let unfit = |error: serde_json::Error| Error::InvalidArgument { what: "body", problem: error.to_string() };
        Ok(self.bytes(serde_json::to_vec(body).map_err(unfit)?))
    }

    /// Sets the body, which is zeroed when the last user of it is done.
    pub(crate) fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = Some(Bytes::from_owner(Zeroizing::new(body)));
        self
    }

    /// Adds the one header of its own that a request may have.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path as it will be sent, escaped; the base URL's own path comes before it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn query_text(&self) -> Option<&str> {
        (!self.query.is_empty()).then_some(self.query.as_str())
    }

    pub(crate) const fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }

    pub(crate) const fn extra_header(&self) -> Option<&(HeaderName, HeaderValue)> {
        self.header.as_ref()
    }

    pub(crate) const fn is_raw(&self) -> bool {
        self.raw
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

fn push_segment(path: &mut String, what: &'static str, id: &str) -> Result<(), Error> {
    let problem = match id {
        "" => "it is empty; give an id",
        "." | ".." => "`.` and `..` are steps in a path, no ids",
        _ => {
            path.extend(utf8_percent_encode(id, SEGMENT));
            return Ok(());
        }
    };
    Err(Error::InvalidArgument { what, problem: problem.to_owned() })
}

#[cfg(test)]
mod tests;
