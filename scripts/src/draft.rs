//! The song while a script writes it: one draft that every handle of the script points into.
//!
//! A handle is an index, never a copy, so an edit through a function, an array or a closure reaches the strip itself.
//! Names may be said before what they name; they are bound when the script has ended.

use crate::{
    bind_names,
    resolver::Resolver,
    spot::{Part, Spot},
};
use mixwright_engine::{
    diagnostic::{Diagnostic, Origin, Severity},
    song::{Insert, InsertEffect, Parallel, Setting, Song, Strip as Channel, StripKind},
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The draft as all verbs of a script share it.
pub(crate) type Shared = Arc<Mutex<Draft>>;

/// The draft, whatever happened to who held it before: a panic ends the evaluation anyway.
pub(crate) fn lock(draft: &Shared) -> MutexGuard<'_, Draft> {
    draft.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A script's handle of a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Strip(pub(crate) usize);

/// The master: it is there before the song is.
pub(crate) const MASTER: Strip = Strip(0);

/// A script's handle of the song.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SongHandle;

/// What a strip is to the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A strip that the song has.
    Placed(StripKind),
    /// A chain without a place yet.
    Chain,
}

impl Role {
    /// The role in words.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Role::Placed(StripKind::Track) => "track",
            Role::Placed(StripKind::Bus) => "bus",
            Role::Placed(StripKind::Group) => "group",
            Role::Placed(StripKind::Master) => "master",
            Role::Chain => "chain",
        }
    }
}

/// A strip while it is written.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// What it is.
    pub(crate) role: Role,
    /// Its name, clips, fader and sends; its chain stands beside it.
    pub(crate) strip: Channel,
    /// Its effects in order.
    pub(crate) chain: Vec<Link>,
    /// The strip or chain beside whose place it lies, if it is a chain with a place.
    pub(crate) within: Option<Strip>,
}

/// A place in a chain while it is written: a parallel chain is still a handle.
#[derive(Clone, Debug)]
pub(crate) enum Link {
    /// An effect.
    Effect(Box<InsertEffect>),
    /// A chain beside this place.
    Parallel {
        /// Its name.
        name: String,
        /// Its level.
        level: Setting,
        /// The chain.
        chain: Strip,
        /// Where it was declared.
        origin: Origin,
    },
    /// A name for this place.
    Tap(String),
}

impl Link {
    /// The name by which `set` and `remove` find it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Link::Effect(effect) => &effect.name,
            Link::Parallel { name, .. } | Link::Tap(name) => name,
        }
    }
}

/// What a name must stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Any strip.
    Strip,
    /// A strip that others can be sent to.
    Receiver,
    /// A place of this name in the strip.
    Tap(String),
}

/// A name that must be bound when the script has ended.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    /// The strip's name.
    pub(crate) strip: String,
    /// What it must be.
    pub(crate) wanted: Wanted,
    /// Where it was said.
    pub(crate) spot: Spot,
}

/// A strip that goes to a bus or group instead of the master.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// The strip's name.
    pub(crate) strip: String,
    /// Where it goes.
    pub(crate) to: String,
    /// Where that was said.
    pub(crate) origin: Origin,
}

/// Bounds on what a script can heap up, far above any song: nothing that it makes may fill the memory.
const MOST_LINES: usize = 10_000;
const MOST_LINKS: usize = 200_000;
const MOST_POINTS: usize = 2_000_000;
const MOST_ERRORS: usize = 1_000;

/// The song while a script writes it.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// All that is not in a strip.
    pub(crate) song: Song,
    /// Where the song was declared, once it is.
    pub(crate) declared: Option<Origin>,
    /// All strips and chains; the master first.
    pub(crate) lines: Vec<Line>,
    /// Names to bind.
    pub(crate) references: Vec<Reference>,
    /// Ways to bind.
    pub(crate) routes: Vec<Route>,
    /// Values from the command line, by name.
    pub(crate) given: BTreeMap<String, String>,
    /// Names that the script asked values for.
    pub(crate) asked: Vec<String>,
    /// What is wrong so far.
    pub(crate) errors: Vec<Diagnostic>,
    /// What is doubtful.
    pub(crate) warnings: Vec<Diagnostic>,
    /// The call that is being carried out, and what of it is being looked at.
    spot: Spot,
    /// Where the texts of the scripts are.
    scripts: Resolver,
    /// The setting that was last found wrong in what a template was given, to be shown where it is written.
    pub(crate) passed: Option<String>,
    links: usize,
    points: usize,
}

impl Default for Draft {
    fn default() -> Self {
        Draft::new(BTreeMap::new(), Resolver::new("", BTreeSet::new()))
    }
}

impl Draft {
    /// A draft without a song, of a script with these parameters, whose texts the resolver has.
    pub(crate) fn new(given: BTreeMap<String, String>, scripts: Resolver) -> Draft {
        let master = Line {
            role: Role::Placed(StripKind::Master),
            strip: Channel::new("master", StripKind::Master),
            chain: Vec::new(),
            within: None,
        };
        Draft {
            song: Song::new(""),
            declared: None,
            lines: vec![master],
            references: Vec::new(),
            routes: Vec::new(),
            given,
            asked: Vec::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
            spot: Spot::default(),
            scripts,
            passed: None,
            links: 0,
            points: 0,
        }
    }

