//! Who may come in: the `Host`, the `Origin`, the user at the other end of the socket, and, in pass-through mode, a token.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Json,
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header, uri::Authority};
use serde_json::json;

use super::peer::Connection;
use crate::{bearer::bearer, platform::Credentials};

/// What the door lets in.
#[derive(Debug, Clone, Default)]
pub struct Admission {
    /// Host names answered besides loopback's, in lower case, without port. Loopback's names are always answered.
    pub hosts: Vec<String>,
}

impl Admission {
    fn knows(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }
}

/// A refusal as JSON.
pub(super) fn refusal(status: StatusCode, code: &'static str, text: &str) -> Response {
    (status, Json(json!({ "error": { "code": code, "message": text } }))).into_response()
}

/// Lets a request in, or answers it with a refusal. Stands before every route.
pub(super) async fn admit(
    State(door): State<Arc<(Credentials, Admission)>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let (credentials, admission) = &*door;
    // In pass-through mode the server holds nothing of its own user's, and a proxy before it is often another.
    if *credentials == Credentials::Held && !connection.is_own_user().await {
        tracing::warn!(peer = %connection.remote, "refused a connection of another user of this machine");
        return refusal(StatusCode::FORBIDDEN, "other_user", "this server answers only the user who started it");
    }
    if let Err(refused) = check(*credentials, admission, &request) {
        return *refused;
    }
    next.run(request).await
}

fn check(credentials: Credentials, admission: &Admission, request: &Request) -> Result<(), Box<Response>> {
    let host = host_of(request);
    let Some(host) = host.filter(|host| admission.knows(host.host())) else {
        return Err(Box::new(refusal(
            StatusCode::FORBIDDEN,
            "host_not_allowed",
            "the Host header names no address of this server (DNS rebinding?): use http://127.0.0.1 with its port",
        )));
    };
    if !origin_is_own(request.headers(), &host) {
        return Err(Box::new(refusal(
            StatusCode::FORBIDDEN,
            "origin_not_allowed",
            "web pages of other origins may not call this server",
        )));
    }
    if credentials == Credentials::PassThrough && request.uri().path() == "/mcp" && bearer(request.headers()).is_none()
    {
        let mut refused = refusal(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "this server passes each client's own token through: send `Authorization: Bearer pat_…`",
        );
        refused.headers_mut().insert(header::WWW_AUTHENTICATE, http::HeaderValue::from_static("Bearer"));
        return Err(Box::new(refused));
    }
    Ok(())
}

fn host_of(request: &Request) -> Option<Authority> {
    let mut given = request.headers().get_all(header::HOST).iter();
    match (given.next(), given.next()) {
        (Some(host), None) => {
            let authority: Authority = host.to_str().ok()?.parse().ok()?;
            // `user@host` has no place in a Host header; a reader that stops at the `@` would see another host.
            (!authority.as_str().contains('@')).then_some(authority)
        }
        _ => None,
    }
}

/// No `Origin` (no browser), or the server's own.
fn origin_is_own(headers: &HeaderMap, host: &Authority) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => true,
        (Some(origin), None) => origin
            .to_str()
            .ok()
            .and_then(|origin| origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")))
            .is_some_and(|authority| authority.eq_ignore_ascii_case(host.as_str())),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::body::Body;
    use http::Request;

    use super::{Admission, host_of, origin_is_own};

    fn request(headers: &[(&str, &str)]) -> axum::extract::Request {
        let mut builder = Request::builder().uri("/mcp");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(Body::empty()).unwrap()
    }

    #[test]
    fn only_loopback_hosts_are_known_by_default() {
        let door = Admission::default();
        for good in ["localhost", "LOCALHOST:8340", "127.0.0.1", "127.0.0.1:9", "[::1]:8340"] {
            let host = host_of(&request(&[("host", good)])).unwrap();
            assert!(door.knows(host.host()), "{good}");
        }
        for bad in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "0.0.0.0:8340",
            "localhost@evil.example",
        ] {
            let host = host_of(&request(&[("host", bad)]));
            assert!(!host.is_some_and(|host| door.knows(host.host())), "{bad}");
        }
        assert!(host_of(&request(&[])).is_none());
        assert!(host_of(&request(&[("host", "localhost"), ("host", "evil.example")])).is_none());
    }

    #[test]
    fn only_the_servers_own_origin_passes() {
        let verdict = |origin: &[&str]| {
            let mut pairs = vec![("host", "127.0.0.1:8340")];
            pairs.extend(origin.iter().map(|o| ("origin", *o)));
            let request = request(&pairs);
            origin_is_own(request.headers(), &host_of(&request).unwrap())
        };
        assert!(verdict(&[]));
        assert!(verdict(&["http://127.0.0.1:8340"]));
        for foreign in [
            "null",
            "http://evil.example",
            "http://127.0.0.1:9999",
            "http://localhost:8340",
            "file://127.0.0.1:8340",
            "http://127.0.0.1:8340.evil.example",
        ] {
            assert!(!verdict(&[foreign]), "{foreign}");
        }
        assert!(!verdict(&["http://127.0.0.1:8340", "http://127.0.0.1:8340"]));
    }
}
