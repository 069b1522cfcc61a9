//! A POST over HTTP or HTTPS. The only file that names ureq.

use std::path::Path;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::Parcel;
use super::error::DeliverError;

/// A web address, with connections that are kept between parcels.
pub(super) struct Webhook {
    agent: Agent,
    url: String,
    token: Option<String>,
}

impl Webhook {
    pub fn new(
        url: &str,
        token: Option<&str>,
        authorities: Option<&Path>,
        limit: Duration,
    ) -> Result<Self, DeliverError> {
        let mut config = Agent::config_builder()
            .timeout_global(Some(limit))
            // What an answer means is decided here, and a parcel with a token follows nobody elsewhere.
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("hanhtrinh/", env!("CARGO_PKG_VERSION")));
        if let Some(path) = authorities {
            config = config.tls_config(TlsConfig::builder().root_certs(trusted(path)?).build());
        }
        Ok(Self {
            agent: config.build().into(),
            url: url.to_owned(),
            token: token.map(|t| format!("Bearer {t}")),
        })
    }

    pub fn deliver(&self, parcel: &Parcel<'_>) -> Result<(), DeliverError> {
        let mut request = self
            .agent
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", parcel.key);
        if let Some(token) = &self.token {
            request = request.header("Authorization", token);
        }
        // ureq's words name what failed and never the headers.
        let mut answer =
            request.send(parcel.body.as_bytes()).map_err(|e| DeliverError::target(e.to_string()))?;
        let status = answer.status().as_u16();
        // Read to its end, so that the connection can be used again; a target that says much is cut off.
        let _ = answer.body_mut().with_config().limit(64 * 1024).read_to_vec();
        match status {
            200..=299 => Ok(()),
            // The target is not set up, or not now: it would say the same to any parcel.
            401 | 403 | 404 | 405 | 407 | 408 | 425 | 429 => Err(DeliverError::target(format!(
                "the target answered {status}; look at its address and token"
            ))),
            400..=499 => Err(DeliverError::parcel(format!("the target refused it with {status}"))),
            300..=399 => Err(DeliverError::target(format!(
                "the target sends elsewhere ({status}), which is not followed; give the address itself"
            ))),
            _ => Err(DeliverError::target(format!("the target answered {status}"))),
        }
    }
}

fn trusted(path: &Path) -> Result<RootCerts, DeliverError> {
    let wrong = |why: String| DeliverError::target(format!("{}: {why}", path.display()));
    let pem = std::fs::read(path).map_err(|e| wrong(format!("cannot be read ({e})")))?;
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) =
            item.map_err(|e| wrong(format!("is no PEM of certificates ({e})")))?
        {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(wrong("holds no certificate".to_owned()));
    }
    Ok(RootCerts::new_with_certs(&found))
}
