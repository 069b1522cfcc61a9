"""Where things lie.

- pictures and teachers: `HANHTRINH_SHARED`, by default `../shared` beside the repository
- scratch (records, checkpoints, exported nets; about 4 GB): `HANHTRINH_WORK`, by default `work/` beside
  this file, which git ignores
- the shipped net: `models/detector.onnx`
"""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODELS = HERE.parents[1]
REPOSITORY = MODELS.parent
SHARED = Path(os.environ.get("HANHTRINH_SHARED", REPOSITORY.parent / "shared"))
WORK = Path(os.environ.get("HANHTRINH_WORK", HERE / "work"))
DATA = SHARED / "data"
TEACHERS = SHARED / "teachers"
SHIPPED = MODELS / "detector.onnx"
HOLDOUT = HERE.parent / "holdout"

COCO_TEACHER = TEACHERS / "yolox_nano_dyn.onnx"
PLATE_TEACHER = TEACHERS / "LP_detector_nano_61.onnx"
YUNET_TEACHER = TEACHERS / "license_plate_detection_lpd_yunet_2022may.onnx"


def need_shared() -> bool:
    """True where the shared pictures are there; else says what is skipped and how to name the folder."""
    if DATA.is_dir():
        return True
    print(f"skipped: no pictures at {DATA} (name the folder in HANHTRINH_SHARED)")
    return False
