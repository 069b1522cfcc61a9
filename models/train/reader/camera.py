"""Crops of plates that went through a video camera: moving plates on vehicle-like patches in eight colour frames, blurred,
toned, noised, sharpened, coded as H.264 (or JPEG), decoded, and cut as loosely as a detector would.

Needs the `ffmpeg` program with libx264. Pictures are BGR; sizes are pixels.
"""
import dataclasses
import glob
import os
import subprocess

import cv2
import numpy as np

import degrade
from alphabet import HEIGHT, WIDTH
from dice import Dice
from layouts import FOREIGN, MOTORBIKE, ONE_LINE, TWO_LINE_CAR, draw_plate

FRAME_W, FRAME_H, FRAMES = 1280, 720, 8
# Below this legibility (judged by eye on sorted sheets) nobody could read the crop; see degrade.legibility.
LEGIBLE = .52
PICKED = 5                       # frames of a clip that crops are cut from
# Ground of a plate as ranges of B, G, R; whether the paint is dark; cumulative share.
COLOURS = [(((225, 245), (232, 248), (232, 250)), True, .62), (((10, 60), (160, 205), (215, 250)), True, .78),
           (((120, 190), (45, 90), (8, 50)), False, .91), (((15, 50), (10, 45), (140, 200)), False, 1.)]


@dataclasses.dataclass(frozen=True)
class View:
    """How a camera stands to the plates it sees. Widths are pixels of the plate's own width before yaw foreshortens it."""

    one_line: float              # cumulative shares of the kinds; what is left is FOREIGN
    two_line_car: float
    motorbike: float
    near_share: float            # of the frame's 256x180 cells with one large plate; the others hold four small ones
    near_px: tuple[float, float]
    far_px: tuple[float, float]
    least_one_line_px: float
    yaw: tuple[float, float, float]     # share of plates turned at random up to +- degrees; deviation of the others
    pitch: tuple[float, float]   # degrees the camera looks down
    lean: float                  # how much of the slant that yaw and pitch give together is drawn; 1 is a pinhole's
    blur: float                  # of defocus and smear, against a gate's
    crf: tuple[int, int]         # of libx264: higher is a lower bitrate
    growth: tuple[float, ...] = (1, 1, 1.004, .996, 1.01)      # of a plate from frame to frame
    frames: int = FRAMES
    looks: tuple[int, ...] | None = None    # frames that crops are cut from, legible or not; None: PICKED ones, legible


GATE = View(.36, .70, .96, .5, (64, 142), (30, 72), 44, (.35, 40, 10), (0, 35), .3, 1., (20, 34))
# A street from a pole: small plates that lean, at a bitrate meant for people and not for plates.
WIDE = View(.52, .86, .97, .2, (52, 84), (36, 68), 42, (.5, 42, 14), (10, 42), 1., .6, (24, 36))
# Vehicles that drive away, for four seconds and at 8 looks a second: from well to no more legible. For the vote, not trained on.
AWAY = dataclasses.replace(WIDE, near_share=1., near_px=(48, 110), least_one_line_px=48, growth=(.99, .985, .982),
                           frames=96, looks=tuple(range(0, 96, 3)))


class Scenery:
    """Street frames at 1280x720 and patches of vehicles; plain ones where there are no pictures."""

    def __init__(self, shared: str, d: Dice, count: int = 70):
        files = sorted(glob.glob(os.path.join(shared, "data/road_scenes/*/images/*.jpg")))
        self.frames, self.vehicles = [], []
        for f in d.sample(files, min(count, len(files))):
            a = cv2.imread(f)
            self.frames.append(cv2.resize(a, (FRAME_W, FRAME_H), interpolation=cv2.INTER_AREA))
            labels = f.replace("/images/", "/labels/")[:-3] + "txt"
            if not os.path.exists(labels):
                continue
            h, w = a.shape[:2]
            for line in open(labels).read().splitlines()[:6]:
                cls, x, y, bw, bh = map(float, line.split()[:5])
                rows = slice(int(max(0, (y - bh / 2) * h)), int((y + bh / 2) * h))
                v = a[rows, int(max(0, (x - bw / 2) * w)):int((x + bw / 2) * w)]
                if cls < 4 and min(v.shape[:2]) > 50:
                    self.vehicles.append(v)
        if not self.frames:
            self.frames = [np.full((FRAME_H, FRAME_W, 3), v, np.uint8) for v in (40, 90, 140, 190)]


