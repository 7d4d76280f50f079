//! The guard before every route: who asks, and whether their token reaches that far. What no rule names is refused.

mod caller;
mod pats;
mod rules;

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, header};

pub(crate) use caller::Caller;
pub use caller::{Role, Scope};
pub(crate) use pats::{NewPat, create, find, issue_local, list, revoke};
pub use rules::{Rule, rules};

use crate::{
    app::App,
    error::{Error, Result},
};

/// Lets a request through to its route, with its [`Caller`] beside it, or answers 401 or 403.
pub(crate) async fn guard(
    State(app): State<Arc<App>>,
    path: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let rule = rules().iter().find(|rule| rule.method == request.method().as_str() && rule.path == path.as_str());
    let Some(rule) = rule else {
        // Either the path is public by declaration, or the method is one the router would refuse.
        return match rules::is_public(request.method().as_str(), path.as_str()) {
            true => next.run(request).await,
            false => Error::Absent("there is no such route").into_response(),
        };
    };
    let token = bearer(request.headers()).map(str::to_owned);
    match admit(&app, rule, token).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

async fn admit(app: &App, rule: &Rule, token: Result<String>) -> Result<Caller> {
    let caller = find(&app.db, &token?).await?;
    rule.check(&caller)?;
    Ok(caller)
}

/// The token that a request carries.
///
/// # Errors
/// [`Error::Unauthorized`] when there is none.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let parts = value.and_then(|value| value.split_once(' '));
    let token = parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    token.ok_or(Error::Unauthorized("send a personal access token as `Authorization: Bearer pat_…`"))
}
