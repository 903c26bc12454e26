//! Pan laws: how one channel is laid between left and right, and how two are balanced.

use crate::choice;

choice! {
    /// How loud a mono signal is in each channel at the centre.
    pub enum PanLaw {
        /// -3 dB: constant power.
        Power = "power",
        /// -4.5 dB: between power and amplitude.
        Compromise = "compromise",
        /// -6 dB: constant amplitude, for a mix that is often heard in mono.
        Amplitude = "amplitude",
    }
}

impl PanLaw {
    /// The law that a song has unless it says another.
    pub fn usual() -> PanLaw {
        PanLaw::Power
    }
}
