"""Whether `hanhtrinh eval detect` and measure.py say the same: `python agree.py PROGRAM [PLACE...] [--area]`

Both look at the pictures that pictures.py wrote, with the shipped net at 640x384, upright pictures at 384x640. Pictures
are scaled here as the program does it (halved, then bilinear); with --area as in training (area average), which shows
what that difference is worth. The vehicles must agree, and the plates that the frame pass finds. Printed beside them and
not judged: the plates' precision and area, as the program ignores what lies in any region above class 4 for every class
(measure.py: unreadable plates for plates, three-wheelers for vehicles); and plates with the second look, as the program
also looks at the whole picture again where it finds no vehicle, and at a smaller one where it finds no plate.
"""

import json
import math
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

import nets
from boxes import CLASSES, PLATE
from evaluate import thresholds
from measure import LEAST_HEIGHT, Plates, Vehicles
from paths import SHIPPED, WORK
from prepare import yolo_labels

TOLERANCE = 0.005


def as_the_program(picture: np.ndarray, width: int, height: int) -> tuple[np.ndarray, float]:
    """nets.letterbox with the scaling of src/image/letterbox.rs."""
    h, w = picture.shape[:2]
    scale = min(width / w, height / h)
    size = max(1, round(w * scale)), max(1, round(h * scale))
    while picture.shape[1] >= 2 * size[0] and picture.shape[0] >= 2 * size[1]:
        picture = cv2.resize(picture, (picture.shape[1] // 2, picture.shape[0] // 2), interpolation=cv2.INTER_AREA)
    canvas = np.full((height, width, 3), 114, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    return canvas, scale


def by_program(program: str, folder: Path, second: bool) -> dict:
    command = [program, "eval", "detect", "--json", "--images", folder / "images", "--labels", folder / "labels"]
    command += ["--min-height", f"{LEAST_HEIGHT:.9f}"] + ([] if second else ["--no-second-look"])
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["classes"]


def by_measure(net: nets.Detector, folder: Path) -> tuple[dict, dict]:
    """The five classes without the second look, and the plates with it."""
    vehicles, plain, again, limits = Vehicles(), Plates(), Plates(), thresholds()
    for path in sorted((folder / "images").iterdir()):
        picture = cv2.imread(str(path))
        height, width = picture.shape[:2]
        truth = yolo_labels(folder / "labels" / f"{path.stem}.txt", width, height)
        rows = net.frame(picture, *((640, 384) if width >= height else (384, 640)))
        vehicles.add(rows, truth, height)
        plain.add(rows, truth)
        again.add(net.second_look(picture, rows), truth)
    return vehicles.result(limits) | {"plate": of_plates(plain, limits)}, {"plate": of_plates(again, limits)}


def of_plates(plates: Plates, limits: dict) -> dict:
    found = plates.result(limits["plate"])
    right = sum(hit for score, hit in plates.counted if score >= limits["plate"])
    over = right + found["false"]
    return dict(n=found["n"], ap50=found["ap50"], recall=found["share"], precision=right / over if over else math.nan)


def main():
    program, *places = [a for a in sys.argv[1:] if a != "--area"]
    if "--area" not in sys.argv:
        nets.letterbox = as_the_program
    net, worst = nets.Detector(SHIPPED), 0.0
    for folder in sorted(p for p in (WORK / "pictures").iterdir() if p.suffix != ".part"):
        if places and folder.name not in places:
            continue
        for second, theirs in enumerate(by_measure(net, folder)):
            ours = by_program(program, folder, bool(second))
            for name in CLASSES:
                if name not in theirs or not ours[name]["n"]:
                    continue
                a, b = ours[name], theirs[name]
                if not second:
                    judged = ("recall",) if name == CLASSES[PLATE] else ("ap50", "recall", "precision")
                    gaps = [abs(a[k] - b[k]) for k in judged if a[k] is not None]
                    worst = max(worst, abs(a["n"] - b["n"]), *gaps)
                say = lambda v: f"{v['n']} r {v['recall']:.4f} p {v['precision'] or math.nan:.4f} ap50 {v['ap50']:.4f}"
                print(f"{folder.name} {name}{' + second look' if second else ''}: program {say(a)} | measure.py {say(b)}")
    print(f"largest difference of what is judged {worst:.4f}")
    if worst > TOLERANCE and "--area" not in sys.argv:
        sys.exit(1)


if __name__ == "__main__":
    main()
