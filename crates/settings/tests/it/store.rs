//! The settings file: never half of one, never a lost one.

use std::{
    collections::BTreeSet,
    env, fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use agentruntime_settings::{
    Backend, Care, EntryId, LanguageTag, LogLevel, Opened, Profile, ProfileId, Reminder, Settings, SettingsError,
    SettingsStore, Theme, TokenFacts, TokenPlace,
};
use jiff::Timestamp;
use proptest::{option, prelude::*};

fn open(folder: &Path) -> SettingsStore {
    let Opened { store, trouble } = SettingsStore::open(folder).unwrap();
    assert_eq!(trouble, None);
    store
}

#[tokio::test]
async fn a_change_is_written_told_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("not/yet/there");
    let store = open(&folder);
    assert_eq!(*store.get(), Settings::default());
    assert!(!store.path().exists(), "nothing is written before something is changed");
    let mut changes = store.subscribe();
    let before = store.update(|settings| std::mem::replace(&mut settings.port, 9000)).await.unwrap();
    assert_eq!(before, 8340);
    assert!(changes.has_changed().unwrap());
    assert_eq!(changes.borrow_and_update().port, 9000);
    store.update(|settings| settings.port = 9000).await.unwrap();
    assert!(!changes.has_changed().unwrap(), "what changes nothing is no change");
    assert_eq!(*open(&folder).get(), *store.get());
    let mut names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    names.sort_unstable();
    assert_eq!(names, ["locks", "settings.json"], "no part is left");
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("config");
    let store = open(&folder);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for port in [1, 2] {
        store.update(move |settings| settings.port = port).await.unwrap();
        assert_eq!((mode(&folder), mode(store.path())), (0o700, 0o600));
        fs::set_permissions(store.path(), fs::Permissions::from_mode(0o644)).unwrap();
    }
}

#[tokio::test]
async fn a_change_that_does_not_fit_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let active = Some(ProfileId::new());
    let error = store.update(move |settings| settings.active_profile = active).await.unwrap_err();
    assert!(error.to_string().contains("active_profile"), "{error}");
    assert_eq!(store.update(|settings| settings.port = 0).await.unwrap_err().code(), "settings_invalid");
    assert_eq!(
        store.update(|settings| settings.language = LanguageTag(Some("ü".to_owned()))).await.unwrap_err().code(),
        "settings_invalid"
    );
    assert_eq!(*store.get(), Settings::default());
    assert!(!store.path().exists());
}

#[tokio::test]
async fn a_broken_file_is_kept_aside_and_told_of() {
    for (text, key) in [
        ("{\"port\": 1, \"prot\": 2}", "prot"),
        ("{\"version\": 3}", "version"),
        ("{\"port\": 0}", "port"),
        ("{\"language\": \"\"}", "language"),
        ("{\"notifications\": {\"long_minutes\": 1441}}", "notifications.long_minutes"),
        (
            "{\"notifications\": {\"quiet_hours\": {\"from\": \"22:00\", \"to\": \"7:00\"}}}",
            "notifications.quiet_hours.to",
        ),
        ("not json", "file"),
        ("", "file"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        fs::write(&path, text).unwrap();
        let Opened { store, trouble } = SettingsStore::open(folder.path()).unwrap();
        let trouble = trouble.unwrap();
        match &trouble.problem {
            SettingsError::Invalid { key: found, .. } => assert_eq!(found, key, "{text}"),
            other => panic!("{other}"),
        }
        assert_eq!(fs::read_to_string(&trouble.kept_at).unwrap(), text);
        assert!(trouble.kept_at.file_name().unwrap().to_string_lossy().starts_with("settings.broken-"));
        assert_eq!(*store.get(), Settings::default());
        store.update(|settings| settings.port = 4711).await.unwrap();
        assert_eq!(open(folder.path()).get().port, 4711);
        assert_eq!(fs::read_to_string(&trouble.kept_at).unwrap(), text, "still there");
    }
}

#[test]
fn a_file_as_editors_of_windows_write_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("settings.json"), "\u{feff}{\r\n  \"port\": 9000\r\n}\r\n").unwrap();
    assert_eq!(open(folder.path()).get().port, 9000);
}

