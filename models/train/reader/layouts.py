"""Texts and flat drawings of Vietnamese plates: what is printed where, before any camera.

Kinds: ONE_LINE car, TWO_LINE_CAR, MOTORBIKE (two lines), FOREIGN (one or two lines of no Vietnamese pattern). Lengths are millimetres unless a name says pixels.
Series letters are drawn so that rare and confusable ones come more often than on the road.
"""
import functools
import os

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from alphabet import CHARS
from dice import Dice

ONE_LINE, TWO_LINE_CAR, MOTORBIKE, FOREIGN = 0, 1, 2, 3
FONT_DIR = "/usr/share/fonts/"
FONTS = [
    "opentype/bebas-neue/BebasNeue-Bold.otf", "opentype/bebas-neue/BebasNeue-Regular.otf",
    "opentype/bebas-neue/BebasNeue-Book.otf", "truetype/roboto/unhinted/RobotoCondensed-Bold.ttf",
    "truetype/roboto/unhinted/RobotoCondensed-Medium.ttf", "truetype/roboto/unhinted/RobotoCondensed-Regular.ttf",
    "truetype/roboto/unhinted/RobotoTTF/Roboto-Bold.ttf", "truetype/roboto/unhinted/RobotoTTF/Roboto-Medium.ttf",
    "truetype/roadgeek/RG2014B.ttf", "truetype/roadgeek/RG2014C.ttf", "truetype/roadgeek/RG2014D.ttf",
    "truetype/opendin/OSP-DIN.ttf", "truetype/liberation/LiberationSansNarrow-Bold.ttf",
    "truetype/liberation/LiberationSans-Bold.ttf",
]
FALLBACK = 3                     # RobotoCondensed-Bold has every character
UNASSIGNED = {13, 42, 44, 45, 46, 87, 91, 96}
PROVINCES = ["%02d" % p for p in range(11, 100) if p not in UNASSIGNED]
SERIES_LETTERS = "ABCDEFGHKLMNPSTUVXYZ"
SERIES = SERIES_LETTERS + "GGGZZRRQCBDVP"
WEAK_SERIES = SERIES + "QQQQMMMKKNNSSYYXXBBTTUHRZ"
CONFUSABLE = [p for p in PROVINCES if set(p) <= set("3568960")] + ["19", "78", "27", "79", "11", "26", "17", "71", "77", "22"]
SECOND_LETTERS = "ABCDEFGHKLMNPSTUVXYZR"
ARMY = "ABCDEFGHKLMNPQRSTUVXYZ"
SPECIAL = ["LD", "LD", "KT", "HC", "CD", "DA", "MK", "TĐ", "TĐ", "RM", "R", "CT", "LB"]
DIPLOMATIC = ["NG", "QT", "CV", "NN"]
# A letter stands for any letter, a digit for any digit: patterns of plates met abroad, none of them a Vietnamese one.
FOREIGN_ROWS = [["AA11AAA"], ["AAA1111"], ["A1111AA"], ["A1111AAA"], ["AAA111"], ["1AA1111"], ["AA1111"], ["1AAA111"],
                ["AA11", "AAA"], ["AAA", "1111"], ["1AA", "1111"], ["A1111", "AA"]]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "IJOW" * 4


@functools.cache
def glyph_sets() -> list[dict[str, np.ndarray]]:
    """For each font: character -> its ink (uint8 coverage, cut to the ink)."""
    sets = []
    for name in FONTS:
        font = ImageFont.truetype(os.path.join(FONT_DIR, name), 110)
        glyphs = {}
        for c in CHARS:
            page = Image.new("L", (260, 260), 0)
            ImageDraw.Draw(page).text((60, 60), c, font=font, fill=255)
            ink = np.array(page)
            ys, xs = np.where(ink > 60)
            if len(ys) >= 50:
                glyphs[c] = ink[ys.min():ys.max() + 1, xs.min():xs.max() + 1]
        # Some fonts have a box or nothing where Đ should be.
        missing = bytes(font.getmask("\uffff"))
        if "Đ" in glyphs and (bytes(font.getmask("Đ")) == missing
                              or abs(glyphs["Đ"].shape[1] / glyphs["D"].shape[1] - 1) > .35):
            del glyphs["Đ"]
        sets.append(glyphs)
    return sets


def foreign_rows(d: Dice) -> list[str]:
    """Rows of a plate from abroad; letters that ours lack come often."""
    gap = d.choice(["", "", "-"])
    fill = lambda c: d.choice(LETTERS) if c == "A" else d.digits(1)
    return ["".join((gap if i and row[i].isdigit() != row[i - 1].isdigit() else "") + fill(c) for i, c in enumerate(row))
            for row in d.choice(FOREIGN_ROWS)]


