"""The reader's characters and what a label looks like.

A label is a plate's compact text with `/` between the rows of a two-line plate, e.g. `30A12345` or `59C1/23456`.
Class 0 of the net is the CTC blank; class i + 1 is `CHARS[i]`. Vietnamese plates have no I, J, O or W: those are there so that
a foreign plate is not forced into one of ours.
"""
CHARS = "0123456789ABCDEFGHKLMNPQRSTUVXYZĐIJOW"
CLASSES = len(CHARS) + 1
COLUMNS = 32
WIDTH, HEIGHT = 128, 64          # pixels of the crop the net sees
CLASS_OF = {c: i + 1 for i, c in enumerate(CHARS)}


def encode(label: str) -> tuple[list[int], list[int]]:
    """Classes of the upper (or only) and the lower row."""
    upper, _, lower = label.partition("/")
    return [CLASS_OF[c] for c in upper], [CLASS_OF[c] for c in lower]


def collapse(best: list[int]) -> list[int]:
    """CTC: best class a column -> classes, repeats and blanks removed."""
    out, before = [], 0
    for c in best:
        if c != before and c:
            out.append(c)
        before = c
    return out


def label_of(upper: list[int], lower: list[int]) -> str:
    text = "".join(CHARS[c - 1] for c in upper)
    return text + "/" + "".join(CHARS[c - 1] for c in lower) if lower else text