#[tokio::test]
async fn what_cannot_be_read_or_written_is_an_error_and_no_default() {
    let folder = tempfile::tempdir().unwrap();
    // A folder where the file should be: not readable as a file, for nobody.
    fs::create_dir(folder.path().join("settings.json")).unwrap();
    assert_eq!(SettingsStore::open(folder.path()).unwrap_err().code(), "settings_unreadable");
    fs::remove_dir(folder.path().join("settings.json")).unwrap();
    let store = open(folder.path());
    store.update(|settings| settings.port = 1).await.unwrap();
    fs::remove_dir_all(folder.path()).unwrap();
    assert_eq!(store.update(|settings| settings.port = 2).await.unwrap_err().code(), "settings_unwritable");
    assert_eq!(store.get().port, 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_elsewhere_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("mine.json"), "{}").unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("mine.json"), folder.path().join("settings.json")).unwrap();
    open(folder.path()).update(|settings| settings.port = 1).await.unwrap();
    assert!(folder.path().join("settings.json").is_symlink());
    assert!(fs::read_to_string(elsewhere.path().join("mine.json")).unwrap().contains("\"port\": 1"));
}

/// Names the folder to the process that writes until it is killed.
const WRITE_IN: &str = "SETTINGS_TEST_WRITE_IN";

#[test]
fn a_killed_writer_leaves_a_whole_file() {
    const NAME: &str = "store::a_killed_writer_leaves_a_whole_file";
    if let Some(folder) = env::var_os(WRITE_IN) {
        let store = open(Path::new(&folder));
        for round in 0_u64.. {
            // Of very different lengths: half of one would show.
            let groups = (0..round % 50 * 20).map(|group| format!("group-{group}"));
            let groups = groups.collect::<BTreeSet<_>>();
            store.update_blocking(|settings| (settings.risk, settings.groups_off) = (!settings.risk, groups)).unwrap();
        }
    }
    let rerun = || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([NAME, "--exact", "--nocapture", "--test-threads=1"]);
        command
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.json");
    for round in 0..12 {
        // Two at once: the last wins, and neither breaks the other's file.
        let mut writers = [(); 2].map(|()| rerun().env(WRITE_IN, folder.path()).stdout(Stdio::null()).spawn().unwrap());
        let begun = Instant::now();
        let stamp = || fs::metadata(&path).and_then(|data| data.modified()).ok();
        let first = stamp();
        while stamp() == first {
            assert!(begun.elapsed() < Duration::from_secs(20), "nobody writes");
            std::thread::sleep(Duration::from_millis(1));
        }
        let until = Instant::now() + Duration::from_millis(20 + round * 7);
        while Instant::now() < until {
            serde_json::from_slice::<Settings>(&fs::read(&path).unwrap()).expect("half a file");
        }
        for writer in &mut writers {
            writer.kill().unwrap();
            writer.wait().unwrap();
        }
        open(folder.path());
    }
}

fn text() -> impl Strategy<Value = String> {
    "[\\PC&&[^\\s]][\\PC]{0,12}[\\PC&&[^\\s]]"
}

#[tokio::test]
async fn two_processes_lose_none_of_each_others_changes() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (open(folder.path()), open(folder.path()));
    let mut seen = other.subscribe();
    let end = tokio_util::sync::CancellationToken::new();
    let following = tokio::spawn({
        let (other, end) = (other.clone(), end.clone());
        async move { other.follow(end).await }
    });
    one.update(|settings| settings.port = 9000).await.unwrap();
    tokio::time::timeout(Duration::from_secs(20), seen.wait_for(|settings| settings.port == 9000))
        .await
        .unwrap()
        .unwrap();
    let writers = [(one.clone(), "one"), (other.clone(), "other")].map(|(store, name)| {
        std::thread::spawn(move || {
            for number in 0..20 {
                store.update_blocking(|settings| settings.groups_off.insert(format!("{name}-{number}"))).unwrap();
            }
        })
    });
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    assert_eq!(open(folder.path()).get().groups_off.len(), 40);
    end.cancel();
    following.await.unwrap();
}

#[tokio::test]
async fn what_was_made_unusable_meanwhile_is_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.update(|settings| settings.port = 9000).await.unwrap();
    fs::write(store.path(), "{\"prot\": 1}").unwrap();
    store.update(|settings| settings.risk = true).await.unwrap();
    let settings = open(folder.path()).get();
    assert_eq!((settings.port, settings.risk), (9000, true));
    let aside = fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path());
    let aside = aside.filter(|path| path.to_string_lossy().contains("broken")).collect::<Vec<_>>();
    assert_eq!(aside.iter().map(|path| fs::read_to_string(path).unwrap()).collect::<Vec<_>>(), ["{\"prot\": 1}"]);
}

