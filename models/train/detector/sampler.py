"""Records -> augmented samples, drawn by set, picture and class.

A sample: picture uint8 BGR [H, W, 3]; targets float32 [K, 6] as loss.py wants them; the set it is from, or None where
it mixes four.
"""

import random
from dataclasses import dataclass

import cv2
import numpy as np

from boxes import A_PLATE, ANY_VEHICLE, BUS, NO_VEHICLE_LABELS, PLATE, TRUCK

cv2.setNumThreads(1)

# Share of the draws, by set, in proportion.
MIX = {
    "india_cctv_plate": 0.28, "vn_cctv": 0.14, "vn_overpass": 0.11, "np_roadside": 0.11, "id_toll_cctv": 0.08,
    "indo_street_photos": 0.06, "motorbike_gate": 0.06, "overpass_atl_daynight": 0.06, "vn_gate_thanhbinh": 0.05,
    "id_etle_cctv": 0.04, "gate_scenes": 0.01, "rendered": 0.08, "rendered_close": 0.12,
}
MOSAIC, LATE_MOSAIC, ZOOM, NIGHT = 0.36, 0.1, 0.28, 0.1
# What is left of a box after cutting before it is ignored instead of asked for, and the least size in input pixels.
LEAST_SEEN, LEAST_PLATE_SEEN = 0.25, 0.7
LEAST_SIDE, LEAST_PLATE = 7, (9, 4)


@dataclass
class Source:
    levels: list[np.ndarray]  # the picture and, where large, its half: reduction by more does not alias
    rows: np.ndarray  # [K, 6]


