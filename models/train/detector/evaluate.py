"""Accuracy on the places held out: `python evaluate.py [--split test|tune] [--out FILE.json] NET.onnx ...`

Vehicles: AP50 of each class in three Vietnamese or like places and a mixed one, frame pass at 416x256 and 640x384.
Plates: roads (Indian fixed cameras and dashcam, the only road plates labelled by hand) and gates, frame pass alone and
with the second look. Beside our nets the teachers, on the same pictures: coco for vehicles, lp and yunet for plates.
"""

import argparse
import json
import tomllib
from pathlib import Path

import cv2

from measure import Plates, Vehicles
from nets import Detector, PlateTeacher, YuNetTeacher
from paths import COCO_TEACHER, MODELS, PLATE_TEACHER, YUNET_TEACHER, need_shared
from places import Picture, number
from prepare import load, truth_of

FRAMES = ((416, 256), (640, 384))


def thresholds() -> dict[str, float]:
    return tomllib.loads((MODELS / "manifest.toml").read_text())["detector"]["min_score"]


def group_of(record: dict) -> str:
    name = Path(record["path"]).name
    if record["set"] == "vn_overpass" and name.startswith("I_hwy") and number(name) <= 1730:
        return "vn_cctv"  # one camera with vn_cctv I_87
    return {"vn_cctv": "vn_cctv", "vn_overpass": "vn_overpass", "id_toll_cctv": "toll_night",
            "vn_gate_thanhbinh": "gate", "gate_scenes": "gate", "motorbike_gate": "gate_motorbike"}.get(record["set"], "others")


def native(record: dict):
    """The picture as stored and its labels in that picture's pixels."""
    path = Path(record["path"])
    picture = cv2.imread(str(path))
    p = Picture(record["set"], path, record["split"])
    if record["set"] == "motorbike_gate":
        scale = picture.shape[1] / record["picture"].shape[1]
        truth = record["truth"].copy()
        truth[:, 1:5] *= scale
        return picture, truth
    return picture, truth_of(p, picture.shape[1], picture.shape[0])


def vehicles(net: Detector, records: list[dict], size: tuple[int, int], limits: dict) -> dict:
    counts = Vehicles()
    for r in records:
        counts.add(net.frame(r["picture"], *size), r["truth"], r["picture"].shape[0])
    return counts.result(limits)


def plates(net, records: list[dict], size: tuple[int, int], second: bool, limits: dict) -> dict:
    counts = Plates()
    for r in records:
        picture, truth = native(r)
        rows = net.frame(picture, *size)
        if second:
            rows = net.second_look(picture, rows)
        counts.add(rows, truth)
    return counts.result(limits["plate"])


def line(name: str, where: str, size, result: dict) -> str:
    if "car" in result:
        text = "  ".join(f"{c} {v['ap50']:.3f} r {v['recall']:.2f} p {v['precision']:.2f} ({v['n']})"
                         for c, v in result.items() if v["n"])
    else:
        low, high = result["wilson95"]
        text = (f"AP50 {result['ap50']:.3f} found {result['found']} of {result['n']} = {result['share']:.3f} "
                f"[{low:.3f}, {high:.3f}] false {result['false']} by width {result['by_width_px']}")
    return f"{name:12} {'x'.join(map(str, size)):9} {where:22} {text}"


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("nets", nargs="+", help="our nets; coco, lp, yunet name the teachers")
    p.add_argument("--split", default="test")
    p.add_argument("--out", type=Path)
    p.add_argument("--quick", action="store_true", help="416x256 only, and no gates")
    args = p.parse_args()
    if not need_shared():
        return
    limits, results = thresholds(), []
    groups: dict[str, list[dict]] = {}
    for r in load({args.split}):
        groups.setdefault(group_of(r), []).append(r)
    print({name: len(rs) for name, rs in groups.items()}, flush=True)
    road_plates = [r for r in groups.get("others", []) if r["set"] == "india_cctv_plate"]

    def say(name, where, size, result):
        results.append(dict(net=name, where=where, size=size, **result))
        print(line(name, where, size, result), flush=True)

    for name in args.nets:
        if name in ("lp", "yunet"):
            net = PlateTeacher(PLATE_TEACHER) if name == "lp" else YuNetTeacher(YUNET_TEACHER)
            size = (640, 640) if name == "lp" else (320, 240)
            for where, records in (("plates road", road_plates), ("plates gate", groups.get("gate", []))):
                say(name, where, size, plates(net, records, size, False, limits))
            continue
        net = Detector(COCO_TEACHER if name == "coco" else name)
        for size in FRAMES[:1] if args.quick else FRAMES:
            for where in ("vn_cctv", "vn_overpass", "toll_night", "others"):
                if where in groups:
                    say(net.name, where, size, vehicles(net, groups[where], size, limits))
            if name == "coco":
                continue
            for second in (False, True):
                where = "plates road" + (" + second look" if second else "")
                say(net.name, where, size, plates(net, road_plates, size, second, limits))
            if not args.quick and "gate" in groups:
                say(net.name, "plates gate + second look", size, plates(net, groups["gate"], size, True, limits))
    if args.out:
        args.out.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
