"""Train the detector: `python train.py NAME [--draws N]`; run it again with the same name and it goes on.

Starts from the weighted mean of a net of ours and the COCO teacher, or another of ours (`--draws 0` writes that mean as a
net and ends). AdamW, one cosine over `--draws` pictures (a run that goes on may be given another number: the cosine
is then that of the new number), batch norm stays folded, the stem and the first stage stay as they are. Every few hundred steps the state (weights, their moving
average, optimiser, dice) goes to work/NAME.pt and the moving average to work/NAME.onnx.
"""

import argparse
import copy
import json
import math
import random
import signal
import time

import numpy as np
import torch

from boxes import BUS, TRUCK
from loss import distil_loss, yolox_loss
from model import export, five_classes, load_coco, load_ours, mean_of
from paths import COCO_TEACHER, SHIPPED, WORK, need_shared
from prepare import load
from sampler import LATE_MOSAIC, Sampler

SIZES = {(416, 256): 2, (448, 256): 1, (512, 288): 2, (544, 320): 1, (640, 384): 1,
         (320, 320): 1.5, (352, 352): 1, (384, 384): 1, (416, 416): 1}
WARM_UP, SAVE_EVERY, LOG_EVERY = 100, 250, 50
FULL_PRECISION_FROM = 0.8  # share of the run after which bfloat16 is left
LATE_FROM = 0.6
CLIP, DECAY, EMA = 10.0, 1e-3, 0.998
# Indian cameras lost the COCO net's buses: their pictures keep to its classes where it is sure.
DISTIL_SET, DISTIL_CLASSES, DISTIL_WEIGHT = "india_cctv_plate", [BUS, TRUCK], 0.5


def arguments() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("name")
    p.add_argument("--draws", type=int, default=500_000)
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--rate", type=float, default=6e-4)
    p.add_argument("--start", default=SHIPPED, help="our net to start from; the shipped one unless named")
    p.add_argument("--share", type=float, default=0.75, help="of that net's weights in the start")
    p.add_argument("--rest", help="our net that the rest of the weights is from; COCO's unless named")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--stop-at", type=float, default=math.inf, help="stop (state saved) at this unix time")
    return p.parse_args()


def optimiser(net: torch.nn.Module, rate: float) -> torch.optim.Optimizer:
    """The outputs' layers learn at twice the rate; only weights of the body decay."""
    last, weights, others = [], [], []
    for name, p in net.named_parameters():
        if not p.requires_grad:
            continue
        bucket = last if any(x in name for x in ("clsp", "objp", "regp")) else weights if p.dim() > 1 else others
        bucket.append(p)
    groups = [dict(params=weights, base=rate, weight_decay=DECAY), dict(params=others, base=rate, weight_decay=0),
              dict(params=last, base=2 * rate, weight_decay=0)]
    return torch.optim.AdamW(groups, lr=rate)


class Run:
    def __init__(self, args: argparse.Namespace):
        self.args = args
        random.seed(args.seed)
        np.random.seed(args.seed)
        torch.manual_seed(args.seed)
        self.sampler = Sampler(load({"train"}))
        print({name: len(s) for name, s in self.sampler.sources.items()}, flush=True)
        self.coco = load_coco(COCO_TEACHER).eval().to(memory_format=torch.channels_last)
        rest = load_ours(args.rest) if args.rest else five_classes(self.coco)
        net = mean_of(rest, load_ours(args.start), args.share, plates_too=bool(args.rest))
        for part in (net.stem, net.d2):
            part.requires_grad_(False)
        self.net = net.to(memory_format=torch.channels_last).train()
        self.average = copy.deepcopy(self.net).eval()
        self.optimiser = optimiser(self.net, args.rate)
        self.step = self.seen = 0
        self.seconds = 0.0
        self.state_path = WORK / f"{args.name}.pt"
        if self.state_path.exists():
            self.restore()

    def restore(self):
        state = torch.load(self.state_path, weights_only=False)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seen, self.seconds = state["step"], state["seen"], state["seconds"]
        self.sampler.drawn = state["drawn"]
        random.setstate(state["dice"][0])
        np.random.set_state(state["dice"][1])
        torch.set_rng_state(state["dice"][2])
        print(f"goes on at step {self.step}, {self.seen} pictures", flush=True)

    def save(self):
        state = dict(
            net=self.net.state_dict(), average=self.average.state_dict(), optimiser=self.optimiser.state_dict(),
            step=self.step, seen=self.seen, seconds=self.seconds, drawn=self.sampler.drawn,
            dice=(random.getstate(), np.random.get_state(), torch.get_rng_state()),
        )
        part = self.state_path.with_suffix(".part")
        torch.save(state, part)
        part.rename(self.state_path)
        export(copy.deepcopy(self.average), WORK / f"{self.args.name}.onnx")

    def train_step(self) -> dict:
        done = min(1.0, self.seen / self.args.draws)
        slow_start = min(1, (self.step + 1) / WARM_UP)
        factor = slow_start * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        for group in self.optimiser.param_groups:
            group["lr"] = group["base"] * factor
        if done > LATE_FROM:
            self.sampler.mosaic = LATE_MOSAIC
        width, height = random.choices(list(SIZES), list(SIZES.values()))[0]
        pictures, targets, names = zip(*[self.sampler.sample(width, height) for _ in range(self.args.batch)])
        x = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float()
        x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=done < FULL_PRECISION_FROM):
            out = self.net(x, raw=True)
        out = out.float()
        loss, parts = yolox_loss(out, [torch.from_numpy(t) for t in targets], height, width)
        taught = [i for i, name in enumerate(names) if name == DISTIL_SET]
        if taught:
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                teacher = self.coco(x[taught].contiguous(memory_format=torch.channels_last), raw=True).float()
            extra = distil_loss(out[taught], teacher, DISTIL_CLASSES)
            loss = loss + DISTIL_WEIGHT * len(taught) / self.args.batch * extra
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        trained = [p for p in self.net.parameters() if p.requires_grad]
        norm = torch.nn.utils.clip_grad_norm_(trained, CLIP)
        if torch.isfinite(norm):
            self.optimiser.step()
        self.step += 1
        self.seen += self.args.batch
        keep = min(EMA, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for a, p in zip(self.average.parameters(), self.net.parameters()):
                if p.requires_grad:
                    a.mul_(keep).add_(p, alpha=1 - keep)
        return dict(parts, loss=loss.item(), norm=float(norm))

    def go(self):
        log, start, begun = [], time.time(), self.seen
        stopping = []
        signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
        while self.seen < self.args.draws and not stopping and time.time() < self.args.stop_at:
            before = time.time()
            log.append(self.train_step())
            self.seconds += time.time() - before
            if self.step % LOG_EVERY == 0:
                mean = {k: round(float(np.mean([x[k] for x in log])), 3) for k in log[0]}
                rate = (self.seen - begun) / (time.time() - start)
                line = dict(step=self.step, seen=self.seen, minutes=round(self.seconds / 60, 1),
                            pictures_a_second=round(rate, 1), **mean, drawn=self.sampler.drawn.tolist())
                print(json.dumps(line), flush=True)
                log = []
            if self.step % SAVE_EVERY == 0:
                self.save()
        self.save()
        print(f"stopped at {self.seen} of {self.args.draws} pictures, {self.seconds / 60:.0f} minutes", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    if need_shared():
        Run(arguments()).go()
