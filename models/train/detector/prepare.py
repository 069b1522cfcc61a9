"""Labels of all sets -> records on disk, one file a set (a set that is there is left alone).

    python prepare.py [SET...]

A record: picture uint8 BGR at its natural aspect, at most 960 px long; `boxes` [N, 5] of class and corners in its
pixels; `ignore` [M, 5] of what is neither punished nor asked for; `truth` [K, 5], the set's labels as they stand.
What no set labels fully is filled in by nets:
- vehicles that the COCO teacher or our net sees and the labels lack are ignored, not learnt as background;
- plates where the set labels none: a box is learnt where our net (>= .4) and the plate teacher (>= .3) agree on it,
  inside a labelled vehicle and small against it, in those sets where the agreed boxes were looked at and are plates;
  what one of them alone, or both in another set, take for a plate of a vehicle is ignored (grilles, lettering);
- a plate that the label lacks, where a set labels plates, is ignored when both nets see it; the rest is background,
  as is whatever no vehicle carries (signs, lamps).
"""

import pickle
import sys
import time

import cv2
import numpy as np

from boxes import A_PLATE, ANY_VEHICLE, NO_VEHICLE_LABELS, PLATE, PLATE_UNREADABLE, TRUCK, iou
from nets import Detector, PlateTeacher
from paths import COCO_TEACHER, PLATE_TEACHER, SHIPPED, WORK, need_shared
from places import PLATES_AGREED, PLATES_LABELLED, VEHICLES_UNLABELLED, Picture, every_picture

LONGEST = 960


