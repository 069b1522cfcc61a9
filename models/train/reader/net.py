"""The reader's network: a small CNN whose columns are read by CTC, one sequence a row of the plate."""
import torch
import torch.nn.functional as F
from torch import nn

from alphabet import CLASSES, COLUMNS


def conv(cin, cout, kernel, stride=1, relu=True):
    pad = kernel // 2 if isinstance(kernel, int) else tuple(k // 2 for k in kernel)
    layers = [nn.Conv2d(cin, cout, kernel, stride, pad, bias=False), nn.BatchNorm2d(cout)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if relu else nn.Sequential(*layers)


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.a = conv(channels, channels, 3)
        self.b = conv(channels, channels, 3, relu=False)

    def forward(self, x):
        return F.relu(x + self.b(self.a(x)))


class Reader(nn.Module):
    """[n, 1, 64, 128] standardised grey -> [n, 2, 32, CLASSES] logits: row 0 upper (or only), row 1 lower."""

    ROW = 160

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(conv(1, 24, 3, 2), conv(24, 48, 3, 2), Residual(48), conv(48, 88, 3, (2, 1)),
                                      conv(88, 88, 3), conv(88, 128, 3, (2, 1)))          # [n, 128, 4, 32]
        self.columns = nn.Sequential(nn.Conv2d(128, 2 * self.ROW, (4, 1), bias=False),
                                     nn.BatchNorm2d(2 * self.ROW), nn.ReLU(inplace=True))  # [n, 320, 1, 32]
        # The whole plate decides how many rows there are, so each row's channels are gated by the mean.
        self.gate = nn.Sequential(nn.Linear(2 * self.ROW, 64), nn.ReLU(inplace=True),
                                  nn.Linear(64, 2 * self.ROW), nn.Sigmoid())
        self.context = nn.Sequential(conv(self.ROW, self.ROW, (1, 5)), conv(self.ROW, self.ROW, (1, 3)))
        self.drop = nn.Dropout(.1)
        self.classify = nn.Conv2d(self.ROW, CLASSES, 1)

    def forward(self, x):
        x = self.columns(self.features(x))
        x = x * self.gate(x.mean((2, 3)))[:, :, None, None]
        x = x.reshape(-1, 2, self.ROW, COLUMNS).permute(0, 2, 1, 3)                        # [n, 160, 2, 32]
        x = x + self.context(x)
        return self.classify(self.drop(x)).permute(0, 2, 3, 1)


def standardise(x):
    """Grey 0-255 -> zero mean and about unit deviation a crop; the 4 keeps flat crops from exploding."""
    return (x - x.mean((2, 3), keepdim=True)) / (x.std((2, 3), keepdim=True) + 4)


class Shipped(nn.Module):
    """What is exported: raw grey 0-255 in, class probabilities out."""

    def __init__(self, reader):
        super().__init__()
        self.reader = reader

    def forward(self, x):
        return self.reader(standardise(x)).softmax(-1)
