"""A trial of int8: `python quantise.py NET.onnx OUT.onnx` (static, QDQ, per channel, calibrated on training pictures).

Not shipped: see models/detector.md for what it gained and lost.
"""

import random
import sys

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from nets import letterbox
from paths import WORK, need_shared
from prepare import load

PICTURES = 96


class Pictures(CalibrationDataReader):
    def __init__(self, name: str):
        random.seed(0)
        records = random.sample(load({"train"}), PICTURES)
        self.inputs = iter([{name: letterbox(r["picture"], 416, 256)[0].transpose(2, 0, 1)[None].astype(np.float32)}
                            for r in records])

    def get_next(self):
        return next(self.inputs, None)


def main():
    if not need_shared():
        return
    source, target = sys.argv[1:]
    prepared = WORK / "quantise_in.onnx"
    quant_pre_process(source, str(prepared), skip_symbolic_shape=True)
    # The outputs' layers stay float: the box sizes are logarithms.
    nodes = onnx.load(str(prepared)).graph.node
    keep = [n.name for n in nodes if n.op_type == "Conv" and any(x in n.input[1] for x in ("regp", "objp", "clsp"))]
    quantize_static(str(prepared), target, Pictures("images"), quant_format=QuantFormat.QDQ, per_channel=True,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, op_types_to_quantize=["Conv"],
                    nodes_to_exclude=keep, calibrate_method=CalibrationMethod.MinMax)


if __name__ == "__main__":
    main()
