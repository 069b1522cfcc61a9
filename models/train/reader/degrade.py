"""What light and a camera do to a grey picture. All functions take and return float32 [h, w] in 0-255 unless said."""
import cv2
import numpy as np

from alphabet import HEIGHT, WIDTH
from dice import Dice


def shadow(d: Dice, h: int, w: int) -> np.ndarray:
    """Gain (0-1) of a soft or hard shadow edge across the picture."""
    a = d.uniform(0, 2 * np.pi)
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    across = (xx / w - .5) * np.cos(a) + (yy / h - .5) * np.sin(a) + d.uniform(-.35, .35)
    return 1 - d.uniform(.2, .65) / (1 + np.exp(-across * d.choice([6, 20, 60])))


def glare(d: Dice, h: int, w: int) -> np.ndarray:
    """Light added by a reflection or a lamp."""
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    return d.uniform(40, 170) * np.exp(-(((xx / w - d.unit()) ** 2) / .04 + ((yy / h - d.unit()) ** 2) / .12))


def tone(d: Dice, img: np.ndarray) -> np.ndarray:
    """Exposure, gamma and black level; not clipped."""
    if d.chance(.5):
        img = 255 * np.power(np.clip(img, 0, 255) / 255, d.uniform(.5, 1.9))
    return img * d.uniform(.45, 1.15) + d.uniform(-30, 40)


def line_kernel(length: int, angle: float) -> np.ndarray:
    """Motion blur: a normalised line of `length` pixels at `angle` radians."""
    k = np.zeros((length, length), np.float32)
    c = (length - 1) / 2
    dx, dy = c * np.cos(angle), c * np.sin(angle)
    cv2.line(k, (round(c - dx), round(c - dy)), (round(c + dx), round(c + dy)), 1, 1)
    return k / k.sum()


def capture(d: Dice, img: np.ndarray, plate_px: float, contrast: float = 120.) -> np.ndarray:
    """Blur, sharpening, noise and JPEG at capture size -> uint8. `plate_px` is the plate's width in the picture,
    `contrast` what separates paint from ground, so that noise stays in proportion to it."""
    k, u = plate_px / WIDTH, d.unit()
    if u < .30:
        img = cv2.GaussianBlur(img, (0, 0), d.uniform(.3, 1.3) * max(.5, k))
    elif u < .50:
        n = d.randint(2, max(3, int((7 if plate_px > 70 else 5) * k) + 1))
        img = cv2.filter2D(img, -1, line_kernel(n, d.uniform(0, np.pi)))
    elif u < .56:                                           # out of focus
        r = d.uniform(.7, 1.8) * k
        n = int(np.ceil(r))
        yy, xx = np.mgrid[-n:n + 1, -n:n + 1]
        disc = (xx ** 2 + yy ** 2 <= r * r + .3).astype(np.float32)
        img = cv2.filter2D(img, -1, disc / disc.sum())
    if d.chance(.2):                                        # a camera that sharpens
        img = img + d.uniform(.5, 2) * (img - cv2.GaussianBlur(img, (0, 0), 1.0))
    sigma = d.choice([0, .015, .03, .06, .12]) * d.uniform(.5, 1.2) * contrast
    if sigma:
        img = img + d.array.normal(0, sigma, img.shape).astype(np.float32)
    img = np.clip(img, 0, 255).astype(np.uint8)
    if d.chance(.55):
        img = cv2.imdecode(cv2.imencode(".jpg", img, [cv2.IMWRITE_JPEG_QUALITY, d.randint(18, 85)])[1], 0)
    return img


def to_net(crop: np.ndarray) -> np.ndarray:
    """uint8 crop of any size -> the net's 64x128. The shipped program does exactly this: bilinear, and area average
    from 180 px on, where bilinear would skip pixels."""
    how = cv2.INTER_LINEAR if crop.shape[1] < 180 else cv2.INTER_AREA
    return cv2.resize(crop, (WIDTH, HEIGHT), interpolation=how)


def legibility(crop: np.ndarray, ink: np.ndarray) -> float:
    """How much of the crop's fine structure is its characters: correlation (0-1) of the two, both 64x128."""
    fine = lambda a: a - cv2.GaussianBlur(a, (0, 0), 6)
    a, b = fine(crop.astype(np.float32)), fine(ink)
    seen = ink > 8                                          # where there is paint, and its neighbourhood
    seen = cv2.dilate(seen.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    if seen.sum() < 50: return 0.
    a, b = a[seen] - a[seen].mean(), b[seen] - b[seen].mean()
    return float(abs((a * b).sum()) / np.sqrt((a * a).sum() * (b * b).sum() + 1e-6))
