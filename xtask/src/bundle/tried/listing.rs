//! What is there before and after, compared.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::bail;

use crate::workspace::say;

/// Files and folders below a folder, by their paths in it; folders end in a slash.
pub type Listing = BTreeSet<String>;

/// All that is below a folder; nothing where that is not there. Links are not followed.
pub fn below(folder: &Path) -> anyhow::Result<Listing> {
    let mut found = Listing::new();
    let mut folders = vec![String::new()];
    while let Some(inside) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder.join(&inside)) else { continue };
        for entry in entries {
            let entry = entry?;
            let name = format!("{inside}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                let name = format!("{name}/");
                folders.push(name.clone());
                found.insert(name);
            } else {
                found.insert(name);
            }
        }
    }
    Ok(found)
}

/// Says what is left of something that was taken away, and fails where that is not just what was expected: each place with
/// all that is below it.
pub fn left(of: &str, before: &Listing, after: &Listing, expected: &[&str]) -> anyhow::Result<()> {
    let gone = before.difference(after).cloned().collect::<Vec<_>>();
    let left = after.difference(before).collect::<Vec<_>>();
    let is_expected = |name: &str| expected.iter().any(|place| name.starts_with(place) || place.starts_with(name));
    let names = left.iter().map(|name| name.as_str()).collect::<Vec<_>>();
    say(format_args!("Left of {of}: {}", if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }));
    let wrong = left.iter().filter(|name| !is_expected(name)).map(|name| name.as_str()).collect::<Vec<_>>();
    let missing = expected.iter().filter(|place| !left.iter().any(|name| name.starts_with(*place))).copied();
    let missing = missing.collect::<Vec<_>>();
    if !wrong.is_empty() || !missing.is_empty() || !gone.is_empty() {
        bail!("of {of} there is left what should not be: {wrong:?}; missing is {missing:?}; taken was {gone:?}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Listing, left};

    fn listing(names: &[&str]) -> Listing {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn only_what_is_expected_may_be_left_and_all_of_it_must_be() {
        let (before, after) = (listing(&["a/"]), listing(&["a/", "b/", "b/data/", "b/data/file"]));
        left("it", &before, &after, &["b/data/"]).unwrap();
        left("it", &before, &before, &[]).unwrap();
        for expected in [&[][..], &["b/other/"], &["b/data/", "c"]] {
            assert!(left("it", &before, &after, expected).is_err(), "{expected:?}");
        }
        assert!(left("it", &after, &before, &[]).is_err(), "what was there before is gone");
    }
}