def serial(d: Dice, five: float) -> str:
    return d.digits(3) + "." + d.digits(2) if d.chance(five) else d.digits(4)


def text_rows(d: Dice, kind: int) -> list[str]:
    """Printed rows with their marks, e.g. ['30A-123.45'] or ['59-C1', '234.56']."""
    if kind == FOREIGN: return foreign_rows(d)
    u, prov = d.unit(), d.choice(PROVINCES)
    if kind == ONE_LINE:
        if u < .78: return [prov + d.choice(SERIES) + "-" + serial(d, .88)]
        if u < .88: return [prov + d.choice(SPECIAL) + "-" + serial(d, .6)]
        if u < .95: return [d.choice(ARMY) + d.choice(ARMY) + "-" + d.digits(2) + "-" + d.digits(2)]
        if u < .975: return [prov + "-" + d.digits(3) + "-" + d.choice(DIPLOMATIC) + "-" + d.digits(2)]
        return ["T" + prov + "-" + serial(d, 1)]
    if kind == TWO_LINE_CAR:
        if u < .80: return [prov + d.choice(SERIES), serial(d, .87)]
        if u < .92: return [prov + d.choice(SPECIAL), serial(d, .7)]
        if u < .97: return [d.choice(ARMY) + d.choice(ARMY), d.digits(2) + "-" + d.digits(2)]
        return [prov + "-" + d.digits(3), d.choice(DIPLOMATIC) + "-" + d.digits(2)]
    low = serial(d, .68)
    if u < .62: return [prov + "-" + d.choice(SERIES.replace("Q", "")) + d.choice("123456789"), low]
    if u < .88: return [prov + "-" + d.choice(SERIES.replace("Q", "")) + d.choice(SECOND_LETTERS), low]
    if u < .94: return [prov + "-MĐ" + d.choice(["", "1", "2", "3", "4", "5", "6"]), low]
    if u < .96: return [d.choice(ARMY) + d.choice(ARMY), d.digits(2) + "-" + d.digits(2) if d.chance(.5) else d.digits(3)]
    if u < .98: return [prov, d.digits(3) + "-" + d.choice(SERIES) + d.choice(SECOND_LETTERS)]   # old moped
    return [prov + "-" + d.digits(3), d.choice(DIPLOMATIC) + "-" + d.digits(3)]


def rare_rows(d: Dice, kind: int) -> list[str]:
    """Like text_rows for a Vietnamese plate, with the codes, letters and digits that a reader takes for others more often."""
    prov = d.choice(CONFUSABLE) if d.chance(.5) else d.choice(PROVINCES)
    series = d.choice(WEAK_SERIES) if d.chance(.75) else d.choice(SPECIAL)
    if d.chance(.08):
        upper, low = prov + "-" + d.digits(3), d.choice(DIPLOMATIC) + "-" + d.digits(2)
        return [upper + "-" + low] if kind == ONE_LINE else [upper, low]
    if d.chance(.08):
        army, low = d.choice(ARMY) + d.choice(ARMY), d.digits(2) + "-" + d.digits(2)
        return [army + "-" + low] if kind == ONE_LINE else [army, low]
    if kind == ONE_LINE: return [prov + series + "-" + serial(d, .88)]
    if kind == TWO_LINE_CAR: return [prov + series, serial(d, .87)]
    second = d.choice(SECOND_LETTERS) if d.chance(.5) else d.choice("123456789")
    return [prov + "-" + (("MĐ" if d.chance(.15) else d.choice(WEAK_SERIES)) + second), serial(d, .68)]


def label(rows: list[str]) -> str:
    return "/".join(r.replace("-", "").replace(".", "") for r in rows)


class Row:
    """Where one row stands: left, right, top, bottom, nominal glyph width, gap, width of a dot."""

    def __init__(self, left, right, top, bottom, glyph, gap, dot):
        self.left, self.right, self.top, self.bottom = left, right, top, bottom
        self.glyph, self.gap, self.dot = glyph, gap, dot


