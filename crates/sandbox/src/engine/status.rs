//! Where a run stands (BFF API, "Runs, events, tasks").

/// The status of a run. One that waits for a person stays running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Goes on as fast as it can.
    Running,
    /// Starts nothing new until it is resumed.
    Paused,
    /// Starts nothing new and stops once what is under way has ended.
    Draining,
    /// Ended well.
    Completed,
    /// Ended by a step that failed.
    Failed,
    /// Ended because it was told to.
    Stopped,
}

impl Status {
    const ALL: [Self; 6] = [Self::Running, Self::Paused, Self::Draining, Self::Completed, Self::Failed, Self::Stopped];

    /// As the API writes it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Draining => "draining",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    /// The status of this name. `queued`, `pending` and `starting` are statuses of the platform's that last no time here.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether nothing more can happen.
    pub(crate) const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Stopped)
    }
}
