//! The one thread that writes. Records go to it through a bounded queue; what waits is written in one transaction, so
//! that a burst costs few syncs and a single record waits a tenth of a second at most.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::apply::{self, Assemble, Counts, Hands, Record};
use super::error::StoreError;
use super::facts;
use super::open::{DATABASE, Store};
use super::pictures::PictureFolder;
use super::retention::{self, Deletion, RetentionRules};
use crate::base::clock::Clock;

/// Records in one transaction at most.
pub const BATCH_RECORDS: usize = 256;
/// Time in which a batch gathers.
const BATCH_TIME: Duration = Duration::from_millis(100);
/// Between two signs of life of an idle writer.
const IDLE: Duration = Duration::from_secs(10);
/// Between two sweeps of the retention, in seconds of the monotonic clock.
const SWEEP_S: f64 = 300.0;
/// Between two looks whether there is something to learn of the times between cameras.
const LEARN_S: f64 = 3600.0;

/// What a writer is made with.
pub struct WriterOptions {
    /// Makes journeys from passages, and says what is alike.
    pub hands: Hands,
    /// Tells when a record was written.
    pub clock: Arc<dyn Clock>,
    /// Records that may wait; who sends when it is full waits with them. Each may hold some 300 kB of pictures.
    pub queue: usize,
    /// Called once, on the writer's thread, with the error that stops it: the run has to end.
    pub on_failure: Box<dyn FnOnce(&StoreError) + Send>,
    /// How long and how much is kept.
    pub retention: RetentionRules,
    /// Called on the writer's thread with what a sweep of the retention has removed, for the log.
    pub on_deletion: Box<dyn FnMut(&Deletion) + Send>,
    /// Called on the writer's thread when events for the alerts' targets are on disk.
    pub on_alert: Box<dyn FnMut() + Send>,
}

impl WriterOptions {
    /// As [`Self::new`], with these hands.
    pub fn with(hands: Hands, clock: Arc<dyn Clock>) -> Self {
        Self { hands, ..Self::new(Box::new(|_, _| Vec::new()), clock) }
    }

    /// A queue of 128, everything kept, and nobody called: the next send, flush or close tells of a failure.
    pub fn new(assemble: Assemble, clock: Arc<dyn Clock>) -> Self {
        Self {
            hands: Hands::new(assemble),
            clock,
            queue: 128,
            on_failure: Box::new(|_| {}),
            retention: RetentionRules { keep_days: None, max_bytes: None },
            on_deletion: Box::new(|_| {}),
            on_alert: Box::new(|| {}),
        }
    }
}

enum Message {
    Record(Record),
    Flush(Sender<()>),
    Close,
}

/// Sends records to the writer; cheap to clone.
#[derive(Clone)]
pub struct WriterHandle {
    queue: Sender<Message>,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    counts: Counts,
    failure: Option<String>,
}

/// The writer's thread. Dropping it closes it too, without telling of an error; [`Writer::close`] tells.
pub struct Writer {
    handle: WriterHandle,
    thread: Option<JoinHandle<Result<(), StoreError>>>,
}

impl Writer {
    /// Starts the thread `store-writer`, which keeps the store and its lock until it ends.
    pub fn start(store: Store, options: WriterOptions) -> Result<Self, StoreError> {
        if !store.is_writable() {
            return Err(StoreError::ReadOnly { dir: store.dir().to_owned() });
        }
        let db = store.write()?;
        let folder = PictureFolder::open(store.dir(), &db)?;
        let (queue, waiting) = bounded(options.queue.max(1));
        let shared = Arc::new(Mutex::new(Shared::default()));
        let WriterOptions { hands, clock, on_failure, retention, on_deletion, on_alert, .. } = options;
        let sweep = Sweep { rules: retention, next_s: clock.monotonic_s(), removed: Vec::new(), on_deletion };
        let learn_next_s = clock.monotonic_s();
        let shared_too = shared.clone();
        let mut worker =
            Worker { store, db, folder, hands, clock, shared: shared_too, sweep, learn_next_s, on_alert };
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let result = worker.work(&waiting);
                if let Err(error) = &result {
                    worker.shared.lock().unwrap_or_else(|e| e.into_inner()).failure = Some(error.to_string());
                    on_failure(error);
                }
                result
            })
            .map_err(StoreError::Thread)?;
        Ok(Self { handle: WriterHandle { queue, shared }, thread: Some(thread) })
    }

    /// A sender for another thread.
    pub fn handle(&self) -> WriterHandle {
        self.handle.clone()
    }

    /// See [`WriterHandle::send`].
    pub fn send(&self, record: Record) -> Result<(), StoreError> {
        self.handle.send(record)
    }

    /// See [`WriterHandle::flush`].
    pub fn flush(&self) -> Result<(), StoreError> {
        self.handle.flush()
    }

    /// Writes all that was sent before this call and ends the thread; to send after it fails. Gives the error that
    /// stopped the writer, where one did.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), StoreError> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        // Fails only where the thread has ended after an error, which joining tells.
        let _ = self.handle.queue.send(Message::Close);
        thread
            .join()
            .unwrap_or_else(|_| Err(StoreError::WriterStopped { why: "its thread broke off".to_owned() }))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

