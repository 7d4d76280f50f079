//! Files that are replaced whole, and stamps that say what a folder was made from.

use std::{fs, path::Path, path::PathBuf};

use anyhow::Context as _;

/// Replaces a file in one step: a reader sees the old content or the new, never a part.
///
/// # Errors
/// Fails when the file's folder cannot be written to.
pub fn replace(path: &Path, content: &str) -> anyhow::Result<()> {
    let folder = path.parent().context("a file without a folder")?;
    let name = path.file_name().context("a file without a name")?.to_string_lossy();
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    fs::write(&temporary, content)
        .and_then(|()| fs::rename(&temporary, path))
        .inspect_err(|_| _ = fs::remove_file(&temporary))
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// Reads a text file, naming it where that fails.
///
/// # Errors
/// Fails when the file is missing or no UTF-8.
pub fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// `page` with the text between two markers replaced; `None` where the markers do not stand in it in this order.
pub fn splice(page: &str, begin: &str, end: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n{}\n{end}{after}", text.trim_end()))
}

/// Remembers what a folder's content was made from, so that it is made again only when that has changed.
pub struct Stamp {
    file: PathBuf,
    sources: String,
}

impl Stamp {
    /// A stamp in `folder` for content made from `sources`.
    pub fn new(folder: &Path, sources: &[&str]) -> Self {
        Self { file: folder.join(".made-from"), sources: sources.join("\n\u{1e}\n") }
    }

    /// Whether the content was finished from just these sources.
    pub fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|sources| sources == self.sources)
    }

    /// Makes the content with `make`, unless it is fresh. What fails half-way is made again the next time.
    ///
    /// # Errors
    /// Fails when `make` fails, or the stamp cannot be written.
    pub fn unless_fresh(&self, make: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
        if self.is_fresh() {
            return Ok(());
        }
        // An old stamp must not vouch for content that is being replaced.
        _ = fs::remove_file(&self.file);
        make()?;
        replace(&self.file, &self.sources)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splice_replaces_only_what_stands_between_the_markers() {
        let page = "# Title\n<!-- b -->\nold\n<!-- e -->\nend\n";
        let spliced = splice(page, "<!-- b -->", "<!-- e -->", "new\n").unwrap();
        assert_eq!(spliced, "# Title\n<!-- b -->\nnew\n<!-- e -->\nend\n");
        assert_eq!(splice(&spliced, "<!-- b -->", "<!-- e -->", "new\n").unwrap(), spliced);
        assert!(splice("<!-- e --><!-- b -->", "<!-- b -->", "<!-- e -->", "new").is_none());
    }

    #[test]
    fn a_stamp_is_fresh_only_after_success_and_for_the_same_sources() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        let stamp = Stamp::new(&folder, &["a", "b"]);
        assert!(stamp.unless_fresh(|| anyhow::bail!("broken")).is_err());
        assert!(!stamp.is_fresh());
        stamp.unless_fresh(|| Ok(())).unwrap();
        assert!(stamp.is_fresh());
        stamp.unless_fresh(|| anyhow::bail!("must not be made again")).unwrap();
        assert!(!Stamp::new(&folder, &["a", "c"]).is_fresh());
        fs::remove_dir_all(folder).unwrap();
    }
}
