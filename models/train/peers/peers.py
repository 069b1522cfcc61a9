"""Our program and others on plates held out: right, wrong, none, and time. See README.md."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

# Before the libraries that read it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
import cv2                                                                       # noqa: E402
import numpy as np                                                               # noqa: E402
import onnxruntime                                                               # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SHARED = pathlib.Path(os.environ.get("HANHTRINH_SHARED", ROOT.parent / "shared"))
sys.path[:0] = [str(HERE.parent / "holdout"), str(HERE.parent / "detector"), str(HERE.parent / "reader")]
import split                                                                     # noqa: E402
import teacher                                                                   # noqa: E402
from boxes import iou                                                            # noqa: E402
from measure import wilson95                                                     # noqa: E402
from nets import PlateTeacher                                                    # noqa: E402
from paths import PLATE_TEACHER                                                  # noqa: E402

cv2.setNumThreads(1)
MARGIN = .04                     # around the truth's or a detector's box, as ours has it
TEACHER_BOX, TEACHER_CHARACTER = .5, .4
RAPID_SCORE = .5                 # RapidOCR's own default
LEAST_IOU = .3                   # a plate found elsewhere in the picture is another plate


def compact(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())


def session(name: str):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(SHARED / "teachers" / name), options, providers=["CPUExecutionProvider"])


def cut(picture: np.ndarray, box) -> np.ndarray:
    x, y, w, h = box
    y0, x0 = max(0, round(y - MARGIN * h)), max(0, round(x - MARGIN * w))
    return picture[y0:round(y + h + MARGIN * h), x0:round(x + w + MARGIN * w)]


def nearest(found: list[tuple[str, tuple]], truth) -> str | None:
    """The text of the answer that lies on the truth's box; (x, y, w, h) each."""
    corners = lambda b: np.array([[b[0], b[1], b[0] + b[2], b[1] + b[3]]], float)
    best = max(found, key=lambda f: iou(corners(f[1]), corners(truth))[0, 0], default=None)
    return best[0] if best and iou(corners(best[1]), corners(truth))[0, 0] >= LEAST_IOU else None


class Ours:
    name = "hanhtrinh"

    def read(self, records):
        crop = ["--crop"] if records[0].box is None else []
        command = [str(ROOT / "target/release/hanhtrinh"), "read", "--json", "--provider", "cpu", *crop]
        began = time.perf_counter()
        out = subprocess.run(command + [r.path for r in records], capture_output=True, check=True, text=True).stdout
        seconds = time.perf_counter() - began
        answers = []
        for record, line in zip(records, out.splitlines()):
            plates = [(p["text"], p["box"]) for p in json.loads(line)["plates"] if p["text"]]
            if record.box is None:
                answers.append(plates[0][0] if plates else None)
            else:
                answers.append(nearest(plates, record.box))
        return answers, seconds


class SimpleLpr:
    name = "SimpleLPR 3.6"

    def __init__(self):
        import simplelpr
        setup = simplelpr.EngineSetupParms()
        setup.cudaDeviceId, setup.maxConcurrentImageProcessingOps = -1, 1
        self.engine = simplelpr.SimpleLPR(setup)
        for i in range(self.engine.numSupportedCountries):
            self.engine.set_countryWeight(i, 0)
        self.engine.set_countryWeight("Vietnam", 1.)
        self.engine.realizeCountryWeights()
        self.processor = self.engine.createProcessor()
        self.processor.plateRegionDetectionEnabled = True
        self.scratch = tempfile.TemporaryDirectory()

    def with_surroundings(self, path: str) -> str:
        """It answers nothing on a bare crop: the crop 200 px wide in the middle of a grey picture."""
        crop = cv2.imread(path)
        crop = cv2.resize(crop, (200, round(200 * crop.shape[0] / crop.shape[1])), interpolation=cv2.INTER_LINEAR)
        canvas = np.full((360, 640, 3), 90, np.uint8)
        y, x = (360 - crop.shape[0]) // 2, 220
        canvas[y:y + crop.shape[0], x:x + 200] = crop
        out = os.path.join(self.scratch.name, "plate.png")
        cv2.imwrite(out, canvas)
        return out

    def read(self, records):
        answers, seconds = [], 0.
        for r in records:
            path = r.path if r.box is not None else self.with_surroundings(r.path)
            began = time.perf_counter()
            candidates = self.processor.analyze(path)
            seconds += time.perf_counter() - began
            found = []
            for c in candidates:
                match = next((m for m in c.matches if m.country == "Vietnam"), None)
                if match:
                    b = match.boundingBox
                    found.append((match.text, (b.left, b.top, b.width, b.height)))
            if r.box is None:
                answers.append(found[0][0] if found else None)
            else:
                answers.append(nearest(found, r.box))
        return answers, seconds


