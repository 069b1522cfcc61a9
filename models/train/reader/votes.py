"""Looks of one plate each, with the reader's raw output, for `cargo xtask votes`: the vote's probability against the truth.

    python votes.py FOLDER [test]               # after `pools.py camera|wide|away 900 902`, for each of the three

Tuning data: the tune split's real crops, all pictures of one plate as looks of one vehicle, and the plates of the moving
chunks 900 and 902, each seen up to five times in a third of a second, or (away) for four seconds. `test`: chunks 901 and the test split. A drawn
plate weighs as its letter is frequent on the road (src/plate/tables/series.tsv), for the letters are drawn evenly.
"""
import collections
import itertools
import json
import pathlib
import sys

import numpy as np

import layouts
import pools
import real
import runtime

BETWEEN_LOOKS_S = .125           # what the program takes them for
SERIES = pools.HERE.parents[2] / "src/plate/tables/series.tsv"
CHUNKS = {"tune": (900, 902), "test": (901,)}


def road_weight():
    """label -> how much more frequent its series letter is on the road than among the drawn; 1 where nothing is known."""
    lines = [l.split("\t") for l in SERIES.read_text(encoding="utf-8").splitlines() if not l.startswith("#")]
    # Half a plate more keeps a letter that nobody met from being impossible.
    road, drawn = {c: int(n) + .5 for c, n, _ in lines}, {c: int(n) for c, _, n in lines}
    share = lambda counts, c: counts[c] / sum(counts.values())

    def weight(kind: int, label: str) -> float:
        text = label.replace("/", "")
        car = kind in (layouts.ONE_LINE, layouts.TWO_LINE_CAR) and text[:2].isdigit() and text[3:].isdigit()
        return share(road, text[2]) / share(drawn, text[2]) if car and text[2] in road else 1.
    return weight


def real_tracks(which: str):
    by_label = collections.defaultdict(list)
    for i in real.items(pools.SHARED, which):
        by_label[i.kind, i.label].append(i)
    for (kind, label), items in by_label.items():
        pictures = [real.picture(i) for i in items]
        crops = np.stack([real.measured_crop(*p) for p in pictures])
        yield f"real {which}", kind, label, 1., crops, [p[1][2] if p[1] else p[0].shape[1] for p in pictures]


def drawn_tracks(chunk: int):
    weight = road_weight()
    for source in ("camera", "wide", "away"):
        path = pools.WORK / f"held/{source}_{chunk}.npz"
        if not path.exists():
            print(f"{path.name} is not there: not measured")
            continue
        z = np.load(path)
        labels, kinds = z["labels"].tolist(), z["kinds"].tolist()
        # The looks of one plate stand together.
        for (label, kind), at in itertools.groupby(range(len(labels)), lambda i: (labels[i], kinds[i])):
            at = list(at)
            if kind != layouts.FOREIGN:
                yield source, kind, label, weight(kind, label), z["X"][at], z["px"][at].tolist()


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    which = "test" if "test" in sys.argv[2:] else "tune"
    net = runtime.session(pools.HERE.parents[1] / "reader.onnx")
    tracks = itertools.chain(real_tracks(which), *(drawn_tracks(n) for n in CHUNKS[which]))
    with open(folder / "looks.f32", "wb") as raw, open(folder / "looks.jsonl", "w", encoding="utf-8") as told:
        for name, kind, label, weight, crops, px in tracks:
            raw.write(net.run(None, {"x": crops[:, None].astype(np.float32)})[0].astype("<f4").tobytes())
            looks = [{"at": BETWEEN_LOOKS_S * i, "px": float(w)} for i, w in enumerate(px)]
            vehicle = "motorcycle" if kind == layouts.MOTORBIKE else "car"
            line = {"set": f"{name}, {['one line', 'two lines, car', 'two lines, motorbike'][kind]}",
                    "truth": label.replace("/", ""), "vehicle": vehicle, "weight": round(weight, 4), "looks": looks}
            told.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
