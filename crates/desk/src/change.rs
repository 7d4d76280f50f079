//! Changes what people can set, as the page asks for it.

use agentruntime_settings::Preference as _;

use crate::{Desk, api::SettingsChange, failure::Failed};

impl Desk {
    /// Changes settings; what the change leaves out stays. They are in force when this returns.
    ///
    /// # Errors
    /// [`Failed`] with the code `settings_invalid` and the field where a value is out of bounds, or why they cannot be written:
    /// nothing is changed then.
    pub async fn change_settings(&self, change: SettingsChange) -> Result<(), Failed> {
        self.settings.update(move |settings| settings.change(change)).await?;
        Ok(())
    }
}
