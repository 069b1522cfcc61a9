"""Writes what the shipped nets answer to an invented input, for the Rust tests to compare with (src/infer).

    python3 models/golden/bless.py        # after every new net; needs numpy and onnxruntime

An independent runtime (ONNX Runtime's own Python) makes the answers, so that the tests judge our way of calling the nets
and not only that it does not change.
"""

import hashlib
import json
import pathlib
import tomllib

import numpy as np
import onnxruntime

HERE = pathlib.Path(__file__).resolve().parent
MODELS = HERE.parent
# Values of the answer that are kept: enough to see every output column, few enough to read.
EVERY = 7


def invented(shape: tuple[int, ...]) -> np.ndarray:
    """Values 0-255: value i is (i * 31 + i // 97 * 17) mod 256, in the order of memory."""
    i = np.arange(np.prod(shape), dtype=np.int64)
    return ((i * 31 + i // 97 * 17) % 256).astype(np.float32).reshape(shape)


def main() -> None:
    manifest = tomllib.loads((MODELS / "manifest.toml").read_text(encoding="utf-8"))
    of = {name: (manifest[name]["input"]["height"], manifest[name]["input"]["width"]) for name in ("reader", "painted")}
    for name, shape in (("detector", (1, 3, 64, 96)), ("reader", (2, 1, *of["reader"])), ("painted", (1, 1, *of["painted"]))):
        net = MODELS / manifest[name]["file"]
        session = onnxruntime.InferenceSession(str(net), providers=["CPUExecutionProvider"])
        answer = session.run(None, {session.get_inputs()[0].name: invented(shape)})[0]
        golden = {
            "sha256": hashlib.sha256(net.read_bytes()).hexdigest(),
            "input": list(shape),
            "output": list(answer.shape),
            "every": EVERY,
            "values": [round(float(v), 5) for v in answer.reshape(-1)[::EVERY]],
        }
        (HERE / f"{name}.json").write_text(json.dumps(golden) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
