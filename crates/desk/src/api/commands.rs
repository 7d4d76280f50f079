//! What the page may call, by name: the one list that the shell's handler, its build script (which compiles this file as its own) and
//! the page's types are made of.

/// Gives the name of every command to the macro `$with`, separated by commas.
#[macro_export]
macro_rules! with_commands {
    ($with:ident) => {
        $with! {
            snapshot,
            tools,
            ide_entries,
            about,
            set_group,
            set_risk,
            pause,
            retry_server,
            add_profile,
            rename_profile,
            remove_profile,
            switch_profile,
            check_profile,
            account_tokens,
            rotate_token,
            revoke_token,
            revoke_other_token,
            replace_token,
            set_care,
            retry_task,
            task_tokens,
            dismiss_task,
            identify_task,
            panic,
            activity,
            clear_activity,
            export_activity,
            runs,
            workflows,
            run,
            command_run,
            start_run,
            follow_run,
            seen_failures,
            approvals,
            answer_task,
            answer_question,
            insights,
            do_not_disturb,
            update_settings,
            copy_text,
            open_link,
            quit,
        }
    };
}

macro_rules! names {
    ($($name:ident),* $(,)?) => {
        &[$(stringify!($name)),*]
    };
}

/// The name of every command.
pub const COMMANDS: &[&str] = with_commands!(names);
