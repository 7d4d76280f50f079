//! The suite's prompts.

use rmcp::{
    ErrorData, RoleServer,
    model::{
        ContentBlock, GetPromptRequestParams, GetPromptResponse, GetPromptResult, Prompt, PromptArgument,
        PromptMessage, ResourceContents, Role,
    },
    service::RequestContext,
};

use crate::{
    interactive::{Asking, Question, Seals, Step, given},
    samples,
};

const SIMPLE: &str = "test_simple_prompt";
const ARGUMENTS: &str = "test_prompt_with_arguments";
const RESOURCE: &str = "test_prompt_with_embedded_resource";
const IMAGE: &str = "test_prompt_with_image";
const ASKING: &str = "test_input_required_result_prompt";

/// What the last of them asks before it answers.
const CONTEXT: Asking = Asking {
    rounds: &[&[Question::form("user_context", "What is the prompt about?", "context", "string")]],
    sealed: false,
    conclude: |answers| format!("Keep this in mind: {}", given(answers, "/user_context/content/context")),
};

/// The prompts as `prompts/list` sends them.
pub fn list() -> Vec<Prompt> {
    let required = |names: &[&str]| {
        let arguments = names.iter().map(|name| PromptArgument::new(*name).with_required(true));
        Some(arguments.collect::<Vec<_>>())
    };
    vec![
        Prompt::new(SIMPLE, Some("A prompt without arguments"), None),
        Prompt::new(ARGUMENTS, Some("A prompt that repeats its arguments"), required(&["arg1", "arg2"])),
        Prompt::new(RESOURCE, Some("A prompt that embeds a resource"), required(&["resourceUri"])),
        Prompt::new(IMAGE, Some("A prompt that shows an image"), None),
        Prompt::new(ASKING, Some("A prompt that asks the user first"), None),
    ]
}

/// Answers `prompts/get`; `None` if the prompt is none of the suite's.
pub fn get(
    request: &GetPromptRequestParams,
    context: &RequestContext<RoleServer>,
    seals: &Seals,
) -> Option<Result<GetPromptResponse, ErrorData>> {
    let messages = match request.name.as_str() {
        SIMPLE => Ok(vec![says("A simple prompt.")]),
        ARGUMENTS => two_arguments(request),
        RESOURCE => embedded(request),
        IMAGE => Ok(vec![
            PromptMessage::new(Role::User, ContentBlock::image(samples::PNG, samples::IMAGE)),
            says("Say what is in the image."),
        ]),
        ASKING => {
            let responses = request.input_responses.as_ref();
            let step = CONTEXT.step(ASKING, responses, request.request_state.as_deref(), context, seals);
            match step {
                Ok(Step::Ask(asked)) => return Some(Ok(asked.into())),
                Ok(Step::Done(text)) => Ok(vec![says(text)]),
                Err(refused) => Err(refused),
            }
        }
        _ => return None,
    };
    Some(messages.map(|messages| GetPromptResult::new(messages).into()))
}

fn two_arguments(request: &GetPromptRequestParams) -> Result<Vec<PromptMessage>, ErrorData> {
    let (first, second) = (argument(request, "arg1")?, argument(request, "arg2")?);
    Ok(vec![says(format!("arg1 is `{first}` and arg2 is `{second}`."))])
}

fn embedded(request: &GetPromptRequestParams) -> Result<Vec<PromptMessage>, ErrorData> {
    let contents = ResourceContents::text("An embedded text.", argument(request, "resourceUri")?);
    let resource = ContentBlock::resource(contents.with_mime_type("text/plain"));
    Ok(vec![PromptMessage::new(Role::User, resource), says("Read the resource above.")])
}

fn argument<'r>(request: &'r GetPromptRequestParams, name: &str) -> Result<&'r str, ErrorData> {
    let value = request.arguments.as_ref().and_then(|all| all.get(name)).and_then(|value| value.as_str());
    value.ok_or_else(|| ErrorData::invalid_params(format!("`{}` needs the argument `{name}`", request.name), None))
}

fn says(text: impl Into<String>) -> PromptMessage {
    PromptMessage::new_text(Role::User, text)
}
