"""Boxes as float arrays [N, 4] of x1, y1, x2, y2 in pixels of the picture at hand; pure numpy."""

from functools import lru_cache

import numpy as np

CLASSES = ["car", "motorcycle", "bus", "truck", "plate"]
CAR, MOTORCYCLE, BUS, TRUCK, PLATE = range(5)
# Further classes of the label files: a plate nobody can read, a three-wheeler, a vehicle of no sure class.
PLATE_UNREADABLE = 5
# Codes of regions that are neither asked for nor punished: a vehicle of any class, a plate, and (the whole picture)
# vehicles that nobody labelled.
ANY_VEHICLE, A_PLATE, NO_VEHICLE_LABELS = 9, 4, 8
STRIDES = (8, 16, 32)


def area(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Areas shared by each of `a` [N, 4] and each of `b` [M, 4] -> [N, M], in square pixels."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.clip(high - low, 0, None).prod(-1)


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union -> [N, M] in 0-1."""
    shared = overlap(a, b)
    return shared / (area(a)[:, None] + area(b)[None] - shared + 1e-9)


def nms(boxes: np.ndarray, scores: np.ndarray, threshold: float) -> np.ndarray:
    """Greedy suppression: indices kept, best first; a box goes when it overlaps a kept one by >= threshold."""
    order = np.argsort(-scores, kind="stable")
    keep = []
    while len(order):
        best, order = order[0], order[1:]
        keep.append(best)
        order = order[iou(boxes[best : best + 1], boxes[order])[0] < threshold]
    return np.array(keep, int)


@lru_cache(maxsize=64)
def grid(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Cells of an input of height x width px, stride 8 first, row by row: corners [A, 2] in cells, strides [A, 1]."""
    cells, strides = [], []
    for stride in STRIDES:
        y, x = np.mgrid[: height // stride, : width // stride]
        cells.append(np.stack([x, y], -1).reshape(-1, 2))
        strides.append(np.full((len(cells[-1]), 1), stride))
    return np.concatenate(cells), np.concatenate(strides)


def decode(raw: np.ndarray, height: int, width: int) -> np.ndarray:
    """The net's first four numbers [A, 4] (offset in cells, log size in strides) -> boxes in input pixels."""
    cells, strides = grid(height, width)
    centre = (raw[:, :2] + cells) * strides
    size = np.exp(raw[:, 2:4]) * strides
    return np.concatenate([centre - size / 2, centre + size / 2], 1)
