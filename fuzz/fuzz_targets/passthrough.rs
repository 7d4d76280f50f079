//! Whatever path is admitted, no lenient reader may take it for one outside `/v1/mcp/`.
#![no_main]

use agentruntime_platform_mcp::passthrough::admit;
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;

fuzz_target!(|path: &str| {
    if admit(path, true).is_err() {
        return;
    }
    let read = as_a_lenient_server_reads_it(path);
    assert!(read.starts_with("/v1/mcp/"), "{path:?} reads as {read:?}");
    if read.contains("credentials") {
        assert!(admit(path, false).is_err(), "{path:?} reads as {read:?}");
    }
});

/// Decodes twice, takes backslashes for slashes, drops parameters and resolves dots.
fn as_a_lenient_server_reads_it(path: &str) -> String {
    let once = percent_decode_str(path).decode_utf8_lossy().into_owned();
    let twice = percent_decode_str(&once).decode_utf8_lossy().into_owned();
    let mut stack: Vec<String> = Vec::new();
    for segment in twice.replace('\\', "/").split(['?', '#']).next().unwrap_or_default().split('/') {
        match segment.split(';').next().unwrap_or_default() {
            "" | "." => {}
            ".." => drop(stack.pop()),
            name => stack.push(name.to_lowercase()),
        }
    }
    format!("/{}", stack.join("/"))
}
