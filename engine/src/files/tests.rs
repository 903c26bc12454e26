//! What a file is after any failure: the old one or the new one, whole, and nothing beside it.

#![allow(clippy::disallowed_methods, reason = "tests lay out files")]

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn put(target: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let output = Output::create(target)?;
    let mut writer = output.writer()?;
    writer.write_all(bytes).and_then(|()| writer.flush()).map_err(|e| output.failed(e))?;
    drop(writer);
    output.commit()
}

fn names(folder: &Path) -> Vec<String> {
    list(folder).unwrap().iter().map(|p| p.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn an_output_takes_its_place_only_when_committed() {
    let dir = folder();
    let target = dir.path().join("mix.wav");
    put(&target, b"old").unwrap();
    let output = Output::create(&target).unwrap();
    output.writer().unwrap().write_all(b"half").unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"old");
    drop(output);
    assert_eq!(names(dir.path()), ["mix.wav"]);
    put(&target, b"new").unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"new");
}

#[test]
fn any_failing_operation_leaves_the_old_file_or_the_new_and_nothing_else() {
    for nth in 1.. {
        let dir = folder();
        let target = dir.path().join("mix.wav");
        put(&target, b"old").unwrap();
        let fault = faults::arm(dir.path(), nth, io::ErrorKind::StorageFull);
        let result = put(&target, b"new");
        let struck = fault.struck();
        drop(fault);
        assert_eq!(names(dir.path()), ["mix.wav"], "operation {nth}");
        let found = fs::read(&target).unwrap();
        match result {
            // Sweeping is best effort, so its listing may fail unheard.
            Ok(()) => assert_eq!(found, b"new"),
            Err(e) => {
                assert!(e.to_string().ends_with("mix.wav`: the disk is full"), "{e}");
                assert_eq!(e.hint().as_deref(), Some("make room, or write to another disk"));
                assert!(found == b"old" || found == b"new");
            }
        }
        if !struck {
            assert!(nth > 5, "only {nth} operations");
            return;
        }
    }
}

#[test]
fn litter_of_a_killed_process_is_swept_but_not_that_of_a_living_one() {
    let dir = folder();
    fs::write(dir.path().join(".mixwright-dead.part"), b"x").unwrap();
    let living = Output::create(&dir.path().join("a.wav")).unwrap();
    put(&dir.path().join("b.wav"), b"b").unwrap();
    assert_eq!(names(dir.path()).len(), 2);
    living.commit().unwrap();
    assert_eq!(names(dir.path()), ["a.wav", "b.wav"]);
}

#[test]
fn messages_name_the_file_and_the_nearest_name() {
    let dir = folder();
    fs::write(dir.path().join("vocal.flac"), b"x").unwrap();
    let error = Input::open(&dir.path().join("vocal.wav")).unwrap_err();
    assert!(error.to_string().ends_with("vocal.wav`: no such file"), "{error}");
    assert!(error.hint().unwrap().ends_with("vocal.flac`"));
    fs::create_dir(dir.path().join("audio")).unwrap();
    fs::write(dir.path().join("audio/kick.wav"), b"x").unwrap();
    for (wrong, near) in [("Audio/kick.wav", true), ("audoi/kik.wav", true), ("vocal.flac/kick.wav", false)] {
        let hint = Input::open(&dir.path().join(wrong)).unwrap_err().hint();
        assert_eq!(hint.is_some_and(|hint| hint.ends_with("audio/kick.wav`")), near, "{wrong}");
    }
    let error = Input::open(dir.path()).unwrap_err();
    assert!(error.to_string().ends_with("it is a folder, not a file"), "{error}");
    let error = read(&dir.path().join("vocal.flac"), 0).unwrap_err();
    assert!(error.to_string().ends_with("it holds 1 bytes, and at most 0 are read"), "{error}");
    let error = Output::create(&dir.path().join("no/such.wav")).unwrap_err();
    assert!(error.to_string().contains("no/such.wav`: there is no folder `"), "{error}");
    assert_eq!(error.hint().as_deref(), Some("make it first"));
    let error = Output::create(&dir.path().join("vocal.flac/mix.wav")).unwrap_err();
    assert!(error.to_string().ends_with("vocal.flac`: it is a file, not a folder"), "{error}");
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_devices_are_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = folder();
    let (real, link) = (dir.path().join("real.wav"), dir.path().join("link.wav"));
    symlink("real.wav", &link).unwrap();
    put(&link, b"through a dangling link").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    put(&link, b"again").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&real).unwrap(), b"again");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(matches!(Output::create(Path::new("/dev/null")), Err(FileError::NotAFile { .. })));
    assert!(matches!(Input::open(Path::new("/dev/zero")), Err(FileError::NotAFile { .. })));
    symlink("loop.wav", dir.path().join("loop.wav")).unwrap();
    assert!(Output::create(&dir.path().join("loop.wav")).is_err());
}

