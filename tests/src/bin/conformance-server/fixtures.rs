//! What a handler with fixtures holds.
#![expect(deprecated, reason = "the suite still asks for logging")]

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use agentruntime_platform_mcp::{handler::Handler, platform::Platform};
use rmcp::{RoleServer, model::LoggingLevel, service::RequestContext};

use crate::interactive::Seals;

/// Answers one session (old era) or one request (2026-07-28).
#[derive(Debug)]
pub struct Fixtures {
    pub product: Handler,
    /// The product's state, whose switches change the list of tools.
    pub platform: Arc<Platform>,
    /// Shared by all handlers: the next round of a 2026-07-28 call reaches another one.
    pub seals: Arc<Seals>,
    /// What is logged to a client of the old era, at least.
    pub level: Mutex<LoggingLevel>,
    /// The resources a client of the old era watches.
    pub watched: Mutex<HashSet<String>>,
}

impl Fixtures {
    /// A handler over shared state.
    pub fn new(platform: Arc<Platform>, seals: Arc<Seals>) -> Self {
        Self {
            product: Handler::new(platform.clone()),
            platform,
            seals,
            level: Mutex::new(LoggingLevel::Info),
            watched: Mutex::default(),
        }
    }

    /// The least level that is logged to the client who sent this request, if any is.
    pub fn level(&self, context: &RequestContext<RoleServer>) -> Option<LoggingLevel> {
        if is_old_era(context) {
            Some(*self.level.lock().unwrap_or_else(PoisonError::into_inner))
        } else {
            context.meta.log_level()
        }
    }
}

/// Whether the request is of a session, as up to 2025-11-25.
pub fn is_old_era(context: &RequestContext<RoleServer>) -> bool {
    context.protocol_version().is_none_or(|version| version.has_initialize())
}
