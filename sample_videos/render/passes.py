"""What the frames' truth says happened: crossings of the line, passes, journeys. Pure: no drawing, no files.

Picture space: shares 0-1 of the picture, x right, y down. Times: seconds of the clip."""

import re
from datetime import datetime, timedelta

CHINESE = '桂'  # Guangxi: what stands first on the one foreign plate of these stories
HOME_CODES = ('20', '97')  # Thái Nguyên by the table in force since 2025-07-01
READABLE_PX = 40  # a plate counts as readable when at least this wide, uncovered, ...
READABLE_FRAMES = 5  # ... in this many frames
UNCOVERED = 0.95  # share that nothing stands before
BLUR_MM = 20.0  # how far it may move while the shutter is open: two strokes of a character
MUD = 0.05  # share of it that mud or a rag may cover
SAME_CROSSING = timedelta(seconds=20)  # the front and the rear camera of a gate see one crossing


def side(line, point):
    """> 0 left of a -> b, < 0 right of it, as seen on the picture by one who stands at a and looks to b."""
    (ax, ay), (bx, by) = line
    x, y = point
    return -((bx - ax) * (y - ay) - (by - ay) * (x - ax))


def bottom_centre(box, size):
    """Middle of the lower edge of a box [x, y, w, h] in pixels, in shares of a picture of this size."""
    x, y, w, h = box
    return (x + w / 2) / size[0], (y + h) / size[1]


def crossings(line, points):
    """[(time, 'in' | 'out')] of a path [(time, (x, y))]; times between two frames are interpolated."""
    out = []
    for (t0, p0), (t1, p1) in zip(points, points[1:]):
        s0, s1 = side(line, p0), side(line, p1)
        if (s0 > 0) != (s1 > 0):
            out.append((t0 + (t1 - t0) * s0 / (s0 - s1), 'in' if s0 > 0 else 'out'))
    return out


def verdict_of(plate):
    """home, outside, no_province; undetermined where no plate can be seen."""
    if plate is None:
        return 'undetermined'
    if plate[0] == CHINESE:
        return 'foreign'
    if not plate[:2].isdigit() or plate[:2] == '80' or re.fullmatch(r'\d{5}(NG|QT|CV|NN)\d\d', plate):
        return 'no_province'  # army, temporary, the central police, diplomats
    return 'home' if plate[:2] in HOME_CODES else 'outside'


def wall_time(start, seconds):
    """RFC 3339 with milliseconds, in the zone of `start`."""
    return (datetime.fromisoformat(start) + timedelta(seconds=seconds)).isoformat(timespec='milliseconds')


def legible(plate):
    """Whether a frame's plate could be read by rule, its width aside."""
    return plate['visible'] >= UNCOVERED and plate.get('blur_mm', 0) <= BLUR_MM and plate.get('cover', 0) <= MUD


def pass_of(camera, vehicle, cls, line, size, start, track, held_out=False, light='day'):
    """The pass of one vehicle's track [(t, {box, visible, plate: {width, visible, layout, text, cover, blur_mm, trailer} | None})],
    or None where it does not cross the line, or goes back over it in the same track: by the contract that takes the crossing
    back. cover, blur_mm and trailer may be absent: clean, sharp, the vehicle's own."""
    found = crossings(line, [(t, bottom_centre(q['box'], size)) for t, q in track])
    if len(found) % 2 == 0:
        return None
    at, direction = found[-1]
    plates = [(t, q['plate']) for t, q in track if q['plate']]
    clear = [p['width'] for _, p in plates if legible(p)]
    near = [p for t, p in plates if abs(t - at) <= 0.5]
    nearest = min(plates, key=lambda q: abs(q[0] - at))[1] if plates else None
    seen = nearest if any(p['visible'] > 0 and p.get('cover', 0) < UNCOVERED for _, p in plates) else None
    trailer = bool(seen) and seen.get('trailer', False)
    own = seen if not trailer else None
    plate = own['text'] if own else None
    return dict(
        id='%s-%s-%s' % (camera, vehicle, direction),
        camera=camera,
        crossed_at=wall_time(start, at),
        direction=direction,
        **{'class': cls},
        layout=own['layout'] if own else None,
        plate=plate,
        trailer_plate=seen['text'] if trailer else None,
        plate_width_px=own['width'] if own else None,
        readable=bool(own) and sum(w >= READABLE_PX for w in clear) >= READABLE_FRAMES,
        verdict=verdict_of(plate),
        vehicle=vehicle,
        held_out=held_out,
        light=light,
        plate_visible=max((p['visible'] for p in near), default=0.0) if own else None,
        plate_px_max=max(clear, default=0.0) if own else None,
    )


def journeys_of(passes, gateways):
    """Journeys of passes, by the contract's rules: every verdict but home opens one; `in` at a gateway opens, `out` there closes; a
    pass first seen inside or at `out` opens one whose entry was not seen; the same gate and direction again within SAME_CROSSING is
    its second witness. A pass whose plate cannot be seen makes no journey: there is no name to join it by. gateways: {camera: gate}
    of those at a gate."""
    journeys, open_, crossed = [], {}, {}
    for p in sorted(passes, key=lambda q: q['crossed_at']):
        if p['verdict'] == 'home' or p['plate'] is None:
            continue
        key, gate, at = p['plate'], gateways.get(p['camera']), datetime.fromisoformat(p['crossed_at'])
        if gate:
            first = crossed.get(key)
            if first and first[0] == (gate, p['direction']) and at - first[1] <= SAME_CROSSING:
                first[2]['passes'].append(p['id'])
                continue
        entering, leaving = gate and p['direction'] == 'in', gate and p['direction'] == 'out'
        j = open_.get(key)
        if j and entering:  # a second entry without an exit between: the first is lost
            j['state'], j = 'lost', None
        if j is None:
            j = dict(
                plate=key, passes=[], entered_at=p['crossed_at'] if entering else None, left_at=None, state='inside'
            )
            journeys.append(j)
            open_[key] = j
        j['passes'].append(p['id'])
        if leaving:
            j['left_at'], j['state'] = p['crossed_at'], 'left'
            open_.pop(key, None)
        if gate:
            crossed[key] = (gate, p['direction']), at, j
    return journeys


def passes_of_tracks(label, line, size, start, tracks, held_out, light):
    """Passes of one clip by time. tracks: {id: [(t, frame's vehicle)]}."""
    found = [
        pass_of(label, t[0][1]['vehicle'], t[0][1]['class'], line, size, start, t, held_out, light)
        for t in tracks.values()
    ]
    return sorted((p for p in found if p), key=lambda p: p['crossed_at'])
