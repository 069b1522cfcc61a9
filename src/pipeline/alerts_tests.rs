//! Alerts by way of a real web server, file and command, with kill and restart.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::alerts::Alerts;
use crate::base::clock::{Clock, SystemClock};
use crate::config::{AlertSettings, AlertTo};
use crate::domain::passage::Passage;
use crate::domain::watch::{Wanted, WatchHow};
use crate::store::{OpenMode, Record, Store, Writer, WriterOptions, put_on_watch};

/// What the server was sent.
struct Request {
    key: String,
    token: Option<String>,
    body: Value,
}

/// A web server that answers each POST with the status it is told; 0: it hangs up without an answer.
struct Server {
    url: String,
    status: Arc<AtomicU16>,
    requests: Receiver<Request>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/alerts", listener.local_addr().expect("its address"));
        let status = Arc::new(AtomicU16::new(200));
        let (tell, requests) = sync_channel(64);
        let answer = status.clone();
        let serve = move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if serve(stream, &answer, &tell).is_none() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("server".to_owned()).spawn(serve).expect("a thread");
        Self { url, status, requests }
    }

    fn say(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    fn next(&self) -> Request {
        self.requests.recv_timeout(Duration::from_secs(60)).expect("a request")
    }
}

/// One request of a connection; `None` once nobody listens any more.
fn serve(stream: TcpStream, status: &AtomicU16, tell: &SyncSender<Request>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut key, mut token, mut length) = (String::new(), None, 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return Some(());
        }
        let Some((name, value)) = line.trim().split_once(": ") else {
            if line.trim().is_empty() {
                break;
            }
            assert!(line.starts_with("POST /alerts "), "{line}");
            continue;
        };
        match name.to_lowercase().as_str() {
            "idempotency-key" => key = value.to_owned(),
            "authorization" => token = Some(value.to_owned()),
            "content-length" => length = value.parse().expect("a number"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body");
    let status = status.load(Ordering::SeqCst);
    let body = serde_json::from_slice(&body).expect("JSON");
    tell.send(Request { key, token, body }).ok()?;
    if status > 0 {
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        reader.get_mut().write_all(answer.as_bytes()).ok();
    }
    Some(())
}

fn passage(plate: &str, second: u32) -> Record {
    let at = format!("2026-03-14T07:00:{second:02}+07:00");
    let body = json!({
        "id": format!("p-{plate}-{second}"), "revision": 1, "camera": "bac-1", "gate": "Bắc", "lane": null,
        "role": "gateway", "direction": "in", "crossed_at": at, "first_seen": at, "last_seen": at,
        "stream_s": 1.5, "clock": "synced", "class": "car", "colour": null, "plate": plate, "plate_kind": "car",
        "plate_state": "read", "confidence": 0.98, "candidates": [{"text": plate, "p": 0.98}],
        "layout": "one_line", "plate_class": "car", "plate_colour": "white", "trailer_plate": null,
        "painted_number": null, "province": "29", "verdict": "outside", "looks": 5,
        "pictures": {"frame": null, "vehicle": null, "plate": null}, "models": "m", "config": "c",
    });
    let passage: Passage = serde_json::from_value(body).expect("a passage");
    Record::Passage(Box::new(passage), Vec::new())
}

fn target(name: &str, to: AlertTo) -> AlertSettings {
    AlertSettings { name: name.to_owned(), to, limit: Duration::from_secs(5) }
}

fn webhook(url: &str) -> AlertTo {
    AlertTo::Webhook { url: url.to_owned(), token: Some("t0ken".to_owned()), authorities: None }
}

/// What a run has of all this.
struct Run {
    writer: Writer,
    alerts: Alerts,
}

impl Run {
    fn start(dir: &Path, targets: &[AlertSettings]) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let store = Store::open(dir, OpenMode::Create).expect("a store");
        let alerts = Alerts::start(targets, dir, &clock).expect("the targets");
        let mut options = WriterOptions::new(Box::new(|_, _| Vec::new()), clock);
        let bell = alerts.bell();
        options.on_alert = Box::new(move || bell.ring());
        let writer = Writer::start(store, options).expect("a writer");
        let names = targets.iter().map(|t| t.name.clone()).collect();
        writer.send(Record::AlertTargets(names)).expect("sent");
        Self { writer, alerts }
    }

    fn end(self) {
        self.writer.close().expect("closed");
        self.alerts.finish();
    }
}

fn watch(dir: &Path, plate: &str) {
    drop(Store::open(dir, OpenMode::Create).expect("a store"));
    let store = Store::open(dir, OpenMode::ReadOnly).expect("a store");
    let wanted = Wanted {
        how: WatchHow::Exact,
        plate: plate.to_owned(),
        plate_kind: None,
        reason: "case 12".to_owned(),
        expires_at: None,
    };
    put_on_watch(&store, &[wanted], "lan", Timestamp::now()).expect("on the list");
}

/// Of each target: how many events it has, how many wait.
fn state(dir: &Path) -> Vec<(String, usize, usize)> {
    let reader = Store::open(dir, OpenMode::ReadOnly).expect("a store").reader().expect("a reader");
    let mut all = std::collections::BTreeMap::new();
    for delivery in
        reader.latest_alerts((None, None), 100).expect("alerts").into_iter().flat_map(|a| a.deliveries)
    {
        let of: &mut (usize, usize) = all.entry(delivery.target).or_default();
        if delivery.done_at.is_some() { of.0 += 1 } else { of.1 += 1 }
    }
    all.into_iter().map(|(name, (done, waiting))| (name, done, waiting)).collect()
}

