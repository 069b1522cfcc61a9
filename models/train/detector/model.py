"""YOLOX-nano in PyTorch, with batch norm folded into the convolutions as the published weights have it.

Input float32 [N, 3, H, W], BGR 0-255, H and W multiples of 32. Output [N, A, 5 + classes], A cells of strides 8, 16
and 32 in that order, row by row: offset of the centre in cells (x, y), log of the size in strides (w, h),
objectness, one score a class; the last 1 + classes through a sigmoid (not with raw=True).

Names of modules are those of the initialisers in the shipped file: d2-d5 the backbone's stages, lat0 p4 red1 p3 the
way down the pyramid, bu2 n3 bu1 n4 the way up, cls and reg the two branches of a head, clsp regp objp their outputs.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from boxes import PLATE

COCO_CLASSES = 80
COCO_ROWS = [2, 3, 5, 7]  # car, motorcycle, bus, truck
CLASSES = 5


class Conv(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2, groups=groups)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.act(self.conv(x))


class Depthwise(nn.Module):
    """One convolution a channel, then a mix of channels."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1):
        super().__init__()
        self.dconv = Conv(inputs, inputs, kernel, stride, groups=inputs)
        self.pconv = Conv(inputs, outputs, 1)

    def forward(self, x):
        return self.pconv(self.dconv(x))


class Bottleneck(nn.Module):
    def __init__(self, channels: int, shortcut: bool):
        super().__init__()
        self.conv1 = Conv(channels, channels, 1)
        self.conv2 = Depthwise(channels, channels, 3)
        self.shortcut = shortcut

    def forward(self, x):
        y = self.conv2(self.conv1(x))
        return y + x if self.shortcut else y


class Csp(nn.Module):
    """Two halves, one of them through bottlenecks. conv2 runs before them: the published file has it so."""

    def __init__(self, inputs: int, outputs: int, depth: int, shortcut: bool = True):
        super().__init__()
        half = outputs // 2
        self.conv1 = Conv(inputs, half, 1)
        self.conv2 = Conv(inputs, half, 1)
        self.m = nn.Sequential(*[Bottleneck(half, shortcut) for _ in range(depth)])
        self.conv3 = Conv(2 * half, outputs, 1)

    def forward(self, x):
        through, past = self.conv1(x), self.conv2(x)
        return self.conv3(torch.cat((self.m(through), past), 1))


