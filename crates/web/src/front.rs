//! What the listener asks: published documents are answered at once, everything else by the router.
//!
//! Clients fetch the metadata and the key set more often than anything else, and everybody gets the same. They cost neither a
//! walk through the routes nor the boxes that a handler needs.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use axum::{BoxError, Router};
use http::Request;
use tower::ServiceExt as _;

use crate::app::App;
use crate::oauth::published::at_once;
use crate::visit::Peer;

/// The whole site, as the listener sees it.
#[derive(Clone)]
pub struct Front {
    app: Arc<App>,
    router: Router,
}

impl Front {
    /// For this installation.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        let router = crate::router(Arc::clone(&app));
        Self { app, router }
    }

    /// The answer to a request that came from `peer`.
    pub fn answer<B>(
        &self,
        peer: IpAddr,
        mut request: Request<B>,
    ) -> impl Future<Output = Response> + Send + use<B>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let way = match at_once(&self.app, &request) {
            Some(answer) => Ok(answer),
            None => {
                request.extensions_mut().insert(Peer(peer));
                Err((self.router.clone(), request))
            }
        };
        async move {
            match way {
                Ok(answer) => answer,
                Err((router, request)) => {
                    let Ok(answer) = router.oneshot(request.map(Body::new)).await;
                    answer
                }
            }
        }
    }
}