#[cfg(unix)]
#[test]
fn a_new_file_may_be_read_by_all_whom_the_umask_lets() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder();
    let plain = dir.path().join("plain");
    fs::write(&plain, b"").unwrap();
    put(&dir.path().join("mix.wav"), b"x").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&dir.path().join("mix.wav")), mode(&plain));
}

#[test]
fn scratch_has_no_name() {
    let dir = folder();
    let mut space = scratch(dir.path()).unwrap();
    space.write_all(b"abc").unwrap();
    assert!(names(dir.path()).is_empty());
    space.seek(SeekFrom::Start(1)).unwrap();
    let mut bytes = Vec::new();
    space.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, b"bc");
}

#[test]
fn nothing_behind_the_size_at_opening_is_read() {
    let dir = folder();
    let path = dir.path().join("grows.wav");
    fs::write(&path, b"1234").unwrap();
    let mut input = Input::open(&path).unwrap();
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"5678").unwrap();
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).unwrap();
    assert_eq!((bytes.as_slice(), input.seek(SeekFrom::End(-1)).unwrap()), (b"1234".as_slice(), 3));
}

#[test]
fn more_inputs_than_handles() {
    let dir = folder();
    let paths: Vec<PathBuf> = (0..300).map(|n| dir.path().join(format!("{n}.wav"))).collect();
    paths.iter().enumerate().for_each(|(n, path)| fs::write(path, [n as u8, 1, n as u8]).unwrap());
    let mut inputs: Vec<Input> = paths.iter().map(|path| Input::open(path).unwrap()).collect();
    for byte in 0..3 {
        for (n, input) in inputs.iter_mut().enumerate() {
            let mut read = [0];
            input.read_exact(&mut read).unwrap();
            assert_eq!(read[0], if byte == 1 { 1 } else { n as u8 });
        }
        assert!(inputs.iter().filter(|input| input.slot.holds()).count() <= pool::MOST);
    }
    fs::write(&paths[0], b"changed").unwrap();
    inputs[0].rewind().unwrap();
    let error = inputs[0].read(&mut [0]).unwrap_err();
    assert_eq!(error.to_string(), "it changed while it was read");
}

#[test]
fn who_reads_the_same_file_shares_its_handle() {
    let dir = folder();
    let path = dir.path().join("kick.wav");
    fs::write(&path, b"0123456789").unwrap();
    let (mut one, mut two) = (Input::open(&path).unwrap(), Input::open(&path).unwrap());
    assert!(Arc::ptr_eq(&one.slot, &two.slot));
    let read = |input: &mut Input| {
        let mut byte = [0];
        input.read_exact(&mut byte).unwrap();
        byte[0]
    };
    two.seek(SeekFrom::Start(7)).unwrap();
    assert_eq!((read(&mut one), read(&mut two), read(&mut one), read(&mut two)), (b'0', b'7', b'1', b'8'));
    fs::write(&path, b"other").unwrap();
    assert!(!Arc::ptr_eq(&one.slot, &Input::open(&path).unwrap().slot), "another file by now");
}

