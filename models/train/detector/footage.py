"""The detector on our rendered clips, judged by their exact truth: `python footage.py FOLDER NET.onnx ... [--every 8]`

FOLDER holds sample.toml, the clips, and truth/frames/CAMERA.jsonl.gz. Counted is what the main job needs: whole
vehicles not much hidden whose lower edge is near the camera's line; plates anywhere by their width on the native frame,
those of such vehicles apart; boxes of plates in frames that show none; and what vehicles anywhere are called, those cut
by the edge too, as lorries near the line mostly are (`anywhere`). Frames of one pass resemble each other, so the passes
behind the plates are counted beside them. A net trained with rendered.py has seen all clips but its CHECK; `--cameras`
picks. The shipped net has seen none.
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
LEAST_PLATE_VISIBLE = 0.95
LEAST_SIDE = 0.12  # of the picture's height: what the edge leaves of a vehicle, to be called anything
BANDS = (35, 60, 120, 400)  # pixels


def line_height(camera: dict, x: float) -> float:
    """Height (0-1) of the camera's line at x (0-1), the line drawn on where it ends."""
    (ax, ay), (bx, by) = camera["line"]
    return ay + (by - ay) * (x - ax) / (bx - ax)


def frames(folder: Path, camera: dict, every: int):
    """(picture, vehicles of the truth, whether it is one of every n-th) of a camera's clip: of the others those alone
    that show no plate."""
    with gzip.open(folder / "truth/frames" / f"{camera['name']}.jsonl.gz", "rt") as f:
        truth = [json.loads(line) for line in f]
    clip = cv2.VideoCapture(str(folder / camera["url"]))
    for n, frame in enumerate(truth):
        if not clip.grab():
            break
        if n % every == 0 or shows_no_plate(frame["vehicles"]):
            yield clip.retrieve()[1], frame["vehicles"], n % every == 0


def shows_no_plate(truth: list[dict]) -> bool:
    return not any(v.get("plate") and v["plate"]["visible"] > 0 for v in truth)


def plate_box(plate: dict) -> np.ndarray:
    corners = np.array(plate["corners"])
    return np.r_[corners.min(0), corners.max(0)]


class Tally:
    def __init__(self):
        self.vehicles, self.classes, self.plates = defaultdict(Counter), Counter(), defaultdict(Counter)
        self.passes, self.anywhere = defaultdict(set), defaultdict(Counter)
        self.false_plates = self.false_vehicles = self.empty = self.frames = 0
        self.plateless = self.false_without = 0

    def add(self, rows: np.ndarray, picture: np.ndarray, truth: list[dict], camera: dict, counts: bool):
        if shows_no_plate(truth):
            self.plateless += 1
            self.false_without += int((rows[:, 0] == PLATE).sum())
        if not counts:
            return
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
        for v in truth:
            plate = v.get("plate")
            if plate and plate["visible"] >= LEAST_PLATE_VISIBLE and plate.get("cover", 0) == 0:
                self.count_plate("anywhere", v, found_plates)
        for box in found_plates:
            self.false_plates += not (plates and iou(box[None], np.array(plates)).max() >= 0.1)
        for v, box in zip(truth, boxes):
            middle = (box[0] + box[2]) / 2 / width
            share = iou(box[None], found[:, 1:5])[0] if len(found) else np.zeros(0)
            hit = len(share) > 0 and share.max() >= 0.5
            if v["visible"] >= LEAST_VISIBLE and min(box[2:] - box[:2]) >= LEAST_SIDE * height:
                self.anywhere[v["class"]][CLASSES[int(found[share.argmax(), 0])] if hit else "missed"] += 1
            if v["cut"] or v["visible"] < LEAST_VISIBLE or abs(box[3] / height - line_height(camera, middle)) > NEAR:
                continue
            self.vehicles[v["class"]][hit] += 1
            if hit:
                self.classes[v["class"], CLASSES[int(found[share.argmax(), 0])]] += 1
            plate = v.get("plate")
            if plate and plate["visible"] >= LEAST_PLATE_VISIBLE and plate.get("cover", 0) == 0:
                self.count_plate("at the line", v, found_plates)

    def count_plate(self, where: str, vehicle: dict, found: np.ndarray):
        width = vehicle["plate"]["width"]
        band = next((f"{a}-{b}" for a, b in zip(BANDS, BANDS[1:]) if a <= width < b), None)
        if band:
            hit = len(found) > 0 and iou(plate_box(vehicle["plate"])[None], found).max() >= 0.5
            self.plates[where, band][bool(hit)] += 1
            self.passes[where, band].add(vehicle["id"])

    def result(self) -> dict:
        of = lambda counter: f"{counter[True]} of {counter[True] + counter[False]}"
        return dict(frames=self.frames, empty_frames=self.empty, found={c: of(k) for c, k in self.vehicles.items()},
                    called={f"{a}->{b}": n for (a, b), n in self.classes.items() if a != b},
                    anywhere=self.anywhere,
                    plates_by_width={f"{w} {b}": f"{of(k)}, {len(self.passes[w, b])} passes"
                                     for (w, b), k in sorted(self.plates.items())},
                    frames_without_plate=self.plateless, plates_in_them=self.false_without,
                    false_plates=self.false_plates, false_vehicles=self.false_vehicles)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("folder", type=Path)
    p.add_argument("nets", nargs="+")
    p.add_argument("--every", type=int, default=8)
    p.add_argument("--cameras", nargs="+", help="these alone")
    args = p.parse_args()
    limits = thresholds()
    least = np.array([limits[c] for c in CLASSES])
    cameras = tomllib.loads((args.folder / "sample.toml").read_text())["camera"]
    cameras = [c for c in cameras if not args.cameras or c["name"] in args.cameras]
    nets = [Detector(name) for name in args.nets]
    for camera in cameras:
        tallies = {(net.name, size): Tally() for net in nets for size in FRAMES}
        for picture, truth, counts in frames(args.folder, camera, args.every):
            for net in nets:
                for size in FRAMES:
                    rows = net.frame(picture, *size)
                    rows = net.second_look(picture, rows[rows[:, 5] >= 0.1])
                    rows = rows[rows[:, 5] >= least[rows[:, 0].astype(int)]]
                    tallies[net.name, size].add(rows, picture, truth, camera, counts)
        for (name, size), tally in tallies.items():
            print(json.dumps(dict(camera=camera["name"], net=name, size="x".join(map(str, size)), **tally.result())), flush=True)


if __name__ == "__main__":
    main()
