//! Serves MP4 clips over RTSP.