def yolo_labels(path, width: int, height: int) -> np.ndarray:
    """Lines of class and centre, size (or polygon), all 0-1 -> [N, 5] of class and corners in pixels."""
    out = []
    if path.exists():
        for line in path.read_text().splitlines():
            v = [float(x) for x in line.split()]
            if len(v) == 5:
                c, x, y, w, h = v
                out.append([c, (x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height])
            elif len(v) > 5:
                xs, ys = v[1::2], v[2::2]
                out.append([v[0], min(xs) * width, min(ys) * height, max(xs) * width, max(ys) * height])
    return np.array(out, float).reshape(-1, 5)


def truth_of(p: Picture, width: int, height: int) -> np.ndarray:
    if p.box:
        x, y, w, h = p.box
        return np.array([[PLATE, x, y, x + w, y + h]], float)
    labels = yolo_labels(p.path.parents[1] / "labels" / (p.path.stem + ".txt"), width, height)
    if p.set == "gate_scenes":
        labels[:, 0] = PLATE
    return labels


def fit(picture: np.ndarray, truth: np.ndarray, aspect: float | None) -> tuple[np.ndarray, np.ndarray]:
    """To the natural aspect and at most 960 px; the boxes with it."""
    h, w = picture.shape[:2]
    if aspect:
        new_w, new_h = LONGEST, round(LONGEST / aspect)
    else:
        scale = min(1, LONGEST / max(h, w))
        new_w, new_h = round(w * scale), round(h * scale)
    truth = truth.copy()
    truth[:, [1, 3]] *= new_w / w
    truth[:, [2, 4]] *= new_h / h
    if (new_w, new_h) != (w, h):
        picture = cv2.resize(picture, (new_w, new_h), interpolation=cv2.INTER_AREA if new_w < w else cv2.INTER_CUBIC)
    return picture, truth


def held_plate(plate: np.ndarray, vehicles: np.ndarray) -> bool:
    """Whether a plate's box [4] sits where a vehicle of `vehicles` [N, 4] could carry it."""
    if not len(vehicles):
        return False
    x, y, w = (plate[0] + plate[2]) / 2, (plate[1] + plate[3]) / 2, plate[2] - plate[0]
    x1, y1, x2, y2 = vehicles.T
    return bool(((x1 < x) & (x < x2) & (y1 + 0.2 * (y2 - y1) < y) & (y < y2) & (w < 0.6 * (x2 - x1))).any())


class Labeller:
    def __init__(self):
        self.coco = Detector(COCO_TEACHER)
        self.ours = Detector(SHIPPED)
        self.plates = PlateTeacher(PLATE_TEACHER)

    def record(self, p: Picture) -> dict | None:
        picture = cv2.imread(str(p.path))
        if picture is None:
            return None
        picture, truth = fit(picture, truth_of(p, picture.shape[1], picture.shape[0]), p.aspect)
        boxes, ignore = self.from_labels(p, truth)
        if p.split == "train":
            self.fill_in(p, picture, truth, boxes, ignore)
        stack = lambda rows: np.array(rows, np.float32).reshape(-1, 5)
        return dict(set=p.set, path=str(p.path), split=p.split, picture=picture, truth=truth,
                    boxes=stack(boxes), ignore=stack(ignore))

    def from_labels(self, p: Picture, truth: np.ndarray) -> tuple[list, list]:
        boxes, ignore = [], []
        for label in truth:
            c = int(label[0])
            # Riders are outside the motorcycle boxes of indo_street_photos, inside everywhere else.
            if c <= PLATE and not (c == 1 and p.set == "indo_street_photos"):
                boxes.append(label)
            else:
                ignore.append([A_PLATE if c == PLATE_UNREADABLE else ANY_VEHICLE, *label[1:]])
        return boxes, ignore

    def fill_in(self, p: Picture, picture: np.ndarray, truth: np.ndarray, boxes: list, ignore: list):
        height, width = picture.shape[:2]
        if p.set in VEHICLES_UNLABELLED:
            ignore.append([NO_VEHICLE_LABELS, 0, 0, width, height])
            return
        net_width = 640 if width >= height else 448
        ours = self.ours.frame(picture, net_width, 0, 0.1)
        coco = self.coco.frame(picture, net_width, 0, 0.12)
        is_plate = (truth[:, 0] == PLATE) | (truth[:, 0] == PLATE_UNREADABLE)
        vehicles, known = truth[~is_plate][:, 1:], truth[~is_plate][:, 1:]
        for row in sorted(np.concatenate([ours[ours[:, 0] <= TRUCK], coco]), key=lambda r: -r[5]):
            sure = 0.25 if row[0] == 1 else 0.35
            if row[5] >= sure and not (len(known) and iou(row[None, 1:5], known).max() > 0.45):
                ignore.append([ANY_VEHICLE, *row[1:5]])
                known = np.concatenate([known, row[None, 1:5]])
        self.fill_in_plates(p, picture, truth[is_plate][:, 1:], vehicles, known, ours, boxes, ignore)

    def fill_in_plates(self, p: Picture, picture, labelled, vehicles, known, ours, boxes: list, ignore: list):
        """`labelled` plates and `vehicles` by the set's labels, `known` those with the ones that nets found: [N, 4]."""
        mine = ours[ours[:, 0] == PLATE]
        theirs = self.plates.frame(picture, 640 if picture.shape[1] >= picture.shape[0] else 448, 0, 0.1)
        new = lambda row: not (len(labelled) and iou(row[None, 1:5], labelled).max() > 0.3)
        for row in mine:
            if not new(row) or not held_plate(row[1:5], known):
                continue
            close = theirs[iou(row[None, 1:5], theirs[:, 1:5])[0] > 0.35] if len(theirs) else theirs
            sure = len(close) and close[:, 5].max() >= 0.3 and row[5] >= 0.4 and held_plate(row[1:5], vehicles)
            if sure and p.set in PLATES_AGREED:
                boxes.append([PLATE, *row[1:5]])
            elif len(close) or p.set not in PLATES_LABELLED:
                ignore.append([A_PLATE, *row[1:5]])
        if p.set in PLATES_LABELLED:
            return
        for row in theirs[theirs[:, 5] >= 0.25]:
            alone = not (len(mine) and iou(row[None, 1:5], mine[:, 1:5]).max() > 0.35)
            if alone and new(row) and held_plate(row[1:5], known):
                ignore.append([A_PLATE, *row[1:5]])


def load(splits: set[str]) -> list[dict]:
    """Records of the named splits, in the order of the sets' names."""
    out = []
    for path in sorted((WORK / "records").glob("*.pkl")):
        out += [r for r in pickle.loads(path.read_bytes()) if r["split"] in splits]
    return out


def main():
    if not need_shared():
        return
    (WORK / "records").mkdir(parents=True, exist_ok=True)
    pictures, labeller = every_picture(), Labeller()
    wanted = sys.argv[1:] or list(dict.fromkeys(p.set for p in pictures))
    for name in wanted:
        target = WORK / "records" / f"{name}.pkl"
        if target.exists():
            continue
        start = time.time()
        records = [r for r in (labeller.record(p) for p in pictures if p.set == name) if r]
        part = target.with_suffix(".part")
        part.write_bytes(pickle.dumps(records, 4))
        part.rename(target)
        plates = sum(int((r["boxes"][:, 0] == PLATE).sum()) for r in records)
        print(f"{name}: {len(records)} pictures, {plates} plates, {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
