//! The HTTP door: hosts, origins, unknown paths, other users.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use agentruntime_platform_mcp::catalogue::Switches;
use serde_json::{Value, json};
use support::{ERAS, Era, Fake, Mcp, serve, within};

#[tokio::test]
async fn unknown_paths_are_json_404_and_nothing_is_401() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in [
        "/",
        "/sse",
        "/register",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
        "/mcp/",
        "/mcp/x",
    ] {
        for answer in [http.get(format!("{}{path}", server.base)), http.post(format!("{}{path}", server.base))] {
            let answer = answer.send().await.unwrap();
            assert_eq!(answer.status(), 404, "{path}");
            assert_eq!(answer.headers()["content-type"], "application/json");
            let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            assert_eq!(body["error"]["code"], "not_found");
        }
    }
    // What Codex sends before it initializes.
    let probe = http.get(&server.url).header("mcp-protocol-version", "2024-11-05").send().await.unwrap();
    assert!([400, 405, 406].contains(&probe.status().as_u16()), "{}", probe.status());
}

/// What served it is turned, watched and exchanged by nobody any more.
#[tokio::test]
async fn a_server_that_is_dropped_serves_nobody_on_the_connections_it_had() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mut clients = Vec::new();
    for era in ERAS {
        let mcp = Mcp::connect(&server.url, era).await;
        assert!(!mcp.tool_names().await.is_empty());
        clients.push(mcp);
    }
    server.served.abort();
    within(server.platform.closing().cancelled()).await;
    for mcp in clients {
        within(async { while mcp.request(1, "tools/list", json!({})).send().await.is_ok() {} }).await;
    }
}

#[tokio::test]
async fn foreign_hosts_and_origins_are_refused_on_every_route_and_no_cors_is_sent() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect(&server.url, Era::New).await;
    for path in ["/mcp", "/.well-known/x", "/"] {
        for (name, value) in [("host", "evil.example"), ("origin", "http://evil.example"), ("origin", "null")] {
            let answer = mcp.http.post(format!("{}{path}", server.base)).header(name, value).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path} {name} {value}");
            assert!(!answer.headers().contains_key("access-control-allow-origin"));
        }
        let preflight = mcp
            .http
            .request(reqwest::Method::OPTIONS, format!("{}{path}", server.base))
            .header("origin", &server.base)
            .header("access-control-request-method", "POST")
            .send()
            .await
            .unwrap();
        assert!(!preflight.headers().contains_key("access-control-allow-origin"), "{path}");
        assert!(!preflight.status().is_success(), "{path}");
    }
    let own = mcp.request(1, "tools/list", json!({})).header("origin", &server.base).send().await.unwrap();
    assert_eq!(own.status(), 200);
    assert!(!own.headers().contains_key("access-control-allow-origin"));
}

/// Needs the right to become another user: CI runs as root. Elsewhere it says that it did not run.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn another_user_of_this_machine_is_refused() {
    use std::os::unix::fs::MetadataExt as _;
    const NOBODY: &str = "65534";
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        eprintln!("skipped: only root can become another user");
        return;
    }
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let port = server.base.rsplit(':').next().unwrap().to_owned();
    let ask = |prefix: Vec<&'static str>| {
        let script = format!(
            "exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'GET /x HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3"
        );
        let mut words = prefix;
        words.extend(["bash", "-c"]);
        let output = std::process::Command::new(words[0]).args(&words[1..]).arg(script).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let other = ask(vec!["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]);
    assert!(other.starts_with("HTTP/1.1 403") && other.contains("other_user"), "{other}");
    let own = ask(vec!["env"]);
    assert!(own.starts_with("HTTP/1.1 404"), "{own}");
}
