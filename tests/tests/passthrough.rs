//! Random requests at `catalog_bff_request`, judged by what is heard on the wire before the BFF: nothing outside `/v1/mcp/`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::time::{Duration, Instant};

use agentruntime_platform_mcp::catalogue::{Group, Switches};
use percent_encoding::percent_decode_str;
use rand::{Rng, RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use support::{World, call};

/// What paths are made of: honest pieces, and everything that was ever used to leave a prefix.
const PIECES: &[&str] = &[
    "/v1/mcp/",
    "/v1/mcp",
    "/V1/MCP/",
    "v1/mcp/",
    "/v1//mcp/",
    "/v1/mcp/instances",
    "servers",
    "tools",
    "credentials",
    "Credentials",
    "cred%65ntials",
    "instances/resolve",
    "..",
    "../",
    "/../",
    "/..",
    "%2e%2e",
    "%2E%2e/",
    ".%2e/",
    "%252e%252e/",
    "..%2f",
    "..%5c",
    "\\..\\",
    "/./",
    ".",
    "//",
    "/",
    "%2f",
    "%2F",
    "%5c",
    "\\",
    ";",
    ";x=1",
    "..;/",
    "?",
    "?a=b",
    "%3f",
    "#",
    "%23",
    "@",
    ":",
    "%00",
    "\0",
    "\n",
    "\r\n",
    "%0d%0a",
    " HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/pats",
    " ",
    "%20",
    "http://127.0.0.1/v1/pats",
    "https://example.com",
    "//example.com/",
    "v1/pats",
    "/v1/pats",
    "/v1/vault/secrets",
    "workflows",
    "\u{ff0e}\u{ff0e}/",
    "\u{2025}/",
    "%c0%ae%c0%ae/",
    "é",
    "\u{202e}",
    "a",
    "%",
    "%zz",
    "&",
    "=",
    "+",
    "~",
    "*",
    "'",
];
/// Pieces of which an honest path is made.
const HONEST: &[&str] =
    &["instances", "/", "servers", "tools", "/credentials", "/x", "a%20b", "-", "platform-catalog", "/validate"];
const METHODS: &[&str] =
    &["GET", "POST", "PUT", "PATCH", "DELETE", "get", "OPTIONS", "CONNECT", "GET /v1/pats HTTP/1.1\r\n"];

fn arguments(rng: &mut StdRng) -> Value {
    let mut path = if rng.random_bool(0.7) { "/v1/mcp/".to_owned() } else { String::new() };
    for _ in 0..rng.random_range(0..6) {
        let pieces = if rng.random_bool(0.6) { HONEST } else { PIECES };
        path.push_str(pieces.choose(rng).unwrap());
        if rng.random_bool(0.05) {
            path.push(char::from_u32(rng.random_range(1..0x500)).unwrap_or('x'));
        }
    }
    let mut arguments = json!({ "method": METHODS.choose(rng).unwrap(), "path": path });
    if rng.random_bool(0.3) {
        arguments["query"] = json!({ PIECES.choose(rng).unwrap().to_string(): PIECES.choose(rng).unwrap() });
    }
    if rng.random_bool(0.3) {
        arguments["body"] = json!({ "url": PIECES.choose(rng).unwrap() });
    }
    arguments
}

/// The path as the most lenient of servers would take it.
fn leniently(path: &str) -> String {
    let decoded = (0..3).fold(path.to_owned(), |path, _| percent_decode_str(&path).decode_utf8_lossy().into_owned());
    let mut stack: Vec<String> = Vec::new();
    for segment in decoded.replace('\\', "/").split(['?', '#']).next().unwrap().split('/') {
        match segment.split(';').next().unwrap() {
            "" | "." => {}
            ".." => drop(stack.pop()),
            name => stack.push(name.to_lowercase()),
        }
    }
    format!("/{}/", stack.join("/"))
}

/// Throws requests until `enough`; how many were thrown and how many got through to the BFF.
async fn throw(seed: u64, mut enough: impl FnMut(usize) -> bool) -> (usize, usize) {
    let world = World::start().await;
    let platform = world.platform(world.admin.expose_secret());
    let mut rng = StdRng::seed_from_u64(seed);
    let (mut thrown, mut through) = (0, 0);
    while !enough(thrown) {
        let risk = rng.random_bool(0.2);
        platform.switchboard.turn(|_| Switches::new(Group::ALL.to_vec(), risk));
        let arguments = arguments(&mut rng);
        let _answered = call(&platform, "catalog_bff_request", arguments.clone()).await;
        thrown += 1;
        for (method, path) in world.tap.take() {
            through += 1;
            let read = leniently(&path);
            assert!(read.starts_with("/v1/mcp/"), "seed {seed}: {arguments} reached {method} {path}");
            assert!(
                risk || !read.contains("credentials"),
                "seed {seed}: {arguments} reached {method} {path} without risk"
            );
        }
    }
    (thrown, through)
}

#[tokio::test]
async fn random_requests_reach_nothing_else() {
    let (thrown, through) = throw(rand::rng().next_u64(), |thrown| thrown == 10_000).await;
    assert!(through > thrown / 50, "only {through} of {thrown} got through: the test tests nothing");
}

/// The same for minutes on end: `cargo xtask soak`.
#[tokio::test]
#[ignore = "runs for ten minutes"]
async fn passthrough_soak() {
    let minutes = std::env::var("SOAK_MINUTES").ok().and_then(|minutes| minutes.parse().ok()).unwrap_or(10_u64);
    let until = Instant::now() + Duration::from_secs(60 * minutes);
    let (thrown, through) = throw(rand::rng().next_u64(), |_| Instant::now() >= until).await;
    assert!(through > thrown / 50);
    println!("{thrown} requests thrown, {through} reached the BFF, all of them below /v1/mcp/");
}
