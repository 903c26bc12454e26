//! What only the user is told: the first part of every path. It is kept, so that a page finds the server that comes after.

use super::server::Unserved;
use mixwright_engine::files;
use std::io;
use std::path::Path;

/// Bytes of it.
const BYTES: usize = 16;

/// Its file in the folder where it is kept.
const FILE: &str = "live-token";

/// The token of a folder; it is made where there is none, or none of ours.
pub(super) fn kept(folder: Option<&Path>) -> Result<String, Unserved> {
    let Some(file) = folder.map(|folder| folder.join(FILE)) else { return random(BYTES) };
    let known = files::read(&file, 2 * BYTES as u64).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let ours = |token: &String| token.len() == 2 * BYTES && token.bytes().all(|c| c.is_ascii_hexdigit());
    if let Some(token) = known.filter(ours) {
        return Ok(token);
    }
    let token = random(BYTES)?;
    files::secret(&file, token.as_bytes())?;
    Ok(token)
}

/// So many bytes that nobody guesses, as letters and digits.
pub(super) fn random(bytes: usize) -> Result<String, Unserved> {
    let mut chosen = vec![0; bytes];
    getrandom::fill(&mut chosen).map_err(|error| Unserved::System(io::Error::other(error.to_string())))?;
    Ok(chosen.iter().map(|byte| format!("{byte:02x}")).collect())
}
