"""False plates per 1,000 frames without a plate: `python false_plates.py NET.onnx ...`

The frames are real pictures in which, looked at by eye, no plate can be seen; `../holdout/no_plate_frames.tsv` names
them by SHA-256 alone. Every box at the shipped threshold after the full flow is a false one. `--pictures DIR` counts
on a folder of other pictures without plates instead (rendered empty scenes).
"""

import argparse
import csv
import hashlib
import json
from pathlib import Path

import cv2

from boxes import PLATE
from evaluate import FRAMES, thresholds
from measure import wilson95
from nets import Detector
from paths import DATA, HOLDOUT, need_shared

LIST = HOLDOUT / "no_plate_frames.tsv"


def listed_pictures() -> list[Path]:
    with open(LIST, encoding="utf-8") as f:
        wanted = {row["sha256"] for row in csv.DictReader(f, delimiter="\t")}
    pictures = sorted((DATA / "road_scenes").glob("*/images/*"))
    return [p for p in pictures if hashlib.sha256(p.read_bytes()).hexdigest() in wanted]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nets", nargs="+")
    parser.add_argument("--pictures", type=Path)
    args = parser.parse_args()
    if args.pictures:
        paths = sorted(p for p in args.pictures.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    elif need_shared():
        paths = listed_pictures()
    else:
        return
    limit = thresholds()["plate"]
    for name in args.nets:
        net = Detector(name)
        for size in FRAMES:
            false, frames = 0, 0
            for path in paths:
                picture = cv2.imread(str(path))
                rows = net.second_look(picture, net.frame(picture, *size))
                here = int(((rows[:, 0] == PLATE) & (rows[:, 5] >= limit)).sum())
                false, frames = false + here, frames + (here > 0)
            n = len(paths)
            print(json.dumps(dict(net=net.name, size=size, frames=n, false_plates=false,
                                  per_1000_frames=round(1000 * false / max(1, n), 1), frames_with_one=frames,
                                  share_wilson95=[round(x, 4) for x in wilson95(frames, n)])), flush=True)


if __name__ == "__main__":
    main()
