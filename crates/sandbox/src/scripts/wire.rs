//! What goes between the server and a worker: a greeting, then job and answer in turn. Numbers are little-endian; JSON stands in
//! parts of its own, so that a run's input nests no deeper than it did.

use std::{
    io::{self, Read, Write},
    time::Duration,
};

use agentruntime_graph::lua::MAX_RESULT_BYTES;
use serde_json::{Map, Value};

/// The largest part of a job, in bytes: far above what runs may hold, far below what would be a mistake.
const LARGEST: usize = 512 * 1024 * 1024;
/// The largest answer, in bytes: a result, or an error's text. The server takes no worker's word for it.
pub(super) const LARGEST_ANSWER: usize = MAX_RESULT_BYTES + 64 * 1024;

/// What a worker says first: that it is one, and of this very version.
pub(super) const GREETING: &[u8] = concat!("agentruntime script worker ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();

/// A job as it arrives.
pub(super) struct Order {
    script: Vec<u8>,
    input: Vec<u8>,
    steps: Vec<u8>,
    pub(super) timeout: Duration,
}

impl Order {
    /// The script, the run's input, and the steps before.
    ///
    /// # Errors
    /// In words, for JSON that nests deeper than can be read.
    pub(super) fn read(&self) -> Result<(String, Value, Map<String, Value>), String> {
        let script = String::from_utf8(self.script.clone()).map_err(|_| "the script is no text".to_owned())?;
        let unreadable = |error: serde_json::Error| format!("what the script is given cannot be read: {error}");
        let input = serde_json::from_slice(&self.input).map_err(unreadable)?;
        Ok((script, input, serde_json::from_slice(&self.steps).map_err(unreadable)?))
    }
}

/// A job as bytes.
pub(super) fn job(job: &super::Job, timeout: Duration) -> io::Result<Vec<u8>> {
    let mut bytes = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX).to_le_bytes().to_vec();
    part(&mut bytes, |bytes| bytes.write_all(job.script.as_bytes()))?;
    part(&mut bytes, |bytes| Ok(serde_json::to_writer(bytes, &*job.input)?))?;
    part(&mut bytes, |bytes| Ok(serde_json::to_writer(bytes, &job.steps)?))?;
    Ok(bytes)
}

/// Adds a part with its length before it.
fn part(bytes: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
    let at = bytes.len();
    bytes.extend([0; 8]);
    write(bytes)?;
    let length = bytes.len() - at - 8;
    if let Some(place) = bytes.get_mut(at..at + 8) {
        place.copy_from_slice(&(length as u64).to_le_bytes());
    }
    Ok(())
}

/// Reads the next job; none when the server is gone.
pub(super) fn read_job(from: &mut impl Read) -> io::Result<Option<Order>> {
    let mut limit = [0; 8];
    match from.read_exact(&mut limit) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let timeout = Duration::from_millis(u64::from_le_bytes(limit));
    Ok(Some(Order { script: read_part(from)?, input: read_part(from)?, steps: read_part(from)?, timeout }))
}

fn read_part(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let mut bytes = vec![0; checked(length, LARGEST)?];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A length that is not a mistake.
pub(super) fn checked(length: [u8; 8], most: usize) -> io::Result<usize> {
    let length = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
    if length > most { Err(io::ErrorKind::InvalidData.into()) } else { Ok(length) }
}

/// An answer as bytes: whether there is a result, and the result as JSON or why there is none.
pub(super) fn answer(outcome: &Result<Value, String>) -> io::Result<Vec<u8>> {
    let mut bytes = vec![u8::from(outcome.is_ok())];
    part(&mut bytes, |bytes| match outcome {
        Ok(value) => Ok(serde_json::to_writer(bytes, value)?),
        Err(text) => bytes.write_all(text.as_bytes()),
    })?;
    Ok(bytes)
}

/// What an answer's bytes say.
pub(super) fn read_answer(is_result: u8, content: &[u8]) -> io::Result<Result<Value, String>> {
    match is_result {
        1 => Ok(Ok(serde_json::from_slice(content)?)),
        0 => Ok(Err(String::from_utf8_lossy(content).into_owned())),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::{sync::Arc, time::Duration};

    use serde_json::{Value, json};

    use super::{LARGEST_ANSWER, answer, checked, job, read_answer, read_job};
    use crate::scripts::Job;

    #[test]
    fn what_is_written_is_read() {
        let mut deep = json!(1.000_000_000_000_000_2);
        for _ in 0..120 {
            deep = json!([deep]);
        }
        let Value::Object(steps) = json!({ "a": { "result": { "x": [null, "Zoë"] } } }) else { unreachable!() };
        let sent = Job { script: "return {}".to_owned(), input: Arc::new(deep), steps, timeout: None };
        let bytes = job(&sent, Duration::from_millis(1500)).unwrap();
        let read = read_job(&mut bytes.as_slice()).unwrap().unwrap();
        let (script, input, steps) = read.read().unwrap();
        assert_eq!((script, &input, steps), (sent.script.clone(), &*sent.input, sent.steps.clone()));
        assert_eq!(read.timeout, Duration::from_millis(1500));
        assert!(read_job(&mut [].as_slice()).unwrap().is_none());
        assert!(read_job(&mut &bytes[..bytes.len() - 1]).is_err());

        for outcome in [Ok(json!({ "n": 1 })), Err("no".to_owned())] {
            let bytes = answer(&outcome).unwrap();
            assert_eq!(read_answer(bytes[0], &bytes[9..]).unwrap(), outcome);
        }
        assert!(read_answer(7, b"").is_err());
        assert!(checked(u64::MAX.to_le_bytes(), LARGEST_ANSWER).is_err());
        let mut nested = Value::Null;
        for _ in 0..200 {
            nested = json!([nested]);
        }
        let bytes = job(&Job { input: Arc::new(nested), ..sent }, Duration::from_secs(1)).unwrap();
        let read = read_job(&mut bytes.as_slice()).unwrap().unwrap().read();
        assert!(read.unwrap_err().contains("cannot be read"));
    }
}
