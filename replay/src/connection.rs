//! One client's connection: its requests and their answers.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::auth;
use crate::clip::Coding;
use crate::fault::Faults;
use crate::message::{self, Front, Request};
use crate::packet::{PAYLOAD_TYPE, Stream};
use crate::player::{Outgoing, Player, Route, parameters};
use crate::random::Random;
use crate::server::{PathState, Shared};

const METHODS: &str = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER, SET_PARAMETER";

/// Packets between a player and its connection; about one large key picture.
const WRITER_QUEUE: usize = 256;

/// Serves a client until one of both goes.
pub(crate) async fn serve(socket: TcpStream, peer: SocketAddr, shared: Arc<Shared>) {
    let Ok(local) = socket.local_addr() else { return };
    // Small answers must not wait; it works without.
    let _ = socket.set_nodelay(true);
    let (read, write) = socket.into_split();
    let (writer, outgoing) = mpsc::channel(WRITER_QUEUE);
    let writing = tokio::spawn(write_out(write, outgoing));
    let nonce = format!("{:016x}", shared.draw());
    let mut connection = Connection {
        shared,
        writer,
        local: local.ip(),
        peer: peer.ip(),
        nonce,
        challenged: false,
        path: None,
        faults: None,
        cuts: 0,
        session: None,
        player: None,
    };
    connection.requests(read).await;
    // Dropped sockets let the port be taken again at once; a client that is cut must notice.
    if let Some(player) = connection.player.take() {
        player.abort();
    }
    writing.abort();
}

async fn write_out(mut write: OwnedWriteHalf, mut outgoing: mpsc::Receiver<Outgoing>) {
    while let Some(Outgoing::Bytes(bytes)) = outgoing.recv().await {
        if write.write_all(&bytes).await.is_err() {
            break;
        }
    }
    // The peer may be gone already.
    let _ = write.shutdown().await;
}

/// A stream that was set up.
struct Session {
    id: String,
    route: Option<Route>,
    stream: Option<Stream>,
}

struct Connection {
    shared: Arc<Shared>,
    writer: mpsc::Sender<Outgoing>,
    local: IpAddr,
    peer: IpAddr,
    nonce: String,
    challenged: bool,
    path: Option<Arc<PathState>>,
    faults: Option<watch::Receiver<Faults>>,
    /// Cuts of the path before this connection.
    cuts: u64,
    session: Option<Session>,
    player: Option<JoinHandle<()>>,
}

/// The path was cut, or the client has gone.
struct Over;

/// Waits for a change of the faults; for ever where there is no path yet.
async fn changed(faults: &mut Option<watch::Receiver<Faults>>) -> Result<(), Over> {
    match faults {
        Some(faults) => faults.changed().await.map_err(|_| Over),
        None => std::future::pending().await,
    }
}

impl Connection {
    async fn requests(&mut self, mut read: OwnedReadHalf) {
        let mut bytes = Vec::new();
        let closed = self.writer.clone();
        loop {
            match message::front(&bytes) {
                Front::Data(used) => {
                    bytes.drain(..used);
                }
                Front::Request(request, used) => {
                    bytes.drain(..used);
                    if self.answer(&request).await.is_err() {
                        return;
                    }
                }
                Front::Broken => return,
                Front::More => tokio::select! {
                    read = read.read_buf(&mut bytes) => if !matches!(read, Ok(1..)) { return },
                    () = closed.closed() => return,
                    change = changed(&mut self.faults) => {
                        if change.is_err() || self.cut() { return }
                    }
                },
            }
        }
    }

    /// Whether the path was cut since this connection began.
    fn cut(&self) -> bool {
        self.faults.as_ref().is_some_and(|f| f.borrow().cuts > self.cuts)
    }

