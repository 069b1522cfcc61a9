//! The book's rules, with a poll whose looks are texts: the text looked at most often wins.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::domain::ids::{CameraId, RunId};
use crate::domain::plate::{Candidate, PlateColour, PlateKey, PlateKind, PlateState, Verdict};
use crate::domain::time::ClockQuality;

/// Counts equal texts; the first of the most frequent ones is read, none is not visible.
/// Sights are painted numbers; the last one stands.
struct Tally(Vec<&'static str>, Option<&'static str>);

impl Poll for Tally {
    type Look = &'static str;
    type Sight = &'static str;

    fn see(&mut self, painted: &'static str) {
        self.1 = Some(painted);
    }

    fn colour(&self) -> Option<VehicleColour> {
        None
    }

    fn add(&mut self, look: Self::Look) {
        self.0.push(look);
    }

    fn outcome(&self, _: VehicleClass, _: &Stamp) -> PlateOutcome {
        let count = |text: &str| self.0.iter().filter(|t| **t == text).count();
        let best = self.0.iter().rev().max_by_key(|text| count(text));
        PlateOutcome {
            state: if best.is_some() { PlateState::Read } else { PlateState::NotVisible },
            key: best.map(|text| PlateKey { kind: PlateKind::Car, text: (*text).to_owned() }),
            confidence: 0.9,
            candidates: best
                .map(|text| Candidate { text: (*text).to_owned(), p: 0.9, painted: false })
                .into_iter()
                .collect(),
            layout: None,
            class: None,
            colour: PlateColour::Unknown,
            province: None,
            verdict: Verdict::Undetermined,
            looks: self.0.len() as u32,
            painted: self.1.map(str::to_owned),
        }
    }
}

type Book = PassageBook<Tally, &'static str>;

fn book(has_line: bool) -> Book {
    PassageBook::new(BookRules::default(), has_line, || Tally(Vec::new(), None))
}

fn stamp(stream_s: f64) -> Stamp {
    let start: Timestamp = "2026-03-14T02:00:00Z".parse().expect("a time");
    let wall = start + SignedDuration::from_micros((stream_s * 1e6) as i64);
    Stamp { stream_s, wall: Some(wall), clock: ClockQuality::Synced }
}

fn track(number: u64) -> TrackId {
    TrackId { run: RunId::new("run"), camera: CameraId::new("gate"), number }
}

fn seen(book: &mut Book, number: u64, stream_s: f64) {
    seen_as(book, number, stream_s, VehicleClass::Car, Some(0.8));
}

fn seen_as(book: &mut Book, number: u64, stream_s: f64, class: VehicleClass, score: Option<f32>) {
    book.point(&TrackPoint {
        track: track(number),
        stamp: stamp(stream_s),
        rect: crate::domain::geometry::Rect::new(0.0, 0.0, 10.0, 10.0),
        score,
        class,
        class_share: 1.0,
    });
}

fn crossed(book: &mut Book, at: u64, number: u32, direction: Direction, stream_s: f64) {
    let event = CrossingEvent::Crossed { track: track(at), number, direction, stamp: stamp(stream_s) };
    assert_eq!(book.crossing(&event), None, "a crossing alone writes nothing");
}

fn ended(book: &mut Book, number: u64, first_s: f64, last_s: f64) -> Vec<Entry<&'static str>> {
    book.ended(&EndedTrack {
        track: track(number),
        first: stamp(first_s),
        last: stamp(last_s),
        hits: 9,
        class: VehicleClass::Car,
        class_share: 1.0,
    })
}

