"""The finder: grey picture of a vehicle -> where a painted number lies. Fully convolutional: any size that 8 divides."""
import torch
import torch.nn.functional as F
from torch import nn


def conv(cin, cout, stride=1, dilation=1, relu=True):
    layers = [nn.Conv2d(cin, cout, 3, stride, dilation, dilation, bias=False), nn.BatchNorm2d(cout)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if relu else nn.Sequential(*layers)


class Residual(nn.Module):
    """Two 3x3; the second may skip cells: rows of text are wide."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels), conv(channels, channels, dilation=dilation, relu=False))

    def forward(self, x):
        return F.relu(x + self.body(x))


class Finder(nn.Module):
    """[n, 1, h, w] grey 0-255 -> [n, 1, h/4, w/4] logits of the core of a painted number."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv(1, 16, stride=2), conv(16, 24, stride=2), conv(24, 24))
        self.down = conv(24, 40, stride=2)
        self.coarse = nn.Sequential(Residual(40, 1), Residual(40, 2), Residual(40, 4), Residual(40, 2))
        self.up = nn.Conv2d(40, 24, 1)
        self.join = conv(24, 24)
        self.out = nn.Conv2d(24, 1, 1)

    def forward(self, x):
        fine = self.stem(x / 64 - 2)
        coarse = self.up(self.coarse(self.down(fine)))
        return self.out(self.join(fine + F.interpolate(coarse, scale_factor=2., mode="nearest")))


class Shipped(nn.Module):
    """What is exported: probabilities."""

    def __init__(self, finder):
        super().__init__()
        self.finder = finder

    def forward(self, x):
        return torch.sigmoid(self.finder(x))
