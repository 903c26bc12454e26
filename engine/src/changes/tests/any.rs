//! Any edit is told, and no edit is not.

use super::*;
use proptest::prelude::*;

/// Any one edit of a strip.
fn edit() -> impl Strategy<Value = (usize, u8, i32)> {
    (0..4usize, 0..17u8, 1..40i32)
}

fn edited(song: &mut Song, (strip, what, by): (usize, u8, i32)) {
    let strip = &mut song.strips[strip];
    let value = f64::from(by) / 7.0;
    let send = Send {
        to: "band".to_owned(),
        level: Setting::Is(value),
        from: SendFrom::Post,
        origin: Default::default(),
    };
    match what {
        0 => strip.fader = Setting::Is(value),
        1 => strip.pan = Setting::Is(value),
        2 => strip.muted = true,
        3 => strip.to = Some(format!("group {by}")),
        4 => strip.nudge = seconds(value),
        5 => strip.law = Some(PanLaw::Balance),
        6 => strip.fader = curve(&[(f64::from(by), value)]),
        7 => strip.chain.push(Insert::Effect(effect("trim", "trim", &[]))),
        8 => strip.chain.insert(0, Insert::Tap("new".to_owned())),
        9 => strip.sends.push(send),
        10 => strip.clips.push(Clip::new("new.wav")),
        11 => strip.kind = StripKind::Master,
        12..17 if strip.clips.is_empty() => strip.clips.push(Clip::new("first.wav")),
        12 => strip.clips[0].gain = Db(value),
        13 => strip.clips[0].inserted = true,
        14 => strip.clips[0].channel = crate::song::ChannelPick::One(2),
        15 => strip.clips[0].overlap = crate::song::Overlap::Crossfade,
        _ => strip.clips[0].shape = crate::song::FadeShape::Linear,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_edit_of_a_strip_names_it_and_no_edit_says_nothing(edits in proptest::collection::vec(edit(), 0..4)) {
        let (before, mut after) = (song(), song());
        edits.iter().for_each(|edit| edited(&mut after, *edit));
        let said = changes(&before, &after);
        let names: Vec<&str> = edits.iter().map(|(strip, ..)| before.strips[*strip].name.as_str()).collect();
        for name in &names {
            prop_assert!(said.iter().any(|change| change.of.as_deref() == Some(name)), "{name}: {said:?}");
        }
        for change in &said {
            prop_assert!(change.of.as_deref().is_some_and(|of| names.contains(&of)), "{change}");
        }
        prop_assert!(changes(&after, &after).is_empty());
    }

    #[test]
    fn any_number_of_any_effect_is_told(which in 0..AnyEffect::ALL.len(), param in 0..8usize, share in 0.0..1.0f64) {
        let info = AnyEffect::ALL[which].params;
        let numbers: Vec<_> = info.flat().into_iter().filter(|param| param.moves()).collect();
        prop_assume!(!numbers.is_empty());
        let param = numbers[param % numbers.len()];
        let (mut before, mut after) = (song(), song());
        let old = effect("it", info.name, &[]);
        let mut new = old.clone();
        new.effect.set(param.name, &number(param.min + share * (param.max - param.min))).unwrap();
        prop_assume!(new != old);
        before.strips[0].chain.push(Insert::Effect(old));
        after.strips[0].chain.push(Insert::Effect(new));
        let said = changes(&before, &after);
        prop_assert_eq!(said.len(), 1);
        prop_assert!(said[0].to_string().starts_with(&format!("vocal: it {} ", param.name)), "{}", said[0]);
    }
}
