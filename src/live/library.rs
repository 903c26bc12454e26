//! The renders that can be heard: this one and the one before, and what was listened to of them.
//!
//! What pages name sounds and pictures by is never used twice, so that they may keep both for ever.

use super::message::{Render, Solo, Wish};
use mixwright_engine::{
    render::take::{Picture, Played, Sound, Take},
    resolved::Resolved,
};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Renders that are kept: A and B.
const RENDERS: usize = 2;

/// Wishes whose sound is kept: each may be as long as the song.
const WISHES: usize = 6;

/// A render that can be heard.
pub(super) struct Kept {
    pub(super) number: u64,
    /// That of the song.
    pub(super) folder: PathBuf,
    pub(super) resolved: Arc<Resolved>,
    pub(super) take: Arc<Take>,
    pub(super) message: Arc<Render>,
}

/// What a name stands for.
pub(super) struct Heard {
    pub(super) kept: Arc<Kept>,
    of: Of,
    /// Its plot of third octaves, once one was asked for.
    pub(super) spectrum: OnceLock<String>,
}

enum Of {
    Mix,
    Master,
    Strip(usize),
    /// What somebody wished to listen to.
    Wish(Played),
}

impl Heard {
    /// How it looks.
    pub(super) fn picture(&self) -> &Picture {
        match &self.of {
            Of::Strip(strip) => &self.kept.take.strips[*strip].1,
            Of::Mix => &self.kept.take.mix.picture,
            Of::Master => &self.kept.take.master.picture,
            Of::Wish(played) => &played.picture,
        }
    }

    /// How it sounds; of strips there is no sound.
    pub(super) fn sound(&self) -> Option<&Sound> {
        match &self.of {
            Of::Strip(_) => None,
            Of::Mix => Some(&self.kept.take.mix.sound),
            Of::Master => Some(&self.kept.take.master.sound),
            Of::Wish(played) => Some(&played.sound),
        }
    }

    /// Whether it is the finished master.
    pub(super) fn is_master(&self) -> bool {
        matches!(self.of, Of::Master)
    }
}

/// The names of a render's sounds and pictures.
#[derive(Clone, Debug)]
pub(super) struct Names {
    stem: String,
}

impl Names {
    pub(super) fn mix(&self) -> String {
        format!("{}-mix", self.stem)
    }

    pub(super) fn master(&self) -> String {
        format!("{}-master", self.stem)
    }

    /// That of a strip by its place in the take.
    pub(super) fn strip(&self, strip: usize) -> String {
        format!("{}-strip{strip}", self.stem)
    }
}

/// All that can be heard.
pub(super) struct Library {
    /// What this server's names begin with, as no other's do.
    begun: String,
    next: u64,
    wishes: u64,
    kept: VecDeque<Arc<Kept>>,
    heard: BTreeMap<String, Arc<Heard>>,
    answers: VecDeque<(Wish, Solo)>,
}

impl Library {
    /// An empty one whose names begin with these letters.
    pub(super) fn new(begun: String) -> Library {
        Library {
            begun,
            next: 1,
            wishes: 0,
            kept: VecDeque::new(),
            heard: BTreeMap::new(),
            answers: VecDeque::new(),
        }
    }

    /// The number of the next render and the names in it.
    pub(super) fn coming(&self) -> (u64, Names) {
        (self.next, self.names(self.next))
    }

    fn names(&self, number: u64) -> Names {
        Names { stem: format!("{}-{number}", self.begun) }
    }

    /// Takes a render in; the oldest goes, with all that was listened to of it.
    pub(super) fn add(&mut self, kept: Kept) {
        let (names, kept) = (self.names(kept.number), Arc::new(kept));
        self.next = kept.number + 1;
        self.put(names.mix(), &kept, Of::Mix);
        self.put(names.master(), &kept, Of::Master);
        for strip in 0..kept.take.strips.len() {
            self.put(names.strip(strip), &kept, Of::Strip(strip));
        }
        self.kept.push_back(kept);
        if self.kept.len() > RENDERS {
            self.kept.pop_front();
        }
        let oldest = self.kept.front().map_or(0, |kept| kept.number);
        self.heard.retain(|_, heard| heard.kept.number >= oldest);
        self.answers.retain(|(_, answer)| answer.render >= oldest);
    }

    fn put(&mut self, name: String, kept: &Arc<Kept>, of: Of) {
        let heard = Heard { kept: kept.clone(), of, spectrum: OnceLock::new() };
        self.heard.insert(name, Arc::new(heard));
    }

    /// What was made of a wish; tells the answer to it, unless its render is gone.
    pub(super) fn listened(
        &mut self,
        kept: &Arc<Kept>,
        wish: Wish,
        played: Played,
        loudness: Option<f64>,
    ) -> Solo {
        self.wishes += 1;
        let name = format!("{}-{}-wish{}", self.begun, kept.number, self.wishes);
        let source = Some(name.clone());
        let Wish { solo: strips, mute } = wish.clone();
        let answer = Solo { strips, mute, render: kept.number, source, loudness, why: None };
        if self.kept.iter().any(|other| other.number == kept.number) {
            self.put(name, kept, Of::Wish(played));
            self.answers.push_back((wish, answer.clone()));
        }
        if self.answers.len() > WISHES {
            let gone = self.answers.pop_front().and_then(|(_, answer)| answer.source);
            gone.iter().for_each(|name| _ = self.heard.remove(name));
        }
        answer
    }

    /// The answer to a wish that was had before, of the last render.
    pub(super) fn answer(&self, wish: &Wish) -> Option<Solo> {
        let now = self.last()?.number;
        let same = |(had, answer): &&(Wish, Solo)| had == wish && answer.render == now;
        self.answers.iter().find(same).map(|(_, answer)| answer.clone())
    }

    /// The last render.
    pub(super) fn last(&self) -> Option<&Arc<Kept>> {
        self.kept.back()
    }

    /// What all renders are, the oldest first.
    pub(super) fn renders(&self) -> Vec<Arc<Render>> {
        self.kept.iter().map(|kept| kept.message.clone()).collect()
    }

    /// What a name stands for.
    pub(super) fn find(&self, name: &str) -> Option<Arc<Heard>> {
        self.heard.get(name).cloned()
    }
}
