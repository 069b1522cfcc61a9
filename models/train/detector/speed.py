"""Milliseconds of ONNX Runtime on one thread: `python speed.py NET.onnx ... [--sizes 416x256 640x384 320x320]`

The least of many runs, so that other work on the machine counts little; the median beside it. Nets take turns.
"""

import argparse
import time

import numpy as np
import onnxruntime

from nets import session


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("nets", nargs="+")
    p.add_argument("--sizes", nargs="+", default=["416x256", "640x384", "320x320"])
    p.add_argument("--runs", type=int, default=60)
    args = p.parse_args()
    nets = [(name, session(name)) for name in args.nets]
    print("onnxruntime", onnxruntime.__version__)
    for size in args.sizes:
        width, height = map(int, size.split("x"))
        x = np.random.default_rng(0).uniform(0, 255, (1, 3, height, width)).astype(np.float32)
        took = {name: [] for name, _ in nets}
        for _ in range(args.runs):
            for name, net in nets:
                start = time.perf_counter()
                net.run(None, {net.get_inputs()[0].name: x})
                took[name].append((time.perf_counter() - start) * 1e3)
        for name, ms in took.items():
            print(f"{size:8} {name}: least {min(ms):.1f} ms, median {np.median(ms):.1f} ms")


if __name__ == "__main__":
    main()
