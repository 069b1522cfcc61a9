"""One drawn scene: a vehicle, as the program cuts it out, with a painted number or none, and where the number is.

A scene is a grey picture, uint8 [288, 384], and a target, uint8 [72, 96]: 1 in the core of a painted number (its box without
`RIM` of its height on every side), 0 elsewhere, 2 where the loss looks away. Painted numbers repeat the plate on doors, sides
and rear (Decree 168/2024), larger than the plate. What is not one: plates, names, telephone numbers, words, slats, lamps.
"""
import pathlib
import sys

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "reader"), str(HERE.parent / "detector")]
import layouts                                                                                   # noqa: E402
import places                                                                                    # noqa: E402
from degrade import line_kernel                                                                  # noqa: E402
from dice import Dice                                                                            # noqa: E402

WIDTH, HEIGHT, STRIDE = 384, 288, 4
RIM = .25
LEAST_PX = 7                     # height of the characters below which the loss looks away
GREY = 114                       # beside a picture that does not fill the net's input
WORDS = ("VẬN TẢI MINH ANH CHUYỂN PHÁT NHANH HOÀNG LONG THÁI NGUYÊN HÀ NỘI CÔNG TY TNHH XÂY DỰNG THƯƠNG MẠI DỊCH VỤ LOGISTICS HINO "
         "ISUZU THACO HYUNDAI FUSO KAMAZ DONGFENG HOWO CHENGLONG NHẬN CHỞ HÀNG XE TẢI THỨC ĂN GIA SÚC XI MĂNG SỮA NƯỚC KHOÁNG GAS "
         "TRỌNG TẢI CỰ LY AN TOÀN 50M STOP DỪNG LẠI KHI CÓ TÍN HIỆU SỐ NGƯỜI CHO PHÉP CHỞ 03 TỰ TRỌNG HÀNG HÓA KG").split()


class Backgrounds:
    """Grey cut-outs of real cars, buses and trucks of the training places; without them, plain ones."""

    def __init__(self, d: Dice, most: int = 1500):
        pictures = [p for p in places.every_picture() if p.split == places.TRAIN] if places.need_shared() else []
        self.pieces = []
        for p in d.sample(pictures, len(pictures)):
            labels = p.path.parent.parent / "labels" / (p.path.stem + ".txt")
            if len(self.pieces) >= most or not labels.exists():
                continue
            grey = cv2.imread(str(p.path), 0)
            if p.aspect:
                grey = cv2.resize(grey, (int(grey.shape[0] * p.aspect), grey.shape[0]))
            h, w = grey.shape
            for line in labels.read_text().splitlines():
                kind, x, y, bw, bh = (float(v) for v in line.split()[:5])
                piece = grey[max(0, int((y - bh / 2) * h)):int((y + bh / 2) * h), max(0, int((x - bw / 2) * w)):int((x + bw / 2) * w)]
                if kind in (0, 2, 3) and min(piece.shape) >= 60:
                    self.pieces.append(piece)

    def draw(self, d: Dice) -> np.ndarray:
        """float32 [288, 384]: a piece fitted as the program fits it, or a plain body."""
        if not self.pieces or d.chance(.3):
            return body(d)
        piece = d.choice(self.pieces)
        if d.chance(.5):
            piece = piece[:, ::-1]
        k = min(WIDTH / piece.shape[1], HEIGHT / piece.shape[0])
        piece = cv2.resize(piece, None, fx=k, fy=k, interpolation=cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR)
        page = np.full((HEIGHT, WIDTH), GREY, np.float32)
        h, w = min(HEIGHT, piece.shape[0]), min(WIDTH, piece.shape[1])
        page[:h, :w] = piece[:h, :w]
        return page


def body(d: Dice) -> np.ndarray:
    """A plain body: a few flat areas, slats, a shadow."""
    page = np.full((HEIGHT, WIDTH), d.uniform(20, 220), np.float32)
    for _ in range(d.randint(0, 5)):
        x, y = d.randint(-60, WIDTH), d.randint(-60, HEIGHT)
        cv2.rectangle(page, (x, y), (x + d.randint(30, 320), y + d.randint(15, 240)), d.uniform(10, 240), -1)
    if d.chance(.4):
        step, thick, high = d.randint(8, 60), d.randint(1, 8), d.uniform(-60, 60)
        for x in range(d.randint(0, step), WIDTH, step):
            page[:, x:x + thick] += high
    if d.chance(.3):
        step, thick, high = d.randint(12, 60), d.randint(1, 10), d.uniform(-60, 60)
        for y in range(d.randint(0, step), HEIGHT, step):
            page[y:y + thick] += high
    return page


def number_rows(d: Dice) -> list[str]:
    """A plate's number as it is painted: with its marks, with some or with none; in one row or two."""
    kind = layouts.ONE_LINE if d.chance(.72) else layouts.TWO_LINE_CAR
    rows = layouts.text_rows(d, kind)
    u = d.unit()
    if u < .2: rows = [r.replace(".", "") for r in rows]
    elif u < .35: rows = [r.replace(".", "").replace("-", " ") for r in rows]
    elif u < .5: rows = [r.replace(".", "").replace("-", "") for r in rows]
    return rows


