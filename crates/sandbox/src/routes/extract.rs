//! How requests are read: like axum's own extractors, but what is wrong is said in the API's words.

use axum::{
    extract::{FromRequest, FromRequestParts, Request, rejection::JsonRejection},
    http::request::Parts,
};
use serde::{Deserialize, de::DeserializeOwned};

use super::rows::Bounds;
use crate::error::{Error, Result};

/// A JSON body. An empty one reads as `{}`, for bodies whose every field may be left out.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let bytes =
            bytes::Bytes::from_request(request, state).await.map_err(|error| Error::Malformed(error.body_text()))?;
        let bytes = if bytes.is_empty() { bytes::Bytes::from_static(b"{}") } else { bytes };
        match axum::Json::<T>::from_bytes(&bytes) {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(JsonRejection::JsonDataError(error)) => Err(invalid(&error.body_text())),
            Err(error) => Err(Error::Malformed(error.body_text())),
        }
    }
}

/// serde's account of what is wrong, with the field where axum knows it, and without the value: it may be a secret.
fn invalid(text: &str) -> Error {
    let message = text.strip_prefix("Failed to deserialize the JSON body into the target type: ").unwrap_or(text);
    let (field, problem) = match message.split_once(": ") {
        Some((field, problem)) if !field.contains(' ') => (field, problem),
        _ => ("body", message),
    };
    let found = problem.split(['"', '`']).next().unwrap_or_default().trim_end();
    match problem.rsplit_once(", expected ") {
        Some((_, expected)) if problem.starts_with("invalid ") => {
            Error::invalid(field, format!("{found}, expected {expected}"))
        }
        _ => Error::invalid(field, problem),
    }
}

/// The query's parameters.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(error) => {
                let text = error.body_text();
                let message = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
                Err(message.split_once(": ").map_or_else(
                    || Error::invalid("query", message),
                    |(field, problem)| Error::invalid(field, problem),
                ))
            }
        }
    }
}

/// Which rows of a list (BFF API, "Workflows": 20 by default, 100 at most).
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Page {
    limit: Option<u32>,
    offset: Option<u32>,
}

impl Page {
    const DEFAULT: u32 = 20;
    const MOST: u32 = 100;

    /// The page that a query with more parameters asks for.
    pub(super) fn new(limit: Option<u32>, offset: Option<u32>) -> Self {
        Self { limit, offset }
    }

    /// The rows it means.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit beyond 1 to 100.
    pub(super) fn bounds(&self) -> Result<Bounds> {
        self.bounds_of(Self::DEFAULT, Self::MOST)
    }

    /// The rows it means of a list with limits of its own.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit beyond 1 to `most`.
    pub(super) fn bounds_of(&self, default: u32, most: u32) -> Result<Bounds> {
        match self.limit.unwrap_or(default) {
            limit if (1..=most).contains(&limit) => Ok(Bounds { limit, offset: self.offset.unwrap_or(0) }),
            _ => Err(Error::invalid("limit", format!("must be 1 to {most}"))),
        }
    }
}