#[test]
fn an_alert_reaches_every_kind_of_target() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = dir.path().join("store");
    watch(&store, "29A12345");
    let server = Server::start();
    let (file, heard) = (dir.path().join("alerts.jsonl"), dir.path().join("heard"));
    let shell = format!("echo \"$HANHTRINH_KEY\" >> '{0}'; cat >> '{0}'", heard.display());
    let run = Run::start(
        &store,
        &[
            target("centre", webhook(&server.url)),
            target("file", AlertTo::File(file.clone())),
            target("command", AlertTo::Command(["/bin/sh", "-c", &shell].map(str::to_owned).to_vec())),
        ],
    );
    run.writer.flush().expect("the targets are known");
    let sent = Instant::now();
    run.writer.send(passage("29A12345", 1)).expect("sent");
    let request = server.next();
    // The promise is 1 s on a machine that has the time; here other tests take theirs.
    assert!(sent.elapsed() < Duration::from_secs(10), "{:?}", sent.elapsed());
    assert_eq!(request.token.as_deref(), Some("Bearer t0ken"));
    assert_eq!((&request.body["type"], &request.body["key"]), (&json!("alert"), &json!(request.key)));
    assert_eq!(request.body["state"], "raised");
    assert_eq!(request.body["watch"]["reason"], "case 12");
    assert_eq!(request.body["passage"]["plate"], "29A12345");
    run.end();
    let line = |path: &Path| std::fs::read_to_string(path).expect("it was written");
    assert_eq!(serde_json::from_str::<Value>(&line(&file)).expect("JSON"), request.body);
    let told = line(&heard);
    let (key, body) = told.split_once('\n').expect("two lines");
    assert_eq!((key, serde_json::from_str(body).ok()), (request.key.as_str(), Some(request.body)));
    assert_eq!(state(&store), ["centre", "command", "file"].map(|n| (n.to_owned(), 1, 0)));
}

#[test]
fn a_failing_target_holds_up_nobody_and_gets_all_in_the_end() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = dir.path().join("store");
    watch(&store, "29A12345");
    let server = Server::start();
    server.say(503);
    let file = dir.path().join("alerts.jsonl");
    let nowhere = AlertTo::Command(vec!["/no/such/program".to_owned()]);
    let targets = [
        target("centre", webhook(&server.url)),
        target("file", AlertTo::File(file.clone())),
        target("nowhere", nowhere),
    ];
    let run = Run::start(&store, &targets);
    run.writer.flush().expect("the targets are known");
    for second in 0..3 {
        run.writer.send(passage("29A12345", second)).expect("sent");
    }
    run.writer.flush().expect("recorded all the same");
    let first = server.next();
    server.say(204);
    let mut keys: Vec<String> = (0..3).map(|_| server.next().key).collect();
    assert!(keys.contains(&first.key), "what failed comes again under its key");
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3);
    run.end();
    assert_eq!(std::fs::read_to_string(&file).expect("written").lines().count(), 3);
    let waiting = ("nowhere".to_owned(), 0, 3);
    assert_eq!(state(&store), [("centre".to_owned(), 3, 0), ("file".to_owned(), 3, 0), waiting]);
}

#[test]
fn what_one_alert_is_refused_for_the_next_is_not() {
    let dir = tempfile::tempdir().expect("a folder");
    watch(dir.path(), "29A12345");
    let server = Server::start();
    server.say(422);
    let run = Run::start(dir.path(), &[target("centre", webhook(&server.url))]);
    run.writer.flush().expect("the target is known");
    run.writer.send(passage("29A12345", 1)).expect("sent");
    let refused = server.next();
    server.say(200);
    run.writer.send(passage("29A12345", 2)).expect("sent");
    let mut later = [server.next().key, server.next().key];
    later.sort_by_key(|key| *key == refused.key);
    assert_ne!(later[0], refused.key);
    assert_eq!(later[1], refused.key);
    run.end();
    assert_eq!(state(dir.path()), [("centre".to_owned(), 2, 0)]);
}

const STORE: &str = "HANHTRINH_TEST_ALERT_STORE";
const URL: &str = "HANHTRINH_TEST_ALERT_URL";

/// Not a test of its own: the process that is killed while its alert is on its way.
#[test]
fn the_process_that_is_killed() {
    let (Some(dir), Ok(url)) = (std::env::var_os(STORE), std::env::var(URL)) else { return };
    let run = Run::start(Path::new(&dir), &[target("centre", webhook(&url))]);
    run.writer.flush().expect("the target is known");
    run.writer.send(passage("29A12345", 1)).expect("sent");
    // Its parent kills it; where that has gone, it ends by itself.
    let _ = std::io::stdin().read_to_string(&mut String::new());
}

fn child(dir: &Path, url: &str) -> Child {
    Command::new(std::env::current_exe().expect("this binary"))
        .args(["pipeline::alerts_tests::the_process_that_is_killed", "--exact", "--test-threads=1"])
        .env(STORE, dir)
        .env(URL, url)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process")
}

#[test]
fn an_alert_outlives_the_process_that_was_killed_with_it() {
    let dir = tempfile::tempdir().expect("a folder");
    watch(dir.path(), "29A12345");
    let server = Server::start();
    // It has the alert, and hangs up: the process cannot know. Killed then, it must come again.
    server.say(0);
    let mut keys = Vec::new();
    for _ in 0..2 {
        let mut process = child(dir.path(), &server.url);
        keys.push(server.next().key);
        process.kill().expect("killed");
        process.wait().expect("gone");
    }
    server.say(200);
    let run = Run::start(dir.path(), &[target("centre", webhook(&server.url))]);
    let last = server.next();
    run.end();
    assert!(keys.iter().all(|k| *k == last.key), "{keys:?} {}", last.key);
    assert_eq!(state(dir.path()), [("centre".to_owned(), 1, 0)], "one passage, one alert");
}
