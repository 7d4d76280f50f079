//! Routes: a method and a path template, the one place where each path stands.

use std::fmt;

use percent_encoding::percent_decode_str;

/// An HTTP method the BFF uses. Our own: an `http::Method` is not `Copy` and cannot be matched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The method's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a request with it may be sent again without harm, since it changes nothing.
    #[must_use]
    pub const fn is_idempotent_read(self) -> bool {
        matches!(self, Self::Get)
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A method and a path whose `{segments}` are filled in by a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub method: Method,
    /// The path, e.g. `/v1/workflows/{id}/runs`.
    pub path: &'static str,
}

impl Route {
    /// A GET route.
    #[must_use]
    pub const fn get(path: &'static str) -> Self {
        Self { method: Method::Get, path }
    }

    /// A POST route.
    #[must_use]
    pub const fn post(path: &'static str) -> Self {
        Self { method: Method::Post, path }
    }

    /// A PUT route.
    #[must_use]
    pub const fn put(path: &'static str) -> Self {
        Self { method: Method::Put, path }
    }

    /// A PATCH route.
    #[must_use]
    pub const fn patch(path: &'static str) -> Self {
        Self { method: Method::Patch, path }
    }

    /// A DELETE route.
    #[must_use]
    pub const fn delete(path: &'static str) -> Self {
        Self { method: Method::Delete, path }
    }

    /// Whether a request with an encoded path is one of this route: same method, same segments, any text in a `{segment}`.
    #[must_use]
    pub fn matches(&self, method: Method, path: &str) -> bool {
        let mut given = path.split('/');
        let fits = |(template, segment): (&str, &str)| {
            if template.starts_with('{') { !segment.is_empty() } else { template == segment }
        };
        self.method == method
            && self.path.split('/').all(|template| given.next().is_some_and(|segment| fits((template, segment))))
            && given.next().is_none()
    }

    /// What stands in the `{segments}` of an encoded path of this route, decoded, in order; `None` for a request of another
    /// route, or where an id is not UTF-8.
    #[must_use]
    pub fn segments(&self, method: Method, path: &str) -> Option<Vec<String>> {
        if !self.matches(method, path) {
            return None;
        }
        let ids = self.path.split('/').zip(path.split('/')).filter(|(template, _)| template.starts_with('{'));
        ids.map(|(_, id)| Some(percent_decode_str(id).decode_utf8().ok()?.into_owned())).collect()
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
