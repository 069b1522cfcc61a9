"""Shipped thresholds from the tuning places: `python thresholds.py NET.onnx`

For each class the score that gives the best F1 at 640x384 (plates with the second look), and what other scores would
give. The manifest's `min_score` is set from it by hand, rounded, and not above .5: the tracker can drop what is not
seen again, but cannot bring back what it never saw.
"""

import sys

import numpy as np

from boxes import CLASSES, PLATE
from evaluate import native
from measure import Plates, Vehicles
from nets import Detector
from paths import need_shared
from places import PLATES_LABELLED, VEHICLES_UNLABELLED
from prepare import load

SIZE = (640, 384)
TRIED = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7)


def sweep(counted: list[tuple[float, int]], n: int) -> list[tuple[float, float, float, float]]:
    """(threshold, recall, precision, F1) of each score tried."""
    out = []
    for limit in TRIED:
        hits = [hit for score, hit in counted if score >= limit]
        recall, precision = sum(hits) / n, sum(hits) / max(1, len(hits))
        out.append((limit, recall, precision, 2 * recall * precision / max(1e-9, recall + precision)))
    return out


def main():
    if not need_shared():
        return
    net, vehicles, plates = Detector(sys.argv[1]), Vehicles(), Plates()
    for r in load({"tune"}):
        if r["set"] not in VEHICLES_UNLABELLED:
            vehicles.add(net.frame(r["picture"], *SIZE), r["truth"], r["picture"].shape[0])
        if r["set"] in PLATES_LABELLED:
            picture, truth = native(r)
            plates.add(net.second_look(picture, net.frame(picture, *SIZE)), truth)
    for c, name in enumerate(CLASSES):
        counted, n = (plates.counted, plates.n) if c == PLATE else (vehicles.counted[c], vehicles.n[c])
        if not n:
            print(f"{name}: none in the tuning places")
            continue
        rows = sweep(counted, n)
        best = rows[int(np.argmax([r[3] for r in rows]))]
        print(f"{name} ({n}): best F1 {best[3]:.3f} at {best[0]}")
        for limit, recall, precision, _ in rows:
            print(f"    {limit:.2f}  recall {recall:.3f}  precision {precision:.3f}")


if __name__ == "__main__":
    main()
