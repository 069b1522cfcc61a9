//! Targets that cannot, will not, or do not in time.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::{Address, DeliverError, Fault, Parcel, Target};

const LIMIT: Duration = Duration::from_secs(1);

fn attempt(address: &Address) -> Result<(), DeliverError> {
    Target::new(address, LIMIT)?.deliver(&Parcel { key: "a1-1", body: "{\"type\":\"alert\"}" })
}

fn webhook(url: String) -> Address {
    Address::Webhook { url, token: Some("s3cret".to_owned()), authorities: None }
}

/// A server that answers one request so, and never where there is nothing to say.
fn server(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("its address"));
    let serve = move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut asked = [0; 4096];
        while !answer.is_empty() && stream.read(&mut asked).expect("a request") > 0 {
            if asked.windows(7).any(|w| w == b"\"alert\"") {
                stream.write_all(answer.as_bytes()).expect("answered");
                return;
            }
        }
        // Says nothing until the other side has had enough.
        let _ = stream.read_to_end(&mut Vec::new());
    };
    std::thread::Builder::new().name("server".to_owned()).spawn(serve).expect("a thread");
    url
}

#[test]
fn an_answer_says_whose_fault_it_is() {
    for (answer, fault, named) in [
        ("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", Fault::Target, "401"),
        ("HTTP/1.1 429 Later\r\nContent-Length: 0\r\n\r\n", Fault::Target, "429"),
        ("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", Fault::Parcel, "400"),
        ("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", Fault::Target, "500"),
        // A token does not travel to where somebody else points.
        (
            "HTTP/1.1 302 There\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
            Fault::Target,
            "302",
        ),
        ("no web server\r\n\r\n", Fault::Target, ""),
    ] {
        let error = attempt(&webhook(server(answer))).expect_err(answer);
        assert_eq!(error.fault, fault, "{error}");
        assert!(error.what.contains(named) && !error.what.contains("s3cret"), "{error}");
    }
    attempt(&webhook(server("HTTP/1.1 202 Good\r\nContent-Length: 0\r\n\r\n"))).expect("taken");
}

#[test]
fn nobody_is_waited_for_for_ever() {
    let begun = Instant::now();
    let silent = attempt(&webhook(server(""))).expect_err("no answer");
    let sleeper = Address::Command(["/bin/sleep", "600"].map(str::to_owned).to_vec());
    let slow = attempt(&sleeper).expect_err("not done");
    assert_eq!((silent.fault, slow.fault), (Fault::Target, Fault::Target));
    assert!(slow.what.contains("not done after 1 s"), "{slow}");
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn what_cannot_be_used_says_so_by_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let nowhere = attempt(&Address::File(dir.path().join("no/such/folder"))).expect_err("no folder");
    assert!(nowhere.what.contains("no/such/folder"), "{nowhere}");
    let missing = attempt(&Address::Command(vec!["/no/such/program".to_owned()])).expect_err("no program");
    assert!(missing.what.contains("/no/such/program"), "{missing}");
    let refused = attempt(&Address::Command(["/bin/sh", "-c", "exit 3"].map(str::to_owned).to_vec()));
    assert!(refused.expect_err("not taken").what.contains("exit status: 3"));
    let pem = dir.path().join("authorities.pem");
    let trusting = || Address::Webhook {
        url: "https://127.0.0.1:9/".to_owned(),
        token: None,
        authorities: Some(pem.clone()),
    };
    assert!(attempt(&trusting()).expect_err("no file").what.contains("authorities.pem"));
    std::fs::write(&pem, "nothing in it").expect("written");
    assert!(attempt(&trusting()).expect_err("empty").what.contains("holds no certificate"));
}
