//! Questions to a store at size: medians over 100 random ones each. `cargo xtask fill-store --passages 4000000 --store DIR`
//! makes the store; `HANHTRINH_FILLED=DIR cargo bench --bench questions` asks it. Without a store it says so.

use std::time::Instant;

use hanhtrinh::journey::together::{Near, companions, crossings};
use hanhtrinh::plate::alike::alike;
use hanhtrinh::plate::confusion::Confusion;
use hanhtrinh::store::{Filter, LightPassage, OpenMode, Reader, Store, StoreError};
use jiff::{SignedDuration, Timestamp};

const QUESTIONS: usize = 100;

fn main() -> Result<(), StoreError> {
    let Some(dir) = std::env::var_os("HANHTRINH_FILLED") else {
        println!("questions: HANHTRINH_FILLED names no store; make one with `cargo xtask fill-store`");
        return Ok(());
    };
    let reader = Store::open(dir.as_ref(), OpenMode::ReadOnly)?.reader()?;
    let end = reader.last_passage_at()?.expect("a store with passages");
    let hour = SignedDuration::from_hours(1);
    // Moments spread over the last 360 days, and a vehicle that passed at each: an hour's 17th.
    let moments: Vec<Timestamp> =
        (0..QUESTIONS as i64).map(|i| end - hour * (30 + (i as i32 * 86) % 8600)).collect();
    let mut asked: Vec<LightPassage> = Vec::new();
    for at in &moments {
        let seen = reader.with_plates(*at, *at + hour * 6, 0.0)?;
        asked.extend(seen.into_iter().nth(16));
    }
    assert!(asked.len() > QUESTIONS / 2, "the store is too small to ask");
    println!("{:<34} {:>9} {:>9} {:>9}  results", "question", "median", "90 %", "most");
    let lost = SignedDuration::from_hours(72);

    measure("trace", &asked, |p| {
        let key = std::slice::from_ref(&p.key);
        let passages = reader.passages_of(key)?;
        assert!(passages.iter().any(|q| q.id == p.id));
        Ok(passages.len() + reader.journeys_of(key, end)?.len())
    })?;
    let search = |what: &str, pattern: &dyn Fn(&str) -> String| {
        measure(what, &asked, |p| Ok(reader.plates_like(&pattern(&p.key.text), 100)?.len()))
    };
    search("search 30A*45", &|t| format!("{}*{}", &t[..3], &t[t.len() - 2..]))?;
    search("search *12345", &|t| format!("*{}", &t[t.len() - 5..]))?;
    search("search 30A1?34?", &|t| format!("{}?{}?", &t[..4], &t[5..t.len() - 1]))?;
    search("search *1234* (nothing at the ends)", &|t| format!("*{}*", &t[t.len() - 5..t.len() - 1]))?;
    measure("search look-alikes", &asked, |p| {
        let texts = alike(&Confusion::built_in(), &p.key.text, 1e-6);
        Ok(reader.plates_among(texts.iter().map(|a| a.text.as_str()))?.len())
    })?;
    measure("inside at a time, first 100", &moments, |at| {
        let filter = Filter { limit: Some(100), ..Filter::default() };
        Ok(reader.inside(*at, end, lost, &filter)?.len())
    })?;
    measure("inside at a time, longer than 12 h", &moments, |at| {
        let longer_than = Some(hour * 12);
        Ok(reader
            .inside(*at, end, lost, &Filter { limit: Some(100), longer_than, ..Filter::default() })?
            .len())
    })?;
    measure("inside at a time, counted", &moments, |at| {
        Ok(reader.inside_counts(*at, lost, &Filter::default())?.len())
    })?;
    measure("a day's stats", &moments, |at| {
        let day = Filter { from: Some(*at - hour * 24), to: Some(*at), ..Filter::default() };
        Ok(reader.hourly(&day)?.iter().map(|c| c.n as usize).sum())
    })?;
    measure("together, 5 min", &asked, |p| together(&reader, p))?;
    measure("passages of a day, first 100", &moments, |at| {
        let day =
            Filter { from: Some(*at - hour * 24), to: Some(*at), limit: Some(100), ..Filter::default() };
        Ok(reader.passages(&day)?.len())
    })?;
    Ok(())
}

fn together(reader: &Reader, p: &LightPassage) -> Result<usize, StoreError> {
    let key = std::slice::from_ref(&p.key);
    let own = crossings(&reader.passages_of(key)?, SignedDuration::from_secs(20));
    let found = companions(key, &own, SignedDuration::from_mins(5), 2, |point, from, to| {
        let there = reader.passed(point.is_gate, &point.name, point.direction, from, to)?;
        Ok::<_, StoreError>(there.into_iter().map(|p| Near { key: p.key, at: p.at, passage: p.id }).collect())
    })?;
    Ok(found.len())
}

/// Asks each once and prints milliseconds.
fn measure<T>(
    what: &str,
    questions: &[T],
    ask: impl Fn(&T) -> Result<usize, StoreError>,
) -> Result<(), StoreError> {
    let mut ms = Vec::new();
    let mut results = Vec::new();
    for question in questions {
        let begun = Instant::now();
        results.push(ask(question)?);
        ms.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    ms.sort_by(f64::total_cmp);
    results.sort_unstable();
    let at = |share: f64| ms[((ms.len() - 1) as f64 * share) as usize];
    let middle = results[results.len() / 2];
    println!("{what:<34} {:>6.1} ms {:>6.1} ms {:>6.1} ms  {middle}", at(0.5), at(0.9), at(1.0));
    Ok(())
}
