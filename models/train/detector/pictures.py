"""The pictures held out, as `hanhtrinh eval detect` takes them: `python pictures.py [test|tune] [FOLDER]`

Writes FOLDER/PLACE/{images,labels} (default work/pictures, which git ignores; a place that is there is left alone): the
pictures at their natural aspect, at most 960 px long, lossless, and the sets' own labels. Places are those of
evaluate.py; the road pictures whose plates are labelled stand in `plates_road` once more, at native size. Plates that
nobody can read are regions to ignore, like three-wheelers and vehicles of no sure class.
"""

import shutil
import sys
from pathlib import Path

import cv2
import numpy as np

from boxes import PLATE
from evaluate import group_of
from paths import WORK, need_shared
from places import PLATES_LABELLED, VEHICLES_UNLABELLED, Picture, every_picture
from prepare import fit, truth_of

PLATES_ROAD = "india_cctv_plate"


def lines(truth: np.ndarray, width: int, height: int) -> str:
    """Rows of class and corners in pixels -> YOLO lines."""
    out = []
    for c, x1, y1, x2, y2 in truth:
        centre = ((x1 + x2) / 2 / width, (y1 + y2) / 2 / height)
        out.append(f"{int(c)} {centre[0]:.6f} {centre[1]:.6f} {(x2 - x1) / width:.6f} {(y2 - y1) / height:.6f}\n")
    return "".join(out)


def write(folder: Path, p: Picture, picture: np.ndarray, truth: np.ndarray):
    name = f"{p.set}__{p.path.stem}"
    cv2.imwrite(str(folder / "images" / f"{name}.png"), picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    height, width = picture.shape[:2]
    truth = truth.copy()
    truth[:, [1, 3]] = truth[:, [1, 3]].clip(0, width)
    truth[:, [2, 4]] = truth[:, [2, 4]].clip(0, height)
    (folder / "labels" / f"{name}.txt").write_text(lines(truth, width, height))


def by_place(which: str) -> dict[str, list[Picture]]:
    out: dict[str, list[Picture]] = {}
    for p in every_picture():
        if p.split == which:
            out.setdefault(group_of(dict(set=p.set, path=str(p.path))), []).append(p)
            if p.set == PLATES_ROAD:
                out.setdefault("plates_road", []).append(p)
    return out


def main():
    if not need_shared():
        return
    which = sys.argv[1] if len(sys.argv) > 1 else "test"
    base = Path(sys.argv[2]) if len(sys.argv) > 2 else WORK / "pictures"
    for place, pictures in by_place(which).items():
        folder = base / place
        if folder.is_dir():
            continue
        part = base / f"{place}.part"
        shutil.rmtree(part, ignore_errors=True)
        for sub in ("images", "labels"):
            (part / sub).mkdir(parents=True)
        for p in pictures:
            picture = cv2.imread(str(p.path))
            truth = truth_of(p, picture.shape[1], picture.shape[0])
            if place == "plates_road" or p.set in VEHICLES_UNLABELLED:
                write(part, p, picture, truth)
                continue
            picture, truth = fit(picture, truth, p.aspect)
            # Where plates are not labelled nothing is to be said of them.
            write(part, p, picture, truth if p.set in PLATES_LABELLED else truth[truth[:, 0] != PLATE])
        part.rename(folder)
        print(f"{folder}: {len(pictures)} pictures", flush=True)


if __name__ == "__main__":
    main()
