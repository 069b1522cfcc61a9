"""The YOLOX loss with SimOTA assignment, with regions that are neither asked for nor punished.

Targets of a picture: float32 [K, 6] of class (or ignore code, see boxes.py), x1, y1, x2, y2 in input pixels, 1 where
the row is an ignored region.
"""

from functools import lru_cache

import torch
import torch.nn.functional as F

from boxes import A_PLATE, CLASSES, NO_VEHICLE_LABELS, PLATE
from boxes import grid as numpy_grid

# Buses and trucks are rarer than cars and the first to be forgotten.
CLASS_WEIGHT = torch.tensor([1.0, 1.0, 1.4, 1.4, 1.0])
PLATE_BOX_WEIGHT = 2.0
BOX_WEIGHT, L1_WEIGHT = 5.0, 0.5
CENTRE_RADIUS = 1.5  # in strides: how far from a box's centre a cell may answer for it
MOST_CELLS = 10
FAR = 1e6


@lru_cache(maxsize=64)
def grid(height: int, width: int) -> tuple[torch.Tensor, torch.Tensor]:
    cells, strides = numpy_grid(height, width)
    return torch.from_numpy(cells).float(), torch.from_numpy(strides).float()


def pair_iou(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """[N, 4], [M, 4] -> [N, M]"""
    low = torch.max(a[:, None, :2], b[None, :, :2])
    high = torch.min(a[:, None, 2:], b[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    size = lambda x: (x[:, 2:] - x[:, :2]).prod(-1)
    return shared / (size(a)[:, None] + size(b)[None] - shared + 1e-9)


def inside_any(points: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    p = points[:, None]
    return ((p > boxes[None, :, :2]) & (p < boxes[None, :, 2:])).all(-1).any(1)


def ignored_cells(regions: torch.Tensor, boxes: torch.Tensor, centres: torch.Tensor, best: torch.Tensor) -> torch.Tensor:
    """Which cells are not punished: `boxes` [A, 4] as predicted, `best` [A] their best class."""
    code, area = regions[:, 0], regions[:, 1:5]
    ignored = (pair_iou(boxes, area) > 0.4).any(1)
    unlabelled, plates = area[code == NO_VEHICLE_LABELS], area[code == A_PLATE]
    if len(unlabelled):
        ignored |= inside_any(centres, unlabelled) & (best != PLATE)
    if len(plates):
        ignored |= inside_any(centres, plates) & (best == PLATE)
    return ignored


def assign(boxes, objectness, classes, truth, truth_class, centres, strides):
    """SimOTA for one picture -> cells that answer for a box [P], which box [P], how well they overlap it [P].

    The cheapest cells by class and overlap among those near a box's centre; how many, by the sum of its best overlaps.
    """
    centre = (truth[:, :2] + truth[:, 2:]) / 2
    near = (centres[:, None] - centre[None]).abs().amax(-1) < CENTRE_RADIUS * strides
    cells = near.any(1).nonzero()[:, 0]
    if not len(cells):
        return cells, cells, boxes.new_zeros(0)
    near = near[cells]
    overlaps = pair_iou(boxes[cells], truth)
    p = (classes[cells].sigmoid() * objectness[cells, None].sigmoid()).sqrt().clamp(1e-6, 1 - 1e-6)
    wrong = -(1 - p).log()
    class_cost = wrong.sum(1)[:, None] - (p.log() + wrong)[:, truth_class]
    cost = class_cost - 3 * (overlaps + 1e-8).log() + FAR * ~near
    most = min(MOST_CELLS, len(cells))
    count = overlaps.topk(most, 0)[0].sum(0).int().clamp(min=1)
    cheapest = cost.topk(most, 0, largest=False)[1]
    taken = (torch.arange(most)[:, None] < count[None]) & near.gather(0, cheapest)
    match = torch.zeros_like(near).scatter_(0, cheapest, taken)
    shared = match.sum(1) > 1
    if shared.any():
        best = cost[shared].argmin(1)
        match[shared] = False
        match[shared.nonzero()[:, 0], best] = True
    answers = match.any(1)
    which = match[answers].float().argmax(1)
    return cells[answers], which, overlaps[answers, which]


def yolox_loss(out: torch.Tensor, targets: list[torch.Tensor], height: int, width: int) -> tuple[torch.Tensor, dict]:
    """`out` float32 [N, A, 10] before the sigmoid -> the loss and its parts for the log."""
    cells, strides = grid(height, width)
    centre = (out[..., :2] + cells) * strides
    size = out[..., 2:4].clamp(max=8).exp() * strides
    boxes = torch.cat([centre - size / 2, centre + size / 2], -1)
    middles = (cells + 0.5) * strides
    objectness, classes = out[..., 4], out[..., 5:]
    asked, weight = torch.zeros_like(objectness), torch.ones_like(objectness)
    picked = []  # of each picture: boxes, truth, raw, raw truth, class scores, class targets, class
    for n, target in enumerate(targets):
        truth, regions = target[target[:, 5] == 0], target[target[:, 5] == 1]
        with torch.no_grad():
            if len(regions):
                ignored = ignored_cells(regions, boxes[n].detach(), middles, classes[n].argmax(-1))
                weight[n][ignored] = 0
            if not len(truth):
                continue
            kind = truth[:, 0].long()
            found, which, overlap = assign(boxes[n].detach(), objectness[n].detach(), classes[n].detach(),
                                           truth[:, 1:5], kind, middles, strides)
        if not len(found):
            continue
        asked[n, found] = weight[n, found] = 1
        t = truth[which, 1:5]
        stride = strides[found]
        raw = torch.cat([(t[:, :2] + t[:, 2:]) / 2 / stride - cells[found],
                         ((t[:, 2:] - t[:, :2]) / stride).clamp(min=1e-3).log()], 1)
        wanted = F.one_hot(kind[which], len(CLASSES)).float() * overlap[:, None]
        picked.append((boxes[n, found], t, out[n, found, :4], raw, classes[n, found], wanted, kind[which]))
    count = max(1, sum(len(p[0]) for p in picked))
    obj = (F.binary_cross_entropy_with_logits(objectness, asked, reduction="none") * weight).sum() / count
    if not picked:
        return obj, dict(obj=obj.item(), box=0.0, cls=0.0)
    box, truth, raw, raw_truth, score, wanted, kind = (torch.cat(x) for x in zip(*picked))
    box_weight = 1 + (PLATE_BOX_WEIGHT - 1) * (kind == PLATE).float()
    low, high = torch.max(box[:, :2], truth[:, :2]), torch.min(box[:, 2:], truth[:, 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    union = (box[:, 2:] - box[:, :2]).prod(-1) + (truth[:, 2:] - truth[:, :2]).prod(-1) - shared
    overlap = shared / (union + 1e-9)
    box_loss = ((1 - overlap**2) * box_weight).sum() / count
    cls = (F.binary_cross_entropy_with_logits(score, wanted, reduction="none").sum(1) * CLASS_WEIGHT[kind]).sum() / count
    l1 = (F.l1_loss(raw, raw_truth, reduction="none").sum(1) * box_weight).sum() / count
    total = obj + BOX_WEIGHT * box_loss + cls + L1_WEIGHT * l1
    return total, dict(obj=obj.item(), box=box_loss.item(), cls=cls.item())


def distil_loss(out: torch.Tensor, teacher: torch.Tensor, rows: list[int]) -> torch.Tensor:
    """Class scores of `rows` (of our five) pulled to the COCO teacher's where the teacher sees a vehicle of them.

    `out` [N, A, 10] and `teacher` [N, A, 85], both before the sigmoid.
    """
    coco = teacher[..., [5 + 2, 5 + 3, 5 + 5, 5 + 7]].sigmoid()
    sure = (teacher[..., 4].sigmoid() * coco[..., rows].amax(-1)) > 0.3
    if not sure.any():
        return out.new_zeros(())
    loss = F.binary_cross_entropy_with_logits(out[sure][:, 5:9], coco[sure], reduction="none").sum(1)
    return loss.mean()
