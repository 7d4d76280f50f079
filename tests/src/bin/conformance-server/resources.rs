//! The suite's resources under `test://`.

use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde_json::json;

use crate::samples;

const TEXT: &str = "test://static-text";
const BINARY: &str = "test://static-binary";
const WATCHED: &str = "test://watched-resource";
const PLAIN: &str = "text/plain";
const JSON: &str = "application/json";

/// The resources with a URI of their own.
pub fn list() -> [Resource; 3] {
    [
        Resource::new(TEXT, "static-text").with_description("A text that never changes").with_mime_type(PLAIN),
        Resource::new(BINARY, "static-binary")
            .with_description("An image that never changes")
            .with_mime_type(samples::IMAGE),
        Resource::new(WATCHED, "watched-resource").with_description("A text to subscribe to").with_mime_type(PLAIN),
    ]
}

/// The resources that an id chooses.
pub fn template() -> ResourceTemplate {
    ResourceTemplate::new("test://template/{id}/data", "template")
        .with_description("What stands under an id")
        .with_mime_type(JSON)
}

/// Reads one; `None` if the URI is none of the suite's.
pub fn read(uri: &str) -> Option<ReadResourceResult> {
    let contents = match uri {
        TEXT => ResourceContents::text("The static text of the fixtures.", uri).with_mime_type(PLAIN),
        BINARY => ResourceContents::blob(samples::PNG, uri).with_mime_type(samples::IMAGE),
        WATCHED => ResourceContents::text("Nothing has happened yet.", uri).with_mime_type(PLAIN),
        _ => {
            let id = uri.strip_prefix("test://template/")?.strip_suffix("/data")?;
            if id.is_empty() || id.contains('/') {
                return None;
            }
            let data = json!({ "id": id, "data": format!("What stands under {id}") });
            ResourceContents::text(data.to_string(), uri).with_mime_type(JSON)
        }
    };
    Some(ReadResourceResult::new(vec![contents]))
}

#[cfg(test)]
mod tests {
    use super::{list, read};

    #[test]
    fn what_is_listed_can_be_read_and_other_uris_are_left_to_the_product() {
        for resource in list() {
            assert!(read(&resource.uri).is_some(), "{}", resource.uri);
        }
        assert!(read("test://template/123/data").is_some());
        for foreign in ["test://other", "test://template//data", "test://template/1/2/data", "agentruntime://x"] {
            assert!(read(foreign).is_none(), "{foreign}");
        }
    }
}
