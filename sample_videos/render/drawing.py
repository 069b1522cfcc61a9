"""What several kinds of vehicle are drawn with: paints, lettering, grime, people behind glass."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from skin import M

PAINTS = (
    [(238, 238, 236)] * 4
    + [(24, 25, 27)] * 3
    + [(176, 178, 181)] * 3
    + [(92, 95, 99)] * 2
    + [
        (142, 18, 22),
        (178, 30, 26),
        (26, 50, 104),
        (18, 32, 58),
        (110, 84, 58),
        (196, 186, 160),
        (40, 70, 52),
        (206, 92, 24),
    ]
)
SKIN = M((150, 108, 84), 0.6)


def paint(c):
    return M(c, 0.16, 0.055)


def word(view, text, u, v, h, m):
    """Lettering on a view, centred; on the sides it is laid on both, each the right way round."""
    if view is view.skin.side:
        view.skin.words += [
            lambda: letters(view, text, u, v, h, m, False),
            lambda: letters(view.skin.left, text, u, v, h, m, True),
        ]
    else:
        letters(view, text, u, v, h, m, view is view.skin.front)


def letters(view, text, u, v, h, m, flip):
    f = ImageFont.truetype('/usr/share/fonts/truetype/roboto/unhinted/RobotoCondensed-Bold.ttf', 80)
    im = Image.new('L', (90 * len(text) + 60, 140), 0)
    ImageDraw.Draw(im).text((20, 10), text, fill=255, font=f)
    im = np.asarray(im.crop(im.getbbox()))
    k = h * view.scale / im.shape[0]
    im = cv2.resize(im, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
    if flip:
        im = im[:, ::-1]
    x, y = view.px(np.array([u, v]))
    x, y = int(x - im.shape[1] / 2), int(y - im.shape[0] / 2)
    a = im[..., None] / 255.0
    c = view.skin.col[y : y + im.shape[0], x : x + im.shape[1]]
    if c.shape[:2] == im.shape:
        c[:] = c * (1 - a) + np.array(m[0]) * a


def grime(vw, h, amount=0.35):
    vw.shade(lambda u, v: 1 - amount * np.clip(1 - v / h, 0, 1) ** 1.5 * (0.8 + 0.2 * np.sin(u * 23) * np.sin(v * 31)))


def person_behind_glass(vw, u, v, w, h, m, sideways=False):
    """Dim shape of a seat with head-rest, or of a driver, painted on glass. w across, h upwards."""
    p = lambda a, b: (u + b, v + a) if sideways else (u + a, v + b)
    vw.poly([p(-w, -h), p(w, -h), p(w * 0.8, h * 0.15), p(-w * 0.8, h * 0.15)], m[0])
    c = p(0, h * 0.55)
    vw.disc(*c, *((h * 0.40, w * 0.42) if sideways else (w * 0.42, h * 0.40)), m[1])
