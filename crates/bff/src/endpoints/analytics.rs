//! Analytics (BFF API, "Everything else"). What the metrics answer is documented only in part, so it is passed on as JSON.

use serde_json::Value;

use crate::{Endpoint, Error, Request, Route};

/// A span of time: a window, or `from` and `to` in ISO 8601.
#[derive(Debug, Clone, Default)]
pub struct Range {
    /// `week`, `month` or `all`.
    pub window: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Range {
    fn add_to(&self, request: Request) -> Request {
        request.query("window", self.window.as_ref()).query("from", self.from.as_ref()).query("to", self.to.as_ref())
    }
}

/// `GET /v1/analytics/live-runs`
#[derive(Debug, Clone, Default)]
pub struct LiveRuns;
endpoint!(LiveRuns => Value, Route::get("/v1/analytics/live-runs"), []);

macro_rules! metric {
    ($(#[$about:meta])* $name:ident, $path:literal $(, $granularity:ident)?) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default)]
        pub struct $name {
            /// The time it is about.
            pub range: Range,
            $(
                /// `hour`, `day` or `week`.
                pub $granularity: Option<String>,
            )?
        }

        impl Endpoint for $name {
            const ROUTE: Route = Route::get($path);
            type Response = Value;

            fn request(&self) -> Result<Request, Error> {
                let request = self.range.add_to(Request::new(Self::ROUTE, &[])?);
                $(let request = request.query("granularity", self.$granularity.as_ref());)?
                Ok(request)
            }
        }
    };
}

metric!(
    /// `GET /v1/analytics/success-rate`: needs at least three terminal runs.
    SuccessRate, "/v1/analytics/success-rate"
);
metric!(
    /// `GET /v1/analytics/credits-consumed`: in microcredits.
    CreditsConsumed, "/v1/analytics/credits-consumed"
);
metric!(
    /// `GET /v1/analytics/runs-timeseries`
    RunsTimeseries, "/v1/analytics/runs-timeseries", granularity
);
metric!(
    /// `GET /v1/analytics/usage-timeseries`
    UsageTimeseries, "/v1/analytics/usage-timeseries", granularity
);
