"""Readers side by side on real crops held out and on rendered crops nobody trained on.

    python measure.py [test|trial|neither] [NET.onnx ...]       # default: test ../../reader.onnx

The first net is the one the manifest describes. `trial`: pictures the trial's reader never saw, for that net alone;
`neither`: pictures that neither it nor a net trained on our split saw. Also the teacher (a character detector of others) where the shared material has it. Prints Markdown; names no plate.
"""
import collections
import difflib
import pathlib
import sys

import cv2
import numpy as np

import degrade
import pools
import real
import runtime
import teacher
from layouts import FOREIGN, MOTORBIKE, ONE_LINE, TWO_LINE_CAR

TEACHER = pathlib.Path(pools.SHARED) / "teachers/LP_ocr_nano_62.onnx"
VIEWS = [(0, .04), (5, .04), (10, .04), (15, .04), (20, .04), (25, .04), (0, .1), (0, .2), (0, .3)]  # degrees, margin
TEACHER_THRESHOLDS = (.25, .4, .6)
KIND = {ONE_LINE: "one-line car", TWO_LINE_CAR: "two-line car", MOTORBIKE: "two-line motorbike",
        FOREIGN: "of no Vietnamese pattern"}
LARGE = 100                     # px
WIDE, UPRIGHT = 60, 10          # px and degrees: what a gate camera that is set up as advised gives


def row(name: str, reads: list[tuple[str, float]], labels: list[str], least: float | None) -> str:
    """One line: raw exact with its interval, row split, what is answered at `least` (calibrated) and how much is wrong."""
    exact = np.array([r[0] == l for r, l in zip(reads, labels)])
    same_text = np.array([r[0].replace("/", "") == l.replace("/", "") for r, l in zip(reads, labels)])
    n, right = len(labels), int(exact.sum())
    lo, hi = runtime.wilson(right, n)
    split = f"{right} of {same_text.sum()}"
    answered = ""
    if least is not None:
        on = np.array([r[1] for r in reads]) >= least
        answered = f"{100 * on.mean():.1f} %, wrong {(on & ~exact).sum()} of {on.sum()}"
    return f"| {name} | {n} | {right} = {100 * right / n:.2f} % | {100 * lo:.1f}-{100 * hi:.1f} | {split} | {answered} |"


HEAD = "| reader | N | exact | Wilson 95 % | row split right, of texts right | answered, wrong |\n|---|---|---|---|---|---|"


def reads_of(net, crops, table):
    reads = runtime.read(net, crops)
    p = runtime.calibrated(np.array([c for _, c in reads]), table)
    return [(t, float(q)) for (t, _), q in zip(reads, p)]


def teacher_characters(items):
    """What the teacher finds on each crop, as the shipped reader would be given it but in colour and at full size."""
    net, out = runtime.session(TEACHER), []
    for i in items:
        bgr = cv2.imread(i.path)
        if i.box is not None:
            x, y, w, h = i.box
            m = real.MARGIN
            bgr = bgr[max(0, round(y - m * h)):round(y + h + m * h), max(0, round(x - m * w)):round(x + w + m * w)]
        out.append(teacher.characters(net, bgr, min(TEACHER_THRESHOLDS)))
    return out


