//! The programs that tests start, each asked whether it is what the tests take it for.
//!
//! They are listed once, in `tests/desktop/programs.json`, which the desktop's tests read as well. A name says little: on
//! some machines another program has it. So each is asked something that opens no window and needs no display.

use std::{
    env, fmt, fs,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use serde_json::Value;

const LISTED: &str = include_str!("../../../tests/desktop/programs.json");
/// How long a program may take to answer; one that waits for something is another one.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked whether a program has answered.
const LOOK: Duration = Duration::from_millis(10);

/// A program, or a file, that is not what the tests need.
#[derive(Debug)]
pub struct Fault {
    name: String,
    why: String,
    /// The Debian package that brings it.
    pub package: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.name, self.why)
    }
}

/// What tests start and is not there, or is another program: the tests of one folder, or all. `folder` is for what the programs
/// answer.
///
/// # Errors
/// Fails when the list cannot be read, or an answer cannot be kept.
pub fn faults(folder: &Path, of: Option<&str>) -> anyhow::Result<Vec<Fault>> {
    let mut faults = Vec::new();
    let is_asked = |needed: &Needed| of.is_none_or(|of| needed.by.iter().any(|by| by == of));
    for needed in listed(LISTED)?.into_iter().filter(is_asked) {
        if let Some(why) = needed.fault(folder)? {
            faults.push(Fault { name: needed.called(), why, package: needed.package });
        }
    }
    Ok(faults)
}

/// What tests need: a program, or a file.
#[derive(Debug)]
struct Needed {
    name: String,
    /// A variable of the environment that may name another one, which the tests then start.
    variable: Option<String>,
    package: String,
    /// What a program is asked; a file is read.
    ask: Option<Vec<String>>,
    says: String,
    code: i64,
    /// The folders whose tests need it.
    by: Vec<String>,
}

/// Reads the list.
fn listed(text: &str) -> anyhow::Result<Vec<Needed>> {
    let listed: Value = serde_json::from_str(text)?;
    let rows = listed.get("programs").and_then(Value::as_array).context("it lists no programs")?;
    rows.iter().map(|row| Needed::read(row).with_context(|| format!("{row} names no program"))).collect()
}

impl Needed {
    fn read(row: &Value) -> Option<Self> {
        let text = |key: &str| Some(row.get(key)?.as_str()?.to_owned());
        let texts = |key: &str| -> Option<Vec<String>> {
            row.get(key)?.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
        };
        let (name, ask) = match text("file") {
            Some(file) => (file, None),
            None => (text("program")?, Some(texts("ask")?)),
        };
        let code = row.get("code").map_or(Some(0), Value::as_i64)?;
        let variable = text("variable");
        Some(Self { name, variable, ask, code, package: text("package")?, says: text("says")?, by: texts("by")? })
    }

    /// What the tests start on this machine.
    fn called(&self) -> String {
        let chosen = self.variable.as_ref().and_then(|variable| env::var(variable).ok());
        chosen.unwrap_or_else(|| self.name.clone())
    }

    /// Why it is not what the tests need, if it is not.
    fn fault(&self, folder: &Path) -> anyhow::Result<Option<String>> {
        let Some(ask) = &self.ask else {
            let there = fs::read_to_string(&self.name).is_ok_and(|text| text.contains(&self.says));
            return Ok((!there).then(|| "is not there".to_owned()));
        };
        let into = folder.join("answer");
        let Some(ended) = asked(&self.called(), ask, &into)? else {
            return Ok(Some("is not there, or does not answer".to_owned()));
        };
        let said = String::from_utf8_lossy(&fs::read(&into)?).into_owned();
        let is_it = ended.code().map(i64::from) == Some(self.code) && said.contains(&self.says);
        let begins = said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        Ok((!is_it).then(|| {
            let asked = ask.join(" ");
            format!("is another program: asked `{asked}` it says “{begins}” ({ended}), without “{}”", self.says)
        }))
    }
}

/// How a program ended that was asked something, with all it said in the file `into`; nothing where it does not start or
/// does not end.
fn asked(program: &str, ask: &[String], into: &Path) -> anyhow::Result<Option<ExitStatus>> {
    let file = fs::File::create(into).with_context(|| format!("{} cannot be written", into.display()))?;
    let mut command = Command::new(program);
    // Without a display none opens a window, and all answer as on any other machine.
    command.args(ask).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env("LC_ALL", "C.UTF-8");
    let Ok(mut child) = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).spawn() else {
        return Ok(None);
    };
    let ended = ended(&mut child, PATIENCE);
    if ended.is_none() {
        // Whatever it is doing, nobody waits for it.
        _ = child.kill();
        _ = child.wait();
    }
    Ok(ended)
}

/// How a process ended, unless it takes longer than `patience`.
fn ended(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if begun.elapsed() < patience => thread::sleep(LOOK),
            Ok(None) | Err(_) => return None,
        }
    }
}

