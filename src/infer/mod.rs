//! The model seam, ONNX Runtime, provider choice, the model manifest. The only room that names ort.
