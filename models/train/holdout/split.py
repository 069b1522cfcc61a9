"""The real plate crops: their labels with our edits, and which are for training, tuning and testing.

The pictures and their labels are not ours and stay outside the repository. What is kept here is `label_edits.tsv`:
edits found by eye, keyed by the picture's SHA-256, that say nothing without the picture's own label.

Edits, comma-separated, on 0-based places of the label's compact text (no separators): `3:N` place 3 becomes N,
`3:` place 3 goes, `3+N` an N comes before place 3; `ok` = looked at, right as it stands; `drop` = two careful
looks could not read it.
"""
import collections
import csv
import dataclasses
import functools
import hashlib
import os
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
EDITS = HERE / "label_edits.tsv"
SALT = "hanhtrinh reader hold-out 1"
ONE_LINE, MOTORBIKE = 0, 2
TEST_SHARE = {ONE_LINE: .13, MOTORBIKE: .26}
TUNE_SHARE = .10
ONE_LINE_FORM = re.compile(r"[1-9]\d[A-HK-NPR-VX-Z]\d{4,5}|[1-9]\d(LD|KT|HC|CD|RM|DA|MK|TD|NG|NN|QT)\d{4,5}"
                           r"|[A-Z]{2}\d{4}|\d{5}(NG|NN|QT|CV)\d\d")
MOTORBIKE_FORM = re.compile(r"[1-9]\d[A-HK-NPR-VX-Z][A-Z0-9]\d{4,5}")
UPPER_ROW = 4                    # characters of the upper row of every motorbike plate of the set


@dataclasses.dataclass
class Record:
    sha256: str
    path: str
    kind: int                    # ONE_LINE or MOTORBIKE
    box: tuple | None            # x, y, w, h in pixels; None: the picture is the plate's crop
    published: str               # compact text as the set states it
    label: str                   # after our edits, `/` between rows; None where dropped
    trusted: bool                # good enough to train on: edited by us, or well formed
    split: str                   # train, tune, test


def read_edits(path=EDITS) -> dict[str, str]:
    with open(path, encoding="utf-8") as f:
        return {r["sha256"]: r["edit"] for r in csv.DictReader(f, delimiter="\t")}


def apply(edit: str, text: str) -> str:
    """Places count in the text as it was before any of the edits; several new characters at one place keep their order."""
    if edit == "ok":
        return text
    cells, before = list(text) + [""], [""] * (len(text) + 1)
    for op in edit.split(","):
        place, how, new = re.fullmatch(r"(\d+)([:+])(.?)", op).groups()
        if how == ":":
            cells[int(place)] = new
        else:
            before[int(place)] += new
    return "".join(b + c for b, c in zip(before, cells))


@functools.cache
def published(shared: str) -> list[Record]:
    """All records as the sets publish them. O and I are 0 and 1: Vietnamese plates have neither letter. Read once a
    process; callers copy what they change."""
    out = []
    data = pathlib.Path(shared) / "data"
    if not data.is_dir():
        return out
    with open(data / "plates_one_line/labels.tsv", encoding="utf-8") as f:
        for r in csv.DictReader(f, delimiter="\t"):
            text = r["text"].upper().replace("O", "0").replace("I", "1")
            path = str(data / "plates_one_line" / r["image"])
            out.append(Record("", path, ONE_LINE, None, text, text, bool(ONE_LINE_FORM.fullmatch(text)), ""))
    with open(data / "motorbike_gate/labels.tsv", encoding="utf-8") as f:
        for r in csv.DictReader(f, delimiter="\t"):
            text = r["teacher_text"].upper()
            good = bool(MOTORBIKE_FORM.fullmatch(text)) and float(r["teacher_confidence"]) >= .45
            box = tuple(float(v) for v in r["box_xywh_px"].split(","))
            path = str(data / "motorbike_gate" / r["image"])
            out.append(Record("", path, MOTORBIKE, box, text, text, good, ""))
    for r in out:
        r.sha256 = hashlib.sha256(pathlib.Path(r.path).read_bytes()).hexdigest()
    return list({r.sha256: r for r in reversed(out)}.values())[::-1]     # a picture stored twice counts once


def groups(texts: set[str]) -> dict[str, str]:
    """text -> name of its group. Texts that differ in one character are one group: a misread label must not put one
    plate on both sides of the split."""
    parent = {t: t for t in texts}

    def root(t):
        while parent[t] != t:
            parent[t] = parent[parent[t]]
            t = parent[t]
        return t

    alike = collections.defaultdict(list)
    for t in sorted(texts):
        for i in range(len(t)):
            alike[t[:i] + "?" + t[i + 1:]].append(t)
    for family in alike.values():
        for t in family[1:]:
            a, b = sorted((root(family[0]), root(t)))
            parent[b] = a
    return {t: root(t) for t in texts}


def records(shared: str) -> list[Record]:
    """Every record with edits applied and its split. The split hangs on published texts alone, so that an edit never
    moves a record into the test; a train record whose edited text turns up in tune or test leaves the training."""
    out = [dataclasses.replace(r) for r in published(shared)]
    edits = read_edits()
    group = groups({r.published for r in out})
    has_motorbike = {group[r.published] for r in out if r.kind == MOTORBIKE}
    for r in out:
        g = group[r.published]
        u = int.from_bytes(hashlib.sha256((SALT + g).encode()).digest()[:4], "big") / 2 ** 32
        test = TEST_SHARE[MOTORBIKE if g in has_motorbike else ONE_LINE]
        r.split = "test" if u < test else "tune" if u < test + TUNE_SHARE else "train"
        edit = edits.get(r.sha256)
        if edit == "drop":
            r.label = None
            continue
        if edit:
            r.label, r.trusted = apply(edit, r.label), True
        if r.kind == MOTORBIKE:
            r.label = r.label[:UPPER_ROW] + "/" + r.label[UPPER_ROW:]
    compact = lambda r: r.label.replace("/", "")
    held = {compact(r) for r in out if r.split != "train" and r.label}
    return [r for r in out if r.split != "train" or r.label and r.trusted and compact(r) not in held]


def unseen_by_trial(r: Record) -> bool:
    """Whether the trial's reader (version "trial-2") never trained on the picture: its own hold-out rule, which takes
    5 % of the plates by their published label. The only pictures its accuracy may be told on."""
    text = r.published if r.kind == ONE_LINE else r.published[:UPPER_ROW] + "/" + r.published[UPPER_ROW:]
    return hashlib.md5(text.encode()).digest()[0] < 14


if __name__ == "__main__":
    shared = os.environ.get("HANHTRINH_SHARED", str(HERE.parents[3] / "shared"))
    every = records(shared)
    print("split  kind       pictures  dropped  plates")
    for split in ("train", "tune", "test"):
        for kind, name in ((ONE_LINE, "one-line"), (MOTORBIKE, "motorbike")):
            rs = [r for r in every if r.split == split and r.kind == kind]
            kept = [r for r in rs if r.label]
            print(f"{split:6} {name:10} {len(kept):8} {len(rs) - len(kept):8} {len({r.label for r in kept}):7}")
