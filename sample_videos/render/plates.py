"""Vietnamese number plates as pictures (millimetre layouts) with relief, bolts and dirt, and their printed form."""

import re

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FOLDER = '/usr/share/fonts/'
FONTS = [
    FOLDER + f
    for f in (
        'opentype/bebas-neue/BebasNeue-Bold.otf',
        'truetype/roboto/unhinted/RobotoCondensed-Bold.ttf',
        'truetype/roadgeek/RG2014C.ttf',
        'truetype/opendin/OSP-DIN.ttf',
    )
]
SIZE = {'long': (520, 110), 'square': (330, 165), 'moto': (190, 140)}  # mm
COLOURS = {  # film, characters
    'white': ((236, 236, 230), (14, 14, 16)),
    'yellow': ((242, 186, 22), (14, 14, 16)),
    'blue': ((20, 62, 150), (240, 240, 238)),
    'red': ((176, 18, 22), (240, 240, 238)),
}
CHINESE = '桂'  # Guangxi, the province beyond the border; drawn stroke by stroke, no font of ours has it
PX = 3  # pixels a millimetre


def printed(text, kind):
    """Compact text as printed on a plate of this kind: one row for 'long', else two rows parted by '|'.
    30G68215 -> 30G-682.15 or 30G|682.15; 29X512903 -> 29-X5|129.03; TM2345 -> TM-23-45 or TM|23-45; 80441NG02 ->
    80-441-NG-02 or 80-441|NG-02; T2012345 -> T20-123.45 or T20|123.45; 20RM01234 -> 20RM-012.34; 桂A5K273 -> 桂A.5K273."""
    diplomat = re.fullmatch(r'(\d\d)(\d{3})(NG|QT|CV|NN)(\d\d)', text)
    if diplomat:
        return '%s-%s%s%s-%s' % (diplomat[1], diplomat[2], '-' if kind == 'long' else '|', diplomat[3], diplomat[4])
    if text[0] == CHINESE:
        return text[:2] + '.' + text[2:]
    army = re.fullmatch(r'([A-Z]{2})(\d\d)(\d\d)', text)
    if army:
        return '%s%s%s-%s' % (army[1], '-' if kind == 'long' else '|', army[2], army[3])
    if kind == 'moto':
        head, serial = re.fullmatch(r'(\d\d[A-ZĐ][A-Z0-9])(\d{5}|\d{4})', text).groups()
        head = head[:2] + '-' + head[2:]
    else:
        head, serial = re.fullmatch(r'(T\d\d|\d\d(?:RM|[A-Z]))(\d{5}|\d{4})', text).groups()
    serial = serial[:3] + '.' + serial[3:] if len(serial) == 5 else serial
    return head + ('-' if kind == 'long' else '|') + serial


def glyph(c, w, h, font):
    """One character scaled into its cell of w x h mm; cropped to the INK (font.getbbox starts at the pen)."""
    im = Image.new('L', (500, 500), 0)
    ImageDraw.Draw(im).text((100, 60), c, fill=255, font=ImageFont.truetype(font, 300))
    im = im.crop(im.getbbox())
    w *= 0.55 if c == '1' else 1  # '1' is narrow in its full cell
    return im.resize((max(1, round(w * PX)), round(h * PX)), Image.LANCZOS)


def write_row(ink, text, width, y, h, w, gap, font):
    """A row of cells of w x h mm, centred on a plate `width` mm wide, its top at y. '-' and '.' have their own widths."""
    marks = {'-': 18 * h / 63, '.': 10 * h / 63}
    whole = sum(marks.get(c, w) for c in text) + gap * (len(text) - 1)
    squeeze = min(1.0, (width - 26) / whole)  # a diplomat's long plate has nine characters
    gap, w = gap * squeeze, w * squeeze
    widths = [marks[c] * squeeze if c in marks else w for c in text]
    x = width / 2 - (sum(widths) + gap * (len(widths) - 1)) / 2
    d = ImageDraw.Draw(ink)
    for c, cell in zip(text, widths):
        if c == '-':
            d.rectangle([x * PX, (y + h * 0.43) * PX, (x + cell) * PX, (y + h * 0.57) * PX], fill=255)
        elif c == '.':
            d.rectangle([x * PX, (y + h / 2 - cell / 2) * PX, (x + cell) * PX, (y + h / 2 + cell / 2) * PX], fill=255)
        else:
            g = guangxi(cell, h) if c == CHINESE else glyph(c, cell, h, font)
            ink.paste(g, (round(x * PX + (cell * PX - g.size[0]) / 2), round(y * PX)), g)
        x += cell + gap


def guangxi(w, h):
    """The character 桂 in a cell of w x h mm, as ink (0-255): a tree on the left, two earths on the right."""
    ink = Image.new('L', (round(w * PX), round(h * PX)), 0)
    d = ImageDraw.Draw(ink)
    X, Y, wide = w * PX, h * PX, round(h * PX * 0.075)
    for x0, y0, x1, y1 in (
        (0.02, 0.27, 0.42, 0.27),
        (0.22, 0.03, 0.22, 0.97),
        (0.21, 0.30, 0.02, 0.66),
        (0.23, 0.30, 0.42, 0.60),
        (0.70, 0.03, 0.70, 0.45),
        (0.50, 0.20, 0.92, 0.20),
        (0.46, 0.46, 0.96, 0.46),
        (0.70, 0.46, 0.70, 0.93),
        (0.50, 0.70, 0.92, 0.70),
        (0.44, 0.94, 0.98, 0.94),
    ):
        d.line([x0 * X, y0 * Y, x1 * X, y1 * Y], fill=255, width=wide)
    return ink


