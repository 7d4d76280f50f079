//! The server instructions: what a model is told once, before it sees any tool.

/// Teaches the loop of the Platform MCP page ("Human task tools"): start, keep `run_id`, poll the summary, look for approvals.
pub const INSTRUCTIONS: &str = "\
AgentRuntime Platform MCP runs and watches workflows.\n\
To run one: workflows_list for its id; workflows_validate; workflows_execute_command with command \"start\". Save run_id from the answer.\n\
Then call runs_wait until its outcome is not still_running, or poll runs_get_summary until run_complete is true or the status is failed or stopped. \
A run that waits for a person stays \"running\": with needs_approval, say what waits before you report success.\n\
tasks_complete answers an approval in the user's name: call it only when the user has decided. They may be asked first; declined means no.\n\
Runs execute the published version: after workflows_patch, call workflows_publish_version.\n\
Lists are compact: page with limit and offset, ask for detail only when needed. \
Errors carry a code and what to do; group_off and risk_off mean that the user must turn a switch.";
