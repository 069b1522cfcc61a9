//! Digest authentication, RFC 2617 with MD5 and without `qop`, as cameras do it.

use md5::{Digest, Md5};

use crate::message::Request;

const REALM: &str = "replay";

fn hex(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// What a refused request is told to answer.
pub(crate) fn challenge(nonce: &str) -> String {
    format!("Digest realm=\"{REALM}\", nonce=\"{nonce}\", algorithm=MD5")
}

/// Whether the request proves that it knows the password.
pub(crate) fn proves(request: &Request, user: &str, password: &str, nonce: &str) -> bool {
    let Some(fields) = request.header("authorization").and_then(|h| h.trim().strip_prefix("Digest")) else {
        return false;
    };
    let field = |name: &str| {
        fields.split(',').find_map(|part| {
            let (key, value) = part.trim().split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
        })
    };
    let Some(uri) = field("uri") else { return false };
    let secret = hex(&format!("{user}:{REALM}:{password}"));
    let wanted = hex(&format!("{secret}:{nonce}:{}", hex(&format!("{}:{uri}", request.method))));
    field("username") == Some(user)
        && field("realm") == Some(REALM)
        && field("nonce") == Some(nonce)
        && field("response") == Some(wanted.as_str())
}
