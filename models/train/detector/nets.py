"""Detectors as they are run: ours (and YOLOX-nano of COCO, which has the same output), and the plate teachers.

All take a BGR picture uint8 [H, W, 3] and give rows [N, 6] of class, x1, y1, x2, y2, score in its pixels.
"""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from boxes import PLATE, decode, nms

cv2.setNumThreads(1)

VEHICLE_NMS, PLATE_NMS = 0.6, 0.45  # the manifest's nms_iou
NO_ROWS = np.zeros((0, 6))


def session(path: Path | str) -> onnxruntime.InferenceSession:
    """A session on one thread: the machine is shared, and it is one thread that the figures are for."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def letterbox(picture: np.ndarray, width: int, height: int) -> tuple[np.ndarray, float]:
    """Picture scaled into the top left of width x height, the rest 114; the scale. height 0: as high as it needs."""
    h, w = picture.shape[:2]
    scale = width / w if not height else min(width / w, height / h)
    new_w, new_h = max(1, round(w * scale)), max(1, round(h * scale))
    height = height or -(-new_h // 32) * 32
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas = np.full((height, width, 3), 114, np.uint8)
    canvas[:new_h, :new_w] = cv2.resize(picture, (new_w, new_h), interpolation=how)
    return canvas, scale


def clip_to(rows: np.ndarray, picture: np.ndarray) -> np.ndarray:
    h, w = picture.shape[:2]
    rows[:, [1, 3]] = rows[:, [1, 3]].clip(0, w)
    rows[:, [2, 4]] = rows[:, [2, 4]].clip(0, h)
    return rows


class Detector:
    """The shipped form: [1, A, 10] of box, objectness, five classes; or [1, A, 85] of the COCO teacher."""

    COCO_VEHICLES = [5 + 2, 5 + 3, 5 + 5, 5 + 7]

    def __init__(self, path: Path | str):
        self.net = session(path)
        self.input = self.net.get_inputs()[0].name
        self.name = Path(path).stem

    def raw(self, canvas: np.ndarray) -> np.ndarray:
        tensor = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)
        return self.net.run(None, {self.input: tensor})[0][0]

    def frame(self, picture: np.ndarray, width: int, height: int, threshold: float = 0.01) -> np.ndarray:
        """One pass over the whole picture; vehicles of all four classes suppress one another, plates only plates."""
        canvas, scale = letterbox(picture, width, height)
        out = self.raw(canvas)
        classes = out[:, 5:] if out.shape[1] == 10 else out[:, self.COCO_VEHICLES]
        scores = out[:, 4:5] * classes
        best, score = scores.argmax(1), scores.max(1)
        keep = score > threshold
        if not keep.any():
            return NO_ROWS
        boxes = (decode(out, *canvas.shape[:2]) / scale)[keep]
        best, score = best[keep], score[keep]
        rows = []
        for group, limit in ((best != PLATE, VEHICLE_NMS), (best == PLATE, PLATE_NMS)):
            index = np.flatnonzero(group)
            index = index[nms(boxes[index], score[index], limit)]
            rows.append(np.c_[best[index], boxes[index], score[index]])
        return clip_to(np.concatenate(rows), picture)

    def second_look(
        self, picture: np.ndarray, rows: np.ndarray, size: int = 320, margin: float = 0.1,
        least_px: float = 24, least_score: float = 0.4, threshold: float = 0.01,
    ) -> np.ndarray:
        """`rows` of the frame pass with the plates of a second pass over the crop of each vehicle added.

        A crop is the vehicle's box widened by `margin` on each side, of the native picture, in size x size.
        A plate as wide as .8 of the crop is no plate of that vehicle.
        """
        plates = [rows[rows[:, 0] == PLATE]]
        vehicles = rows[rows[:, 0] != PLATE]
        for _, x1, y1, x2, y2, score in vehicles:
            w, h = x2 - x1, y2 - y1
            if score < least_score or w < least_px:
                continue
            left, top = int(max(0, x1 - margin * w)), int(max(0, y1 - margin * h))
            right, bottom = int(min(picture.shape[1], x2 + margin * w)), int(min(picture.shape[0], y2 + margin * h))
            found = self.frame(picture[top:bottom, left:right], size, size, threshold)
            found = found[found[:, 0] == PLATE]
            found[:, 1:5] += [left, top, left, top]
            plates.append(found[(found[:, 3] - found[:, 1]) < 0.8 * (right - left)])
        plates = np.concatenate(plates)
        plates = plates[nms(plates[:, 1:5], plates[:, 5], PLATE_NMS)]
        return np.concatenate([vehicles, plates])


class PlateTeacher:
    """LP_detector_nano: YOLOv5n, RGB 0-1, rows of cx, cy, w, h in input pixels, objectness, one class."""

    def __init__(self, path: Path | str):
        self.net = session(path)
        self.name = Path(path).stem

    def frame(self, picture: np.ndarray, width: int = 640, height: int = 640, threshold: float = 0.01) -> np.ndarray:
        canvas, scale = letterbox(picture, width, height)
        tensor = np.ascontiguousarray(canvas[..., ::-1].transpose(2, 0, 1)[None], np.float32) / 255
        out = self.net.run(["output"], {"images": tensor})[0][0]
        score = out[:, 4] * out[:, 5]
        out, score = out[score > threshold], score[score > threshold]
        boxes = np.c_[out[:, :2] - out[:, 2:4] / 2, out[:, :2] + out[:, 2:4] / 2] / scale
        keep = nms(boxes, score, PLATE_NMS)
        return clip_to(np.c_[np.full(len(keep), PLATE), boxes[keep], score[keep]], picture)


class YuNetTeacher:
    """LPD-YuNet: BGR 0-255 at 320 x 240, four corners a plate over fixed prior boxes."""

    WIDTH, HEIGHT = 320, 240
    SIZES = ([10, 16, 24], [32, 48], [64, 96], [128, 192, 256])
    STEPS = (8, 16, 32, 64)
    VARIANCE = 0.1

    def __init__(self, path: Path | str):
        self.net = session(path)
        self.name = Path(path).stem
        priors = []
        for sizes, step in zip(self.SIZES, self.STEPS):
            rows, columns = self._side(self.HEIGHT, step), self._side(self.WIDTH, step)
            for y in range(rows):
                for x in range(columns):
                    for s in sizes:
                        priors.append([(x + 0.5) * step / self.WIDTH, (y + 0.5) * step / self.HEIGHT,
                                       s / self.WIDTH, s / self.HEIGHT])
        self.priors = np.array(priors)

    @staticmethod
    def _side(pixels: int, step: int) -> int:
        """Cells of a map of that step along one side: the net halves the picture again and again, rounding down."""
        side = (pixels + 1) // 2 // 2
        while step > 4:
            side, step = side // 2, step // 2
        return side

    def frame(self, picture: np.ndarray, width: int = 0, height: int = 0, threshold: float = 0.01) -> np.ndarray:
        canvas, scale = letterbox(picture, self.WIDTH, self.HEIGHT)
        tensor = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)
        loc, conf, quality = self.net.run(["loc", "conf", "iou"], {"input": tensor})
        score = np.sqrt(conf[:, 1] * quality[:, 0].clip(0, 1))
        keep = score > threshold
        loc, score, priors = loc[keep], score[keep], self.priors[keep]
        # Corners lie at 4..13 of each row as offsets from the prior's centre, in the order of the source.
        corners = np.stack([priors[:, :2] + loc[:, i : i + 2] * self.VARIANCE * priors[:, 2:] for i in (4, 6, 10, 12)], 1)
        corners *= np.array([self.WIDTH, self.HEIGHT]) / scale
        boxes = np.concatenate([corners.min(1), corners.max(1)], 1)
        index = nms(boxes, score, PLATE_NMS)
        return clip_to(np.c_[np.full(len(index), PLATE), boxes[index], score[index]], picture)
