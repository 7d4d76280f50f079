//! The menu bar of macOS, which is there while the window is. Without its "Edit", no key copies or pastes in the window.

use agentruntime_desk::{api::Language, words::shell::ShellWords};
use tauri::{
    AppHandle, Wry,
    menu::{AboutMetadata, Menu, MenuItem, PredefinedMenuItem as Ready, Submenu, WINDOW_SUBMENU_ID},
};

/// The menu bar as it was last put.
#[derive(Default)]
pub struct MenuBar {
    language: Option<Language>,
}

impl MenuBar {
    /// Puts it in this language, unless it is.
    pub fn keep(&mut self, app: &AppHandle, language: Language) {
        if self.language == Some(language) {
            return;
        }
        match menu(app, ShellWords::of(language)).and_then(|menu| app.set_menu(menu)) {
            Ok(_) => self.language = Some(language),
            Err(error) => tracing::warn!(%error, "the menu bar is not as it should be"),
        }
    }
}

fn menu(app: &AppHandle, words: &ShellWords) -> tauri::Result<Menu<Wry>> {
    let about = AboutMetadata {
        name: Some(app.package_info().name.clone()),
        version: Some(app.package_info().version.to_string()),
        copyright: app.config().bundle.copyright.clone(),
        ..AboutMetadata::default()
    };
    let rule = || Ready::separator(app);
    let of_app = Submenu::with_items(
        app,
        app.package_info().name.clone(),
        true,
        &[
            &Ready::about(app, Some(words.about), Some(about))?,
            &rule()?,
            &Ready::hide(app, Some(words.hide))?,
            &Ready::hide_others(app, Some(words.hide_others))?,
            &Ready::show_all(app, Some(words.show_all))?,
            &rule()?,
            // Of the same name as the tray's, and so the same: the system's own would not wait for the desk.
            &MenuItem::with_id(app, "quit", words.quit, true, Some("Cmd+Q"))?,
        ],
    )?;
    let edit = Submenu::with_items(
        app,
        words.edit,
        true,
        &[
            &Ready::undo(app, Some(words.undo))?,
            &Ready::redo(app, Some(words.redo))?,
            &rule()?,
            &Ready::cut(app, Some(words.cut))?,
            &Ready::copy(app, Some(words.copy))?,
            &Ready::paste(app, Some(words.paste))?,
            &Ready::select_all(app, Some(words.select_all))?,
        ],
    )?;
    let window = Submenu::with_id_and_items(
        app,
        WINDOW_SUBMENU_ID,
        words.window,
        true,
        &[
            &Ready::minimize(app, Some(words.minimize))?,
            &Ready::maximize(app, Some(words.zoom))?,
            &rule()?,
            &Ready::close_window(app, Some(words.close))?,
        ],
    )?;
    Menu::with_items(app, &[&of_app, &edit, &window])
}
