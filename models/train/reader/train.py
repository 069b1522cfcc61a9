"""Train the reader on the pools, from scratch, on the CPU in bfloat16; goes on where it was stopped.

    python train.py [--from checkpoint.pt]      # state in work/, the averaged weights in work/reader.pt at the end

`--from`: where work/ holds no state yet, go on from weights kept in the repository (`checkpoint.py` makes the file).
Every step draws its crops from a generator seeded by the step alone, so a resumed run sees what an unbroken one sees.
"""
import copy
import dataclasses
import math
import os
import pathlib
import signal
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

import ctc
import real
from alphabet import HEIGHT, WIDTH
from net import Reader, Shipped, standardise
from pools import SHARED, WORK

SEED = 11
BATCH = 64
WARM_UP = 50


@dataclasses.dataclass
class Phase:
    """One course of the learning rate: a cosine from `peak` to zero, or with `decay` the peak held and a straight line to zero
    in the last `decay` steps, which can be lengthened while it holds. The mix (crops of each pool in a batch) moves evenly
    from `first` to `last`."""

    steps: int
    peak: float
    first: dict[str, int]
    last: dict[str, int]
    trusts: bool                 # whether a high loss is still the net's fault, not the crop's
    decay: int = 0

    def rate(self, into: int) -> float:
        """Learning rate of the step `into` (0 is the phase's first)."""
        falls = min(1., (self.steps - into) / self.decay) if self.decay else .5 + .5 * math.cos(math.pi * into / self.steps)
        return self.peak * min(1, (into + 1) / WARM_UP) * falls + 1e-6

    def mix(self, done: float) -> dict[str, int]:
        out = {k: round(n + (self.last[k] - n) * done) for k, n in self.first.items()}
        out["synthetic"] += BATCH - sum(out.values())
        return out


PHASES = [
    Phase(3250, 3e-3, {"real": 20, "camera": 18, "empty": 2, "synthetic": 24},
          {"real": 20, "camera": 34, "empty": 2, "synthetic": 8}, True),
    # Letters come once in a plate and were learnt last: real and plainly drawn plates bring them home.
    Phase(3817, 2e-3, {"real": 30, "camera": 2, "empty": 1, "synthetic": 31},
          {"real": 30, "camera": 8, "empty": 1, "synthetic": 25}, False),
    # What a camera does to a plate is the hardest and the most varied: it gets half of each batch and most of the time.
    Phase(15000, 2e-3, {"real": 14, "camera": 34, "empty": 2, "synthetic": 14},
          {"real": 24, "camera": 30, "empty": 2, "synthetic": 8}, False),
    # Small slanted plates of a wide view, two-line car plates and rare letters join; nothing else is left out.
    Phase(7400, 1e-3, {"real": 14, "camera": 24, "wide": 12, "rare": 6, "empty": 2, "synthetic": 6},
          {"real": 18, "camera": 20, "wide": 12, "rare": 6, "empty": 2, "synthetic": 6}, False, decay=4500),
]
CHECK_EVERY, SAVE_EVERY, LOOK_FOR_POOLS_EVERY = 250, 250, 250


class Pools:
    """All chunks on disk; chunks that appear while training join in. Real crops take their label as it stands now."""

    def __init__(self):
        self.chunks = {}
        self.label_now = {i.sha256: i.label for i in real.items(SHARED, "train")}

    def look(self):
        for path in sorted((WORK / "pools").glob("*.npz")):
            if path.name not in self.chunks:
                z = np.load(path)
                crops, labels = z["X"], z["labels"].tolist()
                if path.name.startswith("real"):
                    labels = [self.label_now.get(k) for k in z["keys"].tolist()]
                    keep = [i for i, l in enumerate(labels) if l]
                    crops, labels = crops[keep], [labels[i] for i in keep]
                self.chunks[path.name] = crops, labels
                print(f"pool {path.name}: {len(labels)} crops", flush=True)

    def draw(self, rng, kind: str, n: int) -> tuple[np.ndarray, list[str]]:
        chunks = [c for name, c in sorted(self.chunks.items()) if name.startswith(kind)]
        ends = np.cumsum([len(c[1]) for c in chunks])
        crops, labels = [], []
        for i in rng.integers(0, ends[-1], n):
            k = int(np.searchsorted(ends, i, side="right"))
            j = i - (ends[k - 1] if k else 0)
            crops.append(chunks[k][0][j])
            labels.append(chunks[k][1][j])
        return np.stack(crops), labels


def jitter(rng, crops: np.ndarray) -> torch.Tensor:
    """uint8 [n, 64, 128] -> standardised float [n, 1, 64, 128], each moved a little, some softened, some noisy."""
    x = torch.from_numpy(crops).float()[:, None]
    dx, dy = rng.integers(-3, 4, len(x)), rng.integers(-2, 3, len(x))
    p = F.pad(x, (3, 3, 2, 2), mode="replicate")
    x = torch.stack([p[i, :, 2 + dy[i]:2 + dy[i] + HEIGHT, 3 + dx[i]:3 + dx[i] + WIDTH] for i in range(len(x))])
    soft = torch.from_numpy(rng.random(len(x)) < .15)
    x[soft] = F.avg_pool2d(F.pad(x[soft], (1, 1, 1, 1), mode="replicate"), 3, 1)
    sigma = torch.from_numpy(rng.choice([0, 0, 2, 5], len(x))).float()[:, None, None, None]
    x = standardise(x + torch.from_numpy(rng.standard_normal(x.shape, dtype=np.float32)) * sigma)
    return x.to(memory_format=torch.channels_last)