#[tokio::test]
async fn the_first_version_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let id = ProfileId::new();
    let old = serde_json::json!({
        "version": 1, "port": 9000, "active_profile": id, "unfinished": [EntryId::new()],
        "profiles": [{ "id": id, "name": "Work", "backend": "production", "url": "https://api.agentruntime.io/", "token": "keychain" }],
    });
    fs::write(folder.path().join("settings.json"), old.to_string()).unwrap();
    let settings = open(folder.path()).get();
    assert_eq!((settings.port, settings.unfinished.len()), (9000, 1));
    assert_eq!(settings.active().unwrap().entry.to_string(), id.to_string(), "where its token stands");
}

prop_compose! {
    fn profile()(
        name in text(),
        backend in prop_oneof![Just(Backend::Production), Just(Backend::Custom), Just(Backend::Sandbox), Just(Backend::Development)],
        url in "https://[a-z]{1,9}\\.example/[a-z]{0,5}",
        tenant_id in option::of("[!-~]{1,20}"),
        project_id in option::of("[!-~]{1,20}"),
        token in prop_oneof![Just(TokenPlace::Keychain), Just(TokenPlace::Memory), Just(TokenPlace::None)],
        facts in option::of((option::of(text()), option::of(text()), option::of("[!-~]{4}"), prop::collection::vec(text(), 0..4),
            option::of(0..2_000_000_000_i64), option::of(0..2_000_000_000_i64), 0..2_000_000_000_i64)),
        care in prop_oneof![
            Just(Care::Never), (Care::DAYS).prop_map(|days| Care::Remind { days }), (Care::DAYS).prop_map(|days| Care::Rotate { days }),
        ],
        told in prop::collection::btree_set(prop_oneof![Just(Reminder::Old), Just(Reminder::EndsWithinAWeek), Just(Reminder::EndsWithinADay)], 0..3),
    ) -> Profile {
        let second = |second| Timestamp::from_second(second).unwrap();
        let facts = facts.map(|(pat_id, display_name, last_four, scopes, created_at, expires_at, added_at)| TokenFacts {
            pat_id, display_name, last_four, scopes, created_at: created_at.map(second), expires_at: expires_at.map(second), added_at: second(added_at),
        });
        let (id, entry, url) = (ProfileId::new(), EntryId::new(), url.parse().unwrap());
        Profile { id, name, backend, url, tenant_id, project_id, token, entry, facts, care, told }
    }
}

prop_compose! {
    fn any_settings()(
        port in 1..=u16::MAX,
        (start_at_login, risk, active) in any::<(bool, bool, bool)>(),
        theme in prop_oneof![Just(Theme::System), Just(Theme::Light), Just(Theme::Dark)],
        log_level in prop_oneof![Just(LogLevel::Error), Just(LogLevel::Warn), Just(LogLevel::Info), Just(LogLevel::Debug), Just(LogLevel::Trace)],
        language in option::of("[a-z]{2}(-[A-Z]{2})?").prop_map(LanguageTag),
        groups_off in prop::collection::btree_set(text(), 0..5),
        profiles in prop::collection::vec(profile(), 0..4),
        unfinished in 0..3_usize,
    ) -> Settings {
        let active_profile = profiles.first().filter(|_| active).map(|profile| profile.id);
        let unfinished = (0..unfinished).map(|_| EntryId::new()).collect();
        Settings {
            port, start_at_login, risk, theme, log_level, language, groups_off, profiles, active_profile, unfinished,
            ..Settings::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_settings_read_back(settings in any_settings()) {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).update_blocking(|current| *current = settings.clone()).unwrap();
        prop_assert_eq!(&*open(folder.path()).get(), &settings);
    }

    #[test]
    fn no_bytes_are_lost_or_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("settings.json"), &bytes).unwrap();
        let trouble = SettingsStore::open(folder.path()).unwrap().trouble.unwrap();
        prop_assert_eq!(fs::read(trouble.kept_at).unwrap(), bytes);
    }
}