    async fn answer(&mut self, request: &Request) -> Result<(), Over> {
        if let Some(path) = self.shared.path(&request.path()).cloned() {
            let mut faults = path.faults.subscribe();
            if faults.borrow_and_update().refuses() {
                return Err(Over);
            }
            while faults.borrow_and_update().hang {
                faults.changed().await.map_err(|_| Over)?;
            }
            if self.path.is_none() {
                self.cuts = faults.borrow().cuts;
                (self.path, self.faults) = (Some(path), Some(faults));
            }
        }
        let (status, headers, body) = self.decide(request).await;
        let bytes = message::answer(request, status, &headers, &body);
        self.writer.send(Outgoing::Bytes(bytes)).await.map_err(|_| Over)?;
        // The order matters: pictures come behind the answer.
        if request.method == "PLAY" && status == "200 OK" {
            self.start();
        }
        Ok(())
    }

    async fn decide(&mut self, request: &Request) -> (&'static str, Vec<(&'static str, String)>, String) {
        let plain = |status| (status, Vec::new(), String::new());
        if request.method == "OPTIONS" {
            return ("200 OK", vec![("Public", METHODS.to_owned())], String::new());
        }
        let Some(path) = self.shared.path(&request.path()).cloned() else { return plain("404 Not Found") };
        if let Some((user, password)) = &self.shared.config.credentials
            && !auth::proves(request, user, password, &self.nonce)
        {
            if self.challenged || request.header("authorization").is_some() {
                path.counters.refused.fetch_add(1, Ordering::Relaxed);
            }
            self.challenged = true;
            let headers = vec![("WWW-Authenticate", auth::challenge(&self.nonce))];
            return ("401 Unauthorized", headers, String::new());
        }
        if self.shared.ended(&path) {
            return plain("404 Not Found");
        }
        let session_id = self.session.as_ref().map(|s| s.id.clone()).unwrap_or_default();
        match request.method.as_str() {
            "DESCRIBE" => {
                let base = request.uri.trim_end_matches('/').to_owned() + "/";
                let headers = vec![("Content-Base", base), ("Content-Type", "application/sdp".to_owned())];
                ("200 OK", headers, description(&path, self.local))
            }
            "SETUP" => self.set_up(request).await,
            "PLAY" => match &self.session {
                Some(Session { stream: Some(stream), .. }) => {
                    let url = request.uri.trim_end_matches('/');
                    let info = format!("url={url}/video;seq={}", stream.seq);
                    let headers =
                        vec![("Session", session_id), ("Range", "npt=now-".to_owned()), ("RTP-Info", info)];
                    ("200 OK", headers, String::new())
                }
                _ => plain("455 Method Not Valid in This State"),
            },
            "TEARDOWN" => {
                if let Some(player) = self.player.take() {
                    player.abort();
                }
                self.session = None;
                ("200 OK", vec![("Session", session_id)], String::new())
            }
            "GET_PARAMETER" | "SET_PARAMETER" => ("200 OK", vec![("Session", session_id)], String::new()),
            _ => ("405 Method Not Allowed", vec![("Allow", METHODS.to_owned())], String::new()),
        }
    }

    async fn set_up(&mut self, request: &Request) -> (&'static str, Vec<(&'static str, String)>, String) {
        let mut random = Random::new(self.shared.draw());
        let ssrc = random.bits() as u32;
        for offer in request.header("transport").unwrap_or_default().split(',') {
            let Some((route, answer)) = self.route(offer.trim(), ssrc).await else { continue };
            let id = format!("{:016x}", random.bits());
            let stream =
                Stream { ssrc, seq: random.bits() as u16, base: random.bits() as u32, packets: 0, octets: 0 };
            let headers = vec![("Session", format!("{id};timeout=60")), ("Transport", answer)];
            self.session = Some(Session { id, route: Some(route), stream: Some(stream) });
            return ("200 OK", headers, String::new());
        }
        ("461 Unsupported Transport", Vec::new(), String::new())
    }

    /// The route of one offered transport, and how it is confirmed.
    async fn route(&self, offer: &str, ssrc: u32) -> Option<(Route, String)> {
        let pair = |name: &str| {
            let value = offer.split(';').find_map(|p| p.trim().strip_prefix(name)?.strip_prefix('='))?;
            let (a, b) = value.split_once('-')?;
            Some((a.parse::<u16>().ok()?, b.parse::<u16>().ok()?))
        };
        if offer.starts_with("RTP/AVP/TCP") {
            let (rtp, rtcp) = pair("interleaved").unwrap_or((0, 1));
            let (rtp, rtcp) = (u8::try_from(rtp).ok()?, u8::try_from(rtcp).ok()?);
            let answer = format!("RTP/AVP/TCP;unicast;interleaved={rtp}-{rtcp};ssrc={ssrc:08X}");
            return Some((Route::Interleaved { rtp, rtcp }, answer));
        }
        if !(offer.starts_with("RTP/AVP;") || offer.starts_with("RTP/AVP/UDP")) || offer.contains("multicast")
        {
            return None;
        }
        let (client_rtp, client_rtcp) = pair("client_port")?;
        let (rtp, rtcp, port) = socket_pair(self.local).await?;
        let answer = format!(
            "RTP/AVP;unicast;client_port={client_rtp}-{client_rtcp};server_port={port}-{};ssrc={ssrc:08X}",
            port + 1
        );
        let to = |port| SocketAddr::new(self.peer, port);
        Some((Route::Datagrams { rtp, rtcp, to_rtp: to(client_rtp), to_rtcp: to(client_rtcp) }, answer))
    }

    fn start(&mut self) {
        let (Some(path), Some(session)) = (&self.path, &mut self.session) else { return };
        // A second PLAY finds nothing to take and changes nothing: there are no ranges in a live stream.
        let (Some(route), Some(stream)) = (session.route.take(), session.stream.take()) else { return };
        path.counters.plays.fetch_add(1, Ordering::Relaxed);
        let player = Player {
            shared: Arc::clone(&self.shared),
            path: Arc::clone(path),
            route,
            writer: self.writer.clone(),
            stream,
            random: Random::new(self.shared.draw()),
        };
        self.player = Some(tokio::spawn(player.run()));
    }
}

