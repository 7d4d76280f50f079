//! What a person can be told: each notification's key, kind and content, and the words by which it is told.

use std::{collections::BTreeSet, sync::Arc};

use agentruntime_platform_mcp::consent::OpenQuestion;
use agentruntime_run_watch::{Run, RunKey, Task};

use crate::{news::News, standing::Need};

/// What a notification is about; two with the same key are never shown at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A task that waits.
    Task(String),
    /// An agent's question, by its number in this process.
    Question(u64),
    /// A run that failed or finished.
    Run(RunKey),
    /// A client that connected for the first time.
    Client(String),
    /// What the app needs from the person.
    Need,
    /// News of a token, each its own.
    News(u64),
    /// An answer that was not taken, each its own.
    Answer(u64),
    /// Several things of one kind.
    Several(Kind),
    /// What was missed, or held back.
    Sum,
}

/// Of what kind it is. Each can be switched off, but for needs and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Something waits for the person.
    Approval,
    Failure,
    /// A run has finished.
    Finish,
    /// A client is new.
    Client,
    /// Something about a token: its age or end, a rotation, a revocation.
    Token,
    /// The app needs the person.
    Need,
    /// The person has just answered something.
    Answer,
}

/// What there is to say.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// A task waits.
    Waiting {
        /// With its payload, which says how it can be answered.
        task: Arc<Task>,
        /// Whether it can be approved without filling anything in.
        at_once: bool,
    },
    /// An agent asks.
    Question {
        /// Who asks, and what would be sent in the person's name.
        question: OpenQuestion,
        /// The task, where it is known.
        task: Option<Arc<Task>>,
    },
    /// A run failed.
    Failed(Arc<Run>),
    /// A run has ended well, or was stopped.
    Finished(Arc<Run>),
    /// A client connected that never has before.
    NewClient(String),
    /// Something about a token.
    Token(News),
    /// The app needs the person.
    Needed(Need),
    /// The answer that the person has just given, from a notification or the tray, was not taken.
    NotTaken {
        /// Why, as a stable code.
        code: &'static str,
        /// Why, for people.
        message: String,
    },
    /// So many things of one kind.
    Several(Kind, usize),
    /// What was missed or held back, counted.
    Sum(Sum),
}

/// So many of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Tasks that wait.
    pub waiting: usize,
    /// Runs that failed.
    pub failed: usize,
    /// Runs that have finished.
    pub finished: usize,
    /// Whether it is what was missed while the platform could not be reached, and not what was held back.
    pub away: bool,
}

/// Something to tell the person, whether it is shown or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub key: Key,
    pub about: About,
}

/// What the shell is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Say {
    /// Shows a notification.
    Show(Box<Notice>),
    /// Takes the one with this key away, if it is still there.
    Withdraw(Key),
}

/// What the one who decides is told.
#[derive(Debug)]
pub(crate) enum Word {
    /// There is something new.
    Tell(Box<Notice>),
    /// All this was missed while the platform could not be reached.
    Missed(Vec<Notice>),
    /// There is nothing to do any more about this.
    Withdraw(Key),
    /// Of all tasks only these wait still.
    OnlyTasks(BTreeSet<String>),
    /// Of all questions only these are asked still.
    OnlyQuestions(BTreeSet<u64>),
    /// The person has looked at all runs that failed.
    SeenAllFailures,
    /// Another workspace is in use.
    Forget,
}

impl Kind {
    /// Whether it is of the runs of the workspace in use.
    pub(crate) const fn is_of_runs(self) -> bool {
        matches!(self, Self::Approval | Self::Failure | Self::Finish)
    }
}

impl Key {
    /// Whether it speaks of the runs of the workspace in use.
    pub(crate) const fn is_of_runs(&self) -> bool {
        match self {
            Self::Task(_) | Self::Question(_) | Self::Run(_) | Self::Sum => true,
            Self::Several(kind) => kind.is_of_runs(),
            Self::Client(_) | Self::Need | Self::News(_) | Self::Answer(_) => false,
        }
    }
}

impl About {
    /// Whether it is shown in quiet hours all the same. The settings page names all of it.
    pub(crate) const fn breaks_quiet(&self) -> bool {
        matches!(self, Self::NotTaken { .. } | Self::Token(News::Left))
    }

    /// Whether it may wait to be told with others. What an agent asks has an end of its own, and an answer to the person is
    /// waited for.
    pub(crate) const fn may_wait(&self) -> bool {
        !self.breaks_quiet() && !matches!(self, Self::Question { .. } | Self::Needed(_))
    }

    pub(crate) const fn kind(&self) -> Option<Kind> {
        match self {
            Self::Waiting { .. } | Self::Question { .. } => Some(Kind::Approval),
            Self::Failed(_) => Some(Kind::Failure),
            Self::Finished(_) => Some(Kind::Finish),
            Self::NewClient(_) => Some(Kind::Client),
            Self::Token(_) => Some(Kind::Token),
            Self::Needed(_) => Some(Kind::Need),
            Self::NotTaken { .. } => Some(Kind::Answer),
            Self::Several(..) | Self::Sum(_) => None,
        }
    }
}
