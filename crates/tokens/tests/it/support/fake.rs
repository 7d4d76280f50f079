//! A keychain that fails as it is told to. It stands in for what no real one does on demand.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use agentruntime_tokens::{
    Keychain, KeychainError, Limits,
    keychain::{Aim, Platform, Session},
};
use secrecy::{ExposeSecret, SecretString};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Open,
    Look,
    Get,
    Set,
    Delete,
}

#[derive(Debug, Default)]
pub struct Fake {
    pub entries: Mutex<BTreeMap<String, String>>,
    /// Failures to come, each when its step is next taken.
    faults: Mutex<VecDeque<(Step, KeychainError)>>,
    /// Steps to come that pass before any failure.
    passes: Mutex<Vec<Step>>,
    /// The step that waits until it is let go.
    hanging: Mutex<Option<Step>>,
    let_go: Condvar,
    /// Whether it garbles what is stored.
    pub garbles: Mutex<bool>,
    pub opened: AtomicUsize,
    pub stuck: AtomicUsize,
}

impl Fake {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    pub fn keychain(self: &Arc<Self>) -> Keychain {
        let limits = Limits { call: Duration::from_millis(300), poll: Duration::from_millis(20), ..Limits::default() };
        Keychain::with(Arc::new(Shared(Arc::clone(self))), limits)
    }

    pub fn fail(&self, step: Step, error: KeychainError) {
        self.faults.lock().unwrap().push_back((step, error));
    }

    /// Lets a step pass so many times before its next failure.
    pub fn pass(&self, step: Step, times: usize) {
        self.passes.lock().unwrap().extend(std::iter::repeat_n(step, times));
    }

    /// What was to fail does not.
    pub fn heal(&self) {
        self.faults.lock().unwrap().clear();
        self.passes.lock().unwrap().clear();
    }

    pub fn hang(&self, step: Step) {
        *self.hanging.lock().unwrap() = Some(step);
    }

    pub fn let_go(&self) {
        *self.hanging.lock().unwrap() = None;
        self.let_go.notify_all();
    }

    pub fn is_empty(&self) -> bool {
        self.entries.lock().unwrap().is_empty()
    }

    fn step(&self, step: Step) -> Result<(), KeychainError> {
        let mut hanging = self.hanging.lock().unwrap();
        if *hanging == Some(step) {
            self.stuck.fetch_add(1, SeqCst);
            hanging = self.let_go.wait_while(hanging, |hanging| *hanging == Some(step)).unwrap();
            self.stuck.fetch_sub(1, SeqCst);
        }
        drop(hanging);
        let mut passes = self.passes.lock().unwrap();
        if let Some(place) = passes.iter().position(|pass| *pass == step) {
            passes.remove(place);
            return Ok(());
        }
        drop(passes);
        let mut faults = self.faults.lock().unwrap();
        match faults.iter().position(|(at, _)| *at == step) {
            Some(place) => Err(faults.remove(place).unwrap().1),
            None => Ok(()),
        }
    }
}

#[derive(Debug)]
struct Shared(Arc<Fake>);

impl Platform for Shared {
    fn describe(&self) -> &'static str {
        "a fake"
    }

    fn longest_secret(&self) -> usize {
        4096
    }

    fn open(&self) -> Result<Box<dyn Session>, KeychainError> {
        self.0.opened.fetch_add(1, SeqCst);
        self.0.step(Step::Open)?;
        Ok(Box::new(Shared(Arc::clone(&self.0))))
    }
}

impl Session for Shared {
    fn look(&self, aim: Aim<'_>) -> Result<(), KeychainError> {
        self.0.step(Step::Look)?;
        match aim {
            Aim::Entry(name) if !self.0.entries.lock().unwrap().contains_key(name) => Err(KeychainError::Missing),
            _ => Ok(()),
        }
    }

    fn get(&self, name: &str) -> Result<SecretString, KeychainError> {
        self.0.step(Step::Get)?;
        self.0.entries.lock().unwrap().get(name).map(|text| text.as_str().into()).ok_or(KeychainError::Missing)
    }

    fn set(&self, name: &str, secret: &SecretString) -> Result<(), KeychainError> {
        self.0.step(Step::Set)?;
        let garbled = if *self.0.garbles.lock().unwrap() { "?" } else { "" };
        self.0.entries.lock().unwrap().insert(name.to_owned(), format!("{}{garbled}", secret.expose_secret()));
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.0.step(Step::Delete)?;
        self.0.entries.lock().unwrap().remove(name).map(|_| ()).ok_or(KeychainError::Missing)
    }

    fn names(&self) -> Result<Vec<String>, KeychainError> {
        Ok(self.0.entries.lock().unwrap().keys().cloned().collect())
    }

    fn ask_to_unlock(&self) -> Result<(), KeychainError> {
        Ok(())
    }
}
