//! What a tool is allowed, as data: its group and risk, its scopes and role, its requests. Nothing here calls anything.

mod group;
mod scope;
mod scopes;
mod spec;
mod switches;

pub use group::{Group, UnknownGroup};
pub use scope::{Role, Scope};
pub use scopes::Scopes;
pub use spec::{Routes, ToolSpec};
pub use switches::Switches;
