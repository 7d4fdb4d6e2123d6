//! What an HTTP request says about itself, and the cookies we answer with.

pub mod cookie;
pub mod forwarded;
pub mod host;
pub mod network;
pub mod origin;
pub mod user_agent;
pub mod url;
