//! The part of a path that is an identifier or a token.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use crate::app::App;
use crate::error::Trouble;

/// The one variable part of a path, percent-decoded. What is not UTF-8 then names nothing here.
pub(crate) struct Segment(pub(crate) String);

impl FromRequestParts<Arc<App>> for Segment {
    type Rejection = Trouble;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        let Path(text) = Path::from_request_parts(parts, app).await.map_err(|_| Trouble::NotFound)?;
        Ok(Self(text))
    }
}

/// Several variable parts of a path, in their order.
pub(crate) struct Segments<const N: usize>(pub(crate) [String; N]);

impl<const N: usize> FromRequestParts<Arc<App>> for Segments<N> {
    type Rejection = Trouble;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        let Path(all) =
            Path::<Vec<String>>::from_request_parts(parts, app).await.map_err(|_| Trouble::NotFound)?;
        all.try_into().map(Self).map_err(|_| Trouble::NotFound)
    }
}
