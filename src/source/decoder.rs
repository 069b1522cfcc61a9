//! FFmpeg's video decoder.

use std::sync::Once;

use ffmpeg_next::codec::{self, threading};
use ffmpeg_next::{Error, Packet, Rational, frame};

/// Readies FFmpeg and silences its own printing: what it says is counted and told by us.
pub(super) fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Fails only where FFmpeg's own registration does, which nothing of version 4 and later can.
        let _ = ffmpeg_next::init();
        ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Quiet);
    });
}

/// A decoder and the frame it fills.
pub(super) struct VideoDecoder {
    inner: ffmpeg_next::decoder::Video,
    frame: frame::Video,
}

impl VideoDecoder {
    /// A decoder of a file's stream.
    pub fn of_parameters(
        parameters: codec::Parameters,
        time_base: Rational,
        threads: usize,
    ) -> Result<Self, Error> {
        Self::open(codec::Context::from_parameters(parameters)?, None, time_base, threads)
    }

    /// A decoder of Annex B access units that carry their parameter sets.
    pub fn of_codec(id: codec::Id, time_base: Rational, threads: usize) -> Result<Self, Error> {
        let codec = codec::decoder::find(id).ok_or(Error::DecoderNotFound)?;
        Self::open(codec::Context::new_with_codec(codec), Some(codec), time_base, threads)
    }

    fn open(
        mut context: codec::Context,
        codec: Option<ffmpeg_next::Codec>,
        time_base: Rational,
        threads: usize,
    ) -> Result<Self, Error> {
        let kind = if threads > 1 { threading::Type::Frame } else { threading::Type::None };
        context.set_threading(threading::Config { kind, count: threads.max(1), safe: false });
        let mut decoder = context.decoder();
        decoder.set_packet_time_base(time_base);
        let inner = match codec {
            Some(codec) => decoder.open_as(codec)?.video()?,
            None => decoder.video()?,
        };
        Ok(Self { inner, frame: frame::Video::empty() })
    }

    /// Gives a packet. All frames must have been taken before.
    pub fn send(&mut self, packet: &Packet) -> Result<(), Error> {
        self.inner.send_packet(packet)
    }

    /// Says that no packet follows, so that the frames held back come out.
    pub fn finish(&mut self) {
        // An error says that it was told before.
        let _ = self.inner.send_eof();
    }

    /// Forgets what was sent, after a loss.
    pub fn flush(&mut self) {
        self.inner.flush();
    }

    /// The next frame; `None` where it wants another packet or has ended.
    pub fn receive(&mut self) -> Result<Option<&frame::Video>, Error> {
        match self.inner.receive_frame(&mut self.frame) {
            Ok(()) => Ok(Some(&self.frame)),
            Err(Error::Eof) => Ok(None),
            Err(Error::Other { errno }) if errno == ffmpeg_next::error::EAGAIN => Ok(None),
            Err(error) => Err(error),
        }
    }
}