def other_rows(d: Dice) -> list[str]:
    """Lettering that is no plate's number: words, a telephone number, a load."""
    u = d.unit()
    if u < .55: return [" ".join(d.sample(WORDS, d.randint(1, 4)))]
    if u < .85:
        marks, digits = d.choice([".", " ", "-", ""]), "0" + d.choice("3589") + d.digits(8)
        return [marks.join((digits[:4], digits[4:7], digits[7:]))]
    return [d.choice(["TT: ", "TL: ", "", "KLHH "]) + d.digits(d.randint(3, 5)) + d.choice([" KG", "KG", " T", ""])]


def ink_of(d: Dice, rows: list[str]) -> np.ndarray:
    """uint8 coverage of the rows, 64 pixels high a row, cut to the ink."""
    plain = all(c.isascii() for row in rows for c in row)  # the Roboto fonts alone have every Vietnamese letter
    font = ImageFont.truetype(layouts.FONT_DIR + d.choice(layouts.FONTS if plain else layouts.FONTS[3:8]), 84)
    gap = d.randint(0, 14)
    lines = []
    for text in rows:
        page = Image.new("L", (140 * len(text) + 80, 160), 0)
        pen, x = ImageDraw.Draw(page), 20
        for c in text:
            pen.text((x, 20), c, font=font, fill=255)
            x += pen.textlength(c, font=font) + gap
        ink = np.array(page)
        ys, xs = np.where(ink > 60)
        if len(ys):
            lines.append(ink[ys.min():ys.max() + 1, xs.min():xs.max() + 1])
    between = d.randint(10, 34)
    wide = max(line.shape[1] for line in lines)
    out = np.zeros((sum(line.shape[0] for line in lines) + between * (len(lines) - 1), wide), np.uint8)
    y = 0
    for line in lines:
        x = (wide - line.shape[1]) // 2
        out[y:y + line.shape[0], x:x + line.shape[1]] = line
        y += line.shape[0] + between
    return cv2.dilate(out, np.ones((3, 3), np.uint8)) if d.chance(.3) else out


def quad_of(d: Dice, ink: np.ndarray, rows: int, high: float) -> np.ndarray | None:
    """Corners TL TR BR BL of the ink, `high` pixels high a row, as a rear or a side is seen; None where it does not fit."""
    tall = high * rows * d.uniform(1., 1.25)
    wide = tall * ink.shape[1] / ink.shape[0] * d.uniform(.75, 1.2)
    if d.chance(.45):                                       # a side, or a rear from beside: narrower, its rows climb or fall
        wide *= d.uniform(.45, .95)
        slope = d.uniform(-.55, .55)
    else:
        slope = d.gauss(0, .06)
    if wide > .95 * WIDTH or wide < 2 * high:
        return None
    near = 1 + d.uniform(-.2, .2) * abs(slope) * 2          # its nearer end is higher
    drop = slope * wide
    q = np.array([[0, 0], [wide, drop], [wide, drop + tall * near], [0, tall]]) @ np.array([[1, d.gauss(0, .03)], [0, 1]]).T
    q -= q.min(0)
    room = [WIDTH, HEIGHT] - q.max(0)
    if room.min() < 2:
        return None
    return q + [d.uniform(0, room[0]), d.uniform(0, room[1])]


