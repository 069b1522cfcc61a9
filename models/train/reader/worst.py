"""The crops of the test split that the shipped reader reads worst, on contact sheets to look at by eye.

    python worst.py [COUNT]             # writes work/worst/*.png (default 48 of each kind; not in git: plates of people)

Wrong ones first, the surest of them at the top; then right ones by rising confidence. Captions: the label, what was read
where it differs, and the calibrated confidence.
"""
import sys

import cv2
import numpy as np

import pools
import real
import runtime

COLUMNS, CAPTION, SCALE = 4, 40, 2
NAMES = {real.ONE_LINE: "one_line", real.MOTORBIKE: "motorbike"}


def cell(crop: np.ndarray, label: str, read: str, p: float) -> np.ndarray:
    """The 64x128 crop that the net saw, enlarged, over its caption."""
    big = cv2.cvtColor(cv2.resize(crop, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC), cv2.COLOR_GRAY2BGR)
    out = np.full((big.shape[0] + CAPTION, big.shape[1] + 6, 3), 255, np.uint8)
    out[:big.shape[0], :big.shape[1]] = big
    plain = lambda text: text.replace("Đ", "D-")                  # OpenCV's fonts are ASCII
    for line, (text, colour) in enumerate(((f"{plain(label)}  {p:.3f}", (0, 0, 0)), (plain(read) if read != label else "", (0, 0, 200)))):
        cv2.putText(out, text, (2, big.shape[0] + 16 + 18 * line), cv2.FONT_HERSHEY_SIMPLEX, .5, colour, 1, cv2.LINE_AA)
    return out


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 48
    m = runtime.manifest()
    net, folder = runtime.session(runtime.MANIFEST.parent / m["file"]), pools.HERE / "work/worst"
    folder.mkdir(parents=True, exist_ok=True)
    for kind, name in NAMES.items():
        items = [i for i in real.items(pools.SHARED, "test") if i.kind == kind]
        if not items:
            print("no pictures: HANHTRINH_SHARED leads nowhere; 0 cases on sheets")
            continue
        crops = np.stack([real.measured_crop(*real.picture(i)) for i in items])
        reads = runtime.read(net, crops)
        p = runtime.calibrated(np.array([r[1] for r in reads]), m["calibration"])
        wrong = np.array([r[0] != i.label for r, i in zip(reads, items)])
        order = sorted(range(len(items)), key=lambda i: (not wrong[i], -p[i] if wrong[i] else p[i]))[:count]
        cells = [cell(crops[i], items[i].label, reads[i][0], p[i]) for i in order]
        cells += [np.full_like(cells[0], 255)] * (-len(cells) % COLUMNS)
        sheet = np.vstack([np.hstack(cells[i:i + COLUMNS]) for i in range(0, len(cells), COLUMNS)])
        cv2.imwrite(str(folder / f"{name}.png"), sheet)
        print(f"{folder / name}.png: {wrong.sum()} wrong of {len(items)}, the worst {len(order)} shown")


if __name__ == "__main__":
    main()
