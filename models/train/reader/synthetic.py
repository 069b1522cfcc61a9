"""One synthetic crop: a drawn plate, its dirt and frame, seen under some angle by some still camera."""
import glob
import os

import cv2
import numpy as np

import degrade
from alphabet import HEIGHT, WIDTH
from dice import Dice
from layouts import FOREIGN, MOTORBIKE, ONE_LINE, TWO_LINE_CAR, draw_plate, rare_rows

# Below this legibility (judged by eye on sorted sheets) nobody could read the crop; see degrade.legibility.
LEGIBLE = .62


class Backgrounds:
    """Grey street pictures (480 px wide at most) for what surrounds a plate; flat gradients where there are none."""

    def __init__(self, shared: str, d: Dice, count: int = 250):
        files = sorted(glob.glob(os.path.join(shared, "data/road_scenes/*/images/*.jpg")))
        self.pictures = []
        for f in d.sample(files, min(count, len(files))):
            a = cv2.imread(f, 0)
            k = 480 / max(a.shape)
            self.pictures.append(cv2.resize(a, None, fx=k, fy=k, interpolation=cv2.INTER_AREA))

    def patch(self, d: Dice, h: int, w: int, street: float = .5) -> np.ndarray:
        if not self.pictures or not d.chance(street):
            across = np.linspace(-1, 1, w, dtype=np.float32)[None] * d.uniform(-40, 40)
            down = np.linspace(-1, 1, h, dtype=np.float32)[:, None] * d.uniform(-40, 40)
            return d.uniform(5, 230) + across + down
        a = d.choice(self.pictures)
        k = d.uniform(.15, .6)
        ch, cw = int(a.shape[0] * k), int(a.shape[1] * k)
        y, x = d.randint(0, a.shape[0] - ch), d.randint(0, a.shape[1] - cw)
        return cv2.resize(a[y:y + ch, x:x + cw], (w, h)).astype(np.float32)


