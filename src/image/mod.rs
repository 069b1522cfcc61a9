//! Letterbox, crop, colour, drawing, JPEG: pixels in, pixels or numbers out. The only room that names opencv; it knows
//! neither vehicles nor cameras, only pictures and boxes. OpenCV runs on the calling thread alone: the pipeline has a
//! thread for every core already.

mod crop;
mod draw;
mod encode;
mod error;
mod fit;
mod letterbox;
mod plate;
mod sharpness;
mod still;
mod view;

pub use crop::crop;
pub use draw::{Colour, ascii, draw_box, draw_counting_line, draw_text, stroke};
pub use encode::{encode_jpeg, encode_png};
pub use error::ImageError;
pub use fit::{fitted, squeezed};
pub use letterbox::Letterboxer;
pub use plate::{PlateCrop, plate_to_tensor};
pub use sharpness::sharpness;
pub use still::{decode_bytes, decode_still};
