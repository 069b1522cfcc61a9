"""work/finder.pt (or the file named) -> ../../painted.onnx, batch norm folded, any size that 8 divides; its hash goes into
../../manifest.toml.

    python export.py [WEIGHTS [OUT]]        # with OUT the manifest stays as it is
"""
import hashlib
import pathlib
import re
import sys

import numpy as np
import onnxruntime
import torch

import scene
from net import Finder, Shipped


def main():
    weights = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else scene.HERE / "work/finder.pt"
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else scene.HERE.parents[1] / "painted.onnx"
    kept = torch.load(weights)
    finder = Finder()
    finder.load_state_dict(kept.get("average", kept))
    net = Shipped(finder).eval()
    x = torch.rand(1, 1, scene.HEIGHT, scene.WIDTH) * 255
    size = {2: "height", 3: "width"}
    torch.onnx.export(net, (x,), str(out), input_names=["x"], output_names=["p"], opset_version=17, dynamo=False,
                      dynamic_axes={"x": {0: "n", **size}, "p": {0: "n", 2: "rows", 3: "columns"}})
    run = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"]).run
    for shape in ((1, 1, scene.HEIGHT, scene.WIDTH), (2, 1, 208, 384)):
        x = torch.rand(shape) * 255
        with torch.no_grad():
            worst = float(np.abs(run(None, {"x": x.numpy()})[0] - net(x).numpy()).max())
        assert worst < 1e-4, worst
    sha256 = hashlib.sha256(out.read_bytes()).hexdigest()
    if len(sys.argv) <= 2:
        manifest = out.parent / "manifest.toml"
        text = manifest.read_text(encoding="utf-8")
        text, n = re.subn(r'(file = "painted\.onnx"\nsha256 = ")[0-9a-f]{64}', r"\g<1>" + sha256, text)
        assert n == 1, "manifest.toml has no [painted]"
        manifest.write_text(text, encoding="utf-8")
    print(f"{out.name}: {out.stat().st_size} bytes, sha256 {sha256}")


if __name__ == "__main__":
    main()
