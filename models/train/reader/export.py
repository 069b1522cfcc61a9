"""The trained net -> an ONNX file (default ../../reader.onnx), compared with PyTorch.

    python export.py [FILE.onnx]

Takes work/reader.pt, or where the training was stopped before its end the averaged weights of work/state.pt.

Input `x` f32 [n, 1, 64, 128] raw grey 0-255; output `p` f32 [n, 2, 32, 38] class probabilities (softmax inside).
"""
import pathlib
import sys

import numpy as np
import onnxruntime
import torch

import pools
from alphabet import HEIGHT, WIDTH
from net import Reader, Shipped

TOLERANCE = 1e-4                 # largest difference of a probability


def weights() -> dict:
    ended = pools.WORK / "reader.pt"
    if ended.exists():
        return torch.load(ended)
    state = torch.load(pools.WORK / "state.pt")
    print(f"the training stands at step {state['step']}: its averaged weights so far")
    return state["average"]


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pools.HERE.parents[1] / "reader.onnx"
    reader = Reader()
    reader.load_state_dict(weights())
    shipped = Shipped(reader.eval()).eval()
    torch.onnx.export(shipped, torch.rand(2, 1, HEIGHT, WIDTH) * 255, str(out), input_names=["x"], output_names=["p"],
                      dynamic_axes={"x": {0: "n"}, "p": {0: "n"}}, opset_version=17, dynamo=False)
    crops = np.load(sorted((pools.WORK / "pools").glob("synthetic_*.npz"))[0])["X"][:256, None].astype(np.float32)
    with torch.no_grad():
        want = shipped(torch.from_numpy(crops)).numpy()
    got = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"]).run(None, {"x": crops})[0]
    worst = float(np.abs(want - got).max())
    print(f"{out}: {out.stat().st_size} bytes, largest difference to PyTorch {worst:.1e} on {len(crops)} crops")
    if worst > TOLERANCE:
        sys.exit("the exported net differs from the trained one")


if __name__ == "__main__":
    main()
