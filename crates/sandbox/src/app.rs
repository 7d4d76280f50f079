//! What every route shares.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::{db::Db, engine::Engine, sealer::Sealer};

/// What every route shares.
pub(crate) struct App {
    pub(crate) db: Db,
    pub(crate) engine: Engine,
    pub(crate) sealer: Arc<Sealer>,
    /// Ends with the server; streams end with it.
    pub(crate) shutdown: CancellationToken,
}
