"""What finder and reader make of the lorries of rendered clips, sight by sight: numbers read rightly, read as another plate's.

    python footage.py FOLDER [CLIP ...]     # a folder of clips with truth/frames; every sixth frame

The program votes over the sights and asks grammar and plate; this shows what the vote is given.
"""
import collections
import gzip
import json
import pathlib
import re
import sys
import tomllib

import cv2
import numpy as np
import onnxruntime

import scene
import degrade                                                                                   # noqa: E402
import runtime                                                                                   # noqa: E402

EVERY, LEAST_CELLS, MOST_TURN, LEAST_ASPECT, LEAST_VISIBLE = 6, 5, 40, 1.1, .5


def lorries(folder: pathlib.Path, clip: str):
    """(vehicle, BGR cut-out, its left top) of every lorry of every sixth frame."""
    wanted = {}
    for line in gzip.open(folder / "truth/frames" / f"{clip}.jsonl.gz", "rt"):
        frame = json.loads(line)
        if frame["frame"] % EVERY == 0:
            wanted[frame["frame"]] = [v for v in frame["vehicles"] if v["class"] == "truck" and v["visible"] >= LEAST_VISIBLE]
    video, n = cv2.VideoCapture(str(folder / f"{clip}.mp4")), 0
    while True:
        ok, picture = video.read()
        if not ok:
            return
        for v in wanted.get(n, []):
            x, y, w, h = v["box"]
            x, y, right, bottom = max(0, x), max(0, y), x + w, y + h
            piece = picture[y:bottom, x:right]
            if min(piece.shape[:2]) > 8:
                yield v, piece, (x, y)
        n += 1


def numbers(p: np.ndarray, floor: float):
    """Centre, width, height (cells) and turn of each number in the map; as src/detect/painted.rs does it."""
    count, spots = cv2.connectedComponents((p >= floor).astype(np.uint8))
    for i in range(1, count):
        ys, xs = np.where(spots == i)
        x, y = xs + .5, ys + .5
        mx, my = x.mean(), y.mean()
        turn = .5 * np.arctan2(2 * ((x - mx) * (y - my)).mean(), ((x - mx) ** 2).mean() - ((y - my) ** 2).mean())
        along, across = (x - mx) * np.cos(turn) + (y - my) * np.sin(turn), (y - my) * np.cos(turn) - (x - mx) * np.sin(turn)
        left, right, top, bottom = along.min() - .5, along.max() + .5, across.min() - .5, across.max() + .5
        high = (bottom - top) / (1 - 2 * scene.RIM)
        wide = right - left + 2 * scene.RIM * high
        if len(xs) >= LEAST_CELLS and abs(np.degrees(turn)) <= MOST_TURN and wide >= LEAST_ASPECT * high:
            u, v = (left + right) / 2, (top + bottom) / 2
            yield mx + u * np.cos(turn) - v * np.sin(turn), my + u * np.sin(turn) + v * np.cos(turn), wide, high, turn


def level(grey: np.ndarray, x: float, y: float, wide: float, high: float, turn: float) -> np.ndarray:
    w, h, c, s = max(2, round(wide)), max(2, round(high)), np.cos(turn), np.sin(turn)
    m = np.float64([[c, -s, x - c * (w - 1) / 2 + s * (h - 1) / 2], [s, c, y - s * (w - 1) / 2 - c * (h - 1) / 2]])
    return cv2.warpAffine(grey, m, (w, h), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)


def main():
    folder = pathlib.Path(sys.argv[1])
    clips = sys.argv[2:] or sorted(p.name.split(".")[0] for p in (folder / "truth/frames").iterdir())
    manifest = tomllib.loads(runtime.MANIFEST.read_text(encoding="utf-8"))["painted"]
    models = scene.HERE.parents[1]
    finder = onnxruntime.InferenceSession(str(models / manifest["file"]), providers=["CPUExecutionProvider"])
    reader, grow = runtime.session(models / "reader.onnx"), 1 + 2 * manifest["margin"]
    told, by_vehicle = collections.Counter(), collections.defaultdict(collections.Counter)
    for clip in clips:
        for v, piece, (left, top) in lorries(folder, clip):
            grey = cv2.cvtColor(piece, cv2.COLOR_BGR2GRAY)
            k = min(scene.WIDTH / grey.shape[1], scene.HEIGHT / grey.shape[0])
            size = (min(scene.WIDTH, max(1, round(grey.shape[1] * k))), min(scene.HEIGHT, max(1, round(grey.shape[0] * k))))
            page = np.full((1, 1, scene.HEIGHT, scene.WIDTH), scene.GREY, np.float32)
            page[0, 0, :size[1], :size[0]] = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR)
            found = finder.run(None, {"x": page})[0][0, 0]
            plate = v["plate"]
            truth = plate["text"].replace("/", "") if plate else None
            told["sights"] += 1
            mine = by_vehicle[clip, v["vehicle"]]
            mine["sights"] += 1
            for x, y, wide, high, turn in numbers(found, manifest["min_score"]):
                x, y, wide, high = (a * scene.STRIDE / k for a in (x, y, wide, high))
                if plate:
                    px, py = np.mean(plate["corners"], 0) - [left, top]
                    if abs(x - px) < .7 * plate["width"] and abs(y - py) < .4 * plate["width"]:
                        told["on the plate"] += 1
                        continue
                text, p = runtime.read(reader, degrade.to_net(level(grey, x, y, wide * grow, high * grow, turn))[None])[0]
                text = text.replace("/", "")
                # A plate's number by the grammar's commonest shapes; the program asks the whole grammar.
                shaped = bool(re.fullmatch(r"\d\d[A-Z]{1,2}\d{4,5}|[A-Z]{2}\d{4}", text))
                said = "right" if text == truth else "another plate" if shaped else "no plate"
                told[said] += 1
                mine[said] += 1
                if said == "another plate" and p > .9:
                    print(f"{clip} {v['vehicle']}: {truth} read as {text}, {p:.3f}")
    for (clip, vehicle), counts in sorted(by_vehicle.items()):
        print(f"{clip:16} {vehicle:20}", dict(counts))
    print("all", dict(told))


if __name__ == "__main__":
    main()
