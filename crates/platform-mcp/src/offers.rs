//! What the server offers besides tools: prompts, resources, completion of ids, and instructions.

pub mod completion;
pub mod instructions;
pub mod prompts;
pub mod resources;
