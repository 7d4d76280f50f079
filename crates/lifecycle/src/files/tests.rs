use std::{fs, io::Write as _};

use super::{make_private, make_private_all, private, remove, rename, replace};

#[test]
fn folders_are_made_once_and_their_parents_where_asked() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a").join("b");
    assert!(make_private(&inner).is_err(), "what it lies in is not there");
    make_private_all(&inner).unwrap();
    fs::write(inner.join("kept"), "").unwrap();
    for made in [make_private, make_private_all] {
        made(&inner).unwrap();
        assert!(inner.join("kept").exists());
        assert!(made(&inner.join("kept").join("below")).is_err(), "a file is no folder");
    }
    assert!(make_private_all(&inner.join("kept")).is_err());
}

#[cfg(unix)]
#[test]
fn they_are_their_owners_alone() {
    use std::{os::unix::fs::PermissionsExt as _, path::Path};

    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let (outer, inner) = (folder.path().join("a"), folder.path().join("a/b"));
    make_private_all(&inner).unwrap();
    make_private(&inner.join("c")).unwrap();
    private().write(true).create(true).open(inner.join("file")).unwrap();
    assert_eq!((mode(&outer), mode(&inner), mode(&inner.join("c"))), (0o700, 0o700, 0o700));
    assert_eq!(mode(&inner.join("file")), 0o600);
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o750)).unwrap();
    make_private(&inner).unwrap();
    assert_eq!(mode(&inner), 0o750, "one that is there keeps its rights");
}

/// Wine knows no renaming over a file that is open; whoever has these tests run by it says so.
fn by_wine() -> bool {
    std::env::var_os("AGENTRUNTIME_TEST_WINE").is_some()
}

#[test]
fn a_file_is_replaced_while_somebody_has_it_open() {
    let folder = tempfile::tempdir().unwrap();
    let (part, path) = (folder.path().join("part"), folder.path().join("whole"));
    fs::write(&path, "old").unwrap();
    let reader = (!by_wine()).then(|| fs::File::open(&path).unwrap());
    private().write(true).create_new(true).open(&part).unwrap().write_all(b"new").unwrap();
    // Windows lets a file be replaced under a reader that shares it, as ours all do.
    replace(&part, &path).unwrap();
    assert_eq!((fs::read(&path).unwrap(), part.exists()), (b"new".to_vec(), false));
    drop(reader);
    let gone = folder.path().join("gone");
    fs::write(&part, "left").unwrap();
    assert!(replace(&part, &gone.join("whole")).is_err());
    assert!(!part.exists(), "nothing is left behind");
    assert!(rename(&part, &path).is_err() && remove(&part).is_err());
}
