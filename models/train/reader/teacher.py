"""The character detector measured beside the reader (a YOLOv5 net of others, not ours and not shipped).

It finds single characters. Reading them: left to right where all centres lie near one line; else two rows, split at the
mean height of the centres."""
import cv2
import numpy as np

NAMES = "123456789ABCDEFGHKLMNPSTUVXYZ0"     # no R, J, Q, W, I, O, Đ
SIZE, STRIDE = 640, 32
OFF_LINE = .35                   # of a character's height


def _letterbox(bgr: np.ndarray) -> np.ndarray:
    """Longest side 640, sides padded to multiples of 32 -> f32 [1, 3, h, w] RGB 0-1."""
    k = SIZE / max(bgr.shape[:2])
    a = cv2.resize(bgr, None, fx=k, fy=k, interpolation=cv2.INTER_LINEAR)
    h, w = a.shape[:2]
    a = cv2.copyMakeBorder(a, 0, -h % STRIDE, 0, -w % STRIDE, cv2.BORDER_CONSTANT, value=(114, 114, 114))
    return np.ascontiguousarray(a[..., ::-1].transpose(2, 0, 1)[None]).astype(np.float32) / 255


def characters(net, bgr: np.ndarray, threshold: float) -> list[tuple[str, float, float, float, float]]:
    """(character, score, centre x, centre y, height) after suppression, in the net's pixels."""
    out = net.run(None, {"images": _letterbox(bgr)})[0][0]
    score = out[:, 4:5] * out[:, 5:]
    best, keep = score.argmax(1), score.max(1) >= threshold
    boxes, best, score = out[keep, :4], best[keep], score.max(1)[keep]
    if not len(boxes):
        return []
    rects = np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, 2:]], 1)
    chosen = np.array(cv2.dnn.NMSBoxes(rects.tolist(), score.tolist(), threshold, .45)).reshape(-1)
    return [(NAMES[best[i]], float(score[i]), *map(float, boxes[i, :2]), float(boxes[i, 3])) for i in chosen]


def read(found: list[tuple[str, float, float, float, float]], threshold: float) -> tuple[str, float]:
    """Characters, those below the threshold left out -> label and the least score of its characters."""
    found = [f for f in found if f[1] >= threshold]
    if len(found) < 2:
        return "".join(f[0] for f in found), 0.
    x, y = np.array([f[2] for f in found]), np.array([f[3] for f in found])
    first, last = x.argmin(), x.argmax()
    line = y[first] + (x - x[first]) * (y[last] - y[first]) / max(1., x[last] - x[first])
    order = sorted(found, key=lambda f: f[2])
    score = min(f[1] for f in found)
    if np.abs(y - line).max() <= OFF_LINE * np.median([f[4] for f in found]):
        return "".join(f[0] for f in order), score
    middle = y.mean()
    rows = ["".join(f[0] for f in order if (f[3] > middle) == lower) for lower in (False, True)]
    return "/".join(rows), score
