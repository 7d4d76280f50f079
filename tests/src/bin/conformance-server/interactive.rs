//! Questions to the client: in the old era as requests of the server, from 2026-07-28 on in the answer to a call.

mod asking;
mod direct;
mod question;
mod rounds;

pub use asking::{Asking, Seals, Step};
pub use direct::TOOLS as DIRECT;
pub use question::{Question, given};
pub use rounds::TOOLS as ROUNDS;
