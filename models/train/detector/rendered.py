"""Our rendered clips -> records with exact labels: whole frames (`rendered`) and vehicles near by (`rendered_close`).

    python rendered.py

Lorries and tractors from behind are rare in the real sets and were called buses; lettering on vehicles and arrows painted
on the road were called plates. Here every plate is known, so all else is background. A crop is cut from the native frame
around each vehicle, as the second look does, but wider or tighter; one without a plate shows what is none.
CHECK is left out: what is not trained on and looks like it. Its lorries but one are in no other clip.
"""

import gzip
import json
import pickle
import random
import tomllib
from pathlib import Path

import cv2
import numpy as np

from boxes import A_PLATE, ANY_VEHICLE, CLASSES, PLATE
from paths import REPOSITORY, WORK
from prepare import fit
from sampler import Source, place

FOLDERS = [REPOSITORY / "sample_videos", REPOSITORY / "sample_videos/town"]
CHECK = "dp-out-day"
EVERY, EVERY_EMPTY = 10, 50  # frames; those without a vehicle
# Of a vehicle or plate that is seen less: ignored, neither asked for nor punished.
LEAST_VISIBLE, LEAST_PLATE_VISIBLE = 0.3, 0.8
LEAST_CUT = 0.12  # of the picture's height, in both directions, of what its edge cuts: less is a sliver
CLOSE_WIDTH, CLOSE_LONGEST = 60, 480  # px: least width of a vehicle to be cut out; longest side of its crop
MARGIN = (-0.05, 0.35)


def rows_of(vehicles: list[dict], height: int) -> np.ndarray:
    """A frame's truth -> [K, 6] of class or ignore code, corners, 1 where ignored, as the sampler has them."""
    rows = []
    for v in vehicles:
        x, y, w, h = v["box"]
        poor = v["visible"] < LEAST_VISIBLE or (v["cut"] and min(w, h) < LEAST_CUT * height)
        rows.append([ANY_VEHICLE if poor else CLASSES.index(v["class"]), x, y, x + w, y + h, poor])
        plate = v.get("plate")
        if plate and plate["visible"] > 0:
            corners = np.array(plate["corners"])
            poor = plate["visible"] < LEAST_PLATE_VISIBLE or plate.get("cover", 0) > 0
            rows.append([A_PLATE if poor else PLATE, *corners.min(0), *corners.max(0), poor])
    return np.array(rows, float).reshape(-1, 6)


def record(name: str, path: Path, picture: np.ndarray, rows: np.ndarray) -> dict:
    asked = rows[:, 5] == 0
    boxes, ignore = (rows[keep][:, :5].astype(np.float32) for keep in (asked, ~asked))
    return dict(set=name, path=str(path), split="train", picture=picture, truth=boxes, boxes=boxes, ignore=ignore)


def whole(path: Path, picture: np.ndarray, rows: np.ndarray) -> dict:
    picture, boxes = fit(picture, rows[:, :5], None)
    return record("rendered", path, picture, np.c_[boxes, rows[:, 5]])


def close(path: Path, picture: np.ndarray, rows: np.ndarray, box) -> dict:
    """The part of the picture around `box` (x, y, w, h) at its native size, or reduced where that is large."""
    x, y, w, h = box
    left, right, top, bottom = (random.uniform(*MARGIN) for _ in range(4))
    x1, y1 = round(max(0, x - left * w)), round(max(0, y - top * h))
    x2, y2 = round(min(picture.shape[1], x + w + right * w)), round(min(picture.shape[0], y + h + bottom * h))
    part = picture[y1:y2, x1:x2]
    scale = min(1, CLOSE_LONGEST / max(part.shape[:2]))
    if scale < 1:
        part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    moved = rows.copy()
    moved[:, [1, 3]], moved[:, [2, 4]] = (rows[:, [1, 3]] - x1) * scale, (rows[:, [2, 4]] - y1) * scale
    whole_part = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    return record("rendered_close", path, *place(Source([part], moved), whole_part, part.shape[1], part.shape[0]))


def clip_records(folder: Path, camera: dict):
    with gzip.open(folder / "truth/frames" / f"{camera['name']}.jsonl.gz", "rt") as f:
        truth = [json.loads(line)["vehicles"] for line in f]
    path = folder / camera["url"]
    clip = cv2.VideoCapture(str(path))
    for n, vehicles in enumerate(truth):
        if not clip.grab():
            break
        if n % (EVERY if vehicles else EVERY_EMPTY):
            continue
        picture = clip.retrieve()[1]
        rows = rows_of(vehicles, picture.shape[0])
        yield whole(path, picture, rows)
        for v in vehicles:
            if v["visible"] >= LEAST_VISIBLE and v["box"][2] >= CLOSE_WIDTH:
                yield close(path, picture, rows, v["box"])


def main():
    random.seed(0)
    out = {"rendered": [], "rendered_close": []}
    for folder in FOLDERS:
        for camera in tomllib.loads((folder / "sample.toml").read_text())["camera"]:
            if camera["name"] != CHECK:
                for r in clip_records(folder, camera):
                    out[r["set"]].append(r)
    (WORK / "records").mkdir(parents=True, exist_ok=True)
    for name, records in out.items():
        target = WORK / "records" / f"{name}.pkl"
        part = target.with_suffix(".part")
        part.write_bytes(pickle.dumps(records, 4))
        part.rename(target)
        kinds = np.bincount(np.concatenate([r["boxes"][:, 0] for r in records]).astype(int), minlength=len(CLASSES))
        print(name, len(records), dict(zip(CLASSES, kinds.tolist())))


if __name__ == "__main__":
    main()
