//! Coded pictures to RTP: RFC 6184 (H.264: single, STAP-A, FU-A) and RFC 7798 (H.265: single, AP, FU).

use crate::clip::Coding;

/// Bytes of payload in one packet; with all headers below the 1500 of an Ethernet frame.
const PAYLOAD_MAX: usize = 1400;

/// The payloads of one picture. Parameter sets come first, as one packet.
pub(crate) fn payloads(coding: Coding, parameters: &[Vec<u8>], nals: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    if !parameters.is_empty() {
        let size: usize = parameters.iter().map(|p| p.len() + 2).sum();
        if size + 2 <= PAYLOAD_MAX {
            out.push(aggregate(coding, parameters));
        } else {
            parameters.iter().for_each(|p| unit(coding, p, &mut out));
        }
    }
    nals.iter().for_each(|nal| unit(coding, nal, &mut out));
    out
}

fn aggregate(coding: Coding, units: &[Vec<u8>]) -> Vec<u8> {
    let mut out = match coding {
        // Forbidden bit and importance: the highest of the units.
        Coding::H264 => vec![units.iter().map(|u| u.first().map_or(0, |b| b & 0x60)).max().unwrap_or(0) | 24],
        // Layer 0, temporal id 1.
        Coding::H265 => vec![48 << 1, 1],
    };
    for unit in units {
        out.extend_from_slice(&(unit.len() as u16).to_be_bytes());
        out.extend_from_slice(unit);
    }
    out
}

fn unit(coding: Coding, nal: &[u8], out: &mut Vec<Vec<u8>>) {
    let header = match coding {
        Coding::H264 => 1,
        Coding::H265 => 2,
    };
    if nal.len() <= PAYLOAD_MAX || nal.len() <= header {
        out.push(nal.to_vec());
        return;
    }
    let chunks: Vec<&[u8]> = nal[header..].chunks(PAYLOAD_MAX - header - 1).collect();
    let last = chunks.len() - 1;
    for (k, chunk) in chunks.into_iter().enumerate() {
        let edges = u8::from(k == 0) << 7 | u8::from(k == last) << 6;
        let mut payload = match coding {
            Coding::H264 => vec![nal[0] & 0xe0 | 28, edges | nal[0] & 0x1f],
            Coding::H265 => vec![nal[0] & 0x81 | 49 << 1, nal[1], edges | nal[0] >> 1 & 0x3f],
        };
        payload.extend_from_slice(chunk);
        out.push(payload);
    }
}

/// One RTP stream's running numbers.
#[derive(Debug)]
pub(crate) struct Stream {
    pub ssrc: u32,
    pub seq: u16,
    /// Added to all times.
    pub base: u32,
    pub packets: u32,
    pub octets: u32,
}

/// Payload type of the only stream.
pub(crate) const PAYLOAD_TYPE: u8 = 96;

impl Stream {
    /// The packet of a payload; `marker` on the last one of a picture.
    pub fn packet(&mut self, payload: &[u8], ticks: i64, marker: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(12 + payload.len());
        out.extend_from_slice(&[0x80, u8::from(marker) << 7 | PAYLOAD_TYPE]);
        out.extend_from_slice(&self.seq.to_be_bytes());
        out.extend_from_slice(&self.time(ticks).to_be_bytes());
        out.extend_from_slice(&self.ssrc.to_be_bytes());
        out.extend_from_slice(payload);
        self.seq = self.seq.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload.len() as u32);
        out
    }

    /// RTP time of these ticks.
    pub fn time(&self, ticks: i64) -> u32 {
        // Wraps by design.
        self.base.wrapping_add(ticks as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_put_together_give_the_unit_again() {
        for (coding, head) in [(Coding::H264, &[0x65u8][..]), (Coding::H265, &[0x26, 0x01])] {
            let nal: Vec<u8> = head.iter().copied().chain((0..5000u32).map(|k| k as u8)).collect();
            let parts = payloads(coding, &[], &[&nal]);
            assert!(parts.len() > 3 && parts.iter().all(|p| p.len() <= PAYLOAD_MAX));
            let mut again = match coding {
                Coding::H264 => vec![parts[0][0] & 0xe0 | parts[0][1] & 0x1f],
                Coding::H265 => vec![parts[0][0] & 0x81 | (parts[0][2] & 0x3f) << 1, parts[0][1]],
            };
            for (k, part) in parts.iter().enumerate() {
                assert_eq!(part[head.len()] >> 6, u8::from(k == 0) << 1 | u8::from(k == parts.len() - 1));
                again.extend_from_slice(&part[head.len() + 1..]);
            }
            assert_eq!(again, nal);
        }
    }

    #[test]
    fn parameter_sets_travel_together() {
        let sets = [vec![0x67, 1, 2], vec![0x68, 3]];
        let parts = payloads(Coding::H264, &sets, &[&[0x65, 9]]);
        assert_eq!(parts, [vec![0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3], vec![0x65, 9]]);
    }
}
