//! The nouns, and how they may change.
//!
//! Everything that happens is an [`event::Event`]. Everything we conclude is a [`finding::Finding`].
//! Everything we say to somebody is a [`message::Message`]. Everything we decline is a
//! [`refusal::Refusal`]. What breaks is a [`fault::Fault`].
//!
//! # One word, one meaning
//!
//! | word | means |
//! |---|---|
//! | account | what a person signs in to (NIST SP 800-63: subscriber account) |
//! | address | a mail address; *identity* decides the account, *destination* the budget |
//! | authenticator | what an account proves itself with (NIST): passkey, password, shared secret of an app |
//! | method | a way to prove who one is; codes by mail and SMS are methods and no authenticators |
//! | tenant | an organisation with its domains; an account without one is *personal* |
//! | sign-in code | the eight letters that are mailed; never "code" alone in an interface |
//! | request | one ask for a sign-in code, whatever became of it |
//! | browser half | the 128 bits that the asking browser keeps in a cookie |
//! | known browser | one that has signed in to this account before |
//! | browser session | one browser, signed in to one account |
//! | source | where a request came from; "origin" is the web's word for something else |
//! | decoy | the request of an address that gets no mail; it acts the same and matches nothing |
//! | ledger | the sum of guessing chances over 365 days |
//! | refuse / deny | we refuse; a person denies |
//! | expire / end | time passed / somebody acted |
//! | authenticator | what an account proves itself with (NIST SP 800-63B: authenticator) |
//! | attempt | one wrong password or app code, counted until a right one comes |
//! | recovery code | one of ten look-up secrets on paper (NIST SP 800-63B: saved recovery code) |
//! | client | what asks for tokens (RFC 6749); never a browser, never an HTTP client |
//! | grant | what an account allowed a client, with every token that came of it (RFC 6749) |
//! | family | the refresh tokens of one grant, of which one is live at most (RFC 9700 §4.14.2) |
//! | device code / user code | what a device polls with / what it shows for a person to type (RFC 8628) |
//! | approver | a browser of the owner's that says yes or no to what is asked elsewhere; held by a passkey of its own |
//! | approval | one question to the approvers of an account, answered by the number that the asking browser shows |
//! | approval budget | how many of them unknown browsers may ask for with the password within a day |
//! | enrolment code | what a browser becomes an approver by, read from a screen (NIST SP 800-63B-4: binding code) |
//! | pairing code | what a person reads to a device while a window is open (NIST SP 800-63B-4: binding code) |
//! | provisional | of a grant: worth less until its owner confirmed it, or was told of it and did not object |
//! | nearby | in the same network as the person, as far as addresses tell; evidence, never a proof |
//! | response | what the installation does by itself about a finding, for a time |
//! | resource | a service that an access token is for (RFC 8707) |
//! | place | where a network address is used, as far as an operator's file tells; an estimate, never a proof |
//! | commitment | the blinded hash of an entry of the record: a leaf of the tree over it |
//! | checkpoint | size and root of that tree, signed |
//! | receipt | two signed lines in a mail: that it is ours, which request it was, how the record stood |
//! | doorbell | what rings on a person's own device when something waits for them to approve; it says nothing else |
//! | step | the half minute that a code of an authenticator app belongs to (RFC 6238) |

pub mod access_token;
pub mod account;
pub mod address;
pub mod approval;
pub mod approval_budget;
pub mod assurance;
pub mod attempts;
pub mod authenticator;
pub mod authorization_code;
pub mod bearer;
pub mod budget;
pub mod client;
pub mod cx;
pub mod device_authorization;
pub mod device_guesses;
pub mod digest;
pub mod doorbell;
pub mod enrolment;
pub mod entropy;
pub mod entry;
pub mod event;
pub mod fault;
pub mod finding;
pub mod gate;
pub mod grant;
pub mod grant_refusal;
pub mod id;
pub mod invitation;
pub mod ledger;
pub mod merkle;
pub mod message;
pub mod method;
pub mod name;
pub mod nearness;
pub mod notice;
pub mod pairing;
pub mod place;
pub mod policy;
pub mod proofs;
pub mod provisional;
pub mod push;
pub mod record_key;
pub mod reference;
pub mod refresh_token;
pub mod refusal;
pub mod response;
pub mod secret;
pub mod session;
pub mod sign_in_code;
pub mod signing_key;
pub mod sms;
pub mod source;
pub mod tenant;
pub mod time;
pub mod undo;
pub mod voice;
pub mod webhook;