impl WriterHandle {
    /// Queues a record; waits where the queue is full, for facts are never dropped. Fails once the writer has stopped.
    pub fn send(&self, record: Record) -> Result<(), StoreError> {
        self.queue.send(Message::Record(record)).map_err(|_| self.stopped())
    }

    /// Returns when all that was queued before is on disk.
    pub fn flush(&self) -> Result<(), StoreError> {
        let (tell, told) = bounded(1);
        self.queue.send(Message::Flush(tell)).map_err(|_| self.stopped())?;
        told.recv().map_err(|_| self.stopped())
    }

    /// What was written since the start.
    pub fn counts(&self) -> Counts {
        self.shared.lock().unwrap_or_else(|e| e.into_inner()).counts
    }

    /// Records that wait.
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    fn stopped(&self) -> StoreError {
        let failure = self.shared.lock().unwrap_or_else(|e| e.into_inner()).failure.clone();
        StoreError::WriterStopped { why: failure.unwrap_or_else(|| "it was closed".to_owned()) }
    }
}

struct Worker {
    store: Store,
    db: Connection,
    folder: PictureFolder,
    hands: Hands,
    clock: Arc<dyn Clock>,
    shared: Arc<Mutex<Shared>>,
    sweep: Sweep,
    /// When to look again whether there is something to learn, in seconds of the monotonic clock.
    learn_next_s: f64,
    on_alert: Box<dyn FnMut() + Send>,
}

/// The retention, step by step.
struct Sweep {
    rules: RetentionRules,
    /// When the next step is due, in seconds of the monotonic clock.
    next_s: f64,
    /// What the sweep that goes on has removed so far.
    removed: Vec<Deletion>,
    on_deletion: Box<dyn FnMut(&Deletion) + Send>,
}

impl Worker {
    fn work(&mut self, queue: &Receiver<Message>) -> Result<(), StoreError> {
        loop {
            let due = self.clock.monotonic_s() >= self.sweep.next_s;
            let wait = if due { Duration::ZERO } else { IDLE };
            let end = match queue.recv_timeout(wait) {
                Ok(first) => {
                    let (batch, end) = gather(queue, first);
                    self.write(&batch)?;
                    end
                }
                Err(RecvTimeoutError::Timeout) => {
                    facts::alive(&self.db, self.clock.now()).map_err(StoreError::sql(&self.store.file()))?;
                    self.catch_up()?;
                    None
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            match end {
                Some(Message::Flush(tell)) => {
                    // Who asked may have gone.
                    let _ = tell.send(());
                }
                Some(_) => return self.finish(queue),
                None => {}
            }
            if due {
                self.sweep()?;
            }
        }
    }

    /// Writes what was sent while the end was on its way.
    fn finish(&mut self, queue: &Receiver<Message>) -> Result<(), StoreError> {
        while let Ok(first) = queue.try_recv() {
            let (batch, end) = gather(queue, first);
            self.write(&batch)?;
            if let Some(Message::Flush(tell)) = end {
                let _ = tell.send(());
            }
        }
        Ok(())
    }

    /// Decides what waits for it, while nobody brings anything.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        self.in_one_transaction(|tx, hands, now| apply::catch_up(tx, hands, now).map(|_| ()))
    }

    fn in_one_transaction(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Hands, Timestamp) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let all = || {
            let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            work(&tx, &self.hands, self.clock.now())?;
            tx.commit()
        };
        all().map_err(StoreError::sql(&self.store.file()))
    }

