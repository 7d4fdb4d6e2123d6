//! What a client is refused, as OAuth names it. Like every refusal it is a value: it commits and is recorded.

use serde::{Deserialize, Serialize};
use wire::oauth::error::{ErrorCode, OauthError};

/// Why a client does not get what it asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantRefusal {
    /// There is no such client, or it did not prove itself in its registered way.
    ClientUnproved,
    /// The redirect URI is missing and cannot be guessed.
    RedirectMissing,
    /// The redirect URI is none of the client's.
    RedirectUnregistered,
    /// The client has not registered this way to get tokens.
    GrantTypeUnregistered,
    /// A scope that the client may not ask for.
    ScopeUnregistered,
    /// A scope that was not granted.
    ScopeWider,
    /// A resource that the client may not ask for, or that was not granted.
    ResourceWider,
    /// The request has to be pushed.
    NotPushed,
    /// The request comes without a code challenge.
    ChallengeMissing,
    /// The code was bound to a challenge, and there is no verifier.
    VerifierMissing,
    /// The verifier is not the one.
    VerifierWrong,
    /// There is a verifier, and the code was bound to no challenge.
    VerifierUnasked,
    /// Code or token do not exist, or belong to another client.
    Unknown,
    /// The code's time has passed.
    CodeExpired,
    /// The code was used before; what came of it ends.
    CodeUsed,
    /// The code was sent to another redirect URI.
    CodeElsewhere,
    /// A proof of a key is needed.
    KeyMissing,
    /// The proof is of another key.
    KeyOther,
    /// The refresh token was used before, and so was its successor: the family ends.
    Replayed,
    /// The grant is over.
    GrantOver,
    /// The ways in which the person had signed in do not count at the client any more.
    MethodOff,
    /// The session in which it was given is provisional.
    SessionDoubted,
    /// The person has not answered the device yet.
    Pending,
    /// The device asks more often than it was told.
    TooFast,
    /// The person said no to the device.
    Denied,
    /// The device's time has passed.
    DeviceExpired,
    /// There is no window with this pairing code, or it is closed.
    WindowUnknown,
    /// Too much was guessed, or asked for, from there or in all: nothing is looked at for a while.
    HeldBack,
}

impl GrantRefusal {
    /// The code of the protocol.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::ClientUnproved => ErrorCode::InvalidClient,
            Self::RedirectMissing | Self::RedirectUnregistered | Self::NotPushed | Self::ChallengeMissing => {
                ErrorCode::InvalidRequest
            }
            Self::GrantTypeUnregistered => ErrorCode::UnauthorizedClient,
            Self::ScopeUnregistered | Self::ScopeWider => ErrorCode::InvalidScope,
            Self::ResourceWider => ErrorCode::InvalidTarget,
            Self::KeyMissing | Self::KeyOther => ErrorCode::InvalidDpopProof,
            Self::VerifierMissing
            | Self::VerifierWrong
            | Self::VerifierUnasked
            | Self::Unknown
            | Self::CodeExpired
            | Self::CodeUsed
            | Self::CodeElsewhere
            | Self::Replayed
            | Self::WindowUnknown
            | Self::GrantOver
            | Self::MethodOff
            | Self::SessionDoubted => ErrorCode::InvalidGrant,
            Self::Pending => ErrorCode::AuthorizationPending,
            Self::TooFast | Self::HeldBack => ErrorCode::SlowDown,
            Self::Denied => ErrorCode::AccessDenied,
            Self::DeviceExpired => ErrorCode::ExpiredToken,
        }
    }

    /// The sentence for the client's developer. Whoever holds somebody else's code learns no more from it than that it is
    /// of no use.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::ClientUnproved => "The client is not known, or did not prove itself in its registered way.",
            Self::RedirectMissing => "`redirect_uri` is missing, and the client has not exactly one.",
            Self::RedirectUnregistered => "`redirect_uri` is not registered; it is compared exactly.",
            Self::GrantTypeUnregistered => "The client has not registered this grant type.",
            Self::ScopeUnregistered => "The client may not ask for one of these scopes.",
            Self::ScopeWider => "A scope goes beyond what was granted.",
            Self::ResourceWider => "A resource goes beyond what the client may ask for, or what was granted.",
            Self::NotPushed => "The client has to push its requests.",
            Self::ChallengeMissing => "`code_challenge` is missing; PKCE with S256 is required.",
            Self::VerifierMissing => "`code_verifier` is missing.",
            Self::VerifierWrong => "`code_verifier` does not belong to `code_challenge`.",
            Self::VerifierUnasked => "`code_verifier` comes without a `code_challenge` in the request.",
            Self::Unknown => "The code or token is not known.",
            Self::CodeExpired => "The code has expired.",
            Self::CodeUsed => "The code was used before; the tokens that came of it were ended.",
            Self::CodeElsewhere => "`redirect_uri` is not the one of the request for the code.",
            Self::KeyMissing => "A DPoP proof is needed.",
            Self::KeyOther => "The DPoP proof is of another key.",
            Self::Replayed => "The refresh token was used before; its family was ended.",
            Self::GrantOver => "The grant has ended.",
            Self::MethodOff => "How the person had signed in does not count at this client any more.",
            Self::SessionDoubted => {
                "The session in which it was allowed is provisional; nothing comes of it until its owner has confirmed that."
            }
            Self::Pending => "The person has not answered yet.",
            Self::TooFast => "Asked too early; wait five seconds longer from now on.",
            Self::Denied => "The person said no.",
            Self::DeviceExpired => "The time of the device code has passed; begin again.",
            Self::WindowUnknown => {
                "No window is open for this pairing code: it was mistyped, used, or two minutes have passed."
            }
            Self::HeldBack => "Too many such requests; try again in ten minutes.",
        }
    }

    /// The answer.
    #[must_use]
    pub fn error(self) -> OauthError {
        OauthError::new(self.code(), self.sentence())
    }

    /// Whether the grant has to end with it: somebody has what nobody else should have.
    #[must_use]
    pub const fn ends_grant(self) -> bool {
        matches!(self, Self::CodeUsed | Self::Replayed)
    }
}
