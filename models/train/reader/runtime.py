"""Running exported readers, and the figures said of them."""
import time
import tomllib

import numpy as np
import onnxruntime

import ctc
import pools

MANIFEST = pools.HERE.parents[1] / "manifest.toml"


def session(path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def read(net: onnxruntime.InferenceSession, crops: np.ndarray) -> list[tuple[str, float]]:
    """uint8 [n, 64, 128] -> (label, raw CTC probability) each."""
    out = []
    for i in range(0, len(crops), 64):
        out += ctc.decode(net.run(None, {"x": crops[i:i + 64, None].astype(np.float32)})[0])
    return out


def ms_a_crop(net, crops: np.ndarray, count: int = 200) -> float:
    """Milliseconds of one crop alone on one thread, median."""
    times = []
    for i in range(count):
        x = crops[i % len(crops)][None, None].astype(np.float32)
        t = time.perf_counter()
        net.run(None, {"x": x})
        times.append(time.perf_counter() - t)
    return float(np.median(times) * 1e3)


def manifest() -> dict:
    return tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["reader"]


def calibrated(raw: np.ndarray, table: list[list[float]]) -> np.ndarray:
    """Raw CTC probability -> probability of an exact read, by the manifest's piecewise linear table."""
    knots = np.array(table)
    return np.interp(raw, knots[:, 0], knots[:, 1])


def wilson(right: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share."""
    if n == 0:
        return 0., 1.
    p, d = right / n, 1 + z * z / n
    c, h = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0., (c - h) / d), min(1., (c + h) / d)
