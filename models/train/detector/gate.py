"""Plates found in gate pictures never trained on, with the full flow: `python gate.py NET.onnx ...`

motorbike_gate's pictures of the readers' hold-out (by plate text) have hand-made boxes; found = a plate box at the
shipped threshold that overlaps it by IoU >= .5. The shipped net starts from trial nets, so the pictures are counted
apart: `unseen` are those that the trial's second net did not train on either, neither as such nor, by comparison of
the pictures, as a copy in gate_scenes. What its first net trained on was not recorded. Teachers on the same pictures.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from boxes import PLATE, iou
from evaluate import thresholds
from measure import wilson95
from nets import Detector, PlateTeacher, YuNetTeacher
from paths import DATA, PLATE_TEACHER, YUNET_TEACHER, need_shared
from places import gate_pictures, last_share, seen_by_trial, source_of, trial_order

# gate_scenes' copies of motorbike_gate are stretched, some mirrored or turned. An exact one correlates at 1.00, a turned
# one little more than strangers do (all show one gate): so the nearest few of each scene count as perhaps its copy.
NEAREST = 3
# The teachers' usual thresholds; ours is the manifest's.
LP_THRESHOLD, YUNET_THRESHOLD = 0.3, 0.5


def fingerprint(path: Path, mirrored: bool = False) -> np.ndarray:
    """32 x 32 grey, mean 0, length 1: the dot product of two is their correlation."""
    grey = cv2.resize(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), (32, 32), interpolation=cv2.INTER_AREA).astype(float)
    grey = (grey[:, ::-1] if mirrored else grey).ravel()
    grey = grey - grey.mean()
    return grey / (np.linalg.norm(grey) + 1e-9)


def copies_in_trial(paths: list[Path]) -> set[Path]:
    """Those of motorbike_gate's `paths` that may be in the gate_scenes pictures which the trial trained on."""
    scenes = sorted((DATA / "gate_scenes/images").iterdir())
    held = last_share([source_of(p.name) for p in scenes], 0.15)
    ours = np.array([fingerprint(p) for p in paths])
    copies = set()
    for scene in scenes:
        if scene.name.startswith("xemay") and source_of(scene.name) not in held:
            theirs = np.array([fingerprint(scene, m) for m in (False, True)])
            copies.update(paths[i] for i in np.argsort(-(ours @ theirs.T).max(1))[:NEAREST])
    return copies


def flows(name: str):
    """(label, function picture -> plates [N, 6], threshold) of one argument."""
    if name == "lp":
        net = PlateTeacher(PLATE_TEACHER)
        return [(net.name, net.frame, LP_THRESHOLD)]
    if name == "yunet":
        net = YuNetTeacher(YUNET_TEACHER)
        return [("lpd_yunet", net.frame, YUNET_THRESHOLD)]
    net, limit = Detector(name), thresholds()["plate"]
    out = []
    for size in ((640, 384), (416, 256)):
        out.append((f"{net.name} {size[0]}x{size[1]} + second look",
                    lambda p, size=size: net.second_look(p, net.frame(p, *size)), limit))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nets", nargs="+", help="our nets; lp, yunet name the teachers")
    parser.add_argument("--missed", action="store_true", help="print the names of the pictures missed")
    args = parser.parse_args()
    if not need_shared():
        return
    held = [p for p in gate_pictures() if p.set == "motorbike_gate" and p.split != "train"]
    order, copies = trial_order(), copies_in_trial(sorted((DATA / "motorbike_gate").glob("*.jpg")))
    clean = [not seen_by_trial(p.path, order) and p.path not in copies for p in held]
    test = [p.split == "test" for p in held]
    groups = {"test": test, "test, unseen": [a and b for a, b in zip(test, clean)], "test + tune, unseen": clean}
    for name in args.nets:
        for label, flow, limit in flows(name):
            found, false = [], []
            for p in held:
                picture = cv2.imread(str(p.path))
                rows = flow(picture)
                rows = rows[(rows[:, 0] == PLATE) & (rows[:, 5] >= limit)]
                x, y, w, h = p.box
                share = iou(np.array([[x, y, x + w, y + h]]), rows[:, 1:5])[0]
                found.append(bool((share >= 0.5).any()))
                false.append(int((share < 0.5).sum()))
            for group, inside in groups.items():
                n, hits = sum(inside), sum(f for f, i in zip(found, inside) if i)
                print(json.dumps(dict(net=label, pictures=group, n=n, found=hits, share=round(hits / n, 4),
                                      wilson95=[round(x, 4) for x in wilson95(hits, n)],
                                      other_boxes=sum(f for f, i in zip(false, inside) if i))), flush=True)
            if args.missed:
                print("missed:", [p.path.name for p, f, t in zip(held, found, test) if t and not f])


if __name__ == "__main__":
    main()
