"""What the frames' truth says happened: crossings of the line, passes, journeys. Pure: no drawing, no files.

Picture space: shares 0-1 of the picture, x right, y down. Times: seconds of the clip."""

from datetime import datetime, timedelta

HOME_CODES = ('20', '97')  # Thái Nguyên by the table in force since 2025-07-01
READABLE_PX = 40  # a plate counts as readable when at least this wide, uncovered, ...
READABLE_FRAMES = 5  # ... in this many frames
UNCOVERED = 0.95


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
    if not plate[:2].isdigit():
        return 'no_province'  # army
    return 'home' if plate[:2] in HOME_CODES else 'outside'


def wall_time(start, seconds):
    """RFC 3339 with milliseconds, in the zone of `start`."""
    return (datetime.fromisoformat(start) + timedelta(seconds=seconds)).isoformat(timespec='milliseconds')


def pass_of(camera, vehicle, cls, line, size, start, track):
    """The pass of one vehicle's track [(t, {box, visible, plate: {width, visible, layout, text} | None})], or None where
    it does not cross the line. A track that crosses more than once is refused: this footage has none."""
    found = crossings(line, [(t, bottom_centre(q['box'], size)) for t, q in track])
    if not found:
        return None
    assert len(found) == 1, (camera, vehicle, found)
    at, direction = found[0]
    plates = [(t, q['plate']) for t, q in track if q['plate']]
    uncovered = [p['width'] for _, p in plates if p['visible'] >= UNCOVERED]
    near = [p for t, p in plates if abs(t - at) <= 0.5]
    nearest = min(plates, key=lambda q: abs(q[0] - at))[1] if plates else None
    seen = nearest if any(p['visible'] > 0 for _, p in plates) else None
    plate = seen['text'] if seen else None
    return dict(
        id='%s-%s-%s' % (camera, vehicle, direction),
        camera=camera,
        crossed_at=wall_time(start, at),
        direction=direction,
        **{'class': cls},
        layout=seen['layout'] if seen else None,
        plate=plate,
        trailer_plate=None,
        plate_width_px=seen['width'] if seen else None,
        readable=sum(w >= READABLE_PX for w in uncovered) >= READABLE_FRAMES,
        verdict=verdict_of(plate),
        vehicle=vehicle,
        held_out=False,
        plate_visible=max((p['visible'] for p in near), default=0.0) if seen else None,
        plate_px_max=max(uncovered, default=0.0) if seen else None
    )


def journeys_of(passes, gateways):
    """Journeys of passes sorted by time, by the contract's rules: every verdict but home opens one; `in` at a gateway opens,
    `out` there closes; a pass first seen inside or at `out` opens one whose entry was not seen. A pass whose plate cannot be
    seen makes no journey: there is no name to join it by."""
    journeys, open_ = [], {}
    for p in sorted(passes, key=lambda q: q['crossed_at']):
        if p['verdict'] == 'home' or p['plate'] is None:
            continue
        key, at_gate = p['plate'], p['camera'] in gateways
        entering, leaving = at_gate and p['direction'] == 'in', at_gate and p['direction'] == 'out'
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
    return journeys
