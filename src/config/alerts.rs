//! `[[alert]]`: where alerts of the watch list go.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::error::ConfigError;
use super::file::AlertTable;
use super::secrets;
use super::settings::Check;

/// Targets at most: each has a thread.
const MOST: usize = 16;
/// Seconds that an attempt may take: least and most. The end of a run may wait that long.
const LIMIT_S: std::ops::RangeInclusive<u32> = 1..=30;

/// `[[alert]]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertSettings {
    /// Name.
    pub name: String,
    /// Where to.
    pub to: AlertTo,
    /// How long an attempt may take.
    pub limit: Duration,
}

/// Where alerts go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertTo {
    /// A POST.
    Webhook {
        /// `http://` or `https://`; may hold user and password.
        url: String,
        /// Bearer token.
        token: Option<String>,
        /// PEM file of the authorities that are trusted instead of the public ones.
        authorities: Option<PathBuf>,
    },
    /// Lines of a file.
    File(PathBuf),
    /// A program and its arguments.
    Command(Vec<String>),
}

/// The tables as they may be shown: secrets that are written out become `***`.
pub(super) fn mask(tables: &mut [AlertTable]) {
    for table in tables {
        if let Some(url) = &mut table.webhook {
            *url = secrets::masked(url);
        }
        if let Some(token) = &mut table.token
            && !token.starts_with("${")
        {
            *token = "***".to_owned();
        }
    }
}

