//! The master's last phase: a loudness under a ceiling.

use crate::{
    params,
    unit::{Dbtp, Lufs},
};

params! {
    /// Brings the master to a loudness without letting its true peak pass a ceiling.
    pub struct Finish = "finish" {
        /// The integrated loudness of the whole song.
        loudness: Lufs = -14.0 in -40.0..=-5.0,
        /// The highest true peak.
        ceiling: Dbtp = -1.0 in -12.0..=0.0,
    }
}
