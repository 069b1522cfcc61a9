"""What is counted: matching, average precision, Wilson intervals."""

import math
from collections import Counter, defaultdict

import numpy as np

from boxes import CLASSES, PLATE, PLATE_UNREADABLE, area, iou, overlap

LEAST_HEIGHT = 40 / 360  # of the picture: vehicles smaller than that are neither asked for nor punished
BANDS = ((0, 20), (20, 35), (35, 60), (60, 120), (120, math.inf))


def wilson95(hits: int, n: int) -> tuple[float, float]:
    if not n:
        return 0.0, 1.0
    z, p = 1.959964, hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def average_precision(counted: list[tuple[float, int]], n: int) -> float:
    """Area under the interpolated curve of (score, 1 = right) against n boxes asked for."""
    if not n:
        return math.nan
    if not counted:
        return 0.0
    right = np.array([hit for _, hit in sorted(counted, key=lambda x: -x[0])])
    found = np.cumsum(right)
    precision = found / np.arange(1, len(right) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(np.r_[0, found / n]) * precision).sum())


def match(rows: np.ndarray, truth: np.ndarray, asked: np.ndarray, ignored: np.ndarray, least_height: float):
    """One class, one picture, best score first, IoU >= .5.

    `rows` [N, 6]; `truth` [K, 4] of which `asked` [K] count. -> (score, right) of the rows that count, and the score
    that found each truth (0: missed). A row on a truth not asked for, lower than `least_height` px, or for the most
    part inside an ignored region does not count.
    """
    counted, used, found = [], np.zeros(len(truth), bool), np.zeros(len(truth))
    for row in rows[np.argsort(-rows[:, 5])]:
        box = row[None, 1:5]
        if len(truth):
            share = iou(box, truth)[0]
            share[used] = 0
            best = share.argmax()
            if share[best] >= 0.5:
                used[best], found[best] = True, row[5]
                if asked[best]:
                    counted.append((row[5], 1))
                continue
        if row[4] - row[2] < least_height:
            continue
        if len(ignored) and (overlap(box, ignored)[0] / (area(box) + 1e-9)).max() > 0.5:
            continue
        counted.append((row[5], 0))
    return counted, found


class Vehicles:
    """Counts over pictures of the four vehicle classes."""

    def __init__(self):
        self.counted, self.n = defaultdict(list), Counter()

    def add(self, rows: np.ndarray, truth: np.ndarray, picture_height: int):
        least = LEAST_HEIGHT * picture_height
        big = truth[:, 4] - truth[:, 2] >= least
        others = truth[truth[:, 0] > PLATE_UNREADABLE][:, 1:5]
        for c in range(PLATE):
            mine = truth[:, 0] == c
            counted, _ = match(rows[rows[:, 0] == c], truth[mine][:, 1:5], big[mine], others, least)
            self.counted[c] += counted
            self.n[c] += int(big[mine].sum())

    def result(self, thresholds: dict) -> dict:
        out = {}
        for c in range(PLATE):
            name, n = CLASSES[c], self.n[c]
            over = [hit for score, hit in self.counted[c] if score >= thresholds[name]]
            out[name] = dict(n=n, ap50=average_precision(self.counted[c], n),
                             recall=sum(over) / n if n else math.nan, precision=sum(over) / len(over) if over else math.nan)
        return out


class Plates:
    """Counts over pictures of plates; unreadable ones are neither asked for nor punished."""

    def __init__(self):
        self.counted, self.n, self.hits = [], 0, []

    def add(self, rows: np.ndarray, truth: np.ndarray):
        plates = truth[truth[:, 0] == PLATE][:, 1:5]
        ignored = truth[truth[:, 0] == PLATE_UNREADABLE][:, 1:5]
        counted, found = match(rows[rows[:, 0] == PLATE], plates, np.ones(len(plates), bool), ignored, 0)
        self.counted += counted
        self.n += len(plates)
        self.hits += [(box[2] - box[0], score) for box, score in zip(plates, found)]

    def result(self, threshold: float) -> dict:
        found = sum(score >= threshold for _, score in self.hits)
        bands = {}
        for low, high in BANDS:
            inside = [score >= threshold for width, score in self.hits if low <= width < high]
            if inside:
                bands[f"{low}-{high}" if high < math.inf else f"{low}+"] = [int(sum(inside)), len(inside)]
        return dict(n=self.n, ap50=average_precision(self.counted, self.n), found=int(found),
                    share=found / self.n if self.n else math.nan, wilson95=wilson95(found, self.n),
                    false=sum(1 for score, hit in self.counted if not hit and score >= threshold), by_width_px=bands)
