//! OAuth 2.0 and OpenID Connect on the wire: what clients send, and what they are answered.
