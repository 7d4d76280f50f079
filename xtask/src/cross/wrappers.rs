//! Programs that stand before another one and mend what it is told. Each is this program under another name: cargo and build
//! scripts start a linker or a compiler by its path alone, and give it no words of ours.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context as _, bail};

use crate::workspace::{Workspace, say};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapper {
    /// Links programs for Windows with the C++ library in them: a bare Windows has none, and the program would not begin.
    WindowsLinker,
    /// Compiles C for macOS.
    MacosCc,
    /// Compiles C++ for macOS.
    MacosCxx,
    /// Packs objects for macOS.
    MacosAr,
    /// Runs a program for Windows.
    Wine,
}

/// Names zig's own program, for those that stand before it.
pub const ZIG: &str = "AGENTRUNTIME_CROSS_ZIG";
/// Apple's own processors; what C compiles to is thrown away, so one kind stands for both.
const MACOS: &str = "aarch64-macos";

impl Wrapper {
    const ALL: [Self; 5] = [Self::WindowsLinker, Self::MacosCc, Self::MacosCxx, Self::MacosAr, Self::Wine];

    const fn name(self) -> &'static str {
        match self {
            Self::WindowsLinker => "windows-linker",
            Self::MacosCc => "macos-cc",
            Self::MacosCxx => "macos-c++",
            Self::MacosAr => "macos-ar",
            Self::Wine => "run-by-wine",
        }
    }

    /// The program, put where it can be started.
    ///
    /// # Errors
    /// Fails when this program cannot be copied.
    pub fn put(self, workspace: &Workspace) -> anyhow::Result<String> {
        let own = env::current_exe().context("this program's own path is not known")?;
        let path = workspace.folder("cross")?.join(self.name());
        // One that runs cannot be written over; it can be replaced.
        let new = path.with_extension(format!("new-{}", std::process::id()));
        std::fs::copy(&own, &new)
            .and_then(|_| std::fs::rename(&new, &path))
            .with_context(|| format!("{}", path.display()))?;
        path.into_os_string().into_string().ok().context("the target folder's path is no UTF-8")
    }
}

/// Does a wrapper's work, where this program was started by its name; its exit code.
pub fn called() -> Option<ExitCode> {
    let mut words = env::args_os();
    let name = PathBuf::from(words.next()?);
    let name = name.file_name()?;
    let wrapper = Wrapper::ALL.into_iter().find(|wrapper| OsStr::new(wrapper.name()) == name)?;
    Some(work(wrapper, words.collect()).unwrap_or_else(|error| {
        say(format_args!("{}: {error:#}", wrapper.name()));
        ExitCode::FAILURE
    }))
}

fn work(wrapper: Wrapper, words: Vec<OsString>) -> anyhow::Result<ExitCode> {
    let zig = || env::var_os(ZIG).with_context(|| format!("{ZIG} is not set"));
    match wrapper {
        Wrapper::WindowsLinker => {
            let mut linker = Command::new("x86_64-w64-mingw32-gcc");
            ended(linker.args(words.into_iter().flat_map(with_the_library)).arg("-static-libgcc"))
        }
        Wrapper::Wine => ended(Command::new("wine").args(words)),
        Wrapper::MacosAr => ended(Command::new(zig()?).arg("ar").args(words)),
        Wrapper::MacosCc | Wrapper::MacosCxx => {
            let (words, is_apples) = for_zig(words);
            if is_apples {
                return nothing_for(&zig()?, &words);
            }
            let compiler = if wrapper == Wrapper::MacosCc { "cc" } else { "c++" };
            ended(Command::new(zig()?).args([compiler, "-target", MACOS]).args(words))
        }
    }
}

/// The C++ library, linked in; anything else as it is.
fn with_the_library(word: OsString) -> Vec<OsString> {
    match word == "-lstdc++" {
        true => ["-Wl,-Bstatic", "-lstdc++", "-Wl,-Bdynamic"].map(OsString::from).to_vec(),
        false => vec![word],
    }
}

/// The words of a call of Apple's compiler without those that zig says otherwise; whether the source is Objective-C, whose
/// headers are in Apple's SDK alone.
fn for_zig(words: Vec<OsString>) -> (Vec<OsString>, bool) {
    let (mut kept, mut is_apples, mut words) = (Vec::new(), false, words.into_iter());
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        if text == "-arch" || text == "-isysroot" {
            words.next();
        } else if !text.starts_with("--target") && !text.starts_with("-mmacos") {
            is_apples |= Path::new(&word).extension().is_some_and(|ending| ending == "m" || ending == "mm");
            kept.push(word);
        }
    }
    (kept, is_apples)
}

/// An object with nothing in it, which is enough where nothing is linked.
fn nothing_for(zig: &OsStr, words: &[OsString]) -> anyhow::Result<ExitCode> {
    let output = words.iter().position(|word| word == "-o").and_then(|at| words.get(at + 1));
    let Some(output) = output.map(Path::new) else { bail!("the call names no output") };
    let source = output.with_extension("nothing.c");
    std::fs::write(&source, "").with_context(|| format!("{} cannot be written", source.display()))?;
    ended(Command::new(zig).args(["cc", "-target", MACOS, "-c"]).arg(&source).arg("-o").arg(output))
}

fn ended(command: &mut Command) -> anyhow::Result<ExitCode> {
    let status = command.status().with_context(|| format!("{} does not start", command.get_program().display()))?;
    let code = status.code().and_then(|code| u8::try_from(code & 0xff).ok());
    Ok(match code {
        Some(0) if !status.success() => ExitCode::FAILURE,
        Some(code) => code.into(),
        None => ExitCode::FAILURE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(of: &str) -> Vec<OsString> {
        of.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_library_is_linked_in_and_nothing_else_is() {
        let linked = words("-o app.exe -lstdc++ -lws2_32").into_iter().flat_map(with_the_library).collect::<Vec<_>>();
        assert_eq!(linked, words("-o app.exe -Wl,-Bstatic -lstdc++ -Wl,-Bdynamic -lws2_32"));
    }

    #[test]
    fn zig_is_not_told_what_it_is_told_otherwise() {
        let given =
            "-O0 --target=arm64-apple-macosx -arch arm64 -isysroot /sdk -mmacosx-version-min=11.0 -c a.c -o a.o";
        assert_eq!(for_zig(words(given)), (words("-O0 -c a.c -o a.o"), false));
        assert!(for_zig(words("-c a.m -o a.o")).1);
    }
}
