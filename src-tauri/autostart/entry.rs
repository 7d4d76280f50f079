//! On Linux, an entry in the person's autostart folder (XDG Autostart).

use std::{
    env, fs,
    io::{Error, ErrorKind, Result},
    path::PathBuf,
};

use agentruntime_desk::export;

/// The entry's file.
const FILE: &str = "agentruntime-desktop.desktop";

pub(super) fn is_set() -> std::result::Result<bool, String> {
    let content = file().and_then(|file| match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    });
    content.map(|content| content.is_some_and(|content| counts(&content))).map_err(|error| error.to_string())
}

pub(super) fn set(on: bool) -> std::result::Result<(), String> {
    let done = if on { write() } else { remove() };
    done.map_err(|error| error.to_string())
}

fn write() -> Result<()> {
    let (file, program) = (file()?, program()?);
    let program = program.to_str().filter(|path| !path.contains(char::is_control)).ok_or_else(|| {
        Error::new(ErrorKind::InvalidInput, format!("the path {} cannot be written into an entry", program.display()))
    })?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    export::replace(&file, &content(program))
}

fn remove() -> Result<()> {
    match fs::remove_file(file()?) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn file() -> Result<PathBuf> {
    let folder = dirs::config_dir().ok_or_else(|| Error::new(ErrorKind::NotFound, "there is no home folder"))?;
    Ok(folder.join("autostart").join(FILE))
}

/// What to start at login. The program of an AppImage lies in a place that is gone when it ends: the image itself stays.
fn program() -> Result<PathBuf> {
    let program = env::current_exe()?;
    let image = env::var_os("APPDIR").filter(|mounted| program.starts_with(mounted)).and(env::var_os("APPIMAGE"));
    Ok(image.map_or(program, PathBuf::from))
}

/// The entry for a program at this path.
fn content(program: &str) -> String {
    format!(
        "[Desktop Entry]\nType=Application\nName=AgentRuntime Desktop\nTryExec={}\nExec={} {}\nTerminal=false\nStartupNotify=false\n",
        escaped(program),
        quoted(program),
        super::HIDDEN,
    )
}

/// A text as values of desktop entries are written.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\")
}

/// An argument of `Exec`: quoted for the command line it is, then escaped as every value. `%` would begin a field code.
fn quoted(argument: &str) -> String {
    let mut quoted = String::from('"');
    for letter in argument.chars() {
        match letter {
            '"' | '`' | '$' | '\\' => quoted.extend(['\\', letter]),
            '%' => quoted.push_str("%%"),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    escaped(&quoted)
}

/// Whether an entry is in force: desktops switch one off by a line in it.
fn counts(content: &str) -> bool {
    !content.lines().any(|line| {
        let line = line.replace(' ', "").to_ascii_lowercase();
        matches!(line.as_str(), "hidden=true" | "x-gnome-autostart-enabled=false")
    })
}

#[cfg(test)]
mod tests {
    use super::{content, counts, quoted};

    #[test]
    fn a_path_is_quoted_as_the_specification_asks() {
        assert_eq!(quoted("/usr/bin/app"), "\"/usr/bin/app\"");
        assert_eq!(quoted("/home/me/My Apps/app"), "\"/home/me/My Apps/app\"");
        assert_eq!(quoted(r#"/a "b" 100% $c\d"#), r#""/a \\"b\\" 100%% \\$c\\\\d""#);
    }

    #[test]
    fn an_entry_counts_unless_the_desktop_switched_it_off() {
        let content = content("/usr/bin/app");
        assert!(content.contains("\nExec=\"/usr/bin/app\" --hidden\n"), "{content}");
        assert!(counts(&content));
        assert!(!counts(&format!("{content}Hidden=true\n")));
        assert!(!counts(&format!("{content}X-GNOME-Autostart-enabled = false\n")));
    }
}