def draw_plate(text, kind, colour='white', seed=0, dirt=0.3, cover=''):
    """RGB picture (3 pixels a mm) of the compact text; font, dirt and bolts follow the seed. dirt 0-1. cover: '', 'dirty' (mud
    over half of it) or 'covered' (a rag over all of it)."""
    g = np.random.default_rng(seed)
    W, H = SIZE[kind]
    film, paint = COLOURS[colour]
    font = FONTS[int(g.choice([0, 0, 1, 2, 3]))]
    ink = Image.new('L', (W * PX, H * PX), 0)
    rim = [2.5 * PX, 2.5 * PX, (W - 2.5) * PX, (H - 2.5) * PX]
    ImageDraw.Draw(ink).rounded_rectangle(rim, radius=9 * PX, outline=255, width=int(2.4 * PX))
    rows = printed(text, kind).split('|')
    if kind == 'long':
        write_row(ink, rows[0], W, 17, 76, 38, 10, font)
    elif kind == 'square':
        write_row(ink, rows[0], W, 12, 63, 38, 10, font)
        write_row(ink, rows[1], W, 90, 63, 38, 10, font)
    else:
        write_row(ink, rows[0], W, 9, 54, 23, 6, font)
        write_row(ink, rows[1], W, 74, 54, 23, 6, font)
    m = np.asarray(ink, np.float32)[..., None] / 255
    col = np.array(film, np.float32) * (1 - m) + np.array(paint, np.float32) * m
    soft = cv2.GaussianBlur(m[..., 0], (0, 0), PX * 0.8)  # relief 1.7 mm: light from above left
    relief = cv2.Sobel(soft, cv2.CV_32F, 0, 1) + 0.5 * cv2.Sobel(soft, cv2.CV_32F, 1, 0)
    col += np.clip(-relief * 10, -28, 28)[..., None]
    if kind == 'long':
        bolts = (12, H / 2), (W - 12, H / 2)
    else:
        bolts = (W * 0.28, 6.5), (W * 0.72, 6.5), (W * 0.28, H - 6.5), (W * 0.72, H - 6.5)
    for x, y in bolts:
        cv2.circle(col, (int(x * PX), int(y * PX)), int(4 * PX), (118, 116, 112), -1, cv2.LINE_AA)
        cv2.circle(col, (int((x + 1) * PX), int((y + 1) * PX)), int(2.5 * PX), (80, 78, 76), -1, cv2.LINE_AA)
    if cover == 'dirty':
        col = add_mud(col, g)
    elif cover == 'covered':
        col = rag(col.shape[:2], g)
    return np.clip(add_dirt(col, g, dirt), 0, 255).astype(np.uint8)


def cloud(g, shape, mm):
    """Soft noise of this grain, mean 0, deviation about 1."""
    h, w = shape
    coarse = g.normal(0, 1, (max(2, h // PX // mm), max(2, w // PX // mm))).astype(np.float32)
    return cv2.resize(coarse, (w, h), interpolation=cv2.INTER_CUBIC)


def add_mud(col, g):
    """Dried mud over more than half of the plate."""
    thick = np.clip(1.6 * (cloud(g, col.shape[:2], 28) + 0.5 * cloud(g, col.shape[:2], 9)) + 0.7, 0, 0.97)[..., None]
    return col * (1 - thick) + (np.array((104, 84, 62), np.float32) + 9 * cloud(g, col.shape[:2], 3)[..., None]) * thick


def rag(shape, g):
    """A cloth tied over the plate: creases, no plate to be seen."""
    creases = np.sin(np.linspace(0, 11, shape[1], dtype=np.float32)[None] + 2.5 * cloud(g, shape, 40))
    return np.array((92, 88, 80), np.float32) * (1 + 0.25 * creases + 0.08 * cloud(g, shape, 4))[..., None]


def add_dirt(col, g, dirt):
    """Clouds of dust, thicker at the bottom, and splashes."""
    h, w = col.shape[:2]
    height = np.linspace(0, 1, h, dtype=np.float32)[:, None]
    amount = np.clip(dirt * (0.25 + 0.5 * height**2 + 0.18 * cloud(g, (h, w), 22) + 0.12 * cloud(g, (h, w), 6)), 0, 0.85)[..., None]
    col = col * (1 - amount) + np.array((112, 98, 80), np.float32) * amount
    for _ in range(int(dirt * 40)):
        cv2.circle(
            col,
            (int(g.uniform(0, w)), int(g.uniform(0.2, 1) * h)),
            int(g.uniform(0.3, 1.6) * PX),
            (95, 82, 66),
            -1,
            cv2.LINE_AA,
        )
    return col
