"""How often each series letter stands on the car plates of the training split, and among those that the reader's training
draws: the table of src/plate/series.rs. Counts of letters alone; a plate counts once, however many pictures show it.

    python series.py            # writes src/plate/tables/series.tsv
"""
import collections
import os
import pathlib
import re
import sys

import split

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "reader"))
OUT = HERE.parents[2] / "src/plate/tables/series.tsv"
CAR = re.compile(r"\d\d([A-HK-NPS-VX-Z])\d{4,5}")


def main():
    from layouts import SERIES, SERIES_LETTERS
    shared = os.environ.get("HANHTRINH_SHARED", str(HERE.parents[3] / "shared"))
    labels = {r.label for r in split.records(shared) if r.split == "train" and r.kind == split.ONE_LINE}
    road = collections.Counter(m.group(1) for m in map(CAR.fullmatch, labels) if m)
    drawn = collections.Counter(SERIES)
    head = ["# Series letters of cars: how many of the plates of the training split have each, and its share among those drawn for",
            "# the reader's training. Made by models/train/holdout/series.py.", "# letter\ton the road\tdrawn"]
    lines = [f"{c}\t{road[c]}\t{drawn[c]}" for c in SERIES_LETTERS]
    OUT.write_text("\n".join(head + lines) + "\n", encoding="utf-8")
    print(f"{sum(road.values())} plates")


if __name__ == "__main__":
    main()
