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
    /// Stands for a compiler of C for macOS, whose headers are in Apple's SDK alone.
    MacosCc,
    /// The same for C++.
    MacosCxx,
    /// Runs a program for Windows.
    Wine,
}

impl Wrapper {
    const ALL: [Self; 4] = [Self::WindowsLinker, Self::MacosCc, Self::MacosCxx, Self::Wine];

    const fn name(self) -> &'static str {
        match self {
            Self::WindowsLinker => "windows-linker",
            Self::MacosCc => "macos-cc",
            Self::MacosCxx => "macos-c++",
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
    match wrapper {
        Wrapper::WindowsLinker => {
            let mut linker = Command::new("x86_64-w64-mingw32-gcc");
            ended(linker.args(words.into_iter().flat_map(with_the_library)).arg("-static-libgcc"))
        }
        Wrapper::Wine => ended(Command::new("wine").args(words)),
        Wrapper::MacosCc => stand_in("cc", words),
        Wrapper::MacosCxx => stand_in("c++", words),
    }
}

/// The C++ library, linked in; anything else as it is.
fn with_the_library(word: OsString) -> Vec<OsString> {
    match word == "-lstdc++" {
        true => ["-Wl,-Bstatic", "-lstdc++", "-Wl,-Bdynamic"].map(OsString::from).to_vec(),
        false => vec![word],
    }
}

/// What is compiled comes out empty, which is enough where nothing is linked; what else a build script asks a compiler, this system's
/// own answers.
fn stand_in(own: &str, words: Vec<OsString>) -> anyhow::Result<ExitCode> {
    if words.iter().any(|word| word == "-c") {
        let output = words.iter().position(|word| word == "-o").and_then(|at| words.get(at + 1));
        let Some(output) = output.map(Path::new) else { bail!("the call names no output") };
        std::fs::write(output, "").with_context(|| format!("{} cannot be written", output.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    ended(Command::new(own).args(without_apples(words)))
}

/// The words of a call without those that Apple's compilers alone know.
fn without_apples(words: Vec<OsString>) -> Vec<OsString> {
    let (mut kept, mut words) = (Vec::new(), words.into_iter());
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        if text == "-arch" || text == "-isysroot" {
            words.next();
        } else if !text.starts_with("--target") && !text.starts_with("-mmacos") {
            kept.push(word);
        }
    }
    kept
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
    fn this_system_s_compiler_is_not_told_what_apple_s_alone_know() {
        let given = "-E --target=arm64-apple-macosx -arch arm64 -isysroot /sdk -mmacosx-version-min=11.0 a.c";
        assert_eq!(without_apples(words(given)), words("-E a.c"));
    }

    #[test]
    fn what_is_compiled_for_macos_comes_out_empty() {
        let object = std::env::temp_dir().join(format!("xtask-cross-{}.o", std::process::id()));
        let call = words("-arch arm64 -c there-is-none.m -o").into_iter().chain([object.clone().into_os_string()]);
        stand_in("there-is-no-such-compiler", call.collect()).unwrap();
        assert_eq!(std::fs::read(&object).unwrap(), b"");
        std::fs::remove_file(object).unwrap();
    }
}
