//! RTCP: sender reports and the farewell.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::packet::Stream;

const SENDER_REPORT: u8 = 200;
const DESCRIPTION: u8 = 202;
const BYE: u8 = 203;

/// Seconds from 1900 to 1970.
const NTP_TO_UNIX_S: u64 = 2_208_988_800;

/// NTP time: seconds since 1900 in the upper, their fraction in the lower half.
pub(crate) fn ntp(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
    // The seconds wrap in 2036 by design.
    (since.as_secs().wrapping_add(NTP_TO_UNIX_S) << 32) | fraction
}

/// A sender report that puts `ticks` of the stream at the wall clock's `at`, with the sender's name.
pub(crate) fn sender_report(stream: &Stream, ticks: i64, at: SystemTime) -> Vec<u8> {
    let mut out = vec![0x80, SENDER_REPORT, 0, 6];
    out.extend_from_slice(&stream.ssrc.to_be_bytes());
    out.extend_from_slice(&ntp(at).to_be_bytes());
    out.extend_from_slice(&stream.time(ticks).to_be_bytes());
    out.extend_from_slice(&stream.packets.to_be_bytes());
    out.extend_from_slice(&stream.octets.to_be_bytes());
    // CNAME "replay", closed by a zero and filled up to whole words.
    out.extend_from_slice(&[0x81, DESCRIPTION, 0, 4]);
    out.extend_from_slice(&stream.ssrc.to_be_bytes());
    out.extend_from_slice(&[1, 6]);
    out.extend_from_slice(b"replay");
    out.extend_from_slice(&[0; 4]);
    out
}

/// The last report and the farewell.
pub(crate) fn bye(stream: &Stream, ticks: i64, at: SystemTime) -> Vec<u8> {
    let mut out = sender_report(stream, ticks, at);
    out.extend_from_slice(&[0x81, BYE, 0, 1]);
    out.extend_from_slice(&stream.ssrc.to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_add_up_to_whole_packets() {
        let stream = Stream { ssrc: 7, seq: 0, base: 10, packets: 3, octets: 99 };
        let bytes = bye(&stream, 90_000, UNIX_EPOCH + Duration::from_millis(1_500));
        let (mut at, mut kinds) = (0, Vec::new());
        while at < bytes.len() {
            kinds.push(bytes[at + 1]);
            at += 4 * (usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]])) + 1);
        }
        assert_eq!((at, kinds), (bytes.len(), vec![200, 202, 203]));
        assert_eq!(bytes[8..16], ((NTP_TO_UNIX_S + 1) << 32 | 1 << 31).to_be_bytes());
        assert_eq!(bytes[16..20], 90_010u32.to_be_bytes());
    }
}
