//! What an HTTP request says about itself, and the cookies we answer with.

pub mod cookie;
pub mod forwarded;
pub mod host;
pub mod network;
pub mod origin;
pub mod url;
pub mod user_agent;
