//! The codes of issues, which errors of the same kind bear as well (BFF API: "Dry-run checks"). Those marked assumed are named
//! nowhere public; each stands here once.

/// The graph's shape is wrong, or a step type is unknown or not run here.
pub const GRAPH_SCHEMA_VALIDATION: &str = "graph_schema_validation";
/// A template can have no value.
pub const TEMPLATE_UNRESOLVED: &str = "template_unresolved";
/// A template reads a step that does not come before its own.
pub const TEMPLATE_MISSING_DEPENDENCY: &str = "template_missing_dependency";
/// A script does not compile.
pub const LUA_SYNTAX: &str = "lua_syntax";
/// The steps depend on each other in a circle (assumed).
pub const DEPENDENCY_CYCLE: &str = "dependency_cycle";
/// A template is malformed (assumed).
pub const TEMPLATE_SYNTAX: &str = "template_syntax";
/// A condition is malformed (assumed).
pub const CONDITION_SYNTAX: &str = "condition_syntax";
/// An `mcp_call` has no server, or names an instance that is not there (assumed).
pub const MCP_BINDING_MISSING: &str = "mcp_binding_missing";
/// A step is disabled (assumed).
pub const STEP_DISABLED: &str = "step_disabled";
/// The params do not fit the graph's `input_schema` (assumed).
pub const INPUT_SCHEMA_MISMATCH: &str = "input_schema_mismatch";
