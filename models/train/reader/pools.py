"""Make the crops the reader learns from, in chunks on disk.

    python pools.py synthetic|rare|camera|wide|away|real|empty FIRST LAST     # chunk numbers, LAST included

Chunk n of a kind is always made with the same seed; a chunk that is there is left alone, so an interrupted run goes on.
Written to work/pools (not in git): X uint8 [n, 64, 128], labels, kinds, px (width of the plate as captured, 0 where there is
none or it is a ready crop), turn (degrees, drawn ones only), and for real crops the picture's sha256.
Chunks from 900 on are smaller, go to work/held and are never trained on: for calibration and measuring.
"""
import functools
import os
import pathlib
import sys
import time

import cv2
import numpy as np

import camera
import real
import synthetic
from dice import Dice

HERE = pathlib.Path(__file__).resolve().parent
WORK = HERE / "work"
SHARED = os.environ.get("HANHTRINH_SHARED", str(HERE.parents[3] / "shared"))
CHUNK, HELD_CHUNK, FIRST_HELD = 20_000, 4_000, 900
SEED = {"synthetic": 1_000, "camera": 2_000, "real": 3_000, "empty": 4_000, "wide": 5_000, "rare": 6_000, "away": 7_000}


def synthetic_chunk(d: Dice, count: int, rare: bool = False):
    backgrounds = synthetic.Backgrounds(SHARED, d)
    for _ in range(count):
        yield *synthetic.synthetic_crop(d, backgrounds, rare), ""


def empty_chunk(d: Dice, count: int):
    backgrounds = synthetic.Backgrounds(SHARED, d)
    for _ in range(count // 4):
        yield synthetic.no_plate(d, backgrounds), "", -1, 0, 0, ""


def camera_chunk(d: Dice, count: int, view: camera.View = camera.GATE):
    scenery = camera.Scenery(SHARED, d)
    made = 0
    while made < count:
        for drawn in camera.clip_crops(d, scenery, view):
            made += 1
            yield *drawn, ""


def real_chunk(d: Dice, count: int):
    """Whole rounds over the training pictures, whatever `count` says."""
    items = real.items(SHARED, "train")
    pictures = [real.picture(i) for i in items]
    for _ in range(real.ROUNDS_A_CHUNK):
        for item, (grey, box) in zip(items, pictures):
            for _ in range(real.DRAWS[item.kind]):
                yield real.augmented(d, grey, box), item.label, item.kind, box[2] if box else 0, 0, item.sha256


CHUNKS = {"synthetic": synthetic_chunk, "camera": camera_chunk, "real": real_chunk, "empty": empty_chunk,
          "rare": functools.partial(synthetic_chunk, rare=True),
          "wide": functools.partial(camera_chunk, view=camera.WIDE), "away": functools.partial(camera_chunk, view=camera.AWAY)}


def main():
    what, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    cv2.setNumThreads(1)
    for n in range(first, last + 1):
        held = n >= FIRST_HELD
        folder = WORK / ("held" if held else "pools")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{what}_{n:03}.npz"
        if path.exists():
            continue
        t = time.time()
        crops, labels, kinds, px, turn, keys = zip(*CHUNKS[what](Dice(SEED[what] + n), HELD_CHUNK if held else CHUNK))
        part = path.with_suffix(".part")
        with open(part, "wb") as f:
            np.savez(f, X=np.stack(crops), labels=np.array(labels), kinds=np.array(kinds, np.int8),
                     px=np.array(px, np.float32), turn=np.array(turn, np.float32), keys=np.array(keys))
        part.rename(path)
        print(f"{path.name}: {len(crops)} crops, {(time.time() - t) / len(crops) * 1e3:.2f} ms each", flush=True)


if __name__ == "__main__":
    main()
