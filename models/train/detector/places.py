"""Which picture trains, which tunes thresholds, which tests: by place, told apart by eye, so that no camera is on two sides.

The test places were held out by the trial nets too (so that the shipped net, which starts from them, has not seen
them). Places known to be one: vn_cctv I_dn_62 = I_dn_90, Z_c24 = Z_rain, I_87 = vn_overpass I_hwy up to 1730;
india Video1 = 3, 6 = 9, 7 = 10; overpass_atl A = B = D. I_mix and I_hwy 1802 mix places and are left out.
Not by place, and said so in the card: id_toll_cctv is one camera (its later night is held out), vn_gate_thanhbinh and
gate_scenes share one gate (held out by picture), indo_street_photos are single photographs.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from paths import DATA, HOLDOUT, SHARED, need_shared

sys.path.insert(0, str(HOLDOUT))
import split as plate_split  # noqa: E402

ROAD_SETS = [
    "vn_cctv", "vn_overpass", "id_toll_cctv", "id_etle_cctv", "np_roadside", "india_cctv_plate",
    "overpass_atl_daynight", "indo_street_photos", "vn_gate_thanhbinh",
]
# Width / height as the pictures looked before they were stored stretched to 640 x 640.
ASPECT = {"vn_overpass": 4 / 3, "vn_cctv": 16 / 9, "id_toll_cctv": 4 / 3, "id_etle_cctv": 1.4}
PLATES_LABELLED = {"india_cctv_plate", "vn_gate_thanhbinh", "gate_scenes", "motorbike_gate"}
# Sets without plate labels where boxes that two nets agree on were looked at: 4 of 5 and more are plates. (In
# indo_street_photos and id_toll_cctv half were lettering.)
PLATES_AGREED = {"np_roadside", "vn_overpass", "vn_cctv", "id_etle_cctv"}
VEHICLES_UNLABELLED = {"gate_scenes", "motorbike_gate"}
TRAIN, TUNE, TEST = "train", "tune", "test"


@dataclass
class Picture:
    set: str
    path: Path
    split: str
    aspect: float | None = None
    box: tuple | None = None  # a plate's x, y, w, h in pixels, where the set gives it beside the picture


def number(name: str) -> int:
    return int(re.search(r"(\d+)\.\w+$", name).group(1))


def vn_cctv(name: str) -> str | None:
    if name.startswith("I_mix"):
        return None
    if name.startswith(("I_dn_62", "I_dn_90")):
        return TUNE
    return TEST if name.startswith(("I_87", "Z_c24", "Z_rain")) else TRAIN


def vn_overpass(name: str) -> str | None:
    n = number(name)
    if name.startswith("I_hwy"):
        return None if n == 1802 else TEST if n <= 1791 else TRAIN
    if name.startswith("I_over2"):
        return TUNE if 1200 <= n <= 1212 else TRAIN
    return TEST if 1118 <= n <= 1150 else TRAIN


def id_toll(name: str) -> str:
    return TEST if "malam" in name and number(name) >= 162 else TRAIN


def india(name: str) -> str:
    if name.startswith("Video9_"):
        return TUNE
    if name.startswith("Video6_") or (name.startswith("11_") and number(name) >= 86):
        return TEST
    return TRAIN


def overpass_atl(name: str) -> str:
    return TEST if name[0] in "CZ" else TRAIN


BY_NAME = {
    "vn_cctv": vn_cctv, "vn_overpass": vn_overpass, "id_toll_cctv": id_toll, "india_cctv_plate": india,
    "overpass_atl_daynight": overpass_atl,
}


def last_share(names: list[str], share: float) -> set[str]:
    names = sorted(set(names))
    return set(names[len(names) - max(1, int(len(names) * share)) :])


def road_pictures(name: str) -> list[Picture]:
    paths = sorted((DATA / "road_scenes" / name / "images").iterdir())
    out = []
    if name == "vn_gate_thanhbinh":
        held = last_share([source_of(p.name) for p in paths], 0.15)
    elif name == "indo_street_photos":
        held = {source_of(p.name) for p in paths[int(len(paths) * 0.85) :]}
    else:
        held = set()
    for path in paths:
        rule = BY_NAME.get(name)
        where = rule(path.name) if rule else TEST if source_of(path.name) in held else TRAIN
        aspect = ASPECT.get(name)
        if name == "vn_overpass" and path.name.startswith("I_hwy") and number(path.name) <= 1730:
            aspect = 16 / 9  # the camera of vn_cctv I_87
        if where:
            out.append(Picture(name, path, where, aspect))
    return out


def source_of(name: str) -> str:
    """Roboflow stores several augmented copies of one picture: NAME_jpg.rf.HASH.jpg."""
    return re.split(r"_(?:jpg|png|jpeg)\.rf", name)[0]


def gate_pictures() -> list[Picture]:
    """gate_scenes without the pictures it shares with motorbike_gate, and motorbike_gate by the readers' hold-out."""
    paths = sorted((DATA / "gate_scenes/images").iterdir())
    held = last_share([source_of(p.name) for p in paths], 0.15)
    out = [
        Picture("gate_scenes", p, TEST if source_of(p.name) in held else TRAIN)
        for p in paths
        if not source_of(p.name).startswith("xemay")
    ]
    for r in plate_split.records(str(SHARED)):
        if r.kind == plate_split.MOTORBIKE:
            out.append(Picture("motorbike_gate", Path(r.path), r.split, None, r.box))
    return out


def every_picture() -> list[Picture]:
    return [p for name in ROAD_SETS for p in road_pictures(name)] + gate_pictures()


def seen_by_trial(path: Path, order: dict[str, int]) -> bool:
    """Whether the trial's second net trained on this motorbike_gate picture; `order`: place of its line when sorted."""
    n = order[path.name]
    return n < int(len(order) * 0.85) and n % 2 == 0


def trial_order() -> dict[str, int]:
    lines = sorted(open(DATA / "motorbike_gate/labels.tsv", encoding="utf-8").read().splitlines()[1:])
    return {line.split("\t")[0]: n for n, line in enumerate(lines)}


if __name__ == "__main__":
    from collections import Counter

    if not need_shared():
        raise SystemExit
    for key, count in sorted(Counter((p.set, p.split) for p in every_picture()).items()):
        print(f"{key[0]:24} {key[1]:6} {count}")