def draw_row(d: Dice, ink: np.ndarray, text: str, row: Row, glyphs: dict, scale: float, slim_one: float):
    """Draw one row into `ink` (uint8 coverage, `scale` pixels a mm), centred, squeezed where it is too wide."""
    widths = [row.glyph * d.uniform(.40, .55) if c == "-" else row.dot if c == "." else row.glyph for c in text]
    total = sum(widths) + row.gap * (len(widths) - 1)
    fit = (row.right - row.left) / total
    k = min(min(1.0, fit) if d.chance(.8) else fit, 1.25)
    x = row.left + (row.right - row.left - total * k) / 2
    high = row.bottom - row.top
    px = lambda v: int(v * scale)
    for c, w in zip(text, widths):
        w *= k
        if c == "-":
            thick, yc = d.uniform(.10, .16) * high, (row.top + row.bottom) / 2 + d.uniform(-.03, .05) * high
            cv2.rectangle(ink, (px(x), px(yc - thick / 2)), (px(x + w), px(yc + thick / 2)), 255, -1)
        elif c == ".":
            r = w / 2 * d.uniform(.8, 1.1)
            yc = row.bottom - (d.choice([.12, .12, .18, .5]) if row.dot > 6 else .1) * high
            xc = x + w / 2
            if d.chance(.5):
                cv2.circle(ink, (px(xc), px(yc)), max(1, px(r)), 255, -1)
            else:
                cv2.rectangle(ink, (px(xc - r), px(yc - r)), (px(xc + r), px(yc + r)), 255, -1)
        else:
            gx, gw = x, w
            if c == "1":                       # a '1' is slim and keeps the cell of a full character
                gw = w * slim_one
                gx = x + (w - gw) * d.choice([.5, .5, .8])
            pw, ph = max(2, round(gw * scale)), max(2, round(high * scale))
            g = cv2.resize(glyphs.get(c, glyph_sets()[FALLBACK][c]), (pw, ph), interpolation=cv2.INTER_AREA)
            gx = max(0, min(round(gx * scale), ink.shape[1] - pw))
            gy = max(0, min(round(row.top * scale), ink.shape[0] - ph))
            part = ink[gy:gy + ph, gx:gx + pw]
            np.maximum(part, g, out=part)
        x += w + row.gap * k


def draw_plate(d: Dice, kind: int, texts: list[str] | None = None) -> tuple[np.ndarray, str, float]:
    """Ink of a plate (uint8 [h, w], 255 = paint), its label, and pixels a mm. `texts`: its printed rows, else drawn at random."""
    glyphs = d.choice(glyph_sets())
    slim = d.uniform(.45, .95) if d.chance(.8) else d.uniform(.3, .5)
    texts = texts or text_rows(d, kind)
    if kind == ONE_LINE or kind == FOREIGN and len(texts) == 1:
        wide, high = (520, 110) if d.chance(.75) else (470, 110)
        scale, side, top = d.uniform(.55, .8), d.uniform(.05, .10) * wide, (110 - d.uniform(60, 76)) / 2
        rows = [Row(side, wide - side, top, 110 - top, d.uniform(36, 42), d.uniform(6, 12), 10)]
    elif kind != MOTORBIKE:
        wide, high = (330, 165) if d.chance(.7) else (280, 200)
        scale, a = d.uniform(.8, 1.1), high / 165
        glyph, gap = d.uniform(34, 42) * (wide / 330) ** .5, d.uniform(7, 14)
        t = (d.uniform(.12, .2) if len(texts[0]) <= 4 else .06) * wide
        b = d.uniform(.04, .09) * wide
        rows = [Row(t, wide - t, 12 * a, 75 * a, glyph, gap * d.uniform(1, 2), 10),
                Row(b, wide - b, 90 * a, 153 * a, glyph, gap, 10)]
    else:
        wide, high, scale = 190, 140, d.uniform(1.1, 1.5)
        glyph, gap, dy = d.uniform(21, 28), d.uniform(5, 10), d.uniform(-2, 4)
        t, b = d.uniform(.06, .16) * wide, d.uniform(.04, .1) * wide
        rows = [Row(t, wide - t, 9 + dy, 63 + dy, glyph, gap, 7),
                Row(b, wide - b, 73 + dy, 127 + dy, glyph * d.uniform(1, 1.1), gap * d.uniform(.8, 1.2), 7)]
    ink = np.zeros((int(high * scale), int(wide * scale)), np.uint8)
    for text, row in zip(texts, rows):
        draw_row(d, ink, text, row, glyphs, scale, slim)
    u = d.unit()
    if u < .22:
        ink = cv2.dilate(ink, np.ones((3, 3), np.uint8), iterations=d.choice([1, 1, 2]))
    elif u < .37:
        ink = cv2.erode(ink, np.ones((3, 3) if d.chance(.25) else (2, 2), np.uint8))
    return ink, label(texts), scale
