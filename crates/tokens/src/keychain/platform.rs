//! What a system's keychain must be able to do. All of it may block: [`super::Keychain`] calls it on threads of its own.

use std::{fmt, future::Future, pin::Pin};

use futures_util::Stream;
use secrecy::SecretString;

use super::KeychainError;

/// What a call is about to touch.
#[derive(Debug, Clone, Copy)]
pub enum Aim<'a> {
    /// The keychain as a whole, or a new entry in it.
    Keychain,
    /// The entry of this name.
    Entry(&'a str),
    /// Every entry of ours.
    Entries,
}

/// One connection to a keychain, for one call.
pub trait Session: Send + Sync {
    /// Whether `aim` can be used without a dialog: to be asked first, because a locked keychain would answer no call before
    /// somebody has answered the dialog it opens.
    ///
    /// # Errors
    /// [`KeychainError::Locked`], and whatever else stands in the way.
    fn look(&self, aim: Aim<'_>) -> Result<(), KeychainError>;

    /// The secret of an entry.
    ///
    /// # Errors
    /// [`KeychainError::Missing`], and whatever else stands in the way.
    fn get(&self, name: &str) -> Result<SecretString, KeychainError>;

    /// Makes an entry, or replaces its secret.
    ///
    /// # Errors
    /// Whatever stands in the way.
    fn set(&self, name: &str, secret: &SecretString) -> Result<(), KeychainError>;

    /// Deletes an entry.
    ///
    /// # Errors
    /// [`KeychainError::Missing`], and whatever else stands in the way.
    fn delete(&self, name: &str) -> Result<(), KeychainError>;

    /// The names of all entries of ours.
    ///
    /// # Errors
    /// Whatever stands in the way.
    fn names(&self) -> Result<Vec<String>, KeychainError>;

    /// Has the keychain ask the person to unlock it, where it can; does not wait for the answer.
    ///
    /// # Errors
    /// Whatever stands in the way.
    fn ask_to_unlock(&self) -> Result<(), KeychainError>;
}

/// Hints that a keychain's state may have changed.
pub type Hints = Pin<Box<dyn Stream<Item = ()> + Send>>;

/// A kind of keychain.
pub trait Platform: fmt::Debug + Send + Sync + 'static {
    /// Its name for people.
    fn describe(&self) -> &'static str;

    /// The most bytes it takes in one entry.
    fn longest_secret(&self) -> usize;

    /// Connects.
    ///
    /// # Errors
    /// [`KeychainError::NoService`], and whatever else stands in the way.
    fn open(&self) -> Result<Box<dyn Session>, KeychainError>;

    /// Hints of a change, where the platform gives any. This one must not block.
    fn hints(&self) -> Pin<Box<dyn Future<Output = Option<Hints>> + Send>> {
        Box::pin(std::future::ready(None))
    }
}
