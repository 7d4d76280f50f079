//! One request: a route with its segments filled in, a query, a body.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use url::form_urlencoded;

use crate::{Error, Method, Route};

/// Everything but RFC 3986's unreserved characters is escaped, so that no id can leave its segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request, ready to be sent by [`crate::Client`].
#[derive(Debug, Clone)]
pub struct Request {
    method: Method,
    path: String,
    query: String,
    body: Option<Vec<u8>>,
}

impl Request {
    /// A request of `route`, whose `{segments}` are filled in, in order, by `segments`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for an id that is empty or a dot segment: escaping cannot protect those.
    pub fn new(route: Route, segments: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut path = String::with_capacity(route.path.len() + 32);
        let mut given = segments.iter();
        for template in route.path.split('/').skip(1) {
            path.push('/');
            if template.starts_with('{') {
                let Some((what, id)) = given.next() else {
                    return Err(Error::InvalidArgument {
                        what: route.path,
                        problem: format!("{template} is not given"),
                    });
                };
                push_segment(&mut path, what, id)?;
            } else {
                path.push_str(template);
            }
        }
        Ok(Self { method: route.method, path, query: String::new(), body: None })
    }

    /// A request with a path as it stands, for the passthrough, whose confines the caller has checked.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a path that a URL parser would change.
    pub fn raw(method: Method, path: &str, query: Vec<(String, String)>, body: Option<Value>) -> Result<Self, Error> {
        let parsed = url::Url::parse("http://host/").and_then(|base| base.join(path)).ok();
        let unchanged = parsed.is_some_and(|url| {
            url.host_str() == Some("host") && url.path() == path && url.query().is_none() && url.fragment().is_none()
        });
        if !unchanged || !path.starts_with('/') {
            let problem = "it is no plain absolute path".to_owned();
            return Err(Error::InvalidArgument { what: "path", problem });
        }
        let mut request = Self { method, path: path.to_owned(), query: String::new(), body: None };
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
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string().into_bytes());
        self
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path as it will be sent, escaped.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn query_text(&self) -> Option<&str> {
        (!self.query.is_empty()).then_some(self.query.as_str())
    }

    pub(crate) fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }
}

fn push_segment(path: &mut String, what: &'static str, id: &str) -> Result<(), Error> {
    if id.is_empty() || id == "." || id == ".." {
        return Err(Error::InvalidArgument { what, problem: format!("`{id}` is no id") });
    }
    path.extend(utf8_percent_encode(id, SEGMENT));
    Ok(())
}