impl Check<'_> {
    pub(super) fn alerts(&self, tables: &[AlertTable]) -> Result<Vec<AlertSettings>, ConfigError> {
        if tables.len() > MOST {
            let text = format!("{} are given; each has a thread, give at most {MOST}", tables.len());
            return Err(self.wrong("alert", text));
        }
        let mut alerts: Vec<AlertSettings> = Vec::new();
        for table in tables {
            let alert = self.alert(table)?;
            if alerts.iter().any(|a| a.name == alert.name) {
                let key = format!("alert \"{}\"", alert.name);
                return Err(self.wrong(&key, "is given twice; targets are told apart by name"));
            }
            alerts.push(alert);
        }
        Ok(alerts)
    }

    fn alert(&self, table: &AlertTable) -> Result<AlertSettings, ConfigError> {
        let name = &table.name;
        let key = |k: &str| format!("alert \"{name}\" {k}");
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(self.wrong("alert name", format!("`{name}` cannot be; give letters, digits, - or _")));
        }
        if !LIMIT_S.contains(&table.limit_s) {
            let text = format!("is {}; give {} to {} seconds", table.limit_s, LIMIT_S.start(), LIMIT_S.end());
            return Err(self.wrong(&key("limit_s"), text));
        }
        let to = match (&table.webhook, &table.file, &table.command) {
            (Some(url), None, None) => AlertTo::Webhook {
                url: self.web_address(&key("webhook"), url)?,
                token: self.token(&key, table)?,
                authorities: table.authorities.as_ref().map(|p| self.folder.join(p)),
            },
            (None, Some(file), None) if !file.trim().is_empty() => AlertTo::File(self.folder.join(file)),
            (None, None, Some(line)) if line.first().is_some_and(|p| !p.trim().is_empty()) => {
                AlertTo::Command(line.clone())
            }
            _ => {
                return Err(self.wrong(
                    &format!("alert \"{name}\""),
                    "needs one of webhook = \"https://...\", file = \"alerts.jsonl\" or command = [\"/usr/bin/tell\"]",
                ));
            }
        };
        let webhook = matches!(to, AlertTo::Webhook { .. });
        let given = table.token.is_some() || table.token_file.is_some() || table.authorities.is_some();
        if !webhook && given {
            let text = "has a token or authorities, which only a webhook has; remove them";
            return Err(self.wrong(&format!("alert \"{name}\""), text));
        }
        Ok(AlertSettings { name: name.clone(), to, limit: Duration::from_secs(u64::from(table.limit_s)) })
    }

    fn web_address(&self, key: &str, text: &str) -> Result<String, ConfigError> {
        let text = self.expanded(key, text)?;
        let url = Url::parse(&text).map_err(|e| self.wrong(key, format!("is no address ({e})")))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(self.wrong(key, "is no web address; give http:// or https://"));
        }
        Ok(url.into())
    }

    fn token(&self, key: &dyn Fn(&str) -> String, table: &AlertTable) -> Result<Option<String>, ConfigError> {
        let (key, token) = match (&table.token, &table.token_file) {
            (Some(_), Some(_)) => {
                return Err(self.wrong(&key("token"), "is given beside token_file; give one of them"));
            }
            (Some(text), None) => (key("token"), self.expanded(&key("token"), text)?),
            (None, Some(file)) => {
                let file = self.folder.join(file);
                let key = key("token_file");
                let read = secrets::first_line(&file)
                    .map_err(|e| self.wrong(&key, format!("{} cannot be read ({e})", file.display())))?;
                (key, read)
            }
            (None, None) => return Ok(None),
        };
        if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
            return Err(self.wrong(&key, "is empty, or holds a character that no token has"));
        }
        Ok(Some(token))
    }

    fn expanded(&self, key: &str, text: &str) -> Result<String, ConfigError> {
        secrets::expand(text).map_err(|name| {
            self.wrong(key, format!("the environment has no `{name}`; set it before the start"))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::file::File;
    use super::super::settings::Settings;
    use super::*;

    fn settings(alert: &str) -> Result<Settings, String> {
        let text = format!(
            "home = \"Thái Nguyên\"\n[store]\ndir = \"data\"\n[[alert]]\n{alert}\n[[camera]]\nname = \"gate-1\"\n\
             url = \"a.mp4\"\nrole = \"gateway\"\nline = [[0.1, 0.7], [0.9, 0.7]]\n"
        );
        let path = Path::new("/etc/h/a.toml");
        let file = File::parse(&text, path).map_err(|e| e.to_string())?;
        Settings::from_file(file, Path::new("/etc/h"), path).map_err(|e| e.to_string())
    }

    #[test]
    fn each_kind_of_target_is_understood() {
        let to = |alert: &str| settings(alert).expect("valid").alerts.remove(0);
        let file = to("name = \"a\"\nfile = \"alerts.jsonl\"");
        assert_eq!(file.to, AlertTo::File("/etc/h/alerts.jsonl".into()));
        assert_eq!(file.limit, Duration::from_secs(5));
        let command = to("name = \"a\"\ncommand = [\"/bin/tell\", \"x y\"]");
        assert_eq!(command.to, AlertTo::Command(vec!["/bin/tell".to_owned(), "x y".to_owned()]));
        let webhook =
            to("name = \"a\"\nwebhook = \"https://centre.example/alerts\"\ntoken = \"s3cret\"\nlimit_s = 9");
        let AlertTo::Webhook { url, token, .. } = webhook.to else { panic!("a webhook") };
        assert_eq!((url.as_str(), token.as_deref()), ("https://centre.example/alerts", Some("s3cret")));
    }

    #[test]
    fn a_secret_is_not_shown() {
        let alert = "name = \"a\"\nwebhook = \"https://me:pass@centre.example/\"\ntoken = \"s3cret\"";
        let shown = settings(alert).expect("valid").shown;
        assert!(!shown.contains("s3cret") && !shown.contains("pass@"), "{shown}");
        let shown = settings(&alert.replace("s3cret", "${HOME}x").replace("${HOME}x", "${CARGO_PKG_NAME}"));
        assert!(shown.expect("valid").shown.contains("token = \"${CARGO_PKG_NAME}\""));
    }

    #[test]
    fn what_cannot_be_names_target_and_key() {
        for (alert, expected) in [
            ("name = \"a\"", "alert \"a\": needs one of"),
            ("name = \"a\"\nfile = \"x\"\ncommand = [\"y\"]", "alert \"a\": needs one of"),
            ("name = \" \"\nfile = \"x\"", "alert name"),
            ("name = \"a\"\nfile = \"x\"\nlimit_s = 0", "alert \"a\" limit_s: is 0"),
            ("name = \"a\"\nfile = \"x\"\ntoken = \"y\"", "which only a webhook has"),
            ("name = \"a\"\nwebhook = \"ftp://x\"", "alert \"a\" webhook: is no web address"),
            (
                "name = \"a\"\nwebhook = \"http://x\"\ntoken = \"${HANHTRINH_NO_SUCH}\"",
                "no `HANHTRINH_NO_SUCH`",
            ),
            (
                "name = \"a\"\nwebhook = \"http://x\"\ntoken_file = \"none\"",
                "token_file: /etc/h/none cannot be read",
            ),
            ("name = \"a\"\nfile = \"x\"\n[[alert]]\nname = \"a\"\nfile = \"y\"", "is given twice"),
            ("name = \"a\"\nwebhok = \"http://x\"", "did you mean `webhook`"),
        ] {
            let error = settings(alert).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        }
    }
}
