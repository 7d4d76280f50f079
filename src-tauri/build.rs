//! Tells Tauri which commands the page may be allowed to call; the capability file names each one.

#[path = "command_names.rs"]
mod command_names;

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(command_names::COMMANDS);
    let attributes = tauri_build::Attributes::new()
        .app_manifest(manifest)
        .capabilities_path_pattern("src-tauri/capabilities/*.json");
    if let Err(error) = tauri_build::try_build(attributes) {
        // Cargo shows what a build script says only if it fails like this.
        println!("cargo::error={error:#}");
    }
}
