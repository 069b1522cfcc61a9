"""The detector on our rendered clips, judged by their exact truth: `python footage.py FOLDER NET.onnx ... [--every 8]`

FOLDER holds sample.toml, the clips, and truth/frames/CAMERA.jsonl.gz. Counted is what the main job needs: whole
vehicles not much hidden whose lower edge is near the camera's line, and their plates by width on the native frame.
Never trained on.
"""

import argparse
import gzip
import json
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import cv2
import numpy as np

from boxes import CLASSES, PLATE, iou
from evaluate import FRAMES, thresholds
from nets import Detector

NEAR = 0.2  # of the picture's height, on either side of the line
LEAST_VISIBLE = 0.7
LEAST_PLATE_PX = 35


def line_height(camera: dict, x: float) -> float:
    """Height (0-1) of the camera's line at x (0-1), the line drawn on where it ends."""
    (ax, ay), (bx, by) = camera["line"]
    return ay + (by - ay) * (x - ax) / (bx - ax)


def frames(folder: Path, camera: dict, every: int):
    """(picture, vehicles of the truth) of every n-th frame of a camera's clip that has a vehicle."""
    with gzip.open(folder / "truth/frames" / f"{camera['name']}.jsonl.gz", "rt") as f:
        truth = [json.loads(line) for line in f]
    clip = cv2.VideoCapture(str(folder / camera["url"]))
    for n, frame in enumerate(truth):
        if not clip.grab():
            break
        if n % every == 0:
            yield clip.retrieve()[1], frame["vehicles"]


def plate_box(plate: dict) -> np.ndarray:
    corners = np.array(plate["corners"])
    return np.r_[corners.min(0), corners.max(0)]


class Tally:
    def __init__(self):
        self.vehicles, self.classes, self.plates = defaultdict(Counter), Counter(), defaultdict(Counter)
        self.false_plates = self.false_vehicles = self.empty = self.frames = 0

    def add(self, rows: np.ndarray, picture: np.ndarray, truth: list[dict], camera: dict):
        height, width = picture.shape[:2]
        self.frames += 1
        self.empty += not truth
        found_plates = rows[rows[:, 0] == PLATE][:, 1:5]
        found = rows[rows[:, 0] != PLATE]
        boxes = np.array([[x, y, x + w, y + h] for x, y, w, h in (v["box"] for v in truth)]).reshape(-1, 4)
        plates = [plate_box(v["plate"]) for v in truth if v.get("plate") and v["plate"].get("corners")]
        if len(found):
            best = iou(found[:, 1:5], boxes).max(1) if len(boxes) else np.zeros(len(found))
            self.false_vehicles += int((best < 0.1).sum())
        for box in found_plates:
            self.false_plates += not (plates and iou(box[None], np.array(plates)).max() >= 0.1)
        for v, box in zip(truth, boxes):
            middle = (box[0] + box[2]) / 2 / width
            if v["cut"] or v["visible"] < LEAST_VISIBLE or abs(box[3] / height - line_height(camera, middle)) > NEAR:
                continue
            share = iou(box[None], found[:, 1:5])[0] if len(found) else np.zeros(0)
            hit = len(share) > 0 and share.max() >= 0.5
            self.vehicles[v["class"]][hit] += 1
            if hit:
                self.classes[v["class"], CLASSES[int(found[share.argmax(), 0])]] += 1
            plate = v.get("plate")
            if plate and plate.get("corners") and plate["visible"] >= LEAST_VISIBLE and plate["width"] >= LEAST_PLATE_PX:
                band = "35-60" if plate["width"] < 60 else "60-90" if plate["width"] < 90 else "90+"
                near = len(found_plates) > 0 and iou(plate_box(plate)[None], found_plates).max() >= 0.5
                self.plates[band][near] += 1

    def result(self) -> dict:
        of = lambda counter: f"{counter[True]} of {counter[True] + counter[False]}"
        return dict(frames=self.frames, empty_frames=self.empty, found={c: of(k) for c, k in self.vehicles.items()},
                    called={f"{a}->{b}": n for (a, b), n in self.classes.items() if a != b},
                    plates_by_width={b: of(k) for b, k in sorted(self.plates.items())},
                    false_plates=self.false_plates, false_vehicles=self.false_vehicles)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("folder", type=Path)
    p.add_argument("nets", nargs="+")
    p.add_argument("--every", type=int, default=8)
    args = p.parse_args()
    limits = thresholds()
    least = np.array([limits[c] for c in CLASSES])
    cameras = tomllib.loads((args.folder / "sample.toml").read_text())["camera"]
    nets = [Detector(name) for name in args.nets]
    for camera in cameras:
        tallies = {(net.name, size): Tally() for net in nets for size in FRAMES}
        for picture, truth in frames(args.folder, camera, args.every):
            for net in nets:
                for size in FRAMES:
                    rows = net.frame(picture, *size)
                    rows = net.second_look(picture, rows[rows[:, 5] >= 0.1])
                    rows = rows[rows[:, 5] >= least[rows[:, 0].astype(int)]]
                    tallies[net.name, size].add(rows, picture, truth, camera)
        for (name, size), tally in tallies.items():
            print(json.dumps(dict(camera=camera["name"], net=name, size="x".join(map(str, size)), **tally.result())), flush=True)


if __name__ == "__main__":
    main()