def weights(loss: torch.Tensor, kinds: list[str], trusts: bool) -> torch.Tensor:
    """Real labels the net strongly contradicts are likely wrong: left out once it can read. Drawn plates it cannot read at
    all teach it to guess: toned down."""
    w = torch.ones(len(loss))
    if trusts:
        return w
    for i, (l, kind) in enumerate(zip(loss.tolist(), kinds)):
        if kind == "real" and l > 6: w[i] = 0
        if kind not in ("real", "empty") and l > 10: w[i] = .25
    return w


def tune_score(net, crops: np.ndarray, labels: list[str]) -> str:
    """Exact reads on the tune split: one-line, two-line."""
    shipped = Shipped(net)
    with torch.no_grad():
        probs = np.concatenate([shipped(torch.from_numpy(crops[i:i + 64]).float()[:, None]).numpy()
                                for i in range(0, len(crops), 64)])
    right = [text == want for (text, _), want in zip(ctc.decode(probs), labels)]
    rows = {"one-line": [r for r, l in zip(right, labels) if "/" not in l],
            "two-line": [r for r, l in zip(right, labels) if "/" in l]}
    return ", ".join(f"{name} {sum(r)}/{len(r)}" for name, r in rows.items() if r)


def main():
    steps = sum(p.steps for p in PHASES)
    torch.set_num_threads(int(os.environ.get("THREADS", "1")))
    torch.manual_seed(SEED)
    net = Reader().to(memory_format=torch.channels_last)
    average = copy.deepcopy(net).eval()
    optimiser = torch.optim.AdamW(net.parameters(), lr=PHASES[0].peak, weight_decay=.02, betas=(.9, .98))
    state_file, at, spent = WORK / "state.pt", 0, 0.
    kept = pathlib.Path(sys.argv[2]) if sys.argv[1:2] == ["--from"] else state_file
    if state_file.exists() or kept != state_file:
        s = torch.load(state_file if state_file.exists() else kept)
        net.load_state_dict(s["net"]); average.load_state_dict(s["average"])
        if "optimiser" in s:                    # a checkpoint leaves the moments out; AdamW has them again in a few steps
            optimiser.load_state_dict(s["optimiser"])
        at, spent = s["step"], s["seconds"]
        print(f"going on at step {at}", flush=True)
    pools = Pools()
    pools.look()
    tune = real.items(SHARED, "tune")
    tune_crops = np.stack([real.measured_crop(*real.picture(i)) for i in tune]) if tune else None
    began, sums, counts, stop = time.time(), {}, {}, []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    while at < steps:
        into, phase = at, 0
        while into >= PHASES[phase].steps:
            into, phase = into - PHASES[phase].steps, phase + 1
        phase = PHASES[phase]
        done, rng = into / phase.steps, np.random.default_rng([SEED, at])
        torch.manual_seed(at)
        for g in optimiser.param_groups:
            g["lr"] = phase.rate(into)
        crops, labels, kinds = [], [], []
        for kind, n in phase.mix(done).items():
            c, l = pools.draw(rng, kind, n)
            crops.append(c); labels += l; kinds += [kind] * n
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(jitter(rng, np.concatenate(crops)))
        losses = ctc.loss(logits, labels)
        (losses * weights(losses.detach(), kinds, phase.trusts)).sum().div(BATCH * 8).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        at += 1
        keep = min(.999, at / (at + 20.))
        with torch.no_grad():
            for a, b in zip(average.state_dict().values(), net.state_dict().values()):
                a.lerp_(b, 1 - keep) if a.dtype.is_floating_point else a.copy_(b)
        for kind, l in zip(kinds, losses.detach().tolist()):
            sums[kind], counts[kind] = sums.get(kind, 0) + l, counts.get(kind, 0) + 1
        if at % CHECK_EVERY == 0 or at == steps:
            now = " ".join(f"{k} {sums[k] / counts[k]:.3f}" for k in sums)
            score = tune_score(average, tune_crops, [i.label for i in tune]) if tune else "no tune pictures"
            print(f"{at:6} {spent + time.time() - began:6.0f} s  loss {now}  tune {score}", flush=True)
            sums, counts = {}, {}
        if at % SAVE_EVERY == 0 or at == steps or stop:
            part = pathlib.Path(str(state_file) + ".part")
            torch.save({"net": net.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(),
                        "step": at, "seconds": spent + time.time() - began}, part)
            part.rename(state_file)
        if stop:
            sys.exit(f"stopped at step {at}; the same command goes on from there")
        if at % LOOK_FOR_POOLS_EVERY == 0:
            pools.look()
    torch.save(average.state_dict(), WORK / "reader.pt")


if __name__ == "__main__":
    main()
