//! The end of the program, told once to all who wait for it.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

type Callback = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct State {
    set: bool,
    callbacks: Vec<Callback>,
}

/// A flag that goes up once. Cheap to clone; all clones are the same flag.
#[derive(Clone, Default)]
pub struct Shutdown(Arc<(Mutex<State>, Condvar)>);

impl std::fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Shutdown").field(&self.is_set()).finish()
    }
}

impl Shutdown {
    /// A flag that is down.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts the flag up, wakes all who wait and runs the callbacks. The second time does nothing.
    pub fn trigger(&self) {
        let callbacks = {
            let mut state = self.0.0.lock().unwrap_or_else(|e| e.into_inner());
            state.set = true;
            std::mem::take(&mut state.callbacks)
        };
        self.0.1.notify_all();
        for callback in callbacks {
            callback();
        }
    }

    /// Whether the flag is up.
    pub fn is_set(&self) -> bool {
        self.0.0.lock().unwrap_or_else(|e| e.into_inner()).set
    }

    /// Waits for the flag, `limit` at most; true where it is up.
    pub fn wait_for(&self, limit: Duration) -> bool {
        let state = self.0.0.lock().unwrap_or_else(|e| e.into_inner());
        let (state, _) =
            self.0.1.wait_timeout_while(state, limit, |s| !s.set).unwrap_or_else(|e| e.into_inner());
        state.set
    }

    /// Runs `callback` when the flag goes up, at once where it is up already.
    pub fn on_trigger(&self, callback: impl FnOnce() + Send + 'static) {
        let mut state = self.0.0.lock().unwrap_or_else(|e| e.into_inner());
        if state.set {
            drop(state);
            callback();
        } else {
            state.callbacks.push(Box::new(callback));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_and_callbacks_end_with_the_trigger() {
        let flag = Shutdown::new();
        assert!(!flag.wait_for(Duration::from_millis(1)));
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        flag.on_trigger(move || tell.send(()).expect("the test listens"));
        flag.trigger();
        told.recv_timeout(Duration::from_secs(1)).expect("the callback ran");
        assert!(flag.wait_for(Duration::from_secs(1)));
    }
}
