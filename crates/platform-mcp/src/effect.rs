//! What calls have done to runs, for whoever follows them: the follower looks at once, and the person hears of the end of
//! what was started here.

/// Something that a tool call has just changed at the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A run was started.
    Started { workflow_id: String, run_id: String },
    /// A run was paused, resumed or stopped, or its task was answered.
    Touched,
}
