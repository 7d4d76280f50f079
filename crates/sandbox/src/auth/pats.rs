//! Personal access tokens: made once, shown once, kept as a hash.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use rusqlite::{Connection, Row};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::caller::{Caller, Role, Scope};
use crate::{
    clock::{new_id, now},
    db::{Ask as _, Db},
    error::{Error, Result},
};

/// How long a use may go unrecorded, in seconds: a write on every request would cost more than the request.
const USE_IS_FRESH: i64 = 60;

/// A token to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewPat {
    pub(crate) display_name: String,
    /// What it may do.
    pub(crate) scopes: Vec<Scope>,
    pub(crate) role: Role,
    /// When it ends; never, by default.
    pub(crate) expires_at: Option<String>,
}

/// Makes a token. Its row and its text, which is kept nowhere.
pub(crate) fn create(connection: &Connection, new: &NewPat) -> Result<(Value, SecretString)> {
    insert(connection, &new_id("pat"), new)
}

fn insert(connection: &Connection, id: &str, new: &NewPat) -> Result<(Value, SecretString)> {
    let token = format!("pat_{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
    let scopes = new.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>();
    connection.run(
        "INSERT INTO pats (id, display_name, hash, scopes, role, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        &[&id, &new.display_name, &hash(&token), &scopes.join(" "), &new.role.name(), &now(), &new.expires_at],
    )?;
    let row = connection
        .one(&format!("{SELECT} WHERE id = ?"), &[&id], shown)?
        .ok_or(Error::Damaged("a token that was just made is not there"))?;
    Ok((row, token.into()))
}

/// Makes a token with every scope, in place of an older one of the same name: a process that starts anew needs one it can
/// hold in memory, and the old one must die with its process. It keeps its id, and with it the webhooks that are bound to it; a
/// person's token of the same name is left alone.
pub(crate) fn issue_local(connection: &Connection, name: &str) -> Result<SecretString> {
    let id = format!("pat_local_{}", hex::encode(Sha256::digest(name)).split_at(16).0);
    connection.run("DELETE FROM pats WHERE id = ?", &[&id])?;
    let new = NewPat {
        display_name: name.to_owned(),
        scopes: Scope::ALL.to_vec(),
        role: Role::Contributor,
        expires_at: None,
    };
    Ok(insert(connection, &id, &new)?.1)
}

/// The rows that people may see, newest first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Value>> {
    connection.all(&format!("{SELECT} ORDER BY created_at DESC, id DESC"), &[], shown)
}

/// Ends a token for good.
pub(crate) fn revoke(connection: &Connection, id: &str) -> Result<()> {
    match connection.run("DELETE FROM pats WHERE id = ?", &[&id])? {
        0 => Err(Error::not_found("personal access token", id)),
        _ => Ok(()),
    }
}

/// The owner of a token.
pub(crate) async fn find(db: &Db, token: &str) -> Result<Caller> {
    const UNKNOWN: Error = Error::Unauthorized("the token is unknown, expired or revoked; create a new one");
    let hash = hash(token);
    let found = db
        .read(move |connection| {
            connection.one(
                "SELECT id, scopes, role, expires_at, last_used_at FROM pats WHERE hash = ?",
                &[&hash],
                |row| {
                    let scopes: String = row.get(1)?;
                    let role: String = row.get(2)?;
                    let caller = Caller {
                        id: row.get(0)?,
                        scopes: scopes.split(' ').filter_map(Scope::named).collect(),
                        role: Role::named(&role).unwrap_or(Role::Viewer),
                    };
                    Ok((caller, row.get::<_, Option<String>>(3)?, row.get::<_, Option<String>>(4)?))
                },
            )
        })
        .await?;
    let (caller, expires_at, last_used_at) = found.ok_or(UNKNOWN)?;
    if expires_at.is_some_and(|expires_at| expires_at <= now()) {
        return Err(UNKNOWN);
    }
    if !last_used_at.is_some_and(|used| is_fresh(&used)) {
        let id = caller.id.clone();
        db.write(move |transaction| transaction.run("UPDATE pats SET last_used_at = ? WHERE id = ?", &[&now(), &id]))
            .await?;
    }
    Ok(caller)
}

const SELECT: &str = "SELECT id, display_name, scopes, role, created_at, last_used_at, expires_at FROM pats";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    let scopes: String = row.get(2)?;
    Ok(json!({
        "id": row.get::<_, String>(0)?,
        "display_name": row.get::<_, String>(1)?,
        "scopes": scopes.split(' ').filter(|scope| !scope.is_empty()).collect::<Vec<_>>(),
        "role": row.get::<_, String>(3)?,
        "created_at": row.get::<_, String>(4)?,
        "last_used_at": row.get::<_, Option<String>>(5)?,
        "expires_at": row.get::<_, Option<String>>(6)?,
    }))
}

/// A token has 256 random bits, so one round of a plain hash is enough, and looking it up by hash leaks no timing of use.
fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn is_fresh(used: &str) -> bool {
    used.parse::<Timestamp>().is_ok_and(|used| Timestamp::now().duration_since(used).as_secs() < USE_IS_FRESH)
}
