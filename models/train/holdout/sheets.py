"""Contact sheets for checking labels by eye, before any output of the reader is seen.

    python sheets.py train|tune|test|trial one-line|motorbike [--blind]      # writes work/sheets/*.png (not in git)

`trial` are the pictures that the trial's reader never saw, of whatever split.

A .tsv beside them is the index. Each cell: its number on the sheet and, unless --blind, the label as edited so far. The index gives cell -> sha256.
"""
import os
import pathlib
import sys

import cv2
import numpy as np

import split

HERE = pathlib.Path(__file__).resolve().parent
CELL = {split.ONE_LINE: (330, 84), split.MOTORBIKE: (236, 176)}      # pixels of the enlarged crop
GRID = {split.ONE_LINE: (4, 11), split.MOTORBIKE: (6, 6)}            # columns, rows
CAPTION = 24


def cell(r: split.Record, number: int, blind: bool) -> np.ndarray:
    img = cv2.imread(r.path)
    if r.box is not None:
        x, y, w, h = r.box
        m = .06
        img = img[int(max(0, y - m * h)):int(y + h + m * h), int(max(0, x - m * w)):int(x + w + m * w)]
    w, h = CELL[r.kind]
    k = min(w / img.shape[1], h / img.shape[0])
    img = cv2.resize(img, None, fx=k, fy=k, interpolation=cv2.INTER_CUBIC)
    out = np.full((h + CAPTION + 4, w + 6, 3), 255, np.uint8)
    out[:img.shape[0], :img.shape[1]] = img
    text = f"{number}" if blind else f"{number}  {r.label.replace('Đ', 'D-')}"
    cv2.putText(out, text, (2, h + CAPTION - 6), cv2.FONT_HERSHEY_SIMPLEX, .62, (0, 0, 200), 2, cv2.LINE_AA)
    return out


def main():
    which, kind = sys.argv[1], {"one-line": split.ONE_LINE, "motorbike": split.MOTORBIKE}[sys.argv[2]]
    blind = "--blind" in sys.argv
    shared = os.environ.get("HANHTRINH_SHARED", str(HERE.parents[3] / "shared"))
    out = HERE / "work/sheets"
    out.mkdir(parents=True, exist_ok=True)
    wanted = split.unseen_by_trial if which == "trial" else lambda r: r.split == which
    rs = sorted((r for r in split.records(shared) if r.kind == kind and r.label and wanted(r)),
                key=lambda r: (r.label, r.sha256))
    columns, rows = GRID[kind]
    name = f"{which}_{sys.argv[2]}"
    with open(out / f"{name}.tsv", "w") as index:
        for n, r in enumerate(rs):
            index.write(f"{n}\t{r.sha256}\n")
    for s, start in enumerate(range(0, len(rs), columns * rows)):
        cells = [cell(r, start + i, blind) for i, r in enumerate(rs[start:start + columns * rows])]
        cells += [np.full_like(cells[0], 255)] * (-len(cells) % columns)
        lines = [np.hstack(cells[i:i + columns]) for i in range(0, len(cells), columns)]
        cv2.imwrite(str(out / f"{name}_{s:02}.png"), np.vstack(lines))
    print(len(rs), "crops on", -(-len(rs) // (columns * rows)), "sheets in", out)


if __name__ == "__main__":
    main()
