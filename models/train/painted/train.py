"""Train the finder on drawn scenes, from scratch, on the CPU; goes on where it was stopped (SIGTERM, or a crash: at most 250 steps).

    python train.py [STEPS]         # 8,000; state and weights in work/

Half of each batch is drawn anew, half comes from the scenes before, so that drawing does not cost more than learning.
"""
import copy
import math
import os
import signal
import sys
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import scene
from dice import Dice
from net import Finder

SEED, BATCH, NEW, KEPT, PEAK, WARM_UP, EVERY = 23, 16, 8, 4096, 2e-3, 100, 250
WORK = scene.HERE / "work"


def loss(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Cross entropy, cores weighted up for they are small, and the Dice loss of the batch; where the target is 2 nothing counts."""
    seen, core = (target != 2).float(), (target == 1).float()
    each = F.binary_cross_entropy_with_logits(logits, core, reduction="none") * (1 + 4 * core) * seen
    p = torch.sigmoid(logits) * seen
    dice = 1 - (2 * (p * core).sum() + 1) / (p.sum() + core.sum() + 1)
    return each.sum() / seen.sum() * 4 + dice


def score(net, held) -> str:
    """Of the cores of held scenes: found (half of its cells above .5), and spots on nothing a scene."""
    found = cores = stray = 0
    with torch.no_grad():
        for page, target in held:
            p = torch.sigmoid(net(torch.from_numpy(page).float()[None, None]))[0, 0].numpy() > .5
            n, spots = cv2.connectedComponents((target == 1).astype(np.uint8))
            cores += n - 1
            found += sum(p[spots == i].mean() >= .5 for i in range(1, n))
            n, spots = cv2.connectedComponents(p.astype(np.uint8))
            stray += sum((spots == i).sum() >= 6 and not target[spots == i].any() for i in range(1, n))
    return f"found {found} of {cores}, stray {stray} in {len(held)}"


def main():
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    torch.set_num_threads(int(os.environ.get("THREADS", "1")))
    cv2.setNumThreads(1)
    torch.manual_seed(SEED)
    WORK.mkdir(exist_ok=True)
    net = Finder().to(memory_format=torch.channels_last)
    average = copy.deepcopy(net).eval()
    optimiser = torch.optim.AdamW(net.parameters(), lr=PEAK, weight_decay=.02)
    state, at, spent = WORK / "state.pt", 0, 0.
    if state.exists():
        s = torch.load(state)
        net.load_state_dict(s["net"]); average.load_state_dict(s["average"]); optimiser.load_state_dict(s["optimiser"])
        at, spent = s["step"], s["seconds"]
        print(f"going on at step {at}", flush=True)
    backgrounds = scene.Backgrounds(Dice(SEED))
    held = [scene.scene(d, backgrounds) for d in [Dice(SEED + 1)] for _ in range(200)]
    d, rng, ring, stop, began, sum_ = Dice(1000 * SEED + at), np.random.default_rng([SEED, at]), [], [], time.time(), 0.
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    while at < steps:
        for g in optimiser.param_groups:
            g["lr"] = PEAK * min(1, (at + 1) / WARM_UP) * (.5 + .5 * math.cos(math.pi * at / steps)) + 1e-6
        new = [scene.scene(d, backgrounds) for _ in range(NEW if len(ring) >= BATCH else BATCH)]
        ring = (ring + new)[-KEPT:]
        batch = new[:NEW] + [ring[i] for i in rng.integers(0, len(ring), BATCH - NEW)]
        x = torch.from_numpy(np.stack([b[0] for b in batch])).float()[:, None].to(memory_format=torch.channels_last)
        target = torch.from_numpy(np.stack([b[1] for b in batch]))[:, None]
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(x)
        l = loss(logits.float(), target)
        l.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        at, sum_ = at + 1, sum_ + l.item()
        keep = min(.998, at / (at + 20.))
        with torch.no_grad():
            for a, b in zip(average.state_dict().values(), net.state_dict().values()):
                a.lerp_(b, 1 - keep) if a.dtype.is_floating_point else a.copy_(b)
        if at % EVERY == 0 or at == steps or stop:
            print(f"{at:6} {spent + time.time() - began:6.0f} s  loss {sum_ / EVERY:.4f}  {score(average, held)}", flush=True)
            sum_ = 0.
            part = WORK / "state.part"
            torch.save({"net": net.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(),
                        "step": at, "seconds": spent + time.time() - began}, part)
            part.rename(state)
        if stop:
            sys.exit(f"stopped at step {at}; the same command goes on from there")
    torch.save(average.state_dict(), WORK / "finder.pt")


if __name__ == "__main__":
    main()
