//! A closed-loop load: each connection sends its next request when the last answer is read and checked.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use hdrhistogram::Histogram;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

/// A request that is sent over and over.
#[derive(Debug, Clone)]
pub struct Shot {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    /// The body; `{id}` in it becomes the number of the request.
    pub body: String,
    /// Stands in every good answer.
    pub marker: &'static str,
}

/// What one stretch of load showed.
#[derive(Debug)]
pub struct Sample {
    /// Requests per second.
    pub rate: f64,
    /// Median latency, in microseconds.
    pub p50: u64,
    /// 99th percentile, in microseconds.
    pub p99: u64,
}

/// Sends `shot` on `connections` connections for about `length`.
pub async fn run(shot: &Shot, connections: usize, length: Duration) -> anyhow::Result<Sample> {
    let mut lanes = Vec::with_capacity(connections);
    for lane in 0..connections {
        lanes.push((lane, connect(&shot.url).await?));
    }
    let begun = Instant::now();
    let end = begun + length;
    let tasks: Vec<_> =
        lanes.into_iter().map(|(lane, connection)| tokio::spawn(shoot(shot.clone(), connection, lane, end))).collect();
    let mut all = Histogram::<u64>::new(3)?;
    for task in tasks {
        all.add(task.await??)?;
    }
    Ok(Sample {
        rate: all.len() as f64 / begun.elapsed().as_secs_f64(),
        p50: all.value_at_quantile(0.5),
        p99: all.value_at_quantile(0.99),
    })
}

/// One request on a connection of its own; the answer's headers and body.
pub async fn once(shot: &Shot) -> anyhow::Result<(HeaderMap, Bytes)> {
    let mut connection = connect(&shot.url).await?;
    fire(shot, &mut connection, 0).await
}

async fn connect(url: &Url) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let address = (url.host_str().context("no host")?, url.port().context("no port")?);
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn shoot(
    shot: Shot,
    mut connection: SendRequest<Full<Bytes>>,
    lane: usize,
    end: Instant,
) -> anyhow::Result<Histogram<u64>> {
    let mut latencies = Histogram::new(3)?;
    let mut number = lane * 10_000_000;
    while Instant::now() < end {
        number += 1;
        let sent = Instant::now();
        let (_, body) = fire(&shot, &mut connection, number).await?;
        latencies.record(u64::try_from(sent.elapsed().as_micros())?)?;
        ensure!(contains(&body, shot.marker), "a wrong answer: {}", String::from_utf8_lossy(&body));
    }
    Ok(latencies)
}

async fn fire(
    shot: &Shot,
    connection: &mut SendRequest<Full<Bytes>>,
    number: usize,
) -> anyhow::Result<(HeaderMap, Bytes)> {
    let mut request = Request::builder()
        .method(shot.method.clone())
        .uri(shot.url.path())
        .header("host", shot.url.authority())
        .body(Full::from(shot.body.replace("{id}", &number.to_string())))?;
    request.headers_mut().extend(shot.headers.clone());
    connection.ready().await?;
    let answer = connection.send_request(request).await?;
    let status = answer.status();
    let headers = answer.headers().clone();
    let body = answer.into_body().collect().await?.to_bytes();
    ensure!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&body));
    Ok((headers, body))
}

fn contains(body: &[u8], marker: &str) -> bool {
    body.windows(marker.len()).any(|window| window == marker.as_bytes())
}
