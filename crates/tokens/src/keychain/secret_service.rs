//! The Secret Service of a Linux session (freedesktop.org, "Secret Service API"): GNOME Keyring, KWallet, KeePassXC.
//!
//! The store does the work. What stands here is what it cannot do: look whether the keyring is locked without opening a
//! dialog, and hear of changes.

use std::{collections::HashMap, future::Future, pin::Pin};

use futures_util::{StreamExt, stream};
use secrecy::SecretString;
use zbus::{
    MatchRule, MessageStream,
    blocking::Connection,
    message::Type,
    zvariant::{DynamicType, OwnedObjectPath, OwnedValue},
};
use zbus_secret_service_keyring_store::Store;

use super::{
    Aim, Hints, KeychainError, Platform, Session,
    service_error::{by_bus, no_service},
    store::{self, Manner, SERVICE, Stored},
};

const BUS_NAME: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
const SERVICE_INTERFACE: &str = "org.freedesktop.Secret.Service";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// With what people read beside an entry in the keyring's own program.
const MANNER: Manner = Manner { kept: &[("label", "AgentRuntime access token")], ours: ("service", SERVICE) };
/// "No object" in this API.
const NOWHERE: &str = "/";

/// The session's Secret Service.
#[derive(Debug)]
pub(super) struct SecretService;

impl Platform for SecretService {
    fn describe(&self) -> &'static str {
        "Secret Service (GNOME Keyring, KWallet or KeePassXC)"
    }

    fn longest_secret(&self) -> usize {
        // The API knows no limit; the longest token there is.
        4096
    }

    fn open(&self) -> Result<Box<dyn Session>, KeychainError> {
        let bus = Connection::session().map_err(|error| no_service(&error))?;
        let store = Store::new().map_err(store::told_apart)?;
        Ok(Box::new(Opened { bus, stored: Stored::new(store, MANNER) }))
    }

    fn hints(&self) -> Pin<Box<dyn Future<Output = Option<Hints>> + Send>> {
        Box::pin(async { listen().await.inspect_err(|error| tracing::debug!(%error, "no hints of the keyring")).ok() })
    }
}

/// Any signal of the service (collections say when they are unlocked), and its coming and going.
async fn listen() -> zbus::Result<Hints> {
    let bus = zbus::Connection::session().await?;
    let spoken = MatchRule::builder().msg_type(Type::Signal).sender(BUS_NAME)?.build();
    let owner = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.DBus")?
        .member("NameOwnerChanged")?
        .arg(0, BUS_NAME)?
        .build();
    let spoken = MessageStream::for_match_rule(spoken, &bus, Some(8)).await?;
    let owner = MessageStream::for_match_rule(owner, &bus, Some(8)).await?;
    Ok(Box::pin(stream::select(spoken, owner).map(|_| ())))
}

/// A connection of the store's, and one to look with.
struct Opened {
    bus: Connection,
    stored: Stored,
}

/// Unlocked and locked items, or what was unlocked at once and the dialog that asks for the rest: both answers look alike.
type Pair<T> = (Vec<OwnedObjectPath>, T);

impl Opened {
    fn ask<B: serde::Serialize + DynamicType, T>(
        &self,
        path: &str,
        interface: &str,
        method: &str,
        body: &B,
    ) -> Result<T, KeychainError>
    where
        T: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
    {
        let answer = self.bus.call_method(Some(BUS_NAME), path, Some(interface), method, body);
        let answer = answer.map_err(|error| by_bus(&error))?;
        answer.body().deserialize().map_err(|error| by_bus(&error))
    }

    /// The keyring that new entries go to.
    fn default_collection(&self) -> Result<OwnedObjectPath, KeychainError> {
        let path: OwnedObjectPath = self.ask(ROOT, SERVICE_INTERFACE, "ReadAlias", &"default")?;
        if path.as_str() == NOWHERE {
            // Storing would open a dialog that makes one, and wait for it.
            return Err(KeychainError::NoService { problem: "there is no default keyring yet".to_owned() });
        }
        Ok(path)
    }

    fn look_at_default(&self) -> Result<(), KeychainError> {
        let collection = self.default_collection()?;
        let body = ("org.freedesktop.Secret.Collection", "Locked");
        let locked: OwnedValue = self.ask(collection.as_str(), PROPERTIES, "Get", &body)?;
        if bool::try_from(&*locked).unwrap_or(true) { Err(KeychainError::Locked) } else { Ok(()) }
    }
}

impl Session for Opened {
    fn look(&self, aim: Aim<'_>) -> Result<(), KeychainError> {
        let wanted = match aim {
            Aim::Keychain => return self.look_at_default(),
            Aim::Entry(name) => HashMap::from([("service", SERVICE), ("username", name)]),
            Aim::Entries => HashMap::from([("service", SERVICE)]),
        };
        let (unlocked, locked): Pair<Vec<OwnedObjectPath>> =
            self.ask(ROOT, SERVICE_INTERFACE, "SearchItems", &wanted)?;
        match (unlocked.is_empty(), locked.is_empty()) {
            (_, false) => Err(KeychainError::Locked),
            (false, true) => Ok(()),
            // Some services find nothing in a locked keyring: then nobody knows whether the entry is there.
            (true, true) => match (self.look_at_default(), aim) {
                (Ok(()) | Err(KeychainError::NoService { .. }), Aim::Entry(_)) => Err(KeychainError::Missing),
                (Err(KeychainError::NoService { .. }), _) => Ok(()),
                (state, _) => state,
            },
        }
    }

    fn get(&self, name: &str) -> Result<SecretString, KeychainError> {
        self.stored.get(name)
    }

    fn set(&self, name: &str, secret: &SecretString) -> Result<(), KeychainError> {
        self.stored.set(name, secret)
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.stored.delete(name)
    }

    fn names(&self) -> Result<Vec<String>, KeychainError> {
        self.stored.names()
    }

    fn ask_to_unlock(&self) -> Result<(), KeychainError> {
        let collection = self.default_collection()?;
        let (_, dialog): Pair<OwnedObjectPath> = self.ask(ROOT, SERVICE_INTERFACE, "Unlock", &(vec![&*collection],))?;
        if dialog.as_str() == NOWHERE {
            return Ok(());
        }
        self.ask(dialog.as_str(), "org.freedesktop.Secret.Prompt", "Prompt", &"")
    }
}
