//! How something asks, round by round, and what is kept of it between two calls.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use rmcp::{
    ErrorData, RoleServer,
    model::{InputRequiredResult, InputResponses},
    service::RequestContext,
};
use uuid::Uuid;

use super::question::Question;

/// Something that asks before it answers.
#[derive(Debug)]
pub struct Asking {
    /// The questions, round by round.
    pub rounds: &'static [&'static [Question]],
    /// Whether the client is given a handle to bring back; needed as soon as there is more than one round.
    pub sealed: bool,
    /// What comes of the answers.
    pub conclude: fn(&InputResponses) -> String,
}

/// How far a call has come, kept while the client answers.
#[derive(Debug)]
pub struct Kept {
    asker: &'static str,
    round: usize,
    answers: InputResponses,
}

/// What waits for a client's answers, by the handle the client was given: a handle that was not given opens nothing.
pub type Seals = Mutex<HashMap<String, Kept>>;

/// What a call comes to.
#[derive(Debug)]
pub enum Step {
    /// Questions.
    Ask(InputRequiredResult),
    /// The conclusion.
    Done(String),
}

impl Asking {
    /// Takes the client's answers and asks on, asks again for what is missing, or concludes. Answers to questions that were
    /// not asked are passed over, and nothing is asked that the client did not say it can be asked.
    pub fn step(
        &self,
        asker: &'static str,
        responses: Option<&InputResponses>,
        state: Option<&str>,
        context: &RequestContext<RoleServer>,
        seals: &Seals,
    ) -> Result<Step, ErrorData> {
        let mut kept = self.open(asker, state, seals)?;
        let client = context.client_capabilities().unwrap_or_default();
        while let Some(round) = self.rounds.get(kept.round) {
            let asked: Vec<Question> = round.iter().copied().filter(|question| question.suits(&client)).collect();
            if let (true, Some(first)) = (asked.is_empty(), round.first()) {
                return Err(ErrorData::missing_required_client_capability(first.needed()));
            }
            let Some(answers) = answers(&asked, responses) else {
                return self.ask(&asked, kept, seals).map(Step::Ask);
            };
            kept.answers.extend(answers);
            kept.round += 1;
        }
        Ok(Step::Done((self.conclude)(&kept.answers)))
    }

    fn open(&self, asker: &'static str, state: Option<&str>, seals: &Seals) -> Result<Kept, ErrorData> {
        let Some(handle) = state.filter(|_| self.sealed) else {
            return Ok(Kept { asker, round: 0, answers: InputResponses::new() });
        };
        // A handle opens once: the next round has another.
        let kept = seals.lock().unwrap_or_else(PoisonError::into_inner).remove(handle);
        kept.filter(|kept| kept.asker == asker)
            .ok_or_else(|| ErrorData::invalid_params("this requestState was not given out for this request", None))
    }

    fn ask(&self, asked: &[Question], kept: Kept, seals: &Seals) -> Result<InputRequiredResult, ErrorData> {
        let mut requests = rmcp::model::InputRequests::new();
        for question in asked {
            requests.insert(question.key.to_owned(), question.request()?);
        }
        let handle = self.sealed.then(|| Uuid::new_v4().to_string());
        if let Some(handle) = &handle {
            seals.lock().unwrap_or_else(PoisonError::into_inner).insert(handle.clone(), kept);
        }
        Ok(InputRequiredResult::new(Some(requests), handle))
    }
}

/// The answers to all that was asked, if they are all there.
fn answers(asked: &[Question], responses: Option<&InputResponses>) -> Option<InputResponses> {
    let answer = |question: &Question| {
        let response = responses?.get(question.key)?;
        question.is_answered_by(response).then(|| (question.key.to_owned(), response.clone()))
    };
    asked.iter().map(answer).collect()
}
