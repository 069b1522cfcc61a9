//! Secrets stay out of the file: `${ENV}` in a URL, or a file that holds the password.

use std::path::Path;

/// Replaces every `${NAME}` by the environment's value; the error is the name that is not set or not closed.
pub(super) fn expand(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        out.push_str(&rest[..start]);
        let after = &rest[start + 2..];
        let end = after.find('}').ok_or_else(|| after.to_owned())?;
        let name = &after[..end];
        out.push_str(&std::env::var(name).map_err(|_| name.to_owned())?);
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// A URL as it may be shown: a password written out in it becomes `***`; `${ENV}` stays.
pub(super) fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let authority = rest.find('/').unwrap_or(rest.len());
    let Some(at) = rest[..authority].rfind('@') else { return url.to_owned() };
    match rest[..at].split_once(':') {
        Some((user, password)) if !password.starts_with("${") => {
            format!("{scheme}://{user}:***{}", &rest[at..])
        }
        _ => url.to_owned(),
    }
}

/// The first line of a file, without its line end.
pub(super) fn first_line(path: &Path) -> std::io::Result<String> {
    let text = std::fs::read_to_string(path)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_variables_are_put_in() {
        assert_eq!(expand("rtsp://a/b").as_deref(), Ok("rtsp://a/b"));
        assert_eq!(expand("x${CARGO_PKG_NAME_IS_NOT_SET}y"), Err("CARGO_PKG_NAME_IS_NOT_SET".to_owned()));
        assert_eq!(expand("x${OPEN"), Err("OPEN".to_owned()));
    }
}