#[test]
fn bytes_are_those_of_the_file_in_any_order() {
    let dir = folder();
    let path = dir.path().join("kick.wav");
    let bytes: Vec<u8> = (0..100_000u32).map(|i| (i * 7 / 3) as u8).collect();
    fs::write(&path, &bytes).unwrap();
    let mut ahead = Ahead::new(Input::open(&path).unwrap());
    for (at, length) in
        [(0, 10), (10, 300), (40_000, 3), (39_999, 50_000), (5, 0), (99_990, 100), (100_000, 7)]
    {
        let expected = &bytes[at..bytes.len().min(at + length)];
        assert_eq!(ahead.bytes(at as u64, length).unwrap(), expected, "{length} bytes from {at} on");
    }
    (0..99_000).step_by(777).for_each(|at| {
        assert_eq!(ahead.bytes(at as u64, 777).unwrap(), &bytes[at..at + 777], "from {at} on");
    });
}

#[test]
fn a_file_is_known_by_any_path() {
    let dir = folder();
    let kick = dir.path().join("kick.wav");
    fs::write(&kick, b"x").unwrap();
    fs::write(dir.path().join("other.wav"), b"x").unwrap();
    fs::create_dir(dir.path().join("a")).unwrap();
    let is = |a: &str, b: &str| Identity::of(&dir.path().join(a)).is(&Identity::of(&dir.path().join(b)));
    assert!(is("kick.wav", "./a/../kick.wav") && !is("kick.wav", "other.wav"));
    assert!(
        is("new.wav", "a/../new.wav") && is("no/new.wav", "no/../no/./new.wav"),
        "what does not exist yet"
    );
    assert!(!is("new.wav", "no/new.wav"));
    assert!(Identity::existing(&kick).is_some() && Identity::existing(&dir.path().join("new.wav")).is_none());
    let here = std::env::current_dir().unwrap();
    assert!(Identity::of(Path::new("new.wav")).is(&Identity::of(&here.join("new.wav"))));
}

#[test]
fn names_that_differ_by_case_may_be_one_file() {
    let dir = folder();
    let identity = |name: &str| Identity::of(&dir.path().join(name));
    assert!(identity("Été.wav").is_but_for_case(&identity("étÉ.WAV")));
    assert!(!identity("a/mix.wav").is_but_for_case(&identity("b/mix.wav")));
    assert!(!identity("mix.wav").is_but_for_case(&identity("mix.flac")));
}

#[cfg(unix)]
#[test]
fn all_names_of_a_file_are_it() {
    use std::os::unix::fs::symlink;
    let dir = folder();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("audio")).unwrap();
    fs::write(at("audio/kick.wav"), b"x").unwrap();
    fs::hard_link(at("audio/kick.wav"), at("hard.wav")).unwrap();
    symlink("audio/kick.wav", at("soft.wav")).unwrap();
    symlink("soft.wav", at("softer.wav")).unwrap();
    symlink("audio", at("folder")).unwrap();
    symlink("audio/new.wav", at("dangling.wav")).unwrap();
    let kick = Identity::of(&at("audio/kick.wav"));
    for name in ["hard.wav", "soft.wav", "softer.wav", "folder/kick.wav"] {
        assert!(Identity::of(&at(name)).is(&kick), "{name}");
    }
    assert!(Identity::of(&at("dangling.wav")).is(&Identity::of(&at("folder/new.wav"))));
}

#[test]
fn a_folder_that_stays_empty_goes_again() {
    let dir = folder();
    let stems = dir.path().join("new/stems");
    let made = super::folder(&stems).unwrap();
    assert!(stems.is_dir());
    drop(made);
    assert!(names(dir.path()).is_empty());
    let made = super::folder(&stems).unwrap();
    let again = super::folder(&stems).unwrap();
    put(&stems.join("kick.wav"), b"kick").unwrap();
    drop(made);
    assert_eq!(names(&stems), ["kick.wav"]);
    fs::remove_file(stems.join("kick.wav")).unwrap();
    drop(again);
    assert!(stems.is_dir(), "it was there before");
    fs::write(dir.path().join("file"), b"").unwrap();
    assert!(super::folder(&dir.path().join("file/stems")).is_err());
    assert_eq!(names(dir.path()), ["file", "new"]);
}
