//! What stands behind a server of ours, and stays there: for the app and for the program without a window, which differ only in
//! what they do with the news.

pub mod folders;
pub mod sandbox;

pub use folders::{Folders, NoHome};
pub use sandbox::{Away, Host, Place, Serving, State};
