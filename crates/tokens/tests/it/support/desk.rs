//! A session bus and a keyring of a test's own, in a home of its own.
//!
//! Where the bus is stands in the environment, which a test must not change under its neighbours. So a test that needs one
//! runs itself once more as a process of its own, with that environment.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use zbus::{blocking::Connection, zvariant::OwnedObjectPath};

/// Tells a test that it is the one in the environment of its own.
const HERE: &str = "TOKENS_TEST_DESK";
const PASSWORD: &[u8] = b"test";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
const SECRETS: &str = "/org/freedesktop/secrets";
const LONGEST: Duration = Duration::from_secs(90);

/// No service is started on demand: a keyring is there when a test starts one.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=FOLDER</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"#;

/// A process that ends with its owner.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(program: &str, command: &mut Command) -> Ended {
    match command.spawn() {
        Ok(child) => Ended(child),
        Err(error) => panic!("{program} cannot be started ({error}): apt-get install dbus gnome-keyring"),
    }
}

/// Runs `body` on a desk of its own. `test` is the test's own path in this binary. Without a bus where `bus` is false.
pub fn at_a_desk<F: Future<Output = ()>>(test: &str, bus: bool, body: impl FnOnce(Desk) -> F) {
    at_a_desk_for(LONGEST, test, bus, body);
}

/// As [`at_a_desk`], for no longer than `longest`.
pub fn at_a_desk_for<F: Future<Output = ()>>(longest: Duration, test: &str, bus: bool, body: impl FnOnce(Desk) -> F) {
    if let Some(home) = env::var_os(HERE) {
        let desk = Desk { home: home.into(), keyring: None };
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
            .block_on(body(desk));
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let run = home.path().join("run");
    fs::create_dir(&run).unwrap();
    let (_bus, address) = if bus { start_bus(home.path()) } else { (None, "unix:path=/nowhere/bus".to_owned()) };
    let mut command = super::rerun(test);
    command.env_clear().env("PATH", env::var_os("PATH").unwrap()).env(HERE, home.path()).env("HOME", home.path());
    command.env("XDG_RUNTIME_DIR", &run).env("DBUS_SESSION_BUS_ADDRESS", address).env("RUST_BACKTRACE", "1");
    let mut child = Ended(command.stdout(Stdio::piped()).spawn().unwrap());
    let begun = Instant::now();
    let status = loop {
        match child.0.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > longest => panic!("{test} takes longer than {longest:?}"),
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let mut said = String::new();
    child.0.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(status.success() && said.contains("1 passed"), "{test} did not run or failed at its desk:\n{said}");
}

fn start_bus(home: &Path) -> (Option<Ended>, String) {
    let config = home.join("bus.conf");
    fs::write(&config, BUS.replace("FOLDER", home.to_str().unwrap())).unwrap();
    let mut command = Command::new("dbus-daemon");
    command.arg("--config-file").arg(&config).args(["--nofork", "--nopidfile", "--print-address"]);
    let mut bus = start("dbus-daemon", command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let mut address = String::new();
    BufReader::new(bus.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
    (Some(bus), address.trim().to_owned())
}

/// A home, a session bus, and perhaps a keyring.
pub struct Desk {
    pub home: PathBuf,
    keyring: Option<Ended>,
}

impl Desk {
    /// Starts the keyring, unlocked: the password unlocks the login keyring, or makes it.
    pub fn start_keyring(&mut self) {
        self.start(&["--foreground", "--unlock", "--components=secrets"], PASSWORD);
    }

    /// Starts the keyring as it is after a crash: nobody gave the password.
    pub fn start_locked_keyring(&mut self) {
        self.start(&["--foreground", "--start", "--components=secrets"], b"");
    }

    fn start(&mut self, arguments: &[&str], password: &[u8]) {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut keyring = start("gnome-keyring-daemon", &mut command);
        keyring.0.stdin.take().unwrap().write_all(password).unwrap();
        self.keyring = Some(keyring);
        let begun = Instant::now();
        while !self.is_served() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the keyring did not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn is_served(&self) -> bool {
        let body = "org.freedesktop.secrets";
        let bus = Connection::session().unwrap();
        let there = bus
            .call_method(Some("org.freedesktop.DBus"), "/", Some("org.freedesktop.DBus"), "NameHasOwner", &body)
            .and_then(|answer| answer.body().deserialize::<bool>())
            .unwrap();
        there && self.call::<_, OwnedObjectPath>("org.freedesktop.Secret.Service", "ReadAlias", &"default").is_ok()
    }

    /// Kills the keyring, as the out-of-memory killer would.
    pub fn kill_keyring(&mut self) {
        self.keyring = None;
        let bus = Connection::session().unwrap();
        let begun = Instant::now();
        let asked = || {
            let body = "org.freedesktop.secrets";
            let to = Some("org.freedesktop.DBus");
            bus.call_method(to, "/", to, "NameHasOwner", &body).unwrap().body().deserialize::<bool>().unwrap()
        };
        while asked() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the keyring did not go");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops the keyring in its tracks (`STOP`), or lets it go on (`CONT`).
    pub fn signal_keyring(&self, signal: &str) {
        let pid = self.keyring.as_ref().unwrap().0.id().to_string();
        assert!(Command::new("/bin/kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
    }

    pub fn lock(&self) {
        let login = OwnedObjectPath::try_from(LOGIN).unwrap();
        let locked: (Vec<OwnedObjectPath>, OwnedObjectPath) =
            self.call("org.freedesktop.Secret.Service", "Lock", &(vec![login],)).unwrap();
        assert_eq!(locked.0.len(), 1);
    }

    /// What the keyring's dialog does with the password a person types.
    pub fn unlock(&self) {
        let bus = Connection::session().unwrap();
        let to = Some("org.freedesktop.secrets");
        let plain = ("plain", zbus::zvariant::Value::from(""));
        let session =
            bus.call_method(to, SECRETS, Some("org.freedesktop.Secret.Service"), "OpenSession", &plain).unwrap();
        let (_, session): (zbus::zvariant::OwnedValue, OwnedObjectPath) = session.body().deserialize().unwrap();
        let login = OwnedObjectPath::try_from(LOGIN).unwrap();
        let body = (login, (session, Vec::<u8>::new(), PASSWORD, "text/plain"));
        let interface = Some("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface");
        bus.call_method(to, SECRETS, interface, "UnlockWithMasterPassword", &body).unwrap();
    }

    fn call<B, T>(&self, interface: &str, method: &str, body: &B) -> zbus::Result<T>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
        T: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
    {
        let bus = Connection::session()?;
        let answer = bus.call_method(Some("org.freedesktop.secrets"), SECRETS, Some(interface), method, body)?;
        answer.body().deserialize()
    }

    /// Every file in the home that holds `bytes`, and how many were searched.
    pub fn files_with(&self, bytes: &[u8]) -> (Vec<PathBuf>, usize) {
        let (mut found, mut searched, mut folders) = (Vec::new(), 0, vec![self.home.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    searched += 1;
                    let held = fs::read(entry.path()).unwrap();
                    if held.windows(bytes.len()).any(|window| window == bytes) {
                        found.push(entry.path());
                    }
                }
            }
        }
        (found, searched)
    }
}
