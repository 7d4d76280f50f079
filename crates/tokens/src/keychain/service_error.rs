//! The errors of a Secret Service and of the bus it is on, told apart.

use secret_service::Error as ServiceError;
use zbus::DBusError;

use super::KeychainError;

/// Nobody answers as a Secret Service.
pub(super) fn no_service(problem: &zbus::Error) -> KeychainError {
    KeychainError::NoService { problem: problem.to_string() }
}

/// The library's error as one of ours.
pub(super) fn told_apart(error: &ServiceError) -> KeychainError {
    let problem = error.to_string();
    match error {
        ServiceError::Locked => KeychainError::Locked,
        ServiceError::Prompt => KeychainError::Denied { problem: "its dialog was dismissed".to_owned() },
        ServiceError::PromptDisconnected => KeychainError::Vanished { problem },
        ServiceError::NoResult | ServiceError::Unavailable => KeychainError::NoService { problem },
        ServiceError::Zbus(error) => by_bus(error),
        ServiceError::ZbusFdo(error) => by_name(error.name().as_str(), error.to_string()),
        // An answer under another session's key: the service was restarted in between.
        ServiceError::Crypto(_) => KeychainError::Vanished { problem },
        _ => KeychainError::Failed { problem },
    }
}

/// An error of the bus, or one that came over it.
pub(super) fn by_bus(error: &zbus::Error) -> KeychainError {
    let problem = error.to_string();
    match error {
        zbus::Error::MethodError(name, _, _) => by_name(name.as_str(), problem),
        zbus::Error::FDO(error) => match &**error {
            zbus::fdo::Error::ZBus(error) => by_bus(error),
            error => by_name(error.name().as_str(), problem),
        },
        // The bus itself went away; whether for good, connecting anew will tell.
        zbus::Error::InputOutput(_) => KeychainError::Vanished { problem },
        zbus::Error::Connection(..) | zbus::Error::Address(_) | zbus::Error::Handshake(_) => no_service(error),
        _ => KeychainError::Failed { problem },
    }
}

/// By the D-Bus error's name ("Secret Service API", Errors; "D-Bus Specification", `org.freedesktop.DBus.Error`).
fn by_name(name: &str, problem: String) -> KeychainError {
    let Some((_, last)) = name.rsplit_once('.') else { return KeychainError::Failed { problem } };
    match last {
        "IsLocked" => KeychainError::Locked,
        // Sessions, items and collections of a service that was restarted.
        "NoSession" | "NoSuchObject" | "NoReply" | "Disconnected" | "UnknownObject" | "UnknownMethod" => {
            KeychainError::Vanished { problem }
        }
        "ServiceUnknown" | "NameHasNoOwner" | "NoServer" | "FileNotFound" => KeychainError::NoService { problem },
        "AccessDenied" | "AuthFailed" | "InteractiveAuthorizationRequired" => KeychainError::Denied { problem },
        _ if name.starts_with("org.freedesktop.DBus.Error.Spawn.") => KeychainError::NoService { problem },
        _ => KeychainError::Failed { problem },
    }
}

#[cfg(test)]
mod tests {
    use super::by_name;

    #[test]
    fn errors_of_the_bus_and_of_the_service_are_told_apart() {
        for (name, code) in [
            ("org.freedesktop.Secret.Error.IsLocked", "locked"),
            ("org.freedesktop.Secret.Error.NoSession", "vanished"),
            ("org.freedesktop.Secret.Error.NoSuchObject", "vanished"),
            ("org.freedesktop.DBus.Error.NoReply", "vanished"),
            ("org.freedesktop.DBus.Error.ServiceUnknown", "no_service"),
            ("org.freedesktop.DBus.Error.Spawn.ChildExited", "no_service"),
            ("org.freedesktop.DBus.Error.AccessDenied", "denied"),
            ("org.freedesktop.DBus.Error.LimitsExceeded", "failed"),
            ("nonsense", "failed"),
        ] {
            assert_eq!(by_name(name, String::new()).code(), code, "{name}");
        }
    }
}