/// The only draft among these.
fn draft(entries: Vec<Entry<&'static str>>) -> Draft<&'static str> {
    match <[_; 1]>::try_from(entries) {
        Ok([Entry::Passage(draft)]) => *draft,
        other => panic!("one passage was expected: {other:?}"),
    }
}

fn plate<'a>(draft: &'a Draft<&'static str>) -> Option<&'a str> {
    draft.outcome.key.as_ref().map(|k| k.text.as_str())
}

#[test]
fn a_crossing_is_written_when_its_track_ends() {
    let mut book = book(true);
    seen(&mut book, 1, 1.0);
    book.look(&track(1), "51F12345", "51F12345", 1.0, "crop");
    crossed(&mut book, 1, 1, Direction::In, 2.0);
    assert_eq!(book.tick(&stamp(4.0)), Vec::new());
    let draft = draft(ended(&mut book, 1, 1.0, 4.5));
    assert_eq!((draft.revision, draft.direction), (1, Direction::In));
    assert_eq!((draft.first, draft.crossed, draft.last), (stamp(1.0), stamp(2.0), stamp(4.5)));
    assert_eq!((plate(&draft), draft.evidence), (Some("51F12345"), Some("crop")));
    // And then it is forgotten.
    assert_eq!(ended(&mut book, 1, 1.0, 4.5), Vec::new());
    assert!(book.poll(&track(1)).is_none());
}

#[test]
fn a_vehicle_that_stays_is_written_nine_seconds_after_its_crossing() {
    let mut book = book(true);
    seen(&mut book, 1, 0.0);
    crossed(&mut book, 1, 1, Direction::Out, 5.0);
    // The crossing counts, not the first sight.
    assert_eq!(book.tick(&stamp(13.9)), Vec::new());
    seen(&mut book, 1, 14.0);
    let draft = draft(book.tick(&stamp(14.0)));
    assert_eq!((draft.revision, draft.crossed, draft.last), (1, stamp(5.0), stamp(14.0)));
    assert_eq!(draft.outcome.state, PlateState::NotVisible);
}

#[test]
fn a_painted_number_that_is_read_later_amends_the_passage() {
    let mut book = book(true);
    seen(&mut book, 1, 1.0);
    book.look(&track(1), "29C12345", "29C12345", 1.0, "near");
    crossed(&mut book, 1, 1, Direction::In, 2.0);
    assert_eq!(draft(book.tick(&stamp(12.0))).outcome.painted, None);
    assert_eq!(book.tick(&stamp(15.0)), Vec::new());
    book.see(&track(1), "29C12345");
    let amended = draft(book.tick(&stamp(18.0)));
    assert_eq!((amended.revision, amended.outcome.painted.as_deref()), (2, Some("29C12345")));
}

#[test]
fn an_amendment_has_the_same_id_and_a_higher_revision() {
    let mut book = book(true);
    seen(&mut book, 1, 0.0);
    crossed(&mut book, 1, 1, Direction::In, 0.0);
    book.look(&track(1), "51F12345", "51F12345", 1.0, "a");
    let first = draft(book.tick(&stamp(9.0)));
    assert_eq!(book.tick(&stamp(11.5)), Vec::new(), "nothing new, nothing amended");
    for _ in 0..2 {
        book.look(&track(1), "51F12346", "51F12346", 1.0, "b");
    }
    let second = draft(book.tick(&stamp(12.0)));
    assert_eq!((plate(&first), plate(&second)), (Some("51F12345"), Some("51F12346")));
    assert_eq!((&first.id, first.revision), (&second.id, 1));
    assert_eq!((second.revision, second.crossed), (2, first.crossed));
    // Not more often than every two seconds.
    seen_as(&mut book, 1, 12.5, VehicleClass::Truck, Some(0.8));
    assert_eq!(book.tick(&stamp(13.0)), Vec::new());
    let third = draft(book.tick(&stamp(14.0)));
    assert_eq!((third.revision, third.class), (3, VehicleClass::Truck), "the class is amended too");
    // The end always tells the last word, for it knows the last sight.
    let last = draft(ended(&mut book, 1, 0.0, 15.0));
    assert_eq!((&last.id, last.revision, last.last), (&first.id, 4, stamp(15.0)));
}

#[test]
fn going_back_over_the_line_takes_the_passage_back() {
    for written in [true, false] {
        let mut book = book(true);
        seen(&mut book, 1, 0.0);
        crossed(&mut book, 1, 1, Direction::In, 1.0);
        let id = written.then(|| draft(book.tick(&stamp(10.0))).id);
        let back = CrossingEvent::Cancelled { track: track(1), number: 1, stamp: stamp(11.0) };
        let Some(Entry::Cancelled { id: taken, at }) = book.crossing(&back) else {
            panic!("a cancellation was expected")
        };
        assert_eq!(at, stamp(11.0));
        assert!(id.is_none_or(|id| id == taken), "it names what was written");
        assert_eq!(book.crossing(&back), None, "once");
        assert_eq!(ended(&mut book, 1, 0.0, 12.0), Vec::new(), "and nothing is written any more");
    }
}

#[test]
fn back_and_over_again_is_another_passage() {
    let mut book = book(true);
    seen(&mut book, 1, 0.0);
    crossed(&mut book, 1, 1, Direction::In, 1.0);
    let back = CrossingEvent::Cancelled { track: track(1), number: 1, stamp: stamp(2.0) };
    let Some(Entry::Cancelled { id, .. }) = book.crossing(&back) else { panic!("it was taken back") };
    crossed(&mut book, 1, 2, Direction::In, 3.0);
    let draft = draft(ended(&mut book, 1, 0.0, 4.0));
    assert_ne!(draft.id, id);
    assert_eq!((draft.revision, draft.crossed), (1, stamp(3.0)));
}

#[test]
fn with_a_line_a_track_that_does_not_cross_is_nothing() {
    let mut book = book(true);
    seen(&mut book, 1, 0.0);
    book.look(&track(1), "51F12345", "51F12345", 1.0, "a");
    assert_eq!(book.tick(&stamp(60.0)), Vec::new());
    assert_eq!(ended(&mut book, 1, 0.0, 60.0), Vec::new());
}

#[test]
fn without_a_line_the_stay_is_the_passage_and_a_short_one_is_nothing() {
    let mut book = book(false);
    seen(&mut book, 1, 3.0);
    seen(&mut book, 1, 3.6);
    assert_eq!(ended(&mut book, 1, 3.0, 3.6), Vec::new());
    seen(&mut book, 2, 3.0);
    seen(&mut book, 2, 3.7);
    let stay = draft(ended(&mut book, 2, 3.0, 3.75));
    assert_eq!((stay.direction, stay.crossed, stay.last), (Direction::Seen, stamp(3.0), stamp(3.75)));
    // A long stay does not wait for its end.
    seen(&mut book, 3, 10.0);
    assert_eq!(book.tick(&stamp(18.9)), Vec::new());
    let long = draft(book.tick(&stamp(19.0)));
    let end = draft(ended(&mut book, 3, 10.0, 40.0));
    assert_eq!((long.id, long.revision, end.revision), (end.id, 1, 2));
}

#[test]
fn a_predicted_point_is_no_sight() {
    let mut book = book(true);
    seen(&mut book, 1, 0.0);
    crossed(&mut book, 1, 1, Direction::In, 0.0);
    seen_as(&mut book, 1, 8.0, VehicleClass::Car, None);
    assert_eq!(draft(book.tick(&stamp(9.0))).last, stamp(0.0));
}

#[test]
fn the_evidence_is_the_best_picture_of_the_text_that_was_voted() {
    let mut book = book(true);
    seen(&mut book, 1, 0.0);
    crossed(&mut book, 1, 1, Direction::In, 0.0);
    book.glimpse(&track(1), 9.0, || "whole");
    assert_eq!(
        draft(book.tick(&stamp(9.0))).evidence,
        Some("whole"),
        "unread: the best sight of the vehicle"
    );
    book.glimpse(&track(1), 8.0, || panic!("a worse sight is not even taken"));
    book.look(&track(1), "51F12345", "51F12345", 0.3, "good and small");
    book.look(&track(1), "51F12345", "51F12345", 0.5, "good");
    book.look(&track(1), "51F12345", "51F12345", 0.4, "good and dim");
    book.look(&track(1), "61F12345", "61F12345", 5.0, "sharp, and another text");
    assert_eq!(draft(ended(&mut book, 1, 0.0, 10.0)).evidence, Some("good"));
}

#[test]
fn pictures_are_kept_of_the_best_few_texts_only() {
    let texts = ["A", "B", "C", "D", "E", "F"];
    let mut book = book(true);
    seen(&mut book, 1, 0.0);
    crossed(&mut book, 1, 1, Direction::In, 0.0);
    for (worth, text) in texts.iter().enumerate() {
        book.look(&track(1), text, text, worth as f32, text);
    }
    // "A" is voted; its picture had to give way, so the best of the others is shown.
    book.look(&track(1), "A", "A", -1.0, "late");
    let draft = draft(ended(&mut book, 1, 0.0, 1.0));
    assert_eq!((plate(&draft), draft.evidence), (Some("A"), Some("F")));
}

#[test]
fn what_is_said_of_unknown_tracks_is_passed_over() {
    let mut book = book(true);
    book.look(&track(7), "A", "A", 1.0, "a");
    book.glimpse(&track(7), 1.0, || "a");
    crossed(&mut book, 7, 1, Direction::In, 0.0);
    assert_eq!(ended(&mut book, 7, 0.0, 1.0), Vec::new());
}

proptest! {
    /// Whatever happens to a track: revisions of one id count up from 1 without a gap, every passage that was not
    /// taken back is told at the end, and none is told after it was taken back.
    #[test]
    fn revisions_count_up_and_the_end_tells_all(steps in prop::collection::vec(0u8..5, 1..60)) {
        let mut book = book(true);
        let mut told: BTreeMap<String, u32> = BTreeMap::new();
        let mut gone: Vec<String> = Vec::new();
        let (mut open, mut crossings) = (None, 0);
        let mut now = 0.0;
        let mut note = |entries: Vec<Entry<&'static str>>, gone: &mut Vec<String>| {
            for entry in entries {
                match entry {
                    Entry::Passage(d) => {
                        let id = d.id.as_str().to_owned();
                        assert!(!gone.contains(&id), "told after it was taken back");
                        let before = told.entry(id).or_insert(0);
                        assert_eq!(d.revision, *before + 1);
                        *before = d.revision;
                    }
                    Entry::Cancelled { id, .. } => gone.push(id.as_str().to_owned()),
                }
            }
        };
        seen(&mut book, 1, now);
        for step in steps {
            now += 1.1;
            seen(&mut book, 1, now);
            match step {
                0 => book.look(&track(1), "51F12345", "51F12345", 1.0, "a"),
                1 => book.look(&track(1), "61F12345", "61F12345", 1.0, "b"),
                2 if open.is_none() => {
                    crossings += 1;
                    open = Some(crossings);
                    crossed(&mut book, 1, crossings, Direction::In, now);
                }
                3 => {
                    if let Some(number) = open.take() {
                        let back = CrossingEvent::Cancelled { track: track(1), number, stamp: stamp(now) };
                        note(book.crossing(&back).into_iter().collect(), &mut gone);
                    }
                }
                _ => {}
            }
            note(book.tick(&stamp(now)), &mut gone);
        }
        let last = ended(&mut book, 1, 0.0, now);
        assert_eq!(last.len(), usize::from(open.is_some()));
        note(last, &mut gone);
    }
}
