//! Tools that answer with questions (2026-07-28): the client answers them and calls again, until nothing is left to ask.

use std::sync::PoisonError;

use rmcp::{
    ErrorData, RoleServer,
    model::{CallToolResponse, CallToolResult, ContentBlock, InputRequiredResult, InputResponses},
    service::RequestContext,
};
use uuid::Uuid;

use super::question::{Question, given};
use crate::{
    handler::Seals,
    tools::{Call, Fixture, Run, no_arguments},
};

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

/// Answers a call of a tool that asks.
pub fn answer(asking: &Asking, asker: &'static str, call: &Call<'_>) -> Result<CallToolResponse, ErrorData> {
    let (responses, state) = (call.request.input_responses.as_ref(), call.request.request_state.as_deref());
    match asking.step(asker, responses, state, &call.context, &call.fixtures.seals)? {
        Step::Ask(asked) => Ok(asked.into()),
        Step::Done(text) => Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into()),
    }
}

const NAME: Question = Question::form("user_name", "Who are you?", "name", "string");
const CONFIRM: Question = Question::form("confirm", "Shall it be done?", "ok", "boolean");
const CAPITAL: Question = Question::sampling("capital_question", "Which city is the capital of France?");
const ROOTS: Question = Question::roots("client_roots");
const ALL_KINDS: &[Question] = &[NAME, Question::sampling("greeting", "Greet the user."), ROOTS];

const fn tool(name: &'static str, description: &'static str, asking: Asking) -> Fixture {
    Fixture { name, description, schema: no_arguments, run: Run::Asking(asking) }
}

const fn greets(rounds: &'static [&'static [Question]]) -> Asking {
    Asking {
        rounds,
        sealed: false,
        conclude: |answers| format!("Hello, {}!", given(answers, "/user_name/content/name")),
    }
}

const CONFIRMS: Asking = Asking {
    rounds: &[&[CONFIRM]],
    sealed: true,
    conclude: |answers| format!("state-ok, confirmed: {}", given(answers, "/confirm/content/ok")),
};

const SAMPLES: Asking = Asking {
    rounds: &[&[CAPITAL]],
    sealed: false,
    conclude: |answers| given(answers, "/capital_question/content/text"),
};

/// The tools that ask.
pub const TOOLS: &[Fixture] = &[
    tool("test_input_required_result_elicitation", "Asks the user's name", greets(&[&[NAME]])),
    tool("test_streaming_elicitation", "Asks the user's name, for a look at the stream", greets(&[&[NAME]])),
    tool("test_input_required_result_sampling", "Asks the client's model", SAMPLES),
    tool("test_missing_capability", "Needs a client that can sample", SAMPLES),
    tool(
        "test_input_required_result_list_roots",
        "Asks for the client's folders",
        Asking {
            rounds: &[&[ROOTS]],
            sealed: false,
            conclude: |answers| format!("The folders are {}", given(answers, "/client_roots/roots")),
        },
    ),
    tool("test_input_required_result_request_state", "Asks, and knows its own state again", CONFIRMS),
    tool("test_input_required_result_tampered_state", "Asks, and refuses a state that is not its own", CONFIRMS),
    tool(
        "test_input_required_result_multiple_inputs",
        "Asks three things at once",
        Asking { sealed: true, ..greets(&[ALL_KINDS]) },
    ),
    tool("test_input_required_result_capabilities", "Asks only what the client can be asked", greets(&[ALL_KINDS])),
    tool(
        "test_input_required_result_multi_round",
        "Asks one thing after the other",
        Asking {
            rounds: &[
                &[Question::form("step1", "First: who are you?", "name", "string")],
                &[Question::form("step2", "Then: which colour do you like?", "color", "string")],
            ],
            sealed: true,
            conclude: |answers| {
                let name = given(answers, "/step1/content/name");
                format!("{name} likes {}", given(answers, "/step2/content/color"))
            },
        },
    ),
];
