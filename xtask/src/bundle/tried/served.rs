//! An installed program that serves MCP, asked as a client would.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use super::person::heard;

/// The longest that a program may take to listen, to answer, and to end: Wine takes its time on a busy machine.
const PATIENCE: Duration = Duration::from_mins(3);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(50);

/// A program that serves on a port of this computer.
pub struct Served {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Served {
    /// Starts it and waits until it answers `initialize`, which `client` sends it, or this program where there is none: the
    /// client is given the address and the request, with single quotes. What it logs goes to the file `log`.
    pub fn start(mut command: Command, port: u16, log: &Path, client: Option<Command>) -> anyhow::Result<Self> {
        let file = File::create(log).with_context(|| format!("{} cannot be written", log.display()))?;
        let command = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child =
            command.spawn().with_context(|| format!("{} does not start", command.get_program().to_string_lossy()))?;
        let mut served = Self { child, port, log: log.to_owned() };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > PATIENCE || !matches!(served.child.try_wait(), Ok(None)) {
                bail!("it does not serve; its log says: {}", served.said());
            }
            thread::sleep(LOOK);
        }
        served.initialize(client).with_context(|| format!("its log says: {}", served.said()))?;
        Ok(served)
    }

    /// A client's first request; fails where the answer is none of Platform MCP's.
    fn initialize(&self, client: Option<Command>) -> anyhow::Result<()> {
        let asked = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "packages", "version": "1" },
        } })
        .to_string();
        if let Some(mut client) = client {
            let url = format!("http://127.0.0.1:{}/mcp", self.port);
            let into = self.log.with_extension("answer");
            let (_, answer) = heard(client.args([url, asked.replace('"', "'")]), &into)?;
            return is_answer(&answer, true).map(drop);
        }
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nAccept: application/json, \
             text/event-stream\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{asked}",
            self.port,
            asked.len()
        )?;
        let mut answer = Vec::new();
        let mut part = [0_u8; 4096];
        loop {
            let read = stream.read(&mut part).context("the answer breaks off")?;
            answer.extend_from_slice(part.get(..read).unwrap_or_default());
            if is_answer(&answer, read == 0)? {
                return Ok(());
            }
        }
    }

    /// Asks it to end by a signal, and says how it did.
    pub fn end(mut self, signal: &str) -> anyhow::Result<ExitStatus> {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status()?;
        if !sent.success() {
            bail!("it ended before it was asked to; its log says: {}", self.said());
        }
        self.ended()
    }

    /// Waits until it has ended by itself.
    pub fn ended(&mut self) -> anyhow::Result<ExitStatus> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(ended) = self.child.try_wait()? {
                return Ok(ended);
            }
            thread::sleep(LOOK);
        }
        bail!("it does not end; its log says: {}", self.said())
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// Whether this much of an answer is Platform MCP's; fails where it is none and is all there is.
fn is_answer(answer: &[u8], whole: bool) -> anyhow::Result<bool> {
    let said = String::from_utf8_lossy(answer);
    let is_it = said.starts_with("HTTP/1.1 200") && said.contains("\"serverInfo\"");
    if whole && !is_it {
        bail!("`initialize` is answered otherwise: {said}");
    }
    Ok(is_it)
}

impl Drop for Served {
    fn drop(&mut self) {
        // One that has ended is not met by this.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
