"""Sheets to judge by eye: `python look.py NET.onnx OUT.png [--group vn_cctv] [--split test] [--suspects]`

Held-out pictures with labels (thin white) and detections (class initial and score), or with --suspects crops of where
net and label disagree about a bus, a truck or a car: one of the two is wrong.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from boxes import BUS, CAR, CLASSES, TRUCK, iou
from evaluate import group_of, thresholds
from measure import LEAST_HEIGHT
from nets import Detector
from paths import need_shared
from prepare import load

COLOURS = [(0, 255, 0), (255, 80, 0), (0, 255, 255), (0, 128, 255), (255, 0, 255)]
SIZE = (640, 384)
SURE = 0.5


def picture_tile(record: dict, rows: np.ndarray, width: int = 640) -> np.ndarray:
    scale = width / record["picture"].shape[1]
    tile = cv2.resize(record["picture"], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    corner = lambda x, y: (int(x * scale), int(y * scale))
    for c, x1, y1, x2, y2 in record["truth"]:
        cv2.rectangle(tile, corner(x1, y1), corner(x2, y2), (255, 255, 255), 1)
    for c, x1, y1, x2, y2, score in rows:
        colour = COLOURS[int(c)]
        cv2.rectangle(tile, corner(x1, y1), corner(x2, y2), colour, 2)
        cv2.putText(tile, f"{CLASSES[int(c)][0]}{score * 100:.0f}", corner(x1, y1 - 3), 0, 0.45, colour, 1)
    return tile


def crop_tile(record: dict, box: np.ndarray, text: str, width: int = 192, height: int = 176) -> np.ndarray:
    x1, y1, x2, y2 = box
    margin = 0.25 * max(x2 - x1, y2 - y1)
    crop = record["picture"][int(max(0, y1 - margin)) : int(y2 + margin), int(max(0, x1 - margin)) : int(x2 + margin)]
    scale = min(width / crop.shape[1], (height - 26) / crop.shape[0])
    crop = cv2.resize(crop, None, fx=scale, fy=scale)
    tile = np.zeros((height, width, 3), np.uint8)
    tile[26 : 26 + crop.shape[0], : crop.shape[1]] = crop[: height - 26, :width]
    for line, words in enumerate((Path(record["path"]).stem[:26], text)):
        cv2.putText(tile, words, (1, 10 + 13 * line), 0, 0.38, (255, 255, 255), 1)
    return tile


def suspects(record: dict, rows: np.ndarray):
    truth, least = record["truth"], LEAST_HEIGHT * record["picture"].shape[0]
    for label in truth[np.isin(truth[:, 0], (BUS, TRUCK))]:
        if label[4] - label[2] >= least:
            over = rows[iou(label[None, 1:5], rows[:, 1:5])[0] > 0.5] if len(rows) else rows
            if not (over[:, 0] == label[0]).any():
                said = f"{CLASSES[int(over[0, 0])]} {over[0, 5]:.2f}" if len(over) else "nothing"
                yield crop_tile(record, label[1:5], f"label {CLASSES[int(label[0])]}, net {said}")
    for row in rows[np.isin(rows[:, 0], (CAR, BUS, TRUCK)) & (rows[:, 5] >= SURE)]:
        if row[4] - row[2] >= least and not (len(truth) and iou(row[None, 1:5], truth[:, 1:5]).max() >= 0.3):
            yield crop_tile(record, row[1:5], f"no label, net {CLASSES[int(row[0])]} {row[5]:.2f}")


def sheet(tiles: list[np.ndarray], columns: int, path: str):
    height = max(t.shape[0] for t in tiles)
    tiles = [np.pad(t, ((0, height - t.shape[0]), (0, 0), (0, 0))) for t in tiles]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    rows = [np.concatenate(tiles[i : i + columns], 1) for i in range(0, len(tiles), columns)]
    cv2.imwrite(path, np.concatenate(rows))


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("net")
    p.add_argument("out")
    p.add_argument("--group", default="vn_cctv")
    p.add_argument("--split", default="test")
    p.add_argument("--suspects", action="store_true")
    p.add_argument("--most", type=int, default=24)
    args = p.parse_args()
    if not need_shared():
        return
    net, limits = Detector(args.net), np.array([thresholds()[c] for c in CLASSES])
    tiles = []
    records = [r for r in load({args.split}) if group_of(r) == args.group]
    for r in records if args.suspects else records[:: max(1, len(records) // args.most)]:
        rows = net.frame(r["picture"], *SIZE)
        rows = rows[rows[:, 5] >= limits[rows[:, 0].astype(int)]]
        tiles += list(suspects(r, rows)) if args.suspects else [picture_tile(r, rows)]
    if not tiles:
        print("nothing to show")
        return
    print(len(tiles), "tiles,", min(len(tiles), args.most), "shown")
    sheet(tiles[: args.most], 8 if args.suspects else 3, args.out)


if __name__ == "__main__":
    main()
