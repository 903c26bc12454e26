//! The meters that every strip of a mix has, many side by side: cheap, as there are many strips.

use super::{
    energy::{Blocks, Energies},
    loudness::{Course, Tells, Windows},
};
use crate::{
    dsp::fast::largest,
    unit::{Db, Lufs},
};
use serde::Serialize;

/// What a strip of the mix measures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StripReading {
    /// Its integrated loudness, if it has any.
    pub loudness: Option<Lufs>,
    /// Its largest sample.
    pub peak: Db,
    /// The K-weighted energy of all of it: what it adds to the loudness of the whole.
    pub energy: f64,
}

/// A channel that a meter hears, and what becomes of it behind the place where it is heard: the gains with which it is
/// played from one loudspeaker or from two.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel(pub Vec<f64>);

impl Channel {
    /// As it is heard.
    pub fn plain() -> Channel {
        Channel(vec![1.0])
    }

    /// What its energy is multiplied by.
    fn power(&self) -> f64 {
        self.0.iter().map(|gain| gain * gain).sum()
    }

    /// What its largest sample is multiplied by.
    fn height(&self) -> f64 {
        self.0.iter().fold(0.0, |most, gain| gain.abs().max(most))
    }
}

/// The meters of several strips.
#[derive(Clone, Debug)]
pub struct Strips {
    energies: Energies,
    strips: Vec<Strip>,
}

/// One strip.
#[derive(Clone, Debug)]
struct Strip {
    channels: Vec<Channel>,
    /// The largest sample of each channel.
    peaks: Vec<f32>,
    windows: Windows,
    energy: f64,
}

impl Strips {
    /// Meters that have heard nothing, for strips of one or more channels each; `course` lets them keep how loud each was in
    /// the course of time.
    ///
    /// # Panics
    /// If there are no channels, or more than [`WIDEST`](super::energy::WIDEST).
    pub fn new(rate: u32, course: bool, strips: impl IntoIterator<Item = Vec<Channel>>) -> Self {
        let tells = if course { Tells::Course } else { Tells::Integrated };
        let strip = |channels: Vec<Channel>| Strip {
            peaks: vec![0.0; channels.len()],
            channels,
            windows: Windows::telling(rate, tells),
            energy: 0.0,
        };
        let strips: Vec<Strip> = strips.into_iter().map(strip).collect();
        let channels = strips.iter().map(|strip| strip.channels.len()).sum();
        Strips { energies: Energies::new(rate, channels, Blocks::Hundredths(rate)), strips }
    }

    /// Hears on: a plane for each channel of each strip.
    pub fn push(&mut self, planes: &[&[f32]]) {
        let peaks = self.strips.iter_mut().flat_map(|strip| &mut strip.peaks);
        for (peak, plane) in peaks.zip(planes) {
            *peak = peak.max(largest(plane));
        }
        let strips = &mut self.strips;
        self.energies.push(planes, |mut energies| {
            for strip in &mut *strips {
                let energy = strip.of(&mut energies);
                strip.energy += energy;
                strip.windows.close(energy);
            }
        });
    }

    /// How loud the strips were on the way here.
    pub fn courses(&self) -> impl Iterator<Item = Course<'_>> {
        self.strips.iter().map(|strip| strip.windows.course())
    }

    /// What the meters read now, strip by strip.
    pub fn readings(&self) -> Vec<StripReading> {
        let open = self.energies.open();
        let mut open = &open[..];
        let reading = |strip: &Strip| {
            // As if each sample had been turned down, and rounded, by itself.
            let peaks = strip.channels.iter().zip(&strip.peaks);
            let peaks = peaks.map(|(channel, peak)| (f64::from(*peak) * channel.height()) as f32);
            StripReading {
                loudness: strip.windows.reading().integrated,
                peak: Db::of(f64::from(peaks.fold(0.0, f32::max))),
                energy: strip.energy + strip.of(&mut open),
            }
        };
        self.strips.iter().map(reading).collect()
    }
}

impl Strip {
    /// Its energy, by those of its channels, which come first among these; the others are left.
    fn of(&self, energies: &mut &[f64]) -> f64 {
        let (ours, others) = energies.split_at(self.channels.len());
        *energies = others;
        self.channels.iter().zip(ours).map(|(channel, energy)| channel.power() * energy).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        effect::Width,
        meter::program::Program,
        testing::{noise, plane, sine},
    };

    fn both(planes: [&[f32]; 2]) -> Program {
        let mut program = Program::new(48_000, Width::Stereo);
        program.push(planes[0], Some(planes[1]));
        program
    }

    #[test]
    fn strips_side_by_side_read_what_meters_of_their_own_would() {
        let tone = plane(0.5, 96_000, sine(1000.0, 48_000));
        let hiss: [Vec<f32>; 2] = [1, 2].map(|seed| plane(0.25, 96_000, noise(seed)));
        let plain = vec![Channel::plain(), Channel::plain()];
        let mut strips = Strips::new(48_000, true, [vec![Channel::plain()], plain]);
        for ((tone, left), right) in tone.chunks(777).zip(hiss[0].chunks(777)).zip(hiss[1].chunks(777)) {
            strips.push(&[tone, left, right]);
        }
        let readings = strips.readings();
        let mut program = Program::new(48_000, Width::Mono);
        program.push(&tone, None);
        assert_eq!(readings[0].loudness, program.reading().loudness.integrated);
        assert_eq!(strips.courses().next(), Some(program.loudness()));
        assert_eq!(readings[0].peak, program.reading().channels[0].level.peak);
        // A tone of 1 kHz gains 0.7 dB.
        assert!((readings[0].energy / (0.125 * 96_000.0) - 1.175).abs() < 0.01);
        let of_hiss = both([&hiss[0], &hiss[1]]).reading();
        assert_eq!(readings[1].loudness, of_hiss.loudness.integrated);
        let peak = of_hiss.channels.iter().fold(f64::MIN, |most, channel| most.max(channel.level.peak.0));
        assert_eq!(readings[1].peak, Db(peak));
    }

    #[test]
    fn what_becomes_of_a_channel_is_as_if_it_were_heard_behind() {
        let mono = plane(0.5, 48_000, noise(7));
        let (left, right) = (0.3, -0.9);
        let made = [left, right].map(|gain| mono.iter().map(|x| x * gain as f32).collect::<Vec<f32>>());
        let mut strips = Strips::new(48_000, true, [vec![Channel(vec![left, right])]]);
        strips.push(&[&mono]);
        let (ours, behind) = (strips.readings()[0], both([&made[0], &made[1]]).reading());
        let loudness = behind.loudness.integrated.unwrap().0;
        assert!((ours.loudness.unwrap().0 - loudness).abs() < 1e-5);
        assert!((ours.peak.0 - behind.channels[1].level.peak.0).abs() < 1e-5);
    }
}