    /// Begins to carry out the verb that stands there.
    pub(crate) fn begin(&mut self, call: Origin, arguments: usize) {
        self.spot = Spot { call, arguments, parts: Vec::new() };
        self.passed = None;
    }

    /// Where the verb stands that is being carried out.
    pub(crate) fn here(&self) -> Origin {
        self.spot.call.clone()
    }

    /// What of the call is being looked at.
    pub(crate) fn spot(&self) -> Spot {
        self.spot.clone()
    }

    /// Looks at a part of the call, or of the part that is being looked at: what is wrong is told there.
    pub(crate) fn about<T>(&mut self, part: Part, look: impl FnOnce(&mut Draft) -> T) -> T {
        self.spot.parts.push(part);
        let done = look(self);
        self.spot.parts.pop();
        done
    }

    /// Where a part of a call stands.
    pub(crate) fn origin(&self, spot: &Spot) -> Origin {
        match self.scripts.text(&spot.call.file) {
            Some(text) if !spot.parts.is_empty() => spot.origin(&text),
            _ => spot.call.clone(),
        }
    }

    /// Notes what is wrong, at what is being looked at unless it says where.
    pub(crate) fn report(&mut self, said: Diagnostic) {
        let said = if said.origin.is_some() { said } else { said.at(&self.origin(&self.spot)) };
        let list = match said.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        // A verb in a loop says the same each time around.
        if list.len() < MOST_ERRORS && !list.contains(&said) {
            list.push(said);
        }
    }

    /// What came out, or nothing once what is wrong was noted.
    pub(crate) fn heed<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|wrong| self.report(wrong)).ok()
    }

    /// What came out of an argument of the call, or nothing once what is wrong with it was noted.
    pub(crate) fn heed_argument<T>(&mut self, index: usize, result: Result<T, Diagnostic>) -> Option<T> {
        self.about(Part::Argument(index), |draft| draft.heed(result))
    }

    /// The line behind a handle.
    pub(crate) fn line(&mut self, strip: Strip) -> &mut Line {
        &mut self.lines[strip.0]
    }

    /// A new strip or chain.
    pub(crate) fn add(&mut self, role: Role, name: &str) -> Strip {
        if self.lines.len() == MOST_LINES {
            self.report(Diagnostic::error(format!("a song has at most {MOST_LINES} strips")));
        }
        if self.lines.len() >= MOST_LINES {
            return Strip(self.lines.len() - 1);
        }
        let kind = match role {
            Role::Placed(kind) => kind,
            Role::Chain => StripKind::Bus,
        };
        let mut strip = Channel::new(name, kind);
        strip.origin = self.here();
        self.lines.push(Line { role, strip, chain: Vec::new(), within: None });
        Strip(self.lines.len() - 1)
    }

    /// Puts a link at the end of a strip's chain; two of one name are an error.
    pub(crate) fn link(&mut self, strip: Strip, link: Link) {
        self.links += 1;
        if self.links > MOST_LINKS {
            if self.links == MOST_LINKS + 1 {
                self.report(Diagnostic::error(format!("a song has at most {MOST_LINKS} effects")));
            }
            return;
        }
        let line = &mut self.lines[strip.0];
        if line.chain.iter().any(|other| other.name() == link.name()) {
            let words = format!("this {} already has a `{}`", line.role.word(), link.name());
            self.report(Diagnostic::error(words).hint("give one of them another name"));
            return;
        }
        line.chain.push(link);
    }

    /// Counts the points of curves that enter the song.
    pub(crate) fn count_points(&mut self, points: usize) {
        let before = self.points;
        self.points += points;
        if self.points > MOST_POINTS && before <= MOST_POINTS {
            self.report(Diagnostic::error(format!("the curves of a song have at most {MOST_POINTS} points")));
        }
    }

    /// The strip of that name, chains without a place left out.
    pub(crate) fn named(&self, name: &str) -> Option<&Line> {
        self.placed().find(|line| line.strip.name == name)
    }

    /// All strips that the song has.
    pub(crate) fn placed(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.role != Role::Chain)
    }

    /// The song, when the script has ended.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(crate) fn finish(mut self) -> Result<Song, Vec<Diagnostic>> {
        match self.declared.clone() {
            Some(origin) => self.song.origin = origin,
            None => self.errors.push(
                Diagnostic::error("the script declares no song")
                    .hint("begin with `let song = song(\"its title\");`"),
            ),
        }
        bind_names::bind(&mut self);
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let placed = (0..self.lines.len()).filter(|&i| self.lines[i].role != Role::Chain);
        let mut strips: Vec<Channel> = placed
            .map(|i| Channel { chain: self.assembled(Strip(i)), ..self.lines[i].strip.clone() })
            .collect();
        let master = strips.remove(MASTER.0);
        Ok(Song { strips, master, ..self.song })
    }

    fn assembled(&self, strip: Strip) -> Vec<Insert> {
        let insert = |link: &Link| match link {
            Link::Effect(effect) => Insert::Effect((**effect).clone()),
            Link::Tap(name) => Insert::Tap(name.clone()),
            Link::Parallel { name, level, chain, origin } => Insert::Parallel(Parallel {
                name: name.clone(),
                level: level.clone(),
                chain: self.assembled(*chain),
                origin: origin.clone(),
            }),
        };
        self.lines[strip.0].chain.iter().map(insert).collect()
    }
}