/// Two sockets on an even port and the next one.
async fn socket_pair(ip: IpAddr) -> Option<(UdpSocket, UdpSocket, u16)> {
    for _ in 0..64 {
        let rtp = UdpSocket::bind((ip, 0)).await.ok()?;
        let port = rtp.local_addr().ok()?.port();
        if port % 2 == 0
            && let Ok(rtcp) = UdpSocket::bind((ip, port + 1)).await
        {
            return Some((rtp, rtcp, port));
        }
    }
    None
}

/// The session description.
fn description(path: &PathState, ip: IpAddr) -> String {
    let sets = parameters(path);
    let coded: Vec<String> = sets.iter().map(|s| STANDARD.encode(s)).collect();
    let (name, format) = match path.clip.coding {
        Coding::H264 => {
            let profile: String = sets[0].iter().skip(1).take(3).map(|b| format!("{b:02X}")).collect();
            let sets = coded.join(",");
            ("H264", format!("packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={sets}"))
        }
        Coding::H265 => {
            let (vps, sps, pps) = (&coded[0], &coded[1], &coded[2]);
            ("H265", format!("sprop-vps={vps};sprop-sps={sps};sprop-pps={pps}"))
        }
    };
    let family = if ip.is_ipv4() { "IP4" } else { "IP6" };
    format!(
        "v=0\r\no=- 1 1 IN {family} {ip}\r\ns={}\r\nc=IN {family} {ip}\r\nt=0 0\r\na=tool:replay\r\n\
         a=control:*\r\na=range:npt=now-\r\nm=video 0 RTP/AVP {PAYLOAD_TYPE}\r\n\
         a=rtpmap:{PAYLOAD_TYPE} {name}/90000\r\na=fmtp:{PAYLOAD_TYPE} {format}\r\na=control:video\r\n",
        path.name
    )
}