class SpatialPyramid(nn.Module):
    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        half = inputs // 2
        self.conv1 = Conv(inputs, half, 1)
        self.m = nn.ModuleList([nn.MaxPool2d(k, 1, k // 2) for k in (5, 9, 13)])
        self.conv2 = Conv(half * 4, outputs, 1)

    def forward(self, x):
        x = self.conv1(x)
        return self.conv2(torch.cat([x] + [pool(x) for pool in self.m], 1))


class Head(nn.Module):
    def __init__(self, inputs: int, classes: int):
        super().__init__()
        self.stem = Conv(inputs, 64, 1)
        self.cls = nn.Sequential(Depthwise(64, 64, 3), Depthwise(64, 64, 3))
        self.clsp = nn.Conv2d(64, classes, 1)
        self.reg = nn.Sequential(Depthwise(64, 64, 3), Depthwise(64, 64, 3))
        self.regp = nn.Conv2d(64, 4, 1)
        self.objp = nn.Conv2d(64, 1, 1)

    def forward(self, x):
        x = self.stem(x)
        classes = self.clsp(self.cls(x))
        x = self.reg(x)
        return self.regp(x), self.objp(x), classes


class YoloxNano(nn.Module):
    def __init__(self, classes: int = CLASSES):
        super().__init__()
        self.stem = Conv(12, 16, 3)
        self.d2 = nn.Sequential(Depthwise(16, 32, 3, 2), Csp(32, 32, 1))
        self.d3 = nn.Sequential(Depthwise(32, 64, 3, 2), Csp(64, 64, 3))
        self.d4 = nn.Sequential(Depthwise(64, 128, 3, 2), Csp(128, 128, 3))
        self.d5 = nn.Sequential(Depthwise(128, 256, 3, 2), SpatialPyramid(256, 256), Csp(256, 256, 1, False))
        self.lat0 = Conv(256, 128, 1)
        self.p4 = Csp(256, 128, 1, False)
        self.red1 = Conv(128, 64, 1)
        self.p3 = Csp(128, 64, 1, False)
        self.bu2 = Depthwise(64, 64, 3, 2)
        self.n3 = Csp(128, 128, 1, False)
        self.bu1 = Depthwise(128, 128, 3, 2)
        self.n4 = Csp(256, 256, 1, False)
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.heads = nn.ModuleList([Head(c, classes) for c in (64, 128, 256)])

    def pyramid(self, x):
        """Feature maps of strides 8, 16, 32."""
        x = torch.cat((x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]), 1)
        x3 = self.d3(self.d2(self.stem(x)))
        x4 = self.d4(x3)
        top = self.lat0(self.d5(x4))
        middle = self.red1(self.p4(torch.cat([self.up(top), x4], 1)))
        out8 = self.p3(torch.cat([self.up(middle), x3], 1))
        out16 = self.n3(torch.cat([self.bu2(out8), middle], 1))
        out32 = self.n4(torch.cat([self.bu1(out16), top], 1))
        return out8, out16, out32

    def forward(self, x, raw: bool = False):
        rows = []
        for head, features in zip(self.heads, self.pyramid(x)):
            box, objectness, classes = head(features)
            if not raw:
                objectness, classes = objectness.sigmoid(), classes.sigmoid()
            rows.append(torch.cat([box, objectness, classes], 1).flatten(2))
        return torch.cat(rows, 2).permute(0, 2, 1)


def initialisers(path: Path) -> tuple[onnx.GraphProto, dict[str, torch.Tensor]]:
    graph = onnx.load(str(path)).graph
    return graph, {i.name: torch.tensor(np.array(numpy_helper.to_array(i))) for i in graph.initializer}


def load_coco(path: Path) -> YoloxNano:
    """The published 80-class net. Its initialisers have no names of ours: convolutions are paired as they run."""
    net = YoloxNano(COCO_CLASSES).eval()
    order: list[nn.Conv2d] = []
    hooks = [m.register_forward_pre_hook(lambda m, _: order.append(m)) for m in net.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        net(torch.zeros(1, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    # The file asks for classes, then box, then objectness, as Head runs them.
    graph, weights = initialisers(path)
    published = [(weights[n.input[1]], weights[n.input[2]]) for n in graph.node if n.op_type == "Conv"]
    assert len(order) == len(published), (len(order), len(published))
    for conv, (weight, bias) in zip(order, published):
        assert conv.weight.shape == weight.shape, (conv.weight.shape, weight.shape)
        conv.weight.data, conv.bias.data = weight, bias
    return net


def load_ours(path: Path) -> YoloxNano:
    net = YoloxNano()
    _, weights = initialisers(path)
    net.load_state_dict({name: weights[name] for name in net.state_dict()})
    return net


def five_classes(coco: YoloxNano) -> YoloxNano:
    """The COCO net with the rows of our four vehicles and an untrained row for plates."""
    net, weights = YoloxNano(), coco.state_dict()
    for name in weights:
        if ".clsp." in name:
            plate = torch.randn_like(weights[name][:1]) * 0.01 if name.endswith("weight") else torch.tensor([-2.0])
            weights[name] = torch.cat([weights[name][COCO_ROWS], plate])
    net.load_state_dict(weights)
    return net


def mean_of(rest: YoloxNano, ours: YoloxNano, share: float, plates_too: bool) -> YoloxNano:
    """Weights (1 - share) of `rest` and share of `ours`; the plate's row wholly ours unless `plates_too`."""
    a, b = rest.state_dict(), ours.state_dict()
    mixed = {name: a[name] * (1 - share) + b[name] * share for name in a}
    for name in mixed:
        if ".clsp." in name and not plates_too:
            mixed[name][PLATE] = b[name][PLATE]
    net = YoloxNano()
    net.load_state_dict(mixed)
    return net


def export(net: YoloxNano, path: Path):
    """ONNX with any batch, height and width; opset 13, as every version of ONNX Runtime in use reads."""
    net = net.eval().to(memory_format=torch.contiguous_format)
    torch.onnx.export(
        net, (torch.zeros(1, 3, 256, 416),), str(path), input_names=["images"], output_names=["output"],
        dynamic_axes={"images": {0: "b", 2: "h", 3: "w"}, "output": {0: "b", 1: "n"}}, opset_version=13, dynamo=False,
    )
