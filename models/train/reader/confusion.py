"""Measure which characters the shipped reader takes for which, and write it where the program looks for it.

    python confusion.py [--rendered-only]       # after calibrate.py, on the same tuning data

Writes ../../confusion.txt and its line in [reader] of the manifest. The form of the file is explained in
src/plate/confusion: counts by row split and by the plate's width. They are those of raw reads, whatever their confidence,
aligned with the truth by the fewest mistakes; the program adds a prior to each, so that what was never seen is rare and
not impossible. A real crop counts as four rendered ones, as in calibrate.py: rendered ones are harder than the road.
"""
import collections
import hashlib
import sys

import numpy as np

import calibrate
import pools
import real
import runtime

OUT = pools.HERE.parents[1] / "confusion.txt"
EDGES = (60, 100)                # px that part the bands
COMPARABLE = .5                  # of the characters: what differs in more was not read, and says nothing of characters
NOTHING = "-"
RENDERED_ONLY = "--rendered-only" in sys.argv       # for a net that trained on our tune split


def alignment(truth: str, read: str) -> list[tuple[str, str]]:
    """Pairs of a true character and what was read of it, NOTHING where one has no partner; the fewest mistakes, and of
    ways with as many the one that takes a character for another."""
    n, m = len(truth), len(read)
    cost = [[i + j if i == 0 or j == 0 else 0 for j in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost[i][j] = min(cost[i - 1][j - 1] + (truth[i - 1] != read[j - 1]), cost[i - 1][j] + 1, cost[i][j - 1] + 1)
    pairs, i, j = [], n, m
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + (truth[i - 1] != read[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((truth[i], read[j]))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            pairs.append((truth[i], NOTHING))
        else:
            j -= 1
            pairs.append((NOTHING, read[j]))
    return pairs[::-1]


def tuning_crops():
    """Batches of (crops uint8 [n, 64, 128], labels, widths in px, weight)."""
    items = [] if RENDERED_ONLY else real.items(pools.SHARED, "tune")
    if items:
        pictures = [real.picture(i) for i in items]
        crops = np.stack([real.measured_crop(*p) for p in pictures])
        yield crops, [i.label for i in items], [p[1][2] if p[1] else p[0].shape[1] for p in pictures], calibrate.REAL_WEIGHT
    else:
        print("0 real crops measured" if RENDERED_ONLY else "0 real crops measured: HANHTRINH_SHARED leads nowhere")
    for kind in ("camera", "synthetic"):
        z = np.load(pools.WORK / "held" / f"{kind}_900.npz")
        yield z["X"], z["labels"].tolist(), z["px"].tolist(), 1


def counted(net, alphabet: str):
    """(layout, band, true, read) -> how often; and per (layout, band) the characters compared and mistaken."""
    counts, asked = collections.Counter(), collections.Counter()
    for crops, labels, widths, weight in tuning_crops():
        for (read, _), label, width in zip(runtime.read(net, crops), labels, widths):
            place = ("two_line" if "/" in label else "one_line", int(np.searchsorted(EDGES, width, side="right")))
            truth, read = label.replace("/", ""), read.replace("/", "")
            pairs = alignment(truth, read)
            wrong = sum(t != r for t, r in pairs)
            if wrong > COMPARABLE * max(len(truth), len(read)):
                asked[place, "not comparable"] += weight
                continue
            asked[place, "plates"] += weight
            for t, r in pairs:
                # Letters that the net cannot say are none that it mistakes.
                if (t == NOTHING or t in alphabet) and (r == NOTHING or r in alphabet):
                    counts[place + (t, r)] += weight
                    asked[place, "wrong" if t != r else "right"] += weight
    return counts, asked


def into_manifest(sha256: str):
    """The line `confusion` of [reader], in place of the one that is there."""
    lines = [l for l in runtime.MANIFEST.read_text(encoding="utf-8").splitlines() if not l.startswith("confusion = ")]
    at = next(i for i, l in enumerate(lines) if l.startswith("calibration = "))
    lines.insert(at + 1, f'confusion = {{ file = "{OUT.name}", sha256 = "{sha256}" }}   # which characters are taken for which, on tuning data (train/reader/confusion.py)')
    runtime.MANIFEST.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    m = runtime.manifest()
    counts, asked = counted(runtime.session(pools.HERE.parents[1] / m["file"]), m["alphabet"])
    data = "rendered crops" if RENDERED_ONLY else "real and rendered crops"
    lines = ["hanhtrinh-confusion 1", f"# reader {m['version']} {m['sha256']}, {data} of the tuning data",
             f"alphabet {m['alphabet']}", "edges " + " ".join(map(str, EDGES))]
    order = {c: i for i, c in enumerate(m["alphabet"] + NOTHING)}
    for layout, band, t, r in sorted(counts, key=lambda k: (k[0], k[1], order[k[2]], order[k[3]])):
        lines.append(f"{layout} {band} {t} {r} {counts[layout, band, t, r]}")
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    into_manifest(hashlib.sha256(OUT.read_bytes()).hexdigest())
    print("| layout | width, px | plates | not comparable | characters | mistaken |\n|---|---|---|---|---|---|")
    names = [f"< {EDGES[0]}", *(f"{a}-{b}" for a, b in zip(EDGES, EDGES[1:])), f">= {EDGES[-1]}"]
    for place in sorted({place for place, _ in asked}):
        wrong, right = asked[place, "wrong"], asked[place, "right"]
        print(f"| {place[0]} | {names[place[1]]} | {asked[place, 'plates']} | {asked[place, 'not comparable']} "
              f"| {right + wrong} | {100 * wrong / max(1, right + wrong):.2f} % |")
    worst = sorted((k for k in counts if k[2] != k[3]), key=counts.get, reverse=True)[:12]
    print("most frequent:", ", ".join(f"{t}>{r} {counts[l, b, t, r]} ({l}, {names[b]})" for l, b, t, r in worst))


if __name__ == "__main__":
    main()