def paint_plate(d: Dice, ink: np.ndarray, scale: float) -> np.ndarray:
    """Ink -> grey plate with border, relief, bolts, dirt and lost paint."""
    h, w = ink.shape
    cover = ink.astype(np.float32) / 255
    u = d.unit()
    if d.chance(.08): ground, paint = d.uniform(90, 150), d.uniform(30, 90)           # faded
    elif u < .62: ground, paint = d.uniform(140, 255), d.uniform(0, 70)               # white
    elif u < .78: ground, paint = d.uniform(120, 200), d.uniform(0, 60)               # yellow
    elif u < .90: ground, paint = d.uniform(20, 110), d.uniform(170, 255)             # blue
    else: ground, paint = d.uniform(30, 110), d.uniform(160, 255)                     # red
    plate = np.full((h, w), ground, np.float32)
    if d.chance(.7):
        e = int(2 * scale)
        cv2.rectangle(plate, (e, e), (w - 1 - e, h - 1 - e), paint, max(1, int(d.uniform(1, 4) * scale)))
    if d.chance(.25):
        plate += d.array.normal(0, 6, (h // 6 + 1, w // 6 + 1)).astype(np.float32).repeat(6, 0).repeat(6, 1)[:h, :w]
    if d.chance(.25):                                       # light and dark edge of the relief
        moved = np.roll(cover, (d.choice([-1, 1]), d.choice([-1, 1])), (0, 1))
        plate += (moved - cover) * d.uniform(-50, 50)
    plate = plate * (1 - cover) + paint * cover
    if d.chance(.45):                                       # bolts
        for _ in range(d.choice([2, 2, 4])):
            x = d.choice([.08, .25, .5, .75, .92]) * w + d.uniform(-4, 4)
            y = d.choice([.08, .12, .5, .88, .92]) * h + d.uniform(-3, 3)
            cv2.circle(plate, (int(x), int(y)), max(1, int(d.uniform(3, 6) * scale)), d.uniform(20, 230), -1)
    if d.chance(.22):                                       # mud
        for _ in range(d.randint(1, 12)):
            axes = (d.randint(1, max(2, h // 9)), d.randint(1, max(2, h // 12)))
            cv2.ellipse(plate, (d.randint(0, w), d.randint(0, h)), axes, d.uniform(0, 180), 0, 360, d.uniform(20, 220), -1)
    if d.chance(.12):                                       # paint gone
        n = cv2.resize(d.array.random((h // 3 + 1, w // 3 + 1)).astype(np.float32), (w, h))
        plate = np.where((n > d.uniform(.72, .85)) & (cover > .5), plate * .5 + ground * .5, plate)
    return plate


def view(d: Dice, kind: int, w: int, h: int, plate_px: int) -> tuple[np.ndarray, int, int]:
    """Corners (TL TR BR BL, pixels) of a w x h plate seen `plate_px` wide, inside a crop of the returned width, height.

    Tilt reaches 25 degrees and the crop's margins 30 %: a detector's boxes are no better than that."""
    plate_py = max(14, int(plate_px * h / w))
    if d.chance(.3): turn = np.deg2rad(d.uniform(-25, 25))
    else: turn = np.deg2rad(d.gauss(0, 3.5 if kind == ONE_LINE else 6))
    shear_x, shear_y = d.gauss(0, .07), d.gauss(0, .03 if kind == ONE_LINE else .05)
    q = np.array([[-.5, -.5], [.5, -.5], [.5, .5], [-.5, .5]]) * [plate_px, plate_py]
    q = q @ np.array([[np.cos(turn), -np.sin(turn) + shear_x], [np.sin(turn) + shear_y, np.cos(turn)]]).T
    jitter = .03 if d.chance(.6) else .07
    q += d.array.uniform(-jitter, jitter, (4, 2)) * [min(plate_px, 2 * plate_py), plate_py]
    low, size = q.min(0), q.max(0) - q.min(0)
    loose = d.choice([.02, .06, .12, .20, .30])
    left, right, top, bottom = [d.uniform(-.02, loose) for _ in range(4)]
    cw, ch = max(24, int(size[0] * (1 + left + right))), max(12, int(size[1] * (1 + top + bottom)))
    return q - low + [size[0] * left, size[1] * top], cw, ch


def attempt(d: Dice, backgrounds: Backgrounds, rare: bool) -> tuple[np.ndarray, str, int, int, float, float]:
    u = d.unit()
    if rare:
        kind = ONE_LINE if u < .30 else TWO_LINE_CAR if u < .80 else MOTORBIKE
        ink, label, scale = draw_plate(d, kind, rare_rows(d, kind))
    else:
        kind = ONE_LINE if u < .40 else TWO_LINE_CAR if u < .68 else MOTORBIKE if u < .95 else FOREIGN
        ink, label, scale = draw_plate(d, kind)
    h, w = ink.shape
    plate = paint_plate(d, ink, scale)
    plate_px = int(d.log_uniform(50, 220) if kind == ONE_LINE else d.log_uniform(36, 170))
    q, cw, ch = view(d, kind, w, h, plate_px)
    ss = 2 if plate_px < w * .6 else 1                      # draw twice as fine where the plate shrinks much
    size = (cw * ss, ch * ss)
    corners = np.float32([[0, 0], [w, 0], [w, h], [0, h]])
    m = cv2.getPerspectiveTransform(corners, (q * ss).astype(np.float32))
    behind = backgrounds.patch(d, size[1], size[0])
    if d.chance(.5):                                        # holder around the plate
        grey, e = d.uniform(0, 60) if d.chance(.7) else d.uniform(150, 230), d.uniform(.02, .08) * h
        inset = np.float32([[e, e], [w - e, e], [w - e, h - e], [e, h - e]])
        inner = cv2.getPerspectiveTransform(inset, (q * ss).astype(np.float32))
        around = cv2.warpPerspective(np.ones((h, w), np.float32), inner, size)
        behind = behind * (1 - around) + grey * around
    cover = cv2.warpPerspective(np.ones((h, w), np.float32), m, size)
    img = cv2.warpPerspective(plate, m, size) * cover + behind * (1 - cover)
    truth = cv2.warpPerspective(ink.astype(np.float32), m, size)
    if ss > 1:
        img = cv2.resize(img, (cw, ch), interpolation=cv2.INTER_AREA)
    if d.chance(.28): img = img * degrade.shadow(d, ch, cw)
    if d.chance(.14): img = img + degrade.glare(d, ch, cw)
    img = degrade.tone(d, img)
    if d.chance(.10): img = img * d.uniform(.25, .5) + d.uniform(0, 12)          # night
    contrast = float(np.percentile(img, 92) - np.percentile(img, 8))
    crop = degrade.to_net(degrade.capture(d, img, plate_px, contrast))
    turn = float(np.degrees(np.arctan2(*(q[1] - q[0])[::-1])))
    return crop, label, kind, plate_px, turn, degrade.legibility(crop, cv2.resize(truth, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA))


def synthetic_crop(d: Dice, backgrounds: Backgrounds, rare: bool = False) -> tuple[np.ndarray, str, int, int, float]:
    """uint8 [64, 128], label, kind, width in px, turn in degrees; `rare`: texts of layouts.rare_rows. Redrawn until somebody could read it; a few hard ones stay in, as on the road."""
    while True:
        *crop, legible = attempt(d, backgrounds, rare)
        if legible >= LEGIBLE or d.chance(.05):
            return tuple(crop)


def no_plate(d: Dice, backgrounds: Backgrounds) -> np.ndarray:
    """uint8 [64, 128] of street or plain ground without a plate: the net must say nothing there."""
    w = int(d.log_uniform(40, 200))
    h = int(w / d.choice([1.4, 2, 3, 4.5]))
    img = degrade.tone(d, backgrounds.patch(d, h, w, street=.9))
    return degrade.to_net(degrade.capture(d, img, w, 100))
