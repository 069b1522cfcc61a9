"""Labels of the real plates held out, as tables that `hanhtrinh eval plates` takes.

    python tables.py [test|tune] [FOLDER]       # default: test work/tables

Writes FOLDER/one_line_SPLIT.tsv (crops: `--crop`) and FOLDER/motorbike_SPLIT.tsv (whole pictures), both for `--images
$HANHTRINH_SHARED/data`. They hold the texts of real plates: FOLDER is never to be in a repository (git ignores work/).
"""
import os
import pathlib
import sys

import split

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ("image", "text", "layout", "kind", "width_px", "source")


def rows(shared: str, which: str, kind: int) -> list[tuple]:
    data = pathlib.Path(shared) / "data"
    out = []
    for r in split.records(shared):
        if r.split != which or r.kind != kind or not r.label:
            continue
        image = pathlib.Path(r.path).relative_to(data)
        motorbike = kind == split.MOTORBIKE
        out.append((image, r.label.replace("/", ""), "two_line" if motorbike else "one_line",
                    "motorcycle" if motorbike else "car", r.box[2] if r.box else "", image.parts[-2]))
    return out


def main():
    shared = os.environ.get("HANHTRINH_SHARED", str(HERE.parents[3] / "shared"))
    which = sys.argv[1] if len(sys.argv) > 1 else "test"
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else HERE / "work/tables"
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in (("one_line", split.ONE_LINE), ("motorbike", split.MOTORBIKE)):
        found = rows(shared, which, kind)
        if not found:
            print(f"no pictures at {shared}/data: no {name} table")
            continue
        lines = ["\t".join(COLUMNS)] + ["\t".join(map(str, row)) for row in found]
        (folder / f"{name}_{which}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{folder / name}_{which}.tsv: {len(found)} plates")


if __name__ == "__main__":
    main()
