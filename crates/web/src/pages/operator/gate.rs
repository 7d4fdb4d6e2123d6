//! Who may see and do what on the operator's pages: see docs/decisions/0012.

use flow::operator;
use flow::reauth::{self, Needed};
use flow::session::Visitor;
use model::account::Role;
use model::assurance::Aal;

use crate::error::Trouble;
use crate::visit::Visit;

impl Visit {
    /// An operator who has proved the second level within twelve hours, in a session that nobody doubts; otherwise the way leads to
    /// proving it, and from there to `to`.
    ///
    /// # Errors
    /// [`Trouble::SignInFirst`], [`Trouble::NotYours`]; [`Trouble::ConfirmFirst`] where the account can reach that
    /// level, [`Trouble::PasskeyFirst`] where it owns nothing yet that does.
    pub(crate) fn operating(&self, to: &str) -> Result<&Visitor, Trouble> {
        let visitor = self.operator()?;
        self.undoubted(to)?;
        if Needed::TO_OPERATE.is_met(visitor, &self.cx) {
            return Ok(visitor);
        }
        match reauth::ways(&self.app.store, &self.cx, visitor)?.highest {
            Aal::Aal2 => Err(Trouble::ConfirmFirst(to.to_owned())),
            Aal::Aal1 => Err(Trouble::PasskeyFirst),
        }
    }

    /// The same for looking at the record. As long as no operator owns anything that reaches the second level, as at the
    /// first run, a sign-in by code is enough for that: `false` says that it was.
    ///
    /// # Errors
    /// Those of [`Self::operating`].
    pub(crate) fn overseeing(&self, to: &str) -> Result<bool, Trouble> {
        let visitor = self.operator()?;
        self.undoubted(to)?;
        if Needed::TO_OPERATE.is_met(visitor, &self.cx) {
            return Ok(true);
        }
        if operator::has_strong_operator(&self.app.store)? {
            self.operating(to)?;
        }
        Ok(false)
    }

    fn operator(&self) -> Result<&Visitor, Trouble> {
        let visitor = self.signed_in()?;
        if visitor.account.role == Role::Operator { Ok(visitor) } else { Err(Trouble::NotYours) }
    }
}
