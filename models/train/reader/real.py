"""Real plate pictures: what the training sees of them and what is measured on them. The split is ../holdout's."""
import pathlib
import sys

import cv2
import numpy as np

import degrade
from dice import Dice

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "holdout"))
import split                                                                      # noqa: E402
from split import MOTORBIKE, ONE_LINE                                             # noqa: E402, F401

MARGIN = .04                     # share of the box added on each side, in measuring and in the shipped program
ROUNDS_A_CHUNK = 3
DRAWS = {ONE_LINE: 1, MOTORBIKE: 3}      # a round draws each picture so often: motorbikes are few


def items(shared: str, which: str) -> list[split.Record]:
    """Records of one split whose label stands; `trial` are those the trial's reader never saw, `neither` those that
    nobody trained on."""
    chosen = {"trial": split.unseen_by_trial, "neither": lambda r: split.unseen_by_trial(r) and r.split != "train"}
    return [r for r in split.records(shared) if r.label and chosen.get(which, lambda r: r.split == which)(r)]


def picture(item: split.Record) -> tuple[np.ndarray, tuple | None]:
    """Grey picture and the plate's box in it; around a box no more is kept than the loosest crop needs."""
    grey = cv2.imread(item.path, 0)
    if item.box is None:
        return grey, None
    x, y, w, h = item.box
    x0, y0 = int(max(0, x - .5 * w)), int(max(0, y - .5 * h))
    return grey[y0:int(y + 1.5 * h), x0:int(x + 1.5 * w)], (x - x0, y - y0, w, h)


def measured_crop(grey: np.ndarray, box: tuple | None) -> np.ndarray:
    """uint8 [64, 128] as the shipped program would cut it: the box and a margin; a ready crop as it is."""
    if box is not None:
        x, y, w, h = box
        x0, y0 = max(0, round(x - MARGIN * w)), max(0, round(y - MARGIN * h))
        grey = grey[y0:round(y + h + MARGIN * h), x0:round(x + w + MARGIN * w)]
    return degrade.to_net(grey)


def augmented(d: Dice, grey: np.ndarray, box: tuple | None) -> np.ndarray:
    """uint8 [64, 128]: another box, angle, light and camera. Ready crops have nothing around them to be loose with."""
    hh, ww = grey.shape
    x, y, w, h = box or (0, 0, ww, hh)
    loose = .05 if box is None else d.choice([.06, .14, .14, .30])
    tight = -.02 if box is None else -.03
    l, r, t, b = [d.uniform(tight, loose) * s for s in (w, w, h, h)]
    turn = 0.
    if d.chance(.7):
        turn = np.deg2rad(d.uniform(-27, 27) if d.chance(.3) else d.gauss(0, 3.5))
    # A detector's box stands upright around the turned plate, so the cut grows with the angle.
    c, s = abs(np.cos(turn)), abs(np.sin(turn))
    more_w, more_h = (w * c + h * s - w) / 2, (w * s + h * c - h) / 2
    l, r, t, b = l + more_w, r + more_w, t + more_h, b + more_h
    q = np.float32([[x - l, y - t], [x + w + r, y - t], [x + w + r, y + h + b], [x - l, y + h + b]])
    if turn:
        m = np.array([[np.cos(turn), -np.sin(turn) + d.gauss(0, .05)], [np.sin(turn) + d.gauss(0, .02), np.cos(turn)]])
        c = q.mean(0)
        q = ((q - c) @ m.T + c).astype(np.float32)
        q += d.array.uniform(-.03, .03, (4, 2)).astype(np.float32) * [min(w, 2 * h), h]
    k = 1. if d.chance(.55) else d.uniform(.45, 1)
    cw, ch = max(24, int((w + 2 * more_w) * k)), max(12, int((h + 2 * more_h) * k))
    m = cv2.getPerspectiveTransform(q.astype(np.float32), np.float32([[0, 0], [cw, 0], [cw, ch], [0, ch]]))
    if k < 1:                    # warpPerspective has no area average: soften before it skips pixels
        grey = cv2.GaussianBlur(grey, (0, 0), .45 / k)
    img = cv2.warpPerspective(grey, m, (cw, ch), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    if d.chance(.6): img = degrade.tone(d, img)
    if d.chance(.12): img = img * degrade.shadow(d, ch, cw)
    if d.chance(.06): img = img + degrade.glare(d, ch, cw)
    if d.chance(.04): img = 255 - img
    if d.chance(.6): img = degrade.capture(d, img, cw)
    return degrade.to_net(np.clip(img, 0, 255).astype(np.uint8))
