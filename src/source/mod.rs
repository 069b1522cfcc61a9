//! Frames from RTSP streams and files. The only room that names retina and ffmpeg.