def source_of(record: dict) -> Source:
    picture = record["picture"]
    levels = [picture]
    if max(picture.shape[:2]) > 400:
        levels.append(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    asked = np.c_[record["boxes"], np.zeros(len(record["boxes"]))]
    ignored = np.c_[record["ignore"], np.ones(len(record["ignore"]))]
    return Source(levels, np.concatenate([asked, ignored]))


def draw_weight(record: dict) -> float:
    """Pictures with a bus, a truck or a labelled road plate of some size are drawn more often."""
    boxes = record["boxes"]
    tall = (boxes[:, 4] - boxes[:, 2]) > 0.08 * record["picture"].shape[0]
    weight = 1 + 2.5 * ((boxes[:, 0] == BUS) & tall).any() + 2 * ((boxes[:, 0] == TRUCK) & tall).any()
    if record["set"] in ("india_cctv_plate", "np_roadside", "vn_overpass"):
        weight += (boxes[:, 0] == PLATE).any()
    if record["set"] == "rendered_close" and not np.isin([*boxes[:, 0], *record["ignore"][:, 0]], (PLATE, A_PLATE)).any():
        weight += 1  # whatever looks like a plate here is none
    return float(weight)


class Sampler:
    def __init__(self, records: list[dict]):
        self.sources: dict[str, list[Source]] = {}
        weights: dict[str, list[float]] = {}
        for r in records:
            self.sources.setdefault(r["set"], []).append(source_of(r))
            weights.setdefault(r["set"], []).append(draw_weight(r))
        self.sets = list(self.sources)
        share = np.array([MIX[name] for name in self.sets])
        self.share = share / share.sum()
        self.weights = {name: np.cumsum(w) / np.sum(w) for name, w in weights.items()}
        self.mosaic = MOSAIC
        self.drawn = np.zeros(5, int)

    def pick(self) -> tuple[str, Source]:
        name = self.sets[np.random.choice(len(self.sets), p=self.share)]
        i = int(np.searchsorted(self.weights[name], random.random()))
        return name, self.sources[name][min(i, len(self.sources[name]) - 1)]

    def one(self, width: int, height: int, zoom: bool) -> tuple[np.ndarray, np.ndarray, str]:
        name, source = self.pick()
        h, w = source.levels[0].shape[:2]
        goal = zoom_goal(source.rows) if zoom else None
        if goal is not None:
            box_w, box_h = goal[3] - goal[1], goal[4] - goal[2]
            part = random.uniform(0.12, 0.4) if goal[0] == PLATE else random.uniform(0.4, 1.1)
            scale = min(part * min(width / box_w, height / box_h), 4.0)
            x = (goal[1] + goal[3]) / 2 + random.uniform(-0.25, 0.25) * box_w
            y = (goal[2] + goal[4]) / 2 + random.uniform(-0.25, 0.25) * box_h
            to_x, to_y = width / 2, height / 2
        else:
            scale = min(min(width / w, height / h) * np.exp(random.uniform(np.log(0.55), np.log(1.7))), 3)
            x, y = w / 2, h / 2
            free_x, free_y = abs(width - w * scale) / 2, abs(height - h * scale) / 2
            to_x = width / 2 + random.uniform(-free_x, free_x)
            to_y = height / 2 + random.uniform(-free_y, free_y)
        scale_x = scale * random.choice((-1, 1))
        scale_y = scale * np.exp(random.uniform(-0.12, 0.12))
        matrix = np.array([[scale_x, 0, to_x - scale_x * x], [0, scale_y, to_y - scale_y * y]])
        return *place(source, matrix, width, height), name

    def sample(self, width: int, height: int) -> tuple[np.ndarray, np.ndarray, str | None]:
        if random.random() < self.mosaic:
            picture, rows = np.empty((height, width, 3), np.uint8), []
            x, y = int(width * random.uniform(0.35, 0.65)), int(height * random.uniform(0.35, 0.65))
            for left, top, w, h in ((0, 0, x, y), (x, 0, width - x, y), (0, y, x, height - y), (x, y, width - x, height - y)):
                tile, part, _ = self.one(w, h, random.random() < 0.25)
                picture[top : top + h, left : left + w] = tile
                rows.append(part + [0, left, top, left, top, 0])
            rows, name = np.concatenate(rows), None
        else:
            picture, rows, name = self.one(width, height, random.random() < ZOOM)
        if random.random() < NIGHT:
            picture = at_night(picture, rows)
        picture = recoloured(picture)
        for c in rows[rows[:, 5] == 0][:, 0]:
            self.drawn[int(c)] += 1
        return picture, rows.astype(np.float32), name


def zoom_goal(rows: np.ndarray) -> np.ndarray | None:
    """A box to bring near: often a plate, else a vehicle of a class drawn evenly among those in the picture."""
    asked = rows[rows[:, 5] == 0]
    if not len(asked):
        return None
    wide = asked[:, 3] - asked[:, 1] > 24
    asked = asked[wide] if wide.any() else asked
    plates, vehicles = asked[asked[:, 0] == PLATE], asked[asked[:, 0] != PLATE]
    if len(plates) and (random.random() < 0.35 or not len(vehicles)):
        return random.choice(plates)
    kind = random.choice(sorted(set(vehicles[:, 0])))
    return random.choice(vehicles[vehicles[:, 0] == kind])


def place(source: Source, matrix: np.ndarray, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """The picture through a scaling and shift [2, 3]; rows cut at the frame, those hardly left to see are ignored."""
    level, warp = source.levels[0], matrix
    if len(source.levels) > 1 and abs(matrix[1, 1]) < 0.6:
        level, warp = source.levels[1], matrix.copy()
        warp[:, :2] *= source.levels[0].shape[1] / level.shape[1]
    picture = cv2.warpAffine(level, warp, (width, height), flags=cv2.INTER_LINEAR, borderValue=(114, 114, 114))
    rows = source.rows.copy()
    x = rows[:, [1, 3]] * matrix[0, 0] + matrix[0, 2]
    y = rows[:, [2, 4]] * matrix[1, 1] + matrix[1, 2]
    x1, x2, y1, y2 = x.min(1), x.max(1), y.min(1), y.max(1)
    whole = (x2 - x1) * (y2 - y1)
    rows[:, 1:5] = np.stack([x1.clip(0, width), y1.clip(0, height), x2.clip(0, width), y2.clip(0, height)], 1)
    w, h = rows[:, 3] - rows[:, 1], rows[:, 4] - rows[:, 2]
    seen = w * h / (whole + 1e-9)
    region, plate = rows[:, 0] == NO_VEHICLE_LABELS, rows[:, 0] == PLATE
    poor_plate = plate & ((seen < LEAST_PLATE_SEEN) | (w < LEAST_PLATE[0]) | (h < LEAST_PLATE[1]))
    poor_vehicle = ~plate & ~region & ((seen < LEAST_SEEN) | (np.minimum(w, h) < LEAST_SIDE))
    rows[poor_plate, 0], rows[poor_vehicle, 0] = A_PLATE, ANY_VEHICLE
    rows[poor_plate | poor_vehicle, 5] = 1
    return picture, rows[(w > 1) & (h > 1) & ((seen > 0.05) | region)]


def at_night(picture: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Darkened, tinted, noisy, with glaring lamps low on the vehicles: cars at night were called buses."""
    height, width = picture.shape[:2]
    dark = picture.astype(np.float32) * random.uniform(0.12, 0.4) * np.random.uniform(0.8, 1.2, 3).astype(np.float32)
    glow = np.zeros((height, width), np.float32)
    for _, x1, y1, x2, y2, _ in rows[(rows[:, 0] < PLATE) & (rows[:, 5] == 0)]:
        if random.random() < 0.35:
            continue
        y = y1 + (y2 - y1) * random.uniform(0.55, 0.8)
        radius = max(1, (x2 - x1) * random.uniform(0.03, 0.09))
        for x in (x1 + 0.17 * (x2 - x1), x2 - 0.17 * (x2 - x1)):
            cv2.circle(glow, (int(x), int(y)), int(radius) + 1, 1.0, -1)
    halo = cv2.GaussianBlur(glow, (0, 0), max(2, width / 60))
    light = np.maximum(cv2.GaussianBlur(glow, (0, 0), 1), halo * random.uniform(1, 3))[..., None]
    tint = np.array([random.uniform(150, 255), random.uniform(210, 255), 255], np.float32)
    dark += light * tint + np.random.normal(0, random.uniform(2, 8), (height, width, 1)).astype(np.float32)
    return dark.clip(0, 255).astype(np.uint8)


def recoloured(picture: np.ndarray) -> np.ndarray:
    """Hue, saturation, brightness, gamma; sometimes blur, JPEG, noise or grey."""
    if random.random() < 0.85:
        hue, saturation, value = np.random.uniform(-1, 1, 3) * [0.015, 0.6, 0.45] + 1
        x = np.arange(256)
        tables = [
            ((x * hue) % 180).astype(np.uint8),
            np.clip(x * saturation, 0, 255).astype(np.uint8),
            np.clip((x / 255) ** random.uniform(0.65, 1.5) * 255 * value, 0, 255).astype(np.uint8),
        ]
        planes = cv2.split(cv2.cvtColor(picture, cv2.COLOR_BGR2HSV))
        picture = cv2.cvtColor(cv2.merge([cv2.LUT(p, t) for p, t in zip(planes, tables)]), cv2.COLOR_HSV2BGR)
    dice = random.random()
    if dice < 0.08:
        picture = cv2.GaussianBlur(picture, (3, 3), 0)
    elif dice < 0.16:
        _, code = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, random.randint(30, 70)])
        picture = cv2.imdecode(code, cv2.IMREAD_COLOR)
    elif dice < 0.22:
        noise = np.random.normal(0, random.uniform(3, 12), (*picture.shape[:2], 1)).astype(np.int16)
        picture = np.clip(picture.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    if random.random() < 0.06:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return picture
