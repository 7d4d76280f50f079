//! An account's tokens as the platform lists them, and which of them is which. Whoever needs one of the rows has it picked here.

use agentruntime_bff::{Client, Pat, pats};
use agentruntime_settings::{Profile, ProfileId, Revocation, Rotation, Settings};
use jiff::{Timestamp, ToSpan as _};
use tokio_util::sync::CancellationToken;

use super::Tokens;
use crate::{Error, PatRow};

/// A token that was used just now shows it within so many seconds of our clock.
const JUST_NOW: i64 = 30;
/// A platform may note a use no oftener than this, in minutes: within it nobody knows which token was used last.
const UNCLEAR: i64 = 60;

impl Tokens {
    /// The tokens of a workspace's account.
    ///
    /// # Errors
    /// As [`Tokens::pat`], and the BFF's.
    pub async fn rows(&self, id: ProfileId) -> Result<Vec<PatRow>, Error> {
        Ok(self.listing(id).await?.into_rows())
    }

    /// As [`Tokens::rows`], to pick one of them.
    pub(super) async fn listing(&self, id: ProfileId) -> Result<Listing, Error> {
        let pat = self.pat(id).await?;
        Listing::ask(&self.client(&self.profile(id)?)?, &pat).await
    }
}

/// The row of a token that was used a moment ago, where the platform tells, and clearly.
///
/// # Errors
/// The BFF's.
pub async fn own_row(client: &Client, pat: &Pat) -> Result<Option<PatRow>, Error> {
    Ok(Listing::ask(client, pat).await?.asking().cloned())
}

/// The account's tokens, as one of them was told.
#[derive(Debug)]
pub(super) struct Listing {
    rows: Vec<PatRow>,
    /// When the reply came.
    at: Timestamp,
}

impl Listing {
    /// Asks the platform.
    pub(super) async fn ask(client: &Client, pat: &Pat) -> Result<Self, Error> {
        let pats::Rows(rows) = client.call(pat, &pats::List, &CancellationToken::new()).await?;
        Ok(Self { rows: rows.into_iter().map(PatRow::from).collect(), at: Timestamp::now() })
    }

    /// All of them.
    pub(super) fn into_rows(self) -> Vec<PatRow> {
        self.rows
    }

    /// The ids of all of them.
    pub(super) fn ids(&self) -> Vec<String> {
        self.rows.iter().map(|row| row.id.clone()).collect()
    }

    /// The row of this id.
    pub(super) fn with_id(&self, id: &str) -> Option<&PatRow> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// The row of the token that asked for the list: the only one, or the one that alone was used just now.
    pub(super) fn asking(&self) -> Option<&PatRow> {
        if let [only] = &self.rows[..] {
            return Some(only);
        }
        let since = self.at.checked_sub(UNCLEAR.minutes()).ok()?;
        let used = self.rows.iter().filter_map(|row| Some((row, row.last_used_at?)));
        let mut lately = used.filter(|(_, at)| *at >= since);
        let (row, at) = lately.next()?;
        let alone = lately.next().is_none();
        (alone && self.at.duration_since(at).as_secs().abs() <= JUST_NOW).then_some(row)
    }

    /// The row of a workspace's token, with which the list was asked for: the one a person chose, the one it is known to be, or
    /// the one that it can only be.
    ///
    /// # Errors
    /// [`Error::WhichToken`].
    pub(super) fn own(&self, profile: &Profile, chosen: Option<&str>) -> Result<&PatRow, Error> {
        let row = match chosen.or_else(|| profile.pat_id()) {
            Some(id) => self.with_id(id),
            None => self.asking(),
        };
        row.ok_or_else(|| self.unclear())
    }

    /// The row of a token that is to die and whose id nobody wrote down; the list was asked for with that token.
    ///
    /// # Errors
    /// [`Error::WhichToken`].
    pub(super) fn dying(&self, revocation: &Revocation, settings: &Settings) -> Result<&PatRow, Error> {
        let is_its = |profile: &Profile| Some(profile.entry) == revocation.entry;
        let found = match settings.profile(revocation.profile).filter(|profile| is_its(profile)) {
            Some(profile) => self.own(profile, None).ok(),
            None => self.asking(),
        };
        // What another workspace goes with is not this one, whatever it looks like.
        let in_use = |row: &PatRow| {
            settings.profiles.iter().any(|profile| !is_its(profile) && profile.pat_id() == Some(row.id.as_str()))
        };
        found.filter(|row| !in_use(row)).ok_or_else(|| self.unclear())
    }

    /// The row of a successor that may have been made and whose id nobody wrote down: a token that was not there before, of the
    /// same name and scopes, never used, and known to nothing else here. `None` where there is none yet.
    ///
    /// # Errors
    /// [`Error::WhichToken`] where several may be it.
    pub(super) fn successor(&self, rotation: &Rotation, settings: &Settings) -> Result<Option<&PatRow>, Error> {
        let journal = &settings.journal;
        let ours = settings.profiles.iter().filter_map(Profile::pat_id);
        let dying = journal.revocations.iter().filter_map(|revocation| revocation.pat_id.as_deref());
        let others = journal.rotations.iter().filter_map(|other| other.stage.successor());
        let before = rotation.known.iter().map(String::as_str);
        let known: Vec<_> = ours.chain(dying).chain(others).chain(before).collect();
        let mut found = self.rows.iter().filter(|row| {
            !known.contains(&row.id.as_str())
                && row.last_used_at.is_none()
                && row.display_name.as_deref().is_none_or(|name| name == rotation.display_name)
                && (row.scopes.is_empty() || rotation.asks_for(&row.scopes))
        });
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(self.unclear()),
            (found, _) => Ok(found),
        }
    }

    /// That a person has to say which one it is.
    pub(super) fn unclear(&self) -> Error {
        Error::WhichToken { rows: self.rows.clone() }
    }
}

#[cfg(test)]
mod tests;