def turned(item, degrees: float, margin: float) -> np.ndarray:
    """A motorbike's crop with the picture turned about the plate's centre and another margin around the upright box."""
    grey = cv2.imread(item.path, 0)
    x, y, w, h = item.box
    centre = (x + w / 2, y + h / 2)
    m = cv2.getRotationMatrix2D(centre, degrees, 1)
    grey = cv2.warpAffine(grey, m, grey.shape[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    c, s = abs(np.cos(np.deg2rad(degrees))), abs(np.sin(np.deg2rad(degrees)))
    bw, bh = w * c + h * s, w * s + h * c
    bw, bh = bw * (1 + 2 * margin), bh * (1 + 2 * margin)
    x0, y0 = centre[0] - bw / 2, centre[1] - bh / 2
    return degrade.to_net(grey[max(0, round(y0)):round(y0 + bh), max(0, round(x0)):round(x0 + bw)])


def weakest_characters(net):
    """Of rendered plates of LARGE px and more: the province codes, series letters and digits read worst."""
    seen, right = collections.Counter(), collections.Counter()
    for path in sorted((pools.WORK / "held").glob("synthetic_90[1-9].npz")):
        z = np.load(path)
        at = np.nonzero((z["px"] >= LARGE) & (z["kinds"] != FOREIGN))[0]
        for (text, _), label in zip(runtime.read(net[1], z["X"][at]), z["labels"][at].tolist()):
            # Whatever is missing or too much is set against the characters around it.
            same = {i for a, b, n in difflib.SequenceMatcher(None, label, text, False).get_matching_blocks()
                    for i in range(a, a + n)}
            if label[:2].isdigit():
                seen["province " + label[:2]] += 1
                right["province " + label[:2]] += {0, 1} <= same
            for i, c in enumerate(label):
                if c != "/" and not (i < 2 and label[:2].isdigit()):
                    seen[c] += 1
                    right[c] += i in same
    worst = sorted(seen, key=lambda k: right[k] / seen[k])[:8]
    print(f"\n### single characters of rendered plates of {LARGE} px and more, {net[0]}: the weakest of {len(seen)}")
    print(", ".join(f"{k} {right[k]}/{seen[k]} = {100 * right[k] / seen[k]:.1f} %" for k in worst))
    print(f"below 97 %: {sum(right[k] < .97 * seen[k] for k in seen)}")


def main():
    which = sys.argv[1] if len(sys.argv) > 1 else "test"
    paths = [pathlib.Path(p) for p in sys.argv[2:]] or [pools.HERE.parents[1] / "reader.onnx"]
    nets, m = [(p.stem, runtime.session(p)) for p in paths], runtime.manifest()
    least, table, plain = m["min_confidence"], m["calibration"], [[0, 0], [1, 1]]
    # Calibration belongs to the shipped net; the others are judged by their raw probability.
    measure = lambda k, crops: reads_of(nets[k][1], crops, table if k == 0 else plain)
    for kind in (ONE_LINE, MOTORBIKE):
        items = [i for i in real.items(pools.SHARED, which) if i.kind == kind]
        if not items:
            print("no test pictures: HANHTRINH_SHARED leads nowhere; 0 real cases measured")
            continue
        labels = [i.label for i in items]
        crops = np.stack([real.measured_crop(*real.picture(i)) for i in items])
        print(f"\n### {KIND[kind]}: {len(items)} crops ({which}) of {len(set(labels))} plates\n{HEAD}")
        for k, (name, _) in enumerate(nets):
            reads = measure(k, crops)
            print(row(name, reads, labels, least))
            right = {l: [] for l in labels}
            for (t, _), l in zip(reads, labels):
                right[l].append(t == l)
            print(f"| {name}, each plate once | {len(right)} | {100 * np.mean([np.mean(v) for v in right.values()]):.2f} % | | | |")
            if k == 0:
                print(f"confident (p >= {m['confident_p']}): {sum(p >= m['confident_p'] for _, p in reads)}, wrong "
                      f"{sum(p >= m['confident_p'] and t != l for (t, p), l in zip(reads, labels))}")
        if TEACHER.exists():
            tune = [i for i in real.items(pools.SHARED, "tune") if i.kind == kind]
            found = teacher_characters(tune)
            scores = {t: sum(teacher.read(f, t)[0] == i.label for f, i in zip(found, tune)) for t in TEACHER_THRESHOLDS}
            best = max(scores, key=scores.get)
            reads = [teacher.read(f, best) for f in teacher_characters(items)]
            print(row(f"teacher at {best} (its best on tune)", reads, labels, None), flush=True)
    print(f"\n### rendered through a video camera or a still one, seeds not trained on (chunks 901)\n{HEAD}")
    for source in ("camera", "wide", "synthetic"):
        z = np.load(pools.WORK / f"held/{source}_901.npz")
        easy = (z["px"] >= WIDE) & (np.abs(z["turn"]) <= UPRIGHT)
        for kind in KIND:
            for what, chosen in (("all", True), (f">= {WIDE} px, turned <= {UPRIGHT}", easy)):
                at = np.nonzero((z["kinds"] == kind) & chosen)[0]
                for k, (name, _) in enumerate(nets):
                    reads, labels = measure(k, z["X"][at]), z["labels"][at].tolist()
                    print(row(f"{name}, {source}, {KIND[kind]}, {what}", reads, labels, least))
    weakest_characters(nets[0])
    z = np.load(pools.WORK / "held/empty_901.npz")
    for k, (name, _) in enumerate(nets):
        reads = measure(k, z["X"])
        print(f"{name}: text on {sum(bool(t) for t, _ in reads)} of {len(reads)} crops without a plate, "
              f"answered {sum(bool(t) and p >= least for t, p in reads)}")
    items = [i for i in real.items(pools.SHARED, which) if i.kind == MOTORBIKE]
    print("\n### motorbike crops turned and cut loosely\n| | " + " | ".join(n for n, _ in nets) + " |")
    print("|---|" + "---|" * len(nets))
    for degrees, margin in VIEWS if items else []:
        crops = np.stack([turned(i, degrees, margin) for i in items])
        shares = [np.mean([t == i.label for (t, _), i in zip(measure(k, crops), items)]) for k in range(len(nets))]
        print(f"| {degrees} degrees, margin {margin:.0%} | " + " | ".join(f"{100 * s:.1f} %" for s in shares) + " |")
    times = ", ".join(f"{n} {runtime.ms_a_crop(s, z['X']):.2f} ms" for n, s in nets)
    print(f"\none crop, one thread: {times}")


if __name__ == "__main__":
    main()
