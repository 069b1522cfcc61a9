"""The traffic of the two clips: which vehicle passes which camera when. Times in seconds of the clips, which start together.
All plates are invented. A vehicle seen by both cameras keeps its body, colour and plate."""

from dataclasses import dataclass

from catalogue import MOTORBIKES

SECONDS = 60
START = '2026-03-14T09:30:00+07:00'


@dataclass(frozen=True)
class Vehicle:
    """seed: looks of its kind. front, rear: shape of the plates ('long' or 'square'; a motorbike has one, at the rear)."""

    kind: str
    seed: int
    plate: str
    colour: str = 'white'
    front: str = 'long'
    rear: str = 'square'

    @property
    def is_motorbike(self):
        return self.kind in MOTORBIKES


@dataclass(frozen=True)
class Pass:
    """One planned crossing: its nearest end is over the line at `at` seconds. speed in m/s, aside: metres off the lane's
    middle, away from the middle of the road."""

    vehicle: str
    camera: str
    direction: str
    at: float
    speed: float
    aside: float = 0.0


VEHICLES = {
    # enter by the gate
    'hn-sedan': Vehicle('sedan', 0, '30G68215', rear='long'),
    'home-suv': Vehicle('suv', 1, '20A45127'),
    'hn-coach': Vehicle('bus', 3, '29B50734', 'yellow'),
    'bn-hatch': Vehicle('hatch', 2, '99A31846', rear='long'),
    'vp-boxtruck': Vehicle('boxtruck', 4, '88C15072', 'yellow'),
    'home-sedan': Vehicle('sedan', 5, '20A80963', rear='long'),
    'th-sedan': Vehicle('sedan', 6, '36A24718', rear='long'),
    'pt-suv': Vehicle('suv', 7, '19A23648', rear='long'),
    'home-flatbed': Vehicle('flatbed', 8, '97C03391', 'yellow'),
    'state-sedan': Vehicle('sedan', 9, '29A00538', 'blue', rear='long'),
    'home-bus': Vehicle('bus', 10, '20B01824', 'yellow'),
    'bg-taxi': Vehicle('hatch', 11, '98A65203', 'yellow'),
    'army-suv': Vehicle('suv', 12, 'TM2345', 'red', rear='long'),
    'ls-sedan': Vehicle('sedan', 13, '12A15467', rear='long'),
    'home-wave': Vehicle('wave', 0, '20B234567'),
    'hn-scooter': Vehicle('scooter', 1, '29X512903'),
    'bg-wave': Vehicle('wave', 2, '98D136482'),
    'home-scooter': Vehicle('scooter', 3, '20F182457'),
    'vp-wave': Vehicle('wave', 4, '88K155206'),
    'hn-scooter-2': Vehicle('scooter', 5, '29AB04817'),
    'home-wave-2': Vehicle('wave', 6, '97B102739'),
    'bn-scooter': Vehicle('scooter', 7, '99AA13064'),
    # leave by the gate, or are first seen in town
    'home-sedan-2': Vehicle('sedan', 14, '20A11638'),
    'hn-suv': Vehicle('suv', 15, '30K90125'),
    'hn-heavy': Vehicle('heavy', 35, '29H66821', 'yellow'),
    'home-hatch': Vehicle('hatch', 17, '97A04582', front='square'),
    'qn-sedan': Vehicle('sedan', 18, '14A53270'),
    'hn-coach-2': Vehicle('bus', 19, '29B17046', 'yellow'),
    'hp-suv': Vehicle('suv', 20, '15A38617'),
    'home-pickup': Vehicle('pickup', 21, '20C29164'),
    'hy-sedan': Vehicle('sedan', 22, '89A27395'),
    'bg-heavy': Vehicle('heavy', 23, '98C24056', 'yellow'),
    'front-wave': Vehicle('wave', 8, '20C161845'),
    'front-scooter': Vehicle('scooter', 9, '29T277130'),
    'front-wave-2': Vehicle('wave', 10, '97F113528'),
    # only in town
    'tq-hatch': Vehicle('hatch', 24, '22A18054', rear='long'),
    'home-sedan-3': Vehicle('sedan', 25, '20A50917', rear='long'),
    'home-sedan-4': Vehicle('sedan', 26, '20A33802'),
    'front-scooter-2': Vehicle('scooter', 11, '20M142063'),
    'home-heavy': Vehicle('heavy', 24, '20C21806', 'yellow'),
    'hn-suv-2': Vehicle('suv', 28, '29A94316'),
}