class Teachers:
    name = "LP_detector_nano_61 + LP_ocr_nano_62"

    def __init__(self):
        self.detector = PlateTeacher(PLATE_TEACHER)
        self.characters = session("LP_ocr_nano_62.onnx")

    def read(self, records):
        answers, seconds = [], 0.
        for r in records:
            picture = cv2.imread(r.path)
            began = time.perf_counter()
            boxes = [None]
            if r.box is not None:
                rows = self.detector.frame(picture)
                boxes = [(x1, y1, x2 - x1, y2 - y1) for _, x1, y1, x2, y2, score in rows if score >= TEACHER_BOX]
            found = []
            for box in boxes:
                crop = picture if box is None else cut(picture, box)
                text, _ = teacher.read(teacher.characters(self.characters, crop, TEACHER_CHARACTER), TEACHER_CHARACTER)
                found.append((text, box))
            seconds += time.perf_counter() - began
            answers.append((found[0][0] if r.box is None else nearest(found, r.box)) or None)
        return answers, seconds


class Rapid:
    name = "RapidOCR's recognizer, truth's box"

    def __init__(self):
        from rapidocr import RapidOCR
        self.engine = RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": 1,
                                       "EngineConfig.onnxruntime.inter_op_num_threads": 1})

    def line(self, crop):
        said = self.engine(crop, use_det=False, use_cls=False, use_rec=True)
        sure = bool(said.txts) and said.scores[0] >= RAPID_SCORE
        return said.txts[0] if sure else ""

    def read(self, records):
        answers, seconds = [], 0.
        for r in records:
            picture = cv2.imread(r.path)
            began = time.perf_counter()
            if r.box is None:
                text = self.line(picture)
            else:
                crop = cut(picture, r.box)
                half = crop.shape[0] // 2
                text = self.line(crop[:half]) + self.line(crop[half:])
            seconds += time.perf_counter() - began
            answers.append(text or None)
        return answers, seconds


TOOLS = (Ours, SimpleLpr, Teachers, Rapid)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else None
    sets = {"one-line crops": split.ONE_LINE, "motorbike gate pictures, whole": split.MOTORBIKE}
    print("| pictures | tool | N | exact | Wilson 95 % | wrong | none | ms a picture |\n|---|---|---|---|---|---|---|---|")
    for name, kind in sets.items():
        records = [r for r in split.records(str(SHARED)) if r.split == "test" and r.kind == kind and r.label][:count]
        if not records:
            sys.exit("no pictures: HANHTRINH_SHARED leads nowhere; 0 cases measured")
        for make in TOOLS:
            tool = make()
            answers, seconds = tool.read(records)
            truth = [compact(r.label) for r in records]
            exact = sum(a is not None and compact(a) == t for a, t in zip(answers, truth))
            none = sum(a is None for a in answers)
            n = len(records)
            lo, hi = wilson95(exact, n)
            print(f"| {name} | {tool.name} | {n} | {exact} = {100 * exact / n:.1f} % | {100 * lo:.1f}-{100 * hi:.1f} "
                  f"| {n - exact - none} | {none} | {1e3 * seconds / n:.0f} |", flush=True)


if __name__ == "__main__":
    main()