def paint(d: Dice, page: np.ndarray, ink: np.ndarray, q: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """The page with the ink on it, faded and crossed by bars or not; no board over cells that are `taken`."""
    h, w = ink.shape
    m = cv2.getPerspectiveTransform(np.float32([[0, 0], [w, 0], [w, h], [0, h]]), q.astype(np.float32))
    k = max(1, int(h / max(8, np.ptp(q[:, 1]))))            # no alias where it shrinks much
    soft = cv2.blur(ink, (k, k)) if k > 1 else ink
    cover = cv2.warpPerspective(soft, m, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR).astype(np.float32) / 255
    low, high = np.maximum(q.min(0).astype(int) - 2, 0), q.max(0).astype(int) + 3
    area = np.s_[low[1]:high[1], low[0]:high[0]]
    ground = float(np.median(page[area]))
    board = cv2.fillConvexPoly(np.zeros((HEIGHT, WIDTH), np.float32),
                               ((q - q.mean(0)) * d.uniform(1.1, 2.2) + q.mean(0)).astype(np.int32), 1.)
    if d.chance(.35) and not (board[::STRIDE, ::STRIDE] * taken).any():   # a plain board under it
        ground = d.uniform(15, 235)
        page = page * (1 - board) + (ground + (page - page.mean()) * d.uniform(0, .2)) * board
    else:
        page = page.copy()
        page[area] = ground + (page[area] - ground) * d.uniform(.1, .8)   # where one paints, the ground is calm
    contrast = d.uniform(45, 190)
    tone = ground + contrast if ground + contrast < 250 and (ground < 110 or d.chance(.3)) else ground - contrast
    cover *= d.uniform(.65, 1)
    if d.chance(.25):                                       # paint that is coming off
        n = cv2.resize(d.array.random((HEIGHT // 5, WIDTH // 5)).astype(np.float32), (WIDTH, HEIGHT))
        cover *= np.clip((n - d.uniform(0, .25)) * 6, .25, 1)
    page = page * (1 - cover) + tone * cover
    if d.chance(.3):                                        # bars of a door, ribs of a board
        for _ in range(d.randint(1, 4)):
            x = d.uniform(q[:, 0].min(), q[:, 0].max())
            lean, thick = d.uniform(-.05, .05) * HEIGHT, d.uniform(.03, .25) * np.ptp(q[:, 1]) + 1
            cv2.line(page, (int(x), 0), (int(x + lean), HEIGHT), d.uniform(10, 230), max(1, int(thick / 2)))
    return page


def plate(d: Dice, page: np.ndarray, target: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """The page with a number plate: text of the right kind on a ground of its own, and no painted number. A dark plate cannot be told
    from a painted board: there the loss looks away."""
    ink, _, _ = layouts.draw_plate(d, d.choice([layouts.ONE_LINE, layouts.TWO_LINE_CAR, layouts.TWO_LINE_CAR]))
    wide = d.uniform(24, 110)
    tall = wide * ink.shape[0] / ink.shape[1]
    x, y = d.uniform(2, WIDTH - wide - 2), d.uniform(2, HEIGHT - tall - 2)
    box = np.s_[int(y):int(y + tall), int(x):int(x + wide)]
    cells = np.s_[int(y / STRIDE):int((y + tall) / STRIDE) + 1, int(x / STRIDE):int((x + wide) / STRIDE) + 1]
    if min(page[box].shape) < 6 or taken[cells].any():
        return page
    small = cv2.resize(ink, page[box].shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    light = d.chance(.8)
    ground, tone = (d.uniform(150, 245), d.uniform(5, 70)) if light else (d.uniform(20, 90), d.uniform(160, 240))
    if not light:
        target[cells] = 2
    page = page.copy()
    page[box] = ground * (1 - small) + tone * small
    return page


def camera(d: Dice, page: np.ndarray) -> np.ndarray:
    """What a camera and its coder leave of it -> uint8."""
    if d.chance(.3):                                        # seen smaller than the net's input, and enlarged
        k = d.uniform(.4, .9)
        page = cv2.resize(cv2.resize(page, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), (WIDTH, HEIGHT))
    if d.chance(.5):
        page = cv2.GaussianBlur(page, (0, 0), d.uniform(.3, 1.3))
    if d.chance(.2):
        page = cv2.filter2D(page, -1, line_kernel(d.randint(2, 6), d.uniform(0, np.pi)))
    if d.chance(.5):
        page = 255 * np.power(np.clip(page, 0, 255) / 255, d.uniform(.5, 1.8))
    page = page * d.uniform(.3 if d.chance(.2) else .6, 1.1) + d.uniform(-15, 30)
    sigma = d.choice([0, 1, 3, 6, 10])
    if sigma:
        page = page + d.array.normal(0, sigma, page.shape).astype(np.float32)
    page = np.clip(page, 0, 255).astype(np.uint8)
    if d.chance(.6):
        page = cv2.imdecode(cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, d.randint(18, 85)])[1], 0)
    return page


def core(q: np.ndarray) -> np.ndarray:
    """The quad without `RIM` of its height on every side, in cells of the target (float)."""
    along, down = q[1] - q[0], q[3] - q[0]
    rim = RIM * np.linalg.norm(down)
    a, b = along / np.linalg.norm(along) * rim, down / np.linalg.norm(down) * rim
    return (q + [a + b, b - a, -a - b, a - b]) / STRIDE - .5


def scene(d: Dice, backgrounds: Backgrounds) -> tuple[np.ndarray, np.ndarray]:
    page, target = backgrounds.draw(d), np.zeros((HEIGHT // STRIDE, WIDTH // STRIDE), np.uint8)
    taken = np.zeros_like(target)
    numbers = d.choice([0, 1, 1, 1, 2])
    others = d.choice([0, 0, 1, 1, 2, 3])
    for at in range(numbers + others):
        rows = number_rows(d) if at < numbers else other_rows(d)
        ink = ink_of(d, rows)
        high = d.log_uniform(5, 46)
        q = next((q for q in (quad_of(d, ink, len(rows), high) for _ in range(8)) if q is not None), None)
        if q is None:
            continue
        cells = cv2.fillConvexPoly(np.zeros_like(target), np.round(q / STRIDE).astype(np.int32), 1)
        if (cv2.dilate(cells, np.ones((5, 5), np.uint8)) & taken).any():
            continue
        page = paint(d, page, ink, q, taken)
        taken |= cells
        if at < numbers:
            if high < LEAST_PX:
                target[cells > 0] = 2
            else:
                cv2.fillConvexPoly(target, np.round(core(q) * 16).astype(np.int32), 1, lineType=cv2.LINE_8, shift=4)
    for _ in range(d.choice([0, 1, 1, 2])):
        page = plate(d, page, target, taken)
    return camera(d, page), target
