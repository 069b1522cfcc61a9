"""Fit the manifest's calibration and thresholds on tuning data and write its [reader] table.

    python calibrate.py VERSION [--rendered-only]        # after export.py and `pools.py camera|synthetic 900 900`

Tuning data: the tune split's real crops and rendered crops of chunk 900 (--rendered-only: a net that trained on our tune
split). The real ones are too few to show an error of
0.1 %, and the rendered ones are harder than they are, so thresholds set on both are on the safe side.
"""
import hashlib
import sys

import numpy as np
import torch

import pools
import real
import runtime
from alphabet import CHARS, CLASSES, COLUMNS, HEIGHT, WIDTH

KNOTS = [0, .1, .3, .5, .7, .85, .95, .98, .99, .997, .9995, 1]     # of the raw probability
REAL_WEIGHT = 4                  # a real crop counts as four rendered ones in the fit
WRONG_WHEN_ANSWERED, WRONG_WHEN_CONFIDENT = .01, .001


def tuning_reads(net) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Raw probability, whether exact, whether real."""
    reads, labels, is_real = [], [], []
    items = real.items(pools.SHARED, "tune")
    if items and "--rendered-only" not in sys.argv:
        reads += runtime.read(net, np.stack([real.measured_crop(*real.picture(i)) for i in items]))
        labels += [i.label for i in items]
        is_real += [True] * len(items)
    for kind in ("camera", "synthetic"):
        z = np.load(pools.WORK / "held" / f"{kind}_900.npz")
        reads += runtime.read(net, z["X"])
        labels += z["labels"].tolist()
        is_real += [False] * len(z["labels"])
    # The empty string is no read, and the program never takes it for one.
    used = [i for i, r in enumerate(reads) if r[0]]
    return (np.array([reads[i][1] for i in used]), np.array([reads[i][0] == labels[i] for i in used]),
            np.array([is_real[i] for i in used]))


def fit(raw: np.ndarray, exact: np.ndarray, weight: np.ndarray) -> list[list[float]]:
    """Monotone piecewise linear table that minimises the log loss."""
    knots = np.array(KNOTS)
    right = np.clip(np.searchsorted(knots, raw, side="right"), 1, len(knots) - 1)
    share = torch.tensor((raw - knots[right - 1]) / (knots[right] - knots[right - 1]), dtype=torch.float64)
    right, truth = torch.tensor(right), torch.tensor(exact, dtype=torch.float64)
    weight = torch.tensor(weight, dtype=torch.float64)
    steps = torch.zeros(len(knots), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([steps], lr=.05)
    for _ in range(1500):
        odds = torch.cumsum(torch.cat([steps[:1] - 4, torch.nn.functional.softplus(steps[1:])]), 0)
        value = torch.sigmoid(odds)
        p = value[right - 1] * (1 - share) + value[right] * share
        loss = (torch.nn.functional.binary_cross_entropy(p, truth, reduction="none") * weight).sum() / weight.sum()
        loss = loss + 1e-4 * (steps ** 2).mean()            # knots without data keep a gentle slope
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return [[float(k), round(float(v), 5)] for k, v in zip(knots, value.detach())]


def least_threshold(p: np.ndarray, exact: np.ndarray, wrong: float) -> float:
    """The lowest p such that of the reads at or above it no more than the share `wrong` is wrong."""
    order = np.argsort(-p, kind="stable")
    errors = np.cumsum(~exact[order])
    fine = np.nonzero(errors <= wrong * np.arange(1, len(p) + 1))[0]
    # A run of equal p stands or falls together.
    while len(fine) and fine[-1] + 1 < len(p) and p[order[fine[-1]]] == p[order[fine[-1] + 1]]:
        fine = fine[:-1]
    return float(p[order[fine[-1]]]) if len(fine) else 1.


def main():
    model = pools.HERE.parents[1] / "reader.onnx"
    net = runtime.session(model)
    raw, exact, is_real = tuning_reads(net)
    table = fit(raw, exact, np.where(is_real, REAL_WEIGHT, 1.))
    p = runtime.calibrated(raw, table)
    up = lambda v: np.ceil(v * 1e4) / 1e4
    answer, confident = up(least_threshold(p, exact, WRONG_WHEN_ANSWERED)), up(least_threshold(p, exact, WRONG_WHEN_CONFIDENT))
    for name, least in (("min_confidence", answer), ("confident_p", confident)):
        for what, mask in (("real", is_real), ("rendered", ~is_real)):
            n, wrong = int((mask & (p >= least)).sum()), int((mask & (p >= least) & ~exact).sum())
            print(f"{name} {least:.4f}: {what} answers {n} of {mask.sum()}, wrong {wrong}, "
                  f"at most {100 * runtime.wilson(wrong, n)[1]:.2f} % (95 %)")
    lines = f'''[reader]
file = "reader.onnx"
sha256 = "{hashlib.sha256(model.read_bytes()).hexdigest()}"
version = "{sys.argv[1]}"
input = {{ width = {WIDTH}, height = {HEIGHT} }}   # grey f32 0-255, NCHW [n,1,64,128]; standardising is inside. Resize: bilinear where the crop is < 180 px wide, else area average
alphabet = "{CHARS}"   # output [n,2,{COLUMNS},{CLASSES}]: softmax over classes; 0 = CTC blank, i+1 = alphabet[i]
rows = 2                               # upper (or only) row, lower row; the lower decodes to nothing on a one-line plate
columns = {COLUMNS}
margin = {real.MARGIN}                          # share of the plate box's width / height added on each side before the resize
min_confidence = {answer:.4f}                # of the calibrated probability; below it a single crop's text is null
confident_p = {confident:.4f}                   # of the calibrated probability; at or above it <= 0.1 % of tuning reads are wrong
calibration = {table}   # piecewise linear: CTC probability of the decoded string -> probability that it is exact
'''
    # The other tables of the manifest belong to other models.
    kept, inside = [], False
    for line in runtime.MANIFEST.read_text(encoding="utf-8").splitlines():
        inside = line.strip() == "[reader]" if line.startswith("[") else inside
        if not inside:
            kept.append(line)
    runtime.MANIFEST.write_text("\n".join(kept).rstrip() + "\n\n" + lines, encoding="utf-8")


if __name__ == "__main__":
    main()
