//! Tools that answer with questions (2026-07-28): the client answers them and calls again, until nothing is left to ask.

use super::{
    asking::Asking,
    question::{Question, given},
};
use crate::tools::{Fixture, Run, no_arguments};

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
