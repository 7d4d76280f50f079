//! The one place where HTTP clients are made, so that what must hold for every request holds for all of them.
//!
//! A proxy that the environment or the system names is for the world outside. What goes to loopback never leaves this
//! computer: a proxy elsewhere would look for it on its own, and one here would see a token that is none of its business.
//! `NO_PROXY` need not say so (<https://docs.rs/reqwest/latest/reqwest/#proxies>: reqwest heeds it, and knows no exception of
//! its own for loopback).

use std::net::IpAddr;

use url::{Host, Url};

/// A builder for a client that talks to `target`'s host and no other. Proxies of the system apply, unless it is this computer.
pub fn client_for(target: &Url) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder();
    if is_loopback(target) { builder.no_proxy() } else { builder }
}

/// Whether a URL names this computer: 127.0.0.0/8, `::1`, the same as an IPv4-mapped address, and `localhost`. Any other name
/// is a matter of DNS, and not trusted.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::is_loopback;

    #[test]
    fn only_addresses_of_this_computer_are_loopback() {
        for (url, here) in [
            ("http://localhost:8080", true),
            ("http://LOCALHOST", true),
            ("http://127.0.0.1", true),
            ("http://127.8.9.1:1", true),
            ("http://[::1]:8080", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://0x7f.1", true),
            ("https://localhost", true),
            ("https://api.agentruntime.io", false),
            ("http://localhost.example.org", false),
            ("http://127.0.0.1.example.org", false),
            ("http://0.0.0.0", false),
            ("http://10.0.0.1", false),
            ("http://[::2]", false),
            ("http://[::ffff:10.0.0.1]", false),
        ] {
            assert_eq!(is_loopback(&url.parse().unwrap()), here, "{url}");
        }
    }
}
