//! Personal access tokens (BFF API, "Everything else"). A token's text is a [`Pat`] from the reply's bytes on: no JSON value and
//! no plain text holds it on the way.

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Value, value::RawValue};

use super::object;
use crate::{Pat, Route};

/// `GET /v1/pats`: rows without token text.
#[derive(Debug, Clone, Default)]
pub struct List;
endpoint!(List => Rows, Route::get("/v1/pats"), []);

/// `POST /v1/pats`: the reply carries the token, once.
#[derive(Debug, Clone)]
pub struct Create {
    pub display_name: String,
    /// What it may do.
    pub scopes: Vec<String>,
}
endpoint!(Create => Created, Route::post("/v1/pats"), [], body |create| object([
    ("display_name", Some(create.display_name.as_str().into())),
    ("scopes", Some(create.scopes.as_slice().into())),
]));

/// `GET /v1/pats/{id}/reveal`
#[derive(Debug, Clone)]
pub struct Reveal {
    pub id: String,
}
endpoint!(Reveal => Revealed, Route::get("/v1/pats/{id}/reveal"), [id]);

/// `DELETE /v1/pats/{id}`: revokes it.
#[derive(Debug, Clone)]
pub struct Delete {
    pub id: String,
}
endpoint!(Delete => Value, Route::delete("/v1/pats/{id}"), [id]);

/// An account's tokens, in the platform's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows(pub Vec<Row>);

/// A token as it is listed. Times are texts as of RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: String,
    pub display_name: Option<String>,
    /// What it may do; empty where the platform does not say.
    pub scopes: Vec<String>,
    pub created_at: Option<String>,
    /// When it was last used.
    pub last_used_at: Option<String>,
    /// When it ends by itself, where it does.
    pub expires_at: Option<String>,
}

impl<'de> Deserialize<'de> for Rows {
    /// Takes a list, or an object with one in it, whatever its name. A row without an id is passed over.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let reply = Value::deserialize(deserializer)?;
        let rows = reply.as_array().or_else(|| reply.as_object()?.values().find_map(Value::as_array));
        // No list is not an empty list: what is decided by what is missing from it would be wrong.
        let rows = rows.ok_or_else(|| D::Error::missing_field("pats"))?;
        Ok(Self(rows.iter().filter_map(Row::read).collect()))
    }
}

impl Row {
    /// What can be read of a row; `None` without an id.
    fn read(row: &Value) -> Option<Self> {
        let text = |key: &str| row.get(key)?.as_str().map(str::to_owned);
        let scopes = row.get("scopes").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            id: text("id")?,
            display_name: text("display_name"),
            scopes: scopes.filter_map(|scope| scope.as_str().map(str::to_owned)).collect(),
            created_at: text("created_at"),
            last_used_at: text("last_used_at"),
            expires_at: text("expires_at"),
        })
    }
}

/// A token that was made just now.
#[derive(Debug, Clone, Deserialize)]
pub struct Created {
    pub id: String,
    pub token: Pat,
}

/// What a platform gives that was asked for a token's text.
#[derive(Debug, Clone)]
pub struct Revealed {
    /// The token; absent where the reply holds none, or something that cannot be one.
    pub token: Option<Pat>,
}

impl<'de> Deserialize<'de> for Revealed {
    /// Takes any JSON: a reply without a token is a reply too, and not one that can be asked for again.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Body<'a> {
            #[serde(borrow)]
            token: &'a RawValue,
        }
        // Read in place, where the reply's bytes are: nothing here copies them.
        let reply = <&RawValue>::deserialize(deserializer)?;
        let token = serde_json::from_str::<Body<'_>>(reply.get()).ok().map(|reply| reply.token.get());
        Ok(Self { token: token.and_then(|token| serde_json::from_str(token).ok()) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use secrecy::ExposeSecret as _;
    use serde_json::{from_str, json};

    use super::{Created, Revealed, Rows};

    #[test]
    fn a_created_token_has_an_id_and_a_text() {
        let created: Created = from_str(r#"{ "id": "p-1", "token": " pat_x\n", "scopes": [] }"#).unwrap();
        assert_eq!((created.id.as_str(), created.token.as_secret().expose_secret()), ("p-1", "pat_x"));
        for bad in [r#"{ "id": "p-1" }"#, r#"{ "token": "pat_x" }"#, r#"{ "id": "p-1", "token": "" }"#, "1"] {
            from_str::<Created>(bad).unwrap_err();
        }
    }

    #[test]
    fn a_reply_without_a_token_is_a_reply() {
        let revealed = |reply: &str| from_str::<Revealed>(reply).map(|revealed| revealed.token);
        let token = revealed(r#"{ "id": "p-1", "token": "pat_\u0078" }"#).unwrap().unwrap();
        assert_eq!(token.as_secret().expose_secret(), "pat_x");
        for none in ["null", "[]", "{}", "\"pat_x\"", r#"{ "token": null }"#, r#"{ "token": 5 }"#, r#"{ "token": "" }"#]
        {
            assert!(revealed(none).unwrap().is_none(), "{none}");
        }
        assert!(revealed("<html>").is_err(), "that was somebody else's answer");
    }

    #[test]
    fn rows_are_read_wherever_they_stand() {
        let row = json!({ "id": "p-1", "display_name": "laptop", "scopes": ["a", 5], "created_at": 3 });
        for reply in [json!([row]), json!({ "pats": [row] }), json!({ "total": 1, "items": [row, { "name": "?" }, 3] })]
        {
            let rows: Rows = from_str(&reply.to_string()).unwrap();
            let [row] = &rows.0[..] else { panic!("{rows:?}") };
            assert_eq!((row.id.as_str(), row.display_name.as_deref()), ("p-1", Some("laptop")));
            assert_eq!((&row.scopes[..], &row.created_at), (&["a".to_owned()][..], &None));
        }
        for none in ["{}", "null", r#"{ "pats": null }"#] {
            let error = from_str::<Rows>(none).unwrap_err();
            assert!(error.to_string().starts_with("missing field"), "{error}");
        }
    }
}
