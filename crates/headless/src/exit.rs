//! How the program ends, for whoever starts it from a script: one number a kind of failure.

use std::process::ExitCode;

/// A kind of end. Its number is stable; `docs/ERRORS.md` and the help list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All went well.
    Ok = 0,
    /// What none of the others tells, such as a port that is taken.
    Failed = 1,
    /// The command line or the environment asks for what cannot be; clap ends with the same number.
    Usage = 2,
    /// The BFF said no: trying again changes nothing.
    Refused = 3,
    /// The keychain, or a token that is not in it.
    Keychain = 4,
    /// The BFF was not reached, or could not answer now: trying again later may help.
    Network = 5,
    /// What was asked for is done, and something is left that has to be seen to.
    Leftover = 6,
}

/// What the help of the program and of its commands ends with. A test holds it to [`Exit`].
pub const HELP: &str = "\
Exit codes:
  0  all went well
  1  failed otherwise
  2  arguments or environment that cannot be
  3  refused by the BFF
  4  trouble with the keychain
  5  the BFF was not reached
  6  done, with something left to see to";

impl Exit {
    /// The kind of an error, by the stable code of whatever in it has one.
    pub fn of(error: &anyhow::Error) -> Self {
        error.chain().find_map(Self::of_one).unwrap_or(Self::Failed)
    }

    fn of_one(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        let code = if let Some(ending) = error.downcast_ref::<Ending>() {
            return Some(ending.exit);
        } else if let Some(error) = error.downcast_ref::<agentruntime_tokens::Error>() {
            error.code()
        } else {
            error.downcast_ref::<agentruntime_bff::Error>()?.code()
        };
        Some(Self::of_code(code))
    }

    /// The kind of a failure with this code (`docs/ERRORS.md`).
    pub fn of_code(code: &str) -> Self {
        match code {
            "invalid_profile" | "unknown_profile" | "token_unclear" | "token_shared" | "insecure_transport"
            | "invalid_argument" => Self::Usage,
            "bad_request" | "unauthorized" | "forbidden" | "not_found" | "conflict" | "validation_failed" => {
                Self::Refused
            }
            "no_token" | "token_not_in_keychain" => Self::Keychain,
            keychain if keychain.starts_with("keychain_") => Self::Keychain,
            "rate_limited"
            | "upstream_unavailable"
            | "unreachable"
            | "timeout"
            | "redirect_refused"
            | "response_too_large"
            | "invalid_response" => Self::Network,
            "rotation_unfinished" => Self::Leftover,
            _ => Self::Failed,
        }
    }

    /// An error that ends the program this way, with this text.
    pub fn told(self, text: impl Into<String>) -> anyhow::Error {
        Ending { exit: self, text: text.into() }.into()
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error of our own, which says how the program ends.
#[derive(Debug)]
struct Ending {
    exit: Exit,
    text: String,
}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Ending {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use agentruntime_tokens::{Error, KeychainError};
    use anyhow::{Context as _, anyhow};

    use super::{Exit, HELP};

    #[test]
    fn an_error_is_known_by_its_code_however_deep_it_lies() {
        let url = "http://example.com".parse().unwrap();
        let insecure = agentruntime_bff::Client::new(agentruntime_bff::Config::new(url)).unwrap_err();
        for (error, exit) in [
            (anyhow!(Error::Keychain(KeychainError::Locked)), Exit::Keychain),
            (anyhow!(Error::NoToken { name: "Work".to_owned() }), Exit::Keychain),
            (anyhow!(Error::Bff(agentruntime_bff::Error::Cancelled)), Exit::Failed),
            (anyhow!(insecure), Exit::Usage),
            (anyhow!("a port is taken"), Exit::Failed),
            (Exit::Leftover.told("an old token still lives"), Exit::Leftover),
        ] {
            let shown = format!("{error:#}");
            assert_eq!(Exit::of(&error), exit, "{shown}");
            assert_eq!(Exit::of(&Err::<(), _>(error).context("on the way").unwrap_err()), exit, "{shown}");
        }
    }

    #[test]
    fn codes_tell_what_trying_again_is_good_for() {
        for (code, exit) in [
            ("unauthorized", Exit::Refused),
            ("forbidden", Exit::Refused),
            ("unreachable", Exit::Network),
            ("rate_limited", Exit::Network),
            ("keychain_no_service", Exit::Keychain),
            ("unknown_profile", Exit::Usage),
            ("of_tomorrow", Exit::Failed),
        ] {
            assert_eq!(Exit::of_code(code), exit, "{code}");
        }
    }

    #[test]
    fn the_help_lists_every_number_once_and_in_order() {
        let listed =
            HELP.lines().skip(1).map(|line| line.trim_start().split(' ').next().unwrap().parse::<u8>().unwrap());
        let all = [Exit::Ok, Exit::Failed, Exit::Usage, Exit::Refused, Exit::Keychain, Exit::Network, Exit::Leftover];
        assert!(listed.eq(all.map(|exit| exit as u8)));
    }
}
