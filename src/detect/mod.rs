//! Decoding the detector's output: boxes, NMS, the second look's geometry. Pure.
