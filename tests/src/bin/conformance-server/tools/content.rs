//! Tools that show one kind of content each.

use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};
use serde_json::json;

use super::{Fixture, Run, no_arguments};
use crate::samples;

const fn tool(name: &'static str, description: &'static str, result: fn() -> CallToolResult) -> Fixture {
    Fixture { name, description, schema: no_arguments, run: Run::Fixed(result) }
}

/// The tools that show content.
pub const TOOLS: &[Fixture] = &[
    tool("test_simple_text", "Shows a text", || shows([ContentBlock::text("A simple text.")])),
    tool("test_image_content", "Shows an image", || shows([image()])),
    tool("test_audio_content", "Plays a sound", || shows([ContentBlock::audio(samples::WAV, samples::AUDIO)])),
    tool("test_embedded_resource", "Shows a resource", || {
        let contents = ResourceContents::text("An embedded text.", "test://embedded-resource");
        shows([ContentBlock::resource(contents.with_mime_type("text/plain"))])
    }),
    tool("test_multiple_content_types", "Shows a text, an image and a resource", || {
        let data = json!({ "mixed": true }).to_string();
        let contents = ResourceContents::text(data, "test://mixed-content-resource");
        let resource = ContentBlock::resource(contents.with_mime_type("application/json"));
        shows([ContentBlock::text("A text, an image and a resource:"), image(), resource])
    }),
    tool("test_error_handling", "Always fails", || {
        CallToolResult::error(vec![ContentBlock::text("This tool fails whenever it is called.")])
    }),
];

fn shows<const N: usize>(content: [ContentBlock; N]) -> CallToolResult {
    CallToolResult::success(content.into())
}

fn image() -> ContentBlock {
    ContentBlock::image(samples::PNG, samples::IMAGE)
}
