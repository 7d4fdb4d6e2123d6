//! A code in each length that it may have: drawn, sealed and made digests of before the transaction in which it turns out how
//! long it is.

use model::cx::Cx;
use model::digest::{Digest, Keys};
use model::fault::Fault;
use model::id::RequestId;
use model::sign_in_code::{Binding, CodeText, Purpose};
use store::sign_in_codes::{self, Sealed};

use super::ask::Ask;

/// The code in each length, the shortest first. Only one of them ever leaves.
pub(super) struct Forms(Vec<Form>);

/// The code in one length. A longer one begins with the letters of the shorter one.
pub(super) struct Form {
    /// How many letters it has.
    pub(super) letters: u8,
    /// The digest for each purpose: which one it is turns out in the transaction as well.
    pub(super) digests: Vec<(Purpose, Digest)>,
    /// The code with the secret of the link, and the address.
    pub(super) sealed: Sealed,
}

impl Forms {
    /// Draws the longest code, and takes the shorter ones from its beginning.
    ///
    /// # Errors
    /// A fault when there is no chance to be had or sealing fails.
    pub(super) fn draw(
        keys: &Keys,
        cx: &mut Cx,
        request: RequestId,
        (ask, secret): (&Ask, &[u8; 16]),
    ) -> Result<Self, Fault> {
        let lengths = cx.policy.lengths();
        let drawn = CodeText::draw(&mut cx.entropy, lengths.longest())?;
        let mut forms = Vec::with_capacity(usize::from(lengths.steps).saturating_add(1));
        for letters in lengths.all() {
            let code = drawn.first(letters);
            let digest = |purpose: &Purpose| {
                let (purpose, browser_half) = (*purpose, &ask.browser_half);
                let binding = Binding { request, purpose, tenant: &cx.policy.tenant, browser_half };
                (purpose, binding.digest(keys, &code))
            };
            let digests = ask.door.purposes().iter().map(digest).collect();
            let parts = (&code, secret);
            let sealed = sign_in_codes::seal_parts(keys, &mut cx.entropy, request, parts, &ask.address)?;
            forms.push(Form { letters, digests, sealed });
        }
        Ok(Self(forms))
    }

    /// The code in this length; the shortest where nothing leaves.
    ///
    /// # Errors
    /// A fault where none was drawn in it.
    pub(super) fn find(&self, letters: Option<u8>) -> Result<&Form, Fault> {
        let form = match letters {
            Some(letters) => self.0.iter().find(|form| form.letters == letters),
            None => self.0.first(),
        };
        form.ok_or(Fault::plain("a code of a length that was not drawn"))
    }
}