    /// One step of the retention, so that records never wait for more than that.
    fn sweep(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let step = retention::step(self.store.dir(), &mut self.db, &self.sweep.rules, &self.hands, now)?;
        match step {
            Some(step) => {
                let same = self.sweep.removed.iter_mut().find(|d| d.what == step.what && d.why == step.why);
                match same {
                    Some(sum) => sum.join(&step),
                    None => self.sweep.removed.push(step),
                }
            }
            None => {
                for deletion in self.sweep.removed.drain(..) {
                    (self.sweep.on_deletion)(&deletion);
                }
                self.sweep.next_s = self.clock.monotonic_s() + SWEEP_S;
                self.learn()?;
            }
        }
        Ok(())
    }

    /// Learns how long vehicles take from camera to camera, now and then.
    fn learn(&mut self) -> Result<(), StoreError> {
        let now_s = self.clock.monotonic_s();
        if now_s < self.learn_next_s {
            return Ok(());
        }
        self.learn_next_s = now_s + LEARN_S;
        self.in_one_transaction(apply::learn)
    }

    fn write(&mut self, batch: &[Record]) -> Result<(), StoreError> {
        let counts = write_batch(
            self.store.dir(),
            &mut self.db,
            &self.folder,
            &self.hands,
            &*self.clock,
            batch,
            Whose::Run,
        )
        // Before anybody who waits for an answer is told that there will be none.
        .inspect_err(|error| {
            self.shared.lock().unwrap_or_else(|e| e.into_inner()).failure = Some(error.to_string())
        })?;
        if counts.alerts > 0 {
            (self.on_alert)();
        }
        let mut shared = self.shared.lock().unwrap_or_else(|e| e.into_inner());
        shared.counts.add(&counts);
        Ok(())
    }
}

/// Takes what waits, from `first` on, until the batch is full or its time is over; a flush or a close cuts it short
/// and is given back.
fn gather(queue: &Receiver<Message>, first: Message) -> (Vec<Record>, Option<Message>) {
    let until = Instant::now() + BATCH_TIME;
    let mut batch = Vec::new();
    let mut next = Some(first);
    while let Some(message) = next {
        match message {
            Message::Record(record) => batch.push(record),
            end => return (batch, Some(end)),
        }
        next = if batch.len() < BATCH_RECORDS { queue.recv_deadline(until).ok() } else { None };
    }
    (batch, None)
}

/// Writes records beside the program that may be running, in transactions of a batch each; on disk when it returns.
pub fn write_beside(
    store: &Store,
    records: impl IntoIterator<Item = Record>,
    hands: &Hands,
    clock: &dyn Clock,
) -> Result<Counts, StoreError> {
    let mut db = store.write()?;
    let folder = PictureFolder::open_beside(store.dir(), &db)?;
    let mut counts = Counts::default();
    let mut records = records.into_iter().peekable();
    while records.peek().is_some() {
        let batch: Vec<Record> = records.by_ref().take(BATCH_RECORDS).collect();
        counts.add(&write_batch(store.dir(), &mut db, &folder, hands, clock, &batch, Whose::Other)?);
    }
    folder.close_beside()?;
    Ok(counts)
}

/// Who writes: only the run's own writes are a sign of its life.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Run,
    Other,
}

fn write_batch(
    dir: &Path,
    db: &mut Connection,
    folder: &PictureFolder,
    hands: &Hands,
    clock: &dyn Clock,
    batch: &[Record],
    whose: Whose,
) -> Result<Counts, StoreError> {
    if batch.is_empty() {
        return Ok(Counts::default());
    }
    let file = dir.join(DATABASE);
    let sql = StoreError::sql(&file);
    let now = clock.now();
    let news = apply::plan(db, batch).map_err(&sql)?;
    let brought: Vec<_> = batch
        .iter()
        .zip(&news)
        .filter_map(|(record, new)| match record {
            Record::Passage(passage, pictures) | Record::Pictures(passage, pictures) if *new => {
                Some((&**passage, pictures.as_slice()))
            }
            _ => None,
        })
        .collect();
    let kept = folder.keep(&brought, now)?;
    let mut write = || {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = apply::apply(&tx, batch, &news, &kept, hands, now)?;
        if whose == Whose::Run {
            facts::alive(&tx, now)?;
        }
        tx.commit()?;
        Ok(done)
    };
    let counts = write().map_err(&sql)?;
    retention::remove_files(dir, db)?;
    if !kept.is_empty() {
        folder.committed()?;
    }
    Ok(counts)
}