PASSES = [
    # gate, in: car lane
    Pass('hn-sedan', 'gate', 'in', 3.0, 7.2),
    Pass('home-suv', 'gate', 'in', 6.4, 7.4, 0.1),
    Pass('hn-coach', 'gate', 'in', 10.2, 6.4),
    Pass('bn-hatch', 'gate', 'in', 14.2, 7.0, -0.1),
    Pass('vp-boxtruck', 'gate', 'in', 17.8, 6.2),
    Pass('home-sedan', 'gate', 'in', 21.7, 7.6, 0.1),
    Pass('th-sedan', 'gate', 'in', 25.2, 7.0),
    Pass('pt-suv', 'gate', 'in', 28.6, 7.3, -0.1),
    Pass('home-flatbed', 'gate', 'in', 32.4, 6.4),
    Pass('state-sedan', 'gate', 'in', 36.2, 7.4, 0.1),
    Pass('home-bus', 'gate', 'in', 40.6, 6.2),
    Pass('bg-taxi', 'gate', 'in', 44.6, 7.2, -0.1),
    Pass('army-suv', 'gate', 'in', 48.4, 7.0),
    Pass('ls-sedan', 'gate', 'in', 52.4, 7.3, 0.1),
    # gate, in: motorbikes
    Pass('home-wave', 'gate', 'in', 4.2, 6.6),
    Pass('hn-scooter', 'gate', 'in', 10.9, 6.8, -0.2),
    Pass('bg-wave', 'gate', 'in', 12.4, 7.0),
    Pass('home-scooter', 'gate', 'in', 19.6, 6.4, -0.1),
    Pass('vp-wave', 'gate', 'in', 22.9, 6.9, -0.3),
    Pass('hn-scooter-2', 'gate', 'in', 26.2, 6.5),
    Pass('home-wave-2', 'gate', 'in', 33.8, 6.8, -0.2),
    Pass('bn-scooter', 'gate', 'in', 42.2, 6.6, -0.1),
    # gate, out: front plates; motorbikes show none
    Pass('home-sedan-2', 'gate', 'out', 4.9, 7.3),
    Pass('front-wave', 'gate', 'out', 7.0, 6.8),
    Pass('hn-suv', 'gate', 'out', 8.9, 7.2, 0.1),
    Pass('hn-heavy', 'gate', 'out', 12.9, 6.3),
    Pass('home-hatch', 'gate', 'out', 17.0, 7.0, -0.1),
    Pass('front-scooter', 'gate', 'out', 20.3, 6.6),
    Pass('qn-sedan', 'gate', 'out', 24.1, 7.4),
    Pass('hn-coach-2', 'gate', 'out', 29.8, 6.3),
    Pass('hp-suv', 'gate', 'out', 34.6, 7.1, 0.1),
    Pass('home-pickup', 'gate', 'out', 38.8, 7.0),
    Pass('front-wave-2', 'gate', 'out', 41.2, 6.7),
    Pass('hy-sedan', 'gate', 'out', 43.6, 7.3, -0.1),
    Pass('bg-heavy', 'gate', 'out', 49.0, 6.0),
    Pass('pt-suv', 'gate', 'out', 54.2, 7.2),
    # town, in (rear seen)
    Pass('tq-hatch', 'town', 'in', 5.0, 7.0),
    Pass('home-sedan-3', 'town', 'in', 12.0, 7.2, 0.1),
    Pass('hn-sedan', 'town', 'in', 21.0, 7.3),
    Pass('home-suv', 'town', 'in', 25.6, 7.0, 0.1),
    Pass('hn-scooter', 'town', 'in', 30.0, 6.6, -0.45),
    Pass('hn-coach', 'town', 'in', 34.0, 6.2),
    Pass('bg-wave', 'town', 'in', 37.0, 6.8, -0.4),
    Pass('bn-hatch', 'town', 'in', 39.4, 7.0),
    Pass('vp-boxtruck', 'town', 'in', 44.2, 6.2),
    Pass('vp-wave', 'town', 'in', 47.2, 6.7, -0.45),
    Pass('th-sedan', 'town', 'in', 49.8, 7.1, -0.1),
    Pass('home-flatbed', 'town', 'in', 55.6, 6.3),
    # town, out (front seen)
    Pass('hp-suv', 'town', 'out', 9.5, 7.2),
    Pass('home-sedan-4', 'town', 'out', 16.0, 7.2, 0.1),
    Pass('hy-sedan', 'town', 'out', 19.4, 7.0),
    Pass('front-scooter-2', 'town', 'out', 28.0, 6.5),
    Pass('home-heavy', 'town', 'out', 41.4, 6.2),
    Pass('hn-suv-2', 'town', 'out', 52.4, 7.2),
]
