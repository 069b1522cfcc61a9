"""What the shipped reader's right and wrong reads look like, for the simulation of journeys (`cargo xtask simulate`).

    python confidences.py OUT_DIR        # writes confidences.txt, misreads.txt and learned.txt

The simulation draws from the first two: `clear` are the real crops of the test split, `hard` the rendered plates through a
moving camera of chunk 901; nobody trained or tuned on either. The joiner goes by the third, counted on other pictures: the
rendered ones of the tuning chunk 900. Only numbers and single characters are written, no text of a plate.
"""
import collections
import pathlib
import sys

import numpy as np
import torch

import ctc
import pools
import real
import runtime
from alphabet import CHARS, encode
from confusion import alignment

QUANTILES = 200
PAIRS = 500                      # wrong reads kept at each distance


def label_probability(net, crops: np.ndarray, labels: list[str]) -> np.ndarray:
    """Exact CTC probability of each crop's label."""
    out = []
    for i in range(0, len(crops), 64):
        probs = net.run(None, {"x": crops[i:i + 64, None].astype(np.float32)})[0]
        log_probs = torch.from_numpy(np.log(probs + 1e-12)).float().flatten(0, 1)
        rows = [row for label in labels[i:i + 64] for row in encode(label)]
        out += torch.exp(-ctc._row_losses(log_probs, rows)).tolist()
    return np.array(out)


def known(labels: list[str]) -> list[int]:
    """Places of the labels that the reader's alphabet can spell."""
    return [i for i, label in enumerate(labels) if set(label) <= set(CHARS + "/")]


def held(name: str) -> tuple[np.ndarray, list[str]]:
    z = np.load(pools.WORK / f"held/{name}.npz")
    at = known(z["labels"].tolist())
    return z["X"][at], z["labels"][at].tolist()


def counted(reads: list[tuple[str, float]], labels: list[str]) -> collections.Counter:
    """How often each character was read as each, from reads that are at most three characters away."""
    counts = collections.Counter()
    for (text, _), label in zip(reads, labels):
        along = alignment(label.replace("/", ""), text.replace("/", ""))
        if sum(a != b for a, b in along) <= 3:
            counts.update(("two_line" if "/" in label else "one_line", a, b) for a, b in along)
    return counts


def write_table(path: pathlib.Path, pictures: str, counts: collections.Counter):
    head = ["hanhtrinh-confusion 1", f"# The shipped reader on {pictures}; all widths in band 1.",
            "# Made by models/train/reader/confidences.py.", f"alphabet {CHARS}", "edges 1 100000"]
    lines = [f"{layout} 1 {a} {b} {n}" for (layout, a, b), n in sorted(counts.items())]
    path.write_text("\n".join(head + lines) + "\n", encoding="utf-8")


def main():
    folder = pathlib.Path(sys.argv[1])
    net, table = runtime.session(pools.HERE.parents[1] / "reader.onnx"), runtime.manifest()["calibration"]
    items = [i for i in real.items(pools.SHARED, "test") if set(i.label) <= set(CHARS + "/")]
    crops = {"clear": (np.stack([real.measured_crop(*real.picture(i)) for i in items]), [i.label for i in items]),
             "hard": held("camera_901")}
    lines, pairs, counts = [], collections.defaultdict(list), collections.Counter()
    for name, (x, labels) in crops.items():
        reads = runtime.read(net, x)
        p = runtime.calibrated(np.array([r[1] for r in reads]), table)
        p_truth = label_probability(net, x, labels)
        right = np.array([r[0].replace("/", "") == l.replace("/", "") for r, l in zip(reads, labels)])
        counts += counted(reads, labels)
        lines.append(f"share {name} {right.sum()} {len(labels)}   # right, all")
        lines += [f"right {name} {v:.5f}" for v in np.quantile(p[right], np.linspace(0, 1, QUANTILES + 1))]
        for (text, raw), label, ok, q, t in zip(reads, labels, right, p, p_truth):
            if not ok:
                wrong = sum(a != b for a, b in alignment(label.replace("/", ""), text.replace("/", "")))
                pairs[min(wrong, 3)].append((q, min(1., t / max(1e-9, 1 - raw))))
    for wrong, found in sorted(pairs.items()):
        lines.append(f"distance {wrong} {len(found)}")
        chosen = np.random.default_rng(0).permutation(len(found))[:PAIRS]
        lines += [f"wrong {wrong} {found[i][0]:.5f} {found[i][1]:.4f}" for i in sorted(chosen)]
    head = "# Made by models/train/reader/confidences.py from the shipped reader; see there. Calibrated probabilities.\n"
    (folder / "confidences.txt").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    write_table(folder / "misreads.txt", "real crops of the test split and rendered ones of chunk 901", counts)
    counts = sum((counted(runtime.read(net, x), labels) for x, labels in (held("camera_900"), held("synthetic_900"))),
                 collections.Counter())
    write_table(folder / "learned.txt", "rendered crops of chunk 900", counts)


if __name__ == "__main__":
    main()
