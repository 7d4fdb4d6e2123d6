//! A file that leaves piece by piece, each when the one before has left.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::header::{self, HeaderValue};
use hyper::body::Frame;
use model::fault::Fault;

use crate::visit::Visit;

/// What file.
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) media_type: &'static str,
}

/// The pieces; reading one is a read of the store, as every page makes it.
struct Pieces<F>(F);

impl<F> hyper::body::Body for Pieces<F>
where
    F: FnMut() -> Result<Option<String>, Fault> + Unpin,
{
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        match (self.get_mut().0)() {
            Ok(None) => Poll::Ready(None),
            Ok(Some(piece)) => Poll::Ready(Some(Ok(Frame::data(Bytes::from(piece))))),
            Err(fault) => {
                // The head has left: all that can be done is to break off, so that nobody takes it for the whole.
                tracing::error!(cause = %fault.chain(), "a file is broken off");
                Poll::Ready(Some(Err(fault)))
            }
        }
    }
}

/// An answer that a browser keeps as a file. `next` gives one piece after the other, and none at the end.
pub(crate) fn answer(
    visit: &Visit,
    file: &File,
    next: impl FnMut() -> Result<Option<String>, Fault> + Send + Unpin + 'static,
) -> Response {
    let mut answer = Response::new(Body::new(Pieces(next)));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    let place = format!("attachment; filename=\"{}\"", file.name);
    if let Ok(place) = HeaderValue::from_str(&place) {
        headers.insert(header::CONTENT_DISPOSITION, place);
    }
    super::set_cookies(&mut answer, &visit.cookies());
    answer
}
