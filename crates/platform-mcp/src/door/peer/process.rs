//! Windows and macOS: the system tells which process has the peer's socket, and whose that process is.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use listeners::{Listener, Protocol, SocketState};
use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind, get_current_pid};

use super::same;

/// Whether the process at the other end is of the user who runs this one. The tables tell of a socket its own end alone: whoever
/// has another with the same end has to be ours as well.
///
/// On macOS the sockets of others are not shown at all. On Windows all are, and an elevated process of the same user is told to be
/// theirs too; where the system does not say whose a process is, it is not ours.
pub(super) fn is_ours(peer: SocketAddr, accepted: SystemTime) -> bool {
    let Ok(sockets) = listeners::get_all() else { return false };
    let holders = sockets.iter().filter(|socket| is_at(socket, peer)).map(|socket| Pid::from_u32(socket.process.pid));
    are_ours(&holders.collect(), accepted)
}

fn is_at(socket: &Listener, end: SocketAddr) -> bool {
    use SocketState::{CloseWait, Established, FinWait1, FinWait2};
    socket.protocol == Protocol::TCP
        && matches!(socket.state, Established | CloseWait | FinWait1 | FinWait2)
        && same(socket.socket, end)
}

fn are_ours(holders: &BTreeSet<Pid>, accepted: SystemTime) -> bool {
    let (Ok(own), Ok(mut system)) = (get_current_pid(), System::new()) else { return false };
    let asked: Vec<_> = holders.iter().copied().chain([own]).collect();
    let user = ProcessRefreshKind::nothing().with_user(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&asked), true, user);
    let Some(own) = system.process(own).and_then(Process::user_id) else { return false };
    let is_ours = |process: &Process| process.user_id() == Some(own) && may_have_begun(process, accepted);
    !holders.is_empty() && holders.iter().all(|pid| system.process(*pid).is_some_and(is_ours))
}

/// Whether it may have made a connection that was accepted then. On Windows a socket that was handed on stands under the number of
/// the process that made it, when that has long ended and the number is another's.
fn may_have_begun(process: &Process, accepted: SystemTime) -> bool {
    let seconds = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let begun = process.start_time();
    // One that begins in the future began before the clock was set back.
    cfg!(not(windows)) || begun <= seconds(accepted) || begun > seconds(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use std::{
        net::{TcpListener, TcpStream},
        time::SystemTime,
    };

    use sysinfo::{Pid, get_current_pid};

    use super::{are_ours, is_ours};

    #[test]
    fn a_connection_of_this_process_is_ours_in_both_families() {
        if std::env::var_os("AGENTRUNTIME_TEST_WINE").is_some() {
            eprintln!("skipped: Wine does not find a socket of this very process, only those of others");
            return;
        }
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let listener = TcpListener::bind(address).unwrap();
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (_accepted, peer) = listener.accept().unwrap();
            assert!(is_ours(peer, SystemTime::now()), "{address}");
            // Who has said all and waits for the answer is there still.
            client.shutdown(std::net::Shutdown::Write).unwrap();
            assert!(is_ours(peer, SystemTime::now()), "{address}");
        }
    }

    #[test]
    fn an_unknown_socket_is_nobodys_and_neither_is_one_that_only_listens() {
        assert!(!is_ours("127.0.0.1:1".parse().unwrap(), SystemTime::now()));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        assert!(!is_ours(listener.local_addr().unwrap(), SystemTime::now()));
    }

    #[test]
    fn all_who_have_the_socket_must_be_ours() {
        let (own, now) = (get_current_pid().unwrap(), SystemTime::now());
        let nobody = Pid::from_u32(u32::MAX - 3);
        assert!(are_ours(&[own].into(), now));
        assert!(!are_ours(&[own, nobody].into(), now));
        assert!(!are_ours(&[].into(), now));
    }

    #[cfg(windows)]
    #[test]
    fn a_process_that_began_later_has_not_made_the_connection() {
        let own = get_current_pid().unwrap();
        assert!(!are_ours(&[own].into(), SystemTime::now() - std::time::Duration::from_hours(24 * 365)));
    }
}
