//! Secrets at rest: sealed with XChaCha20-Poly1305 under a key that stands in a file of its own beside the database.
//!
//! The key guards against a database that is copied, backed up or attached to a bug report without it. It does not guard
//! against someone who reads the whole folder as its owner; the platform's vault does that, the sandbox does not.

use std::{
    fs::File,
    io::{ErrorKind, Read as _, Write as _},
    path::Path,
};

use agentruntime_lifecycle::files;
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::{Error, Result};

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const KEY_FILE: &str = "vault.key";

/// Seals and opens.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
}

impl Sealer {
    /// Takes the folder's key, making one if the folder is new.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(KEY_FILE);
        let failed = |cause| Error::Io { what: format!("the key {} cannot be used", path.display()), cause };
        let key = match File::open(&path) {
            Ok(mut file) => {
                let mut key = Vec::new();
                file.read_to_end(&mut key).map_err(failed)?;
                <[u8; KEY_BYTES]>::try_from(key.as_slice()).map_err(|_| Error::Sealed)?
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = rand::random::<[u8; KEY_BYTES]>();
                write_key(folder, &path, &key).map_err(failed)?;
                key
            }
            Err(error) => return Err(failed(error)),
        };
        Ok(Self { cipher: XChaCha20Poly1305::new(&Key::from(key)) })
    }

    /// Seals `secret`, bound to `place`: what is sealed for one row cannot be moved to another.
    pub(crate) fn seal(&self, place: &str, secret: &str) -> Result<Vec<u8>> {
        let nonce = rand::random::<[u8; NONCE_BYTES]>();
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for `place`.
    pub(crate) fn open_sealed(&self, place: &str, sealed: &[u8]) -> Result<SecretString> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES).ok_or(Error::Sealed)?;
        let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).map_err(|_| Error::Sealed)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let opened = self.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Sealed)?;
        Ok(String::from_utf8(opened).map_err(|_| Error::Sealed)?.into())
    }
}

/// The end of a secret, for people to tell one from another; nothing of a short one.
pub(crate) fn last_four(secret: &SecretString) -> String {
    let secret = secret.expose_secret();
    match secret.char_indices().rev().nth(3) {
        Some((at, _)) if secret.chars().count() >= 12 => secret.split_at(at).1.to_owned(),
        _ => String::new(),
    }
}

fn write_key(folder: &Path, path: &Path, key: &[u8]) -> std::io::Result<()> {
    let unfinished = folder.join("vault.key.new");
    let mut file = files::private().write(true).create(true).truncate(true).open(&unfinished)?;
    file.write_all(key)?;
    file.sync_all()?;
    drop(file);
    files::replace(&unfinished, path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::{Sealer, last_four};

    #[test]
    fn what_is_sealed_opens_only_in_its_place_and_under_its_key() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sealed = Sealer::open(folder.path()).unwrap().seal("vault/a", "the secret text").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"secret"));

        let again = Sealer::open(folder.path()).unwrap();
        assert_eq!(again.open_sealed("vault/a", &sealed).unwrap().expose_secret(), "the secret text");
        assert!(again.open_sealed("vault/b", &sealed).is_err());
        assert!(Sealer::open(other.path()).unwrap().open_sealed("vault/a", &sealed).is_err());
        assert!(again.open_sealed("vault/a", &[]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        Sealer::open(folder.path()).unwrap();
        let mode = folder.path().join("vault.key").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_short_secret_shows_nothing_of_itself() {
        assert_eq!(last_four(&"sk-test-12345678".into()), "5678");
        assert_eq!(last_four(&"hunter2".into()), "");
    }
}
