//! The errors of Windows' Credential Manager, told apart.

use super::KeychainError;

/// How the store words an error that it has no name for; the number is the system's.
const NUMBERED: &str = "Windows error code ";

/// The store's error as one of ours, where the number says more than that it failed. The type is the store's own secret, so it
/// is told by its text.
///
/// There is no locked state: whoever is logged on has their credentials.
pub(super) fn told_apart(problem: String) -> Option<KeychainError> {
    // ERROR_NO_SUCH_LOGON_SESSION: over the network (ssh, WinRM) and in some services there are no credentials to keep any in.
    if problem.contains("ERROR_NO_SUCH_LOGON_SESSION") {
        let problem = format!("this logon session has none, as over ssh, or a policy forbids it: {problem}");
        return Some(KeychainError::NoService { problem });
    }
    match problem.strip_prefix(NUMBERED)?.parse::<u32>().ok()? {
        // ERROR_ACCESS_DENIED
        5 => Some(KeychainError::Denied { problem }),
        // ERROR_SERVICE_DISABLED, ERROR_SERVICE_DOES_NOT_EXIST, ERROR_SERVICE_NOT_ACTIVE: of the Credential Manager
        1058 | 1060 | 1062 => Some(KeychainError::NoService { problem }),
        // RPC_S_SERVER_UNAVAILABLE, RPC_S_SERVER_TOO_BUSY, RPC_S_CALL_FAILED, RPC_S_CALL_FAILED_DNE
        1722 | 1723 | 1726 | 1727 => Some(KeychainError::Vanished { problem }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::told_apart;

    #[test]
    fn errors_of_the_credential_manager_are_told_apart() {
        for (text, code) in [
            ("Windows ERROR_NO_SUCH_LOGON_SESSION", Some("no_service")),
            ("Windows error code 5", Some("denied")),
            ("Windows error code 1062", Some("no_service")),
            ("Windows error code 1722", Some("vanished")),
            ("Windows ERROR_INVALID_FLAGS", None),
            ("Windows error code 1783", None),
            ("nonsense", None),
        ] {
            assert_eq!(told_apart(text.to_owned()).as_ref().map(|error| error.code()), code, "{text}");
        }
    }
}