def colour_plate(d: Dice, kind: int) -> tuple[np.ndarray, np.ndarray, str]:
    """A drawn plate in colour, float32 [h, w, 3] 0-255, with relief, bolts and road dirt that thickens downwards; its ink,
    uint8 [h, w]; its label."""
    ink, label, scale = draw_plate(d, kind)
    h, w = ink.shape
    cover = ink.astype(np.float32)[..., None] / 255
    u = d.unit() if kind != MOTORBIKE or d.chance(.1) else 0.
    ranges, dark_paint = next((c[0], c[1]) for c in COLOURS if u <= c[2])
    ground = np.float32([d.uniform(*r) for r in ranges]) * d.uniform(.7, 1)
    paint = np.full(3, d.uniform(5, 70) if dark_paint else d.uniform(180, 250), np.float32)
    plate = np.empty((h, w, 3), np.float32)
    plate[:] = ground
    if d.chance(.75):
        e = int(2 * scale)
        cv2.rectangle(plate, (e, e), (w - 1 - e, h - 1 - e), paint.tolist(), max(1, int(d.uniform(1, 4) * scale)))
    plate = plate * (1 - cover) + paint * cover
    if d.chance(.6):                                        # relief: lit from above
        soft = cv2.GaussianBlur(cover[..., 0], (0, 0), 1.2)
        edge = cv2.Sobel(soft, cv2.CV_32F, 0, 1) + d.uniform(-.7, .7) * cv2.Sobel(soft, cv2.CV_32F, 1, 0)
        plate -= np.clip(edge * d.uniform(3, 14), -32, 32)[..., None]
    if d.chance(.6):                                        # bolts
        for _ in range(d.choice([2, 2, 4])):
            at = (int(d.choice([.06, .25, .5, .75, .94]) * w), int(d.choice([.06, .12, .5, .88, .94]) * h))
            cv2.circle(plate, at, max(1, int(d.uniform(3, 5) * scale)), [d.uniform(30, 200)] * 3, -1)
    if d.chance(.5):
        n = d.array.normal(0, 1, (d.randint(2, 9), d.randint(2, 16))).astype(np.float32)
        n = cv2.resize(n, (w, h), interpolation=cv2.INTER_CUBIC)
        down = np.linspace(d.uniform(.2, 1), 1, h, dtype=np.float32)[:, None, None]
        dirt = np.clip(d.uniform(0, .35) + .2 * n, 0, .7)[..., None] * down
        plate = plate * (1 - dirt) + np.float32([80, 98, 112]) * dirt
    return np.clip(plate, 0, 255), ink, label


