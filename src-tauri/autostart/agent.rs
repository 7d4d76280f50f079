//! On macOS, a launch agent: the only way of starting at login that hands the program an argument, and so the only one that can
//! start it without its window. It is listed in the system's settings under Login Items, and takes effect with the next login.
#![cfg_attr(not(target_os = "macos"), expect(dead_code, reason = "tests alone use it elsewhere"))]

use std::{
    env, fs,
    io::{Error, ErrorKind, Result},
    path::{Path, PathBuf},
};

use agentruntime_desk::export;

/// The agent's name, which is the app's: the system's settings then show it with the app's name and icon.
const LABEL: &str = "io.agentruntime.desktop";

pub(super) fn is_set() -> std::result::Result<bool, String> {
    file().and_then(|file| written(&file)).map(|content| content.is_some()).map_err(|error| error.to_string())
}

pub(super) fn set(on: bool) -> std::result::Result<(), String> {
    let done = file().and_then(|file| if on { write(&file, &env::current_exe()?) } else { remove(&file) });
    done.map_err(|error| error.to_string())
}

pub(super) fn follow() -> std::result::Result<bool, String> {
    file().and_then(|file| moved(&file, &env::current_exe()?)).map_err(|error| error.to_string())
}

fn file() -> Result<PathBuf> {
    let home = dirs::home_dir().ok_or_else(|| Error::new(ErrorKind::NotFound, "there is no home folder"))?;
    Ok(home.join("Library/LaunchAgents").join(LABEL).with_added_extension("plist"))
}

fn written(file: &Path) -> Result<Option<String>> {
    match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

fn write(file: &Path, program: &Path) -> Result<()> {
    let content = content(program)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    export::replace(file, &content)
}

/// Writes it anew if it is there and names a program that is gone, or this one in another way; whether it did. A second copy that is
/// tried out beside the first does not take its place.
fn moved(file: &Path, program: &Path) -> Result<bool> {
    let is_moved = match written(file)? {
        Some(before) => before != content(program)? && named(&before).is_none_or(|old| old == program || !old.exists()),
        None => false,
    };
    if is_moved {
        write(file, program)?;
    }
    Ok(is_moved)
}

/// The program that an agent of ours names.
fn named(content: &str) -> Option<PathBuf> {
    let (_, arguments) = content.split_once("<key>ProgramArguments</key>")?;
    let (program, _) = arguments.split_once("<string>")?.1.split_once("</string>")?;
    Some(program.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").into())
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// The agent for a program at this path. Without a process type, the system would hold it back as it does work that nobody waits
/// for.
fn content(program: &Path) -> Result<String> {
    let program = program.to_str().filter(|path| !path.contains(char::is_control)).ok_or_else(|| {
        Error::new(ErrorKind::InvalidInput, format!("the path {} cannot be written down", program.display()))
    })?;
    Ok(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>{LABEL}</string>
	<key>AssociatedBundleIdentifiers</key>
	<array>
		<string>{LABEL}</string>
	</array>
	<key>ProgramArguments</key>
	<array>
		<string>{}</string>
		<string>{}</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
"#,
        escaped(program),
        super::HIDDEN,
    ))
}

/// A text as it stands in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::Path;

    use super::{moved, remove, write, written};

    const HERE: &str = "/Applications/AgentRuntime Desktop.app/Contents/MacOS/agentruntime-desktop";

    #[test]
    fn an_agent_names_the_program_and_that_it_starts_hidden_and_follows_it_when_it_is_moved() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("LaunchAgents/io.agentruntime.desktop.plist");
        assert!(!moved(&file, Path::new(HERE)).unwrap(), "what is not set is not set by a move");
        assert_eq!(written(&file).unwrap(), None);

        write(&file, Path::new(HERE)).unwrap();
        let first = written(&file).unwrap().unwrap();
        assert!(first.contains(&format!("<string>{HERE}</string>\n\t\t<string>--hidden</string>\n")), "{first}");
        assert!(!moved(&file, Path::new(HERE)).unwrap());

        assert!(moved(&file, Path::new("/Users/me/R&D <new>/agentruntime-desktop")).unwrap());
        let second = written(&file).unwrap().unwrap();
        assert!(second.contains("<string>/Users/me/R&amp;D &lt;new&gt;/agentruntime-desktop</string>"), "{second}");

        let installed = folder.path().join("a & b");
        std::fs::write(&installed, "").unwrap();
        write(&file, &installed).unwrap();
        assert!(!moved(&file, Path::new(HERE)).unwrap(), "a second copy does not take the place of one that is there");
        std::fs::remove_file(&installed).unwrap();
        assert!(moved(&file, Path::new(HERE)).unwrap());

        remove(&file).unwrap();
        remove(&file).unwrap();
        assert_eq!(written(&file).unwrap(), None);
    }

    #[test]
    fn a_path_that_cannot_be_written_down_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("agent.plist");
        write(&file, Path::new("/Applications/a\nb")).unwrap_err();
        assert_eq!(written(&file).unwrap(), None);
    }
}
