//! Changes what people can set, as the page asks for it.

use crate::{
    Desk,
    api::{Language, LogLevel, SettingsChange, Theme},
    failure::Failed,
};

impl Desk {
    /// Changes settings; what the change leaves out stays. They are in force when this returns.
    ///
    /// # Errors
    /// [`Failed`] with the code `settings_invalid` and the field where a value is out of bounds, or why they cannot be written:
    /// nothing is changed then.
    pub async fn change_settings(&self, change: SettingsChange) -> Result<(), Failed> {
        self.settings.update(move |settings| apply(settings, change)).await?;
        Ok(())
    }
}

fn apply(settings: &mut agentruntime_settings::Settings, change: SettingsChange) {
    use agentruntime_settings as kept;
    settings.port = change.port.unwrap_or(settings.port);
    settings.start_at_login = change.start_at_login.unwrap_or(settings.start_at_login);
    if let Some(theme) = change.theme {
        settings.theme = match theme {
            Theme::System => kept::Theme::System,
            Theme::Light => kept::Theme::Light,
            Theme::Dark => kept::Theme::Dark,
        };
    }
    if let Some(language) = change.language {
        settings.language = match language {
            Language::System => None,
            Language::En => Some("en".to_owned()),
            Language::De => Some("de".to_owned()),
        };
    }
    if let Some(level) = change.log_level {
        settings.log_level = match level {
            LogLevel::Error => kept::LogLevel::Error,
            LogLevel::Warn => kept::LogLevel::Warn,
            LogLevel::Info => kept::LogLevel::Info,
            LogLevel::Debug => kept::LogLevel::Debug,
        };
    }
    if let Some(told) = change.notifications {
        settings.notifications = kept::Notifications {
            approvals: told.approvals,
            failures: told.failures,
            finished: told.finished,
            long_minutes: told.long_minutes,
            tokens: told.tokens,
            clients: told.clients,
            quiet_hours: told.quiet_hours.map(|hours| kept::QuietHours { from: hours.from, to: hours.to }),
        };
    }
    settings.ask_before_answers = change.ask_before_answers.unwrap_or(settings.ask_before_answers);
}