def surroundings(d: Dice, scenery: Scenery, w: int, h: int, plate_h: int) -> np.ndarray:
    """float32 [h, w, 3]: a piece of a vehicle or plain body paint, with bumpers, slats and lamps."""
    patch = np.empty((h, w, 3), np.float32)
    if scenery.vehicles and d.chance(.6):
        patch[:] = cv2.resize(d.choice(scenery.vehicles), (w, h), interpolation=cv2.INTER_LINEAR)
    else:
        grey = d.uniform(10, 230) if d.chance(.5) else d.uniform(10, 70)
        patch[:] = grey + d.array.uniform(-20, 20, 3).astype(np.float32)
        patch += np.linspace(-1, 1, h, dtype=np.float32)[:, None, None] * d.uniform(-50, 50)
    for _ in range(d.randint(0, 5)):
        grey = d.uniform(5, 230) if d.chance(.5) else d.uniform(0, 40)
        colour = [grey] * 3 if d.chance(.75) else d.array.uniform(0, 255, 3).tolist()
        x, y = d.randint(-w // 3, w // 2), d.randint(0, h - 1)
        cv2.rectangle(patch, (x, y), (x + d.randint(w // 5, w), y + max(1, int(d.uniform(.03, .4) * plate_h))), colour, -1)
    return patch


class MovingPlate:
    """A plate on its patch that drifts within a cell (x, y, w, h) of the frame for eight frames."""

    def __init__(self, d: Dice, scenery: Scenery, x: int, y: int, w: int, h: int, near: bool, view: View):
        self.cell = (x, y, w, h)
        u = d.unit()
        self.kind = (ONE_LINE if u < view.one_line else TWO_LINE_CAR if u < view.two_line_car
                     else MOTORBIKE if u < view.motorbike else FOREIGN)
        plate, self.ink, self.label = colour_plate(d, self.kind)
        low, high = view.near_px if near else view.far_px
        self.plate_px = d.log_uniform(max(low, view.least_one_line_px) if self.kind == ONE_LINE or "/" not in self.label else low, high)
        self.patch, self.plate_in_patch = self._patch(d, scenery, plate)
        ph, pw = plate.shape[:2]
        self.corners = self._pose(d, view, self.plate_px, self.plate_px * ph / pw)          # about the plate's centre
        extent = np.ptp(self.corners, axis=0)
        room = [max(0, (w - extent[0] * 1.45) / 2), max(0, (h - extent[1] * 1.5) / 2)]
        heading = d.uniform(0, 2 * np.pi)
        self.speed = np.array([np.cos(heading) * min(room[0], 30), np.sin(heading) * min(room[1], 30)]) / (4.2 * view.frames / FRAMES)
        self.middle = (view.frames - 1) / 2
        self.growth = d.choice(view.growth)
        blur = self.plate_px / 70 * (1 if self.kind != ONE_LINE else .6) * view.blur
        self.defocus = d.uniform(0, 1) * blur if d.chance(.55) else 0
        self.smear = None
        length = d.uniform(1.5, 5) * blur if d.chance(.3) else 0
        if length >= 1.5:
            self.smear = degrade.line_kernel(max(3, int(length) | 1), heading if d.chance(.7) else d.uniform(0, np.pi))
        self.gain = d.uniform(.5, 1.15)

    def _patch(self, d, scenery, plate):
        """uint8 patch 1.5 cells wide around the plate, at about twice the size it is seen, and the plate's corners in it."""
        _, _, cell_w, cell_h = self.cell
        shrink = min(1., 2 * self.plate_px / plate.shape[1])
        plate = cv2.resize(plate, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        ph, pw = plate.shape[:2]
        k = pw / self.plate_px
        w, h = int(cell_w * k * 1.5) + 2, int(cell_h * k * 1.5) + 2
        patch = surroundings(d, scenery, w, h, ph)
        x, y = (w - pw) // 2, (h - ph) // 2
        if d.chance(.6):                                    # holder or recess
            grey = d.uniform(0, 60) if d.chance(.75) else d.uniform(120, 220)
            e = [int(d.uniform(.02, .16) * ph) for _ in range(4)]
            cv2.rectangle(patch, (x - e[0], y - e[1]), (x + pw + e[2], y + ph + e[3]), [grey] * 3, -1)
        patch[y:y + ph, x:x + pw] = plate
        if d.chance(.2):
            patch *= degrade.shadow(d, h, w)[..., None]
        if d.chance(.35):                                   # the body shades the plate's upper edge
            patch[y:y + int(ph * d.uniform(.05, .3))] *= d.uniform(.4, .9)
        if d.chance(.10):
            yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
            spot = ((xx - x - d.unit() * pw) / pw) ** 2 / .05 + ((yy - y - d.unit() * ph) / ph) ** 2 / .2
            patch += (d.uniform(40, 160) * np.exp(-spot))[..., None]
        patch = cv2.GaussianBlur(np.clip(patch, 0, 255), (0, 0), max(.3, .35 * k))
        return patch.astype(np.uint8), np.float32([[x, y], [x + pw, y], [x + pw, y + ph], [x, y + ph]])

    @staticmethod
    def _pose(d, view, w, h):
        """Corners TL TR BR BL of a w x h plate turned, yawed and pitched in front of a pinhole."""
        roll = np.deg2rad(d.uniform(-25, 25) if d.chance(.28) else d.gauss(0, 5))
        share, most, deviation = view.yaw
        yaw = np.deg2rad(d.uniform(-most, most) if d.chance(share) else d.gauss(0, deviation))
        pitch, focal = np.deg2rad(d.uniform(*view.pitch)), d.uniform(6, 20) * w
        x, y = np.array([-1., 1, 1, -1]) * w / 2, np.array([-1., -1, 1, 1]) * h / 2
        depth = x * np.sin(yaw)
        px, py = x * np.cos(yaw), y * np.cos(pitch) - depth * np.sin(pitch) * view.lean
        k = focal / (focal + depth + y * np.sin(pitch))
        c, s = np.cos(roll), np.sin(roll)
        return np.stack([px * k, py * k], 1) @ np.array([[c, s], [-s, c]])

    def draw(self, frame: np.ndarray, t: int) -> np.ndarray:
        """Draw into the frame's cell at time t (frames); the plate's corners in the frame."""
        x, y, w, h = self.cell
        q = self.corners * self.growth ** t + [w / 2, h / 2] + self.speed * (t - self.middle)
        m = cv2.getPerspectiveTransform(self.plate_in_patch, q.astype(np.float32))
        img = cv2.warpPerspective(self.patch, m, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        if self.defocus > .25: img = cv2.GaussianBlur(img, (0, 0), self.defocus)
        if self.smear is not None: img = cv2.filter2D(img, -1, self.smear)
        frame[y:y + h, x:x + w] = cv2.convertScaleAbs(img, alpha=self.gain)
        return q + [x, y]


def cut(d: Dice, grey: np.ndarray, corners: np.ndarray, ink: np.ndarray, least: float = LEGIBLE) -> np.ndarray | None:
    """The plate's upright box with margins up to 30 %, sized for the net; None where too little is left, or where (nearly
    always) nobody could read it."""
    low, size, u = corners.min(0), np.ptp(corners, axis=0), d.unit()
    loose = .08 if u < .45 else .16 if u < .75 else .30
    m = [d.uniform(-.03, loose) for _ in range(4)]
    x0, y0 = np.maximum(0, np.round(low - [m[0], m[1]] * size)).astype(int)
    x1, y1 = np.round(low + size + [m[2], m[3]] * size).astype(int)
    crop = grey[y0:y1, x0:x1]
    if crop.shape[0] < 6 or crop.shape[1] < 12:
        return None
    h, w = ink.shape
    inside = (corners - [x0, y0]) * [WIDTH / crop.shape[1], HEIGHT / crop.shape[0]]
    m = cv2.getPerspectiveTransform(np.float32([[0, 0], [w, 0], [w, h], [0, h]]), inside.astype(np.float32))
    truth = cv2.warpPerspective(cv2.GaussianBlur(ink, (0, 0), .4 * w / WIDTH), m, (WIDTH, HEIGHT)).astype(np.float32)
    crop = degrade.to_net(crop)
    return crop if degrade.legibility(crop, truth) >= least or d.chance(.05) else None


def through_h264(d: Dice, frames: list[np.ndarray], crf: tuple[int, int]) -> np.ndarray:
    """BGR frames -> grey frames after coding and decoding, uint8 [n, h, w]."""
    raw = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{FRAME_W}x{FRAME_H}", "-r", "25", "-i", "-"]
    code = ["-c:v", "libx264", "-preset", d.choice(["superfast", "veryfast", "fast"]), "-threads", "1",
            "-crf", str(d.randint(*crf)), "-pix_fmt", "yuv420p", "-f", "h264", "-"]
    coded = subprocess.run(["ffmpeg", "-v", "error", *raw, *code], input=b"".join(f.tobytes() for f in frames),
                           stdout=subprocess.PIPE, check=True).stdout
    plain = subprocess.run(["ffmpeg", "-v", "error", "-threads", "1", "-f", "h264", "-i", "-", "-f", "rawvideo",
                            "-pix_fmt", "gray", "-"], input=coded, stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(plain, np.uint8).reshape(-1, FRAME_H, FRAME_W)


def clip_crops(d: Dice, scenery: Scenery, view: View = GATE):
    """One clip of one camera: yields (crop uint8 [64, 128], label, kind, plate's width in px, its turn in degrees)."""
    plates = []
    for x in range(0, FRAME_W, 256):
        for y in range(0, FRAME_H, 180):
            if d.chance(view.near_share):
                plates.append(MovingPlate(d, scenery, x, y, 256, 180, True, view))
            else:
                plates += [MovingPlate(d, scenery, x + i, y + j, 128, 90, False, view) for i in (0, 128) for j in (0, 90)]
    street, lens = d.choice(scenery.frames), d.choice([0, 0, .4, .6, .8])
    gamma, contrast, black, dark = d.uniform(.6, 1.7), d.uniform(.55, 1.1), d.uniform(-10, 35), d.chance(.09)
    curve = 255 * (np.arange(256) / 255) ** gamma * contrast * (.35 if dark else 1) + black * (.3 if dark else 1)
    curve = np.clip(curve, 0, 255).astype(np.uint8)
    noise = d.choice([0, 1, 2, 4, 7])
    grain = d.array.normal(0, max(noise, .01), (FRAME_H + 64, FRAME_W + 64, 1 if d.chance(.6) else 3)).astype(np.int16)
    halo, halo_px = (d.uniform(.4, 2.2) if d.chance(.55) else 0), d.choice([.6, 1., 1.5])
    frames, corners = [], []
    for t in range(view.frames):
        frame = street.copy()
        corners.append([p.draw(frame, t) for p in plates])
        if lens: frame = cv2.GaussianBlur(frame, (0, 0), lens)
        frame = cv2.LUT(frame, curve)
        if noise:
            y, x = d.randint(0, 63), d.randint(0, 63)
            n = np.ascontiguousarray(np.broadcast_to(grain[y:y + FRAME_H, x:x + FRAME_W], frame.shape))
            frame = cv2.add(frame, n, dtype=cv2.CV_8U)
        if halo:
            frame = cv2.addWeighted(frame, 1 + halo, cv2.GaussianBlur(frame, (0, 0), halo_px), -halo, 0)
        frames.append(frame)
    picked = view.looks or d.sample(range(view.frames), PICKED)
    if d.chance(.22):
        quality = lambda: [cv2.IMWRITE_JPEG_QUALITY, d.randint(25, 88)]
        grey = {t: cv2.imdecode(cv2.imencode(".jpg", frames[t], quality())[1], 0) for t in picked}
    else:
        video = through_h264(d, frames, view.crf)
        grey = {t: video[min(t, len(video) - 1)] for t in picked}
    for i, p in enumerate(plates):
        for t in picked:
            crop = cut(d, grey[t], corners[t][i], p.ink, 0. if view.looks else LEGIBLE)
            if crop is not None:
                edge = corners[t][i][1] - corners[t][i][0]                # from the top left to the top right
                yield crop, p.label, p.kind, float(np.hypot(*edge)), float(np.degrees(np.arctan2(edge[1], edge[0])))