/// Fails where something is still not what the tests need after the packages were installed.
///
/// # Errors
/// Fails with the first of what is wrong.
pub fn need_none(faults: &[Fault]) -> anyhow::Result<()> {
    if let Some(fault) = faults.first() {
        bail!("{fault}, although {} is installed; does another one come first in the PATH?", fault.package);
    }
    Ok(())
}

/// The packages that bring what is wrong, each once.
pub fn packages(faults: &[Fault]) -> Vec<&str> {
    let mut packages = Vec::new();
    for fault in faults {
        if !packages.contains(&fault.package.as_str()) {
            packages.push(&fault.package);
        }
    }
    packages
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Whose sources start programs, and their extension. The clients of `tests/clients` bring their own, by lock files.
    const SOURCES: [(&str, &str); 5] =
        [("crates", "rs"), ("src-tauri", "rs"), ("tests", "rs"), ("tests/desktop", "py"), ("ui/tests", "ts")];
    /// Every Debian has these, and they do the same everywhere.
    const EVERYWHERE: [&str; 4] = ["bash", "env", "sleep", "true"];
    /// How Rust's tests name a program but by its text, and which programs those are: our own, but for the last.
    const INDIRECT: [(&str, &[&str]); 9] = [
        ("env!(", &[]),
        // Our own, of this build or of what ships.
        ("program())", &[]),
        ("program::path())", &[]),
        ("crate::program::path())", &[]),
        ("std::env::current_exe()", &[]),
        ("current_exe()", &[]),
        ("program)", &[]),
        // Windows' own, by its place.
        ("system.join(\"System32\")", &[]),
        ("words[0])", &["setpriv", "bash", "env"]),
    ];
    /// The one file of the desktop's tests that starts programs, and only those that are listed.
    const STARTER: &str = "processes.py";
    /// Ways past it. `run.py` begins anew under another Python, which xtask looks for by itself.
    const PAST_IT: [&str; 7] =
        ["subprocess", "os.execl", "os.execv(sys", "os.execvp", "os.spawn", "os.system", "os.popen"];

    type Starts = BTreeMap<String, BTreeSet<String>>;

    fn files(folder: &Path, extension: &str, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
            if path.is_dir() {
                if !["node_modules", "target", "gen"].contains(&name.as_str()) {
                    files(&path, extension, found);
                }
            } else if path.extension().is_some_and(|its| its == extension) {
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }

    /// What follows each `opening`.
    fn after<'a>(text: &'a str, opening: &'a str) -> impl Iterator<Item = &'a str> {
        text.match_indices(opening).filter_map(|(at, _)| text.get(at + opening.len()..))
    }

    /// The text literals that follow each `opening`; it ends with a quotation mark, or with the beginning of the text.
    fn literals<'a>(text: &'a str, opening: &'a str) -> impl Iterator<Item = &'a str> {
        after(text, opening).filter_map(|rest| Some(rest.split_once('"')?.0))
    }

    fn started_by_rust(text: &str) -> Vec<&str> {
        let mut started = Vec::new();
        for rest in after(text, "Command::new(") {
            if let Some(rest) = rest.strip_prefix('"') {
                started.extend(rest.split_once('"').map(|(program, _)| program));
                continue;
            }
            let known = INDIRECT.iter().find(|(written, _)| rest.starts_with(written));
            let start = rest.lines().next().unwrap_or_default();
            started.extend(known.unwrap_or_else(|| panic!("which program is `Command::new({start}`?")).1);
        }
        started
    }

    fn started_by_python<'a>(name: &str, text: &'a str) -> Vec<&'a str> {
        for way in PAST_IT {
            assert!(name == STARTER || !text.contains(way), "{name} starts programs past {STARTER}: {way}");
        }
        let files = text.match_indices("\"/usr/share/").filter_map(|(at, _)| text.get(at + 1..)?.split('"').next());
        literals(text, "program(\"").chain(literals(text, ".x(\"")).chain(files).collect()
    }

    fn started_by_the_page(name: &str, text: &str) -> Vec<String> {
        assert!(!text.contains("child_process"), "{name} starts programs: read here which");
        let lines = after(text, "executablePath:").filter_map(|rest| rest.lines().next());
        lines.flat_map(|line| line.split('"').filter(|word| word.starts_with('/')).map(str::to_owned)).collect()
    }

    fn started() -> Starts {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut found = Starts::new();
        for (folder, extension) in SOURCES {
            let mut sources = Vec::new();
            files(&root.join(folder), extension, &mut sources);
            assert!(!sources.is_empty(), "{folder} has no .{extension}");
            for (name, text) in &sources {
                let programs = match extension {
                    "rs" => started_by_rust(text).into_iter().map(str::to_owned).collect(),
                    "py" => started_by_python(name, text).into_iter().map(str::to_owned).collect(),
                    _ => started_by_the_page(name, text),
                };
                for program in programs.into_iter().filter(|program| !EVERYWHERE.contains(&program.as_str())) {
                    found.entry(program).or_default().insert(folder.to_owned());
                }
            }
        }
        found
    }

    #[test]
    fn what_the_tests_start_is_what_is_installed() {
        let needed = listed(LISTED).unwrap();
        let count = needed.len();
        let listed: Starts = needed.into_iter().map(|needed| (needed.name, needed.by.into_iter().collect())).collect();
        assert_eq!(listed.len(), count, "one is listed twice");
        let started = started();
        let names = started.keys().chain(listed.keys()).collect::<BTreeSet<_>>();
        let wrong = names.into_iter().filter(|name| started.get(*name) != listed.get(*name)).map(|name| {
            let of = |starts: &Starts| starts.get(name).map(|folders| folders.iter().cloned().collect::<Vec<_>>());
            format!("{name}: started by {:?}, listed for {:?}", of(&started), of(&listed))
        });
        assert_eq!(
            wrong.collect::<Vec<_>>(),
            Vec::<String>::new(),
            "tests/desktop/programs.json lists what tests start"
        );
    }

    #[test]
    fn what_starts_a_program_is_seen() {
        assert_eq!(started_by_rust("let it = Command::new(\"xwd\").spawn();"), ["xwd"]);
        assert_eq!(
            started_by_python("a.py", "x = [program(\"xwd\"), \"-root\"]; session.x(\"xset\")"),
            ["xwd", "xset"]
        );
        assert_eq!(started_by_python("a.py", "copy(\"/usr/share/a.service\")"), ["/usr/share/a.service"]);
        assert_eq!(
            started_by_the_page("a.ts", "{ executablePath: own ?? \"/usr/bin/firefox\" }"),
            ["/usr/bin/firefox"]
        );
    }

    #[test]
    #[should_panic(expected = "past processes.py")]
    fn no_test_of_the_desktop_starts_a_program_by_itself() {
        started_by_python("a.py", "import subprocess");
    }

    #[cfg(unix)]
    mod asking {
        use super::*;

        fn needed(program: &str, ask: &[&str], says: &str) -> Needed {
            let ask = Some(ask.iter().map(|word| (*word).to_owned()).collect());
            let (name, says) = (program.to_owned(), says.to_owned());
            Needed { name, variable: None, package: "a-package".to_owned(), ask, says, code: 0, by: Vec::new() }
        }

        fn fault(needed: &Needed, test: &str) -> Option<String> {
            let folder = env::temp_dir().join(format!("xtask-programs-{test}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            let fault = needed.fault(&folder).unwrap();
            fs::remove_dir_all(folder).unwrap();
            fault
        }

        #[test]
        fn a_program_is_known_by_what_it_says() {
            let echo = |says| needed("sh", &["-c", "echo convert: ImageMagick"], says);
            assert_eq!(fault(&echo("ImageMagick"), "right"), None);
            let why = fault(&echo("Version: ImageMagick"), "wrong").unwrap();
            assert!(why.starts_with("is another program: asked ") && why.contains("convert: ImageMagick"), "{why}");
            let failing = needed("sh", &["-c", "echo ImageMagick; exit 3"], "ImageMagick");
            assert!(fault(&failing, "failing").is_some());
            assert!(fault(&Needed { code: 3, ..failing }, "as-it-should").is_none());
            let why = fault(&needed("there-is-no-such-program", &[], ""), "absent").unwrap();
            assert!(why.contains("is not there"), "{why}");
        }

        #[test]
        fn a_file_is_known_by_what_it_holds() {
            let file = |path: &str, says| Needed { ask: None, ..needed(path, &[], says) };
            let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
            assert_eq!(fault(&file(ours, "xtask"), "file"), None);
            assert!(fault(&file(ours, "not in there"), "other-file").is_some());
            assert!(fault(&file("/there/is/no/such/file", "xtask"), "no-file").is_some());
        }

        #[test]
        fn nobody_waits_for_a_program_that_never_answers() {
            let mut child = Command::new("sleep").arg("600").spawn().unwrap();
            assert!(ended(&mut child, Duration::from_millis(50)).is_none());
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    #[test]
    fn a_package_is_installed_once_and_what_it_did_not_mend_is_told() {
        let fault = |name: &str, package: &str| Fault {
            name: name.to_owned(),
            why: "is another program".to_owned(),
            package: package.to_owned(),
        };
        let faults = [fault("import", "imagemagick"), fault("Xvfb", "xvfb"), fault("identify", "imagemagick")];
        assert_eq!(packages(&faults), ["imagemagick", "xvfb"]);
        let told = need_none(&faults).unwrap_err().to_string();
        assert!(told.starts_with("`import` is another program, although imagemagick is installed"), "{told}");
        need_none(&[]).unwrap();
    }
}
