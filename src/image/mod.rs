//! Letterbox, crop, drawing, JPEG. The only room that names opencv.
