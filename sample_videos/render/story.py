"""The words a story is told in: who passes which camera when. Times in seconds of a clip. All plates are invented."""

from dataclasses import dataclass, field

from catalogue import MOTORBIKES


@dataclass(frozen=True)
class Vehicle:
    """seed: looks of its kind. front, rear: shape of the plates ('long' or 'square'; a motorbike has one, at the rear). trailer:
    the plate at the rear of a tractor with a trailer, which carries its own. cover: what is the matter with its plates: ''
    (nothing), 'dirty' (mud leaves it half legible), 'covered' (a rag hangs over it), 'missing'. cape: the rider wears a rain
    cape."""

    kind: str
    seed: object
    plate: str
    colour: str = 'white'
    front: str = 'long'
    rear: str = 'square'
    trailer: str = ''
    cover: str = ''
    cape: bool = False

    @property
    def is_motorbike(self):
        return self.kind in MOTORBIKES

    @property
    def number(self):
        """What the law has painted on body, doors and rear of trucks."""
        return (self.trailer or self.plate) if self.kind in ('boxtruck', 'flatbed', 'heavy', 'tractor') else ''


@dataclass(frozen=True)
class Pass:
    """One planned crossing: its nearest end is over the line at `at` seconds if nothing holds it up. speed in m/s where the road
    is free, aside: metres off the lane's middle, away from the middle of the road. manner: 'through', 'back' (turns round in
    view, see turn_at: metres along the road beyond which it turns), 'overtake' (passes those before it on the left)."""

    vehicle: str
    clip: str
    direction: str
    at: float
    speed: float
    aside: float = 0.0
    manner: str = 'through'
    turn_at: float = 0.0


@dataclass(frozen=True)
class Hold:
    """Someone stops the car lane of a direction: front bumpers do not pass `y` (metres along the road) from start to end."""

    direction: str
    y: float
    start: float
    end: float


@dataclass(frozen=True)
class Clip:
    """A camera's footage. label: the camera's name in the configuration; camera: its place and lens (cameras.py); light: of
    lights.py; gate: None for an interior point. free: constant speeds, nobody minds another (the first minute). codec: h264 or
    hevc; variable: frames are dropped, as by a camera that cannot keep up."""

    name: str
    label: str
    camera: str
    light: str
    start: str
    seconds: int
    passes: list
    gate: str = None
    holds: tuple = ()
    free: bool = False
    codec: str = 'h264'
    variable: bool = False


@dataclass(frozen=True)
class Story:
    """held_out: kept out of all training; nothing in it appears in another story."""

    name: str
    vehicles: dict
    clips: list
    held_out: bool = False
    gates: tuple = field(default=())  # (name, latitude, longitude, neighbour)


def stories():
    """All stories by name. Imported late: they use this module's words."""
    import border_town
    import first_minute

    return {s.name: s for s in (first_minute.STORY, border_town.TOWN, border_town.HELD_OUT)}


def clip_of(name):
    """(story, clip) of a clip's name."""
    for s in stories().values():
        for c in s.clips:
            if c.name == name:
                return s, c
    raise SystemExit('no clip %s; there are %s' % (name, ', '.join(c.name for s in stories().values() for c in s.clips)))
