//! What is served where. No path from a request reaches the disk: names are looked up among what is kept.

use super::{
    assets::{self, Asset},
    dat,
    library::Heard,
    meters, plots,
    range::{Part, part},
    socket, spectrum,
    status::Shared,
    wav::{self, Pieces},
};
use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State, WebSocketUpgrade},
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use mixwright_engine::files::FileError;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// Frames that are sent at once at most.
const MOST: u64 = 1 << 18;

/// What every answer says: nothing of the page comes from elsewhere, and nothing of it goes anywhere.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// All routes, behind the guard.
pub(super) fn router(shared: Arc<Shared>, token: &str) -> Router {
    let at = |path: &str| format!("/{token}/{path}");
    let mut router = Router::new();
    for (name, Asset(kind, text)) in assets::ALL {
        router = router.route(&at(name), get(async move || ([(header::CONTENT_TYPE, kind)], text)));
    }
    router
        .route(&at("pcm/{id}"), get(pcm))
        .route(&at("peaks/{id}/{level}"), get(peaks))
        .route(&at("meters/{id}"), get(tracks))
        .route(&at("plot/{id}/{plot}"), get(plot))
        .route(&at("audio/{file}"), get(audio))
        .route(&at("ws"), get(line))
        .layer(from_fn_with_state(shared.clone(), guarded))
        .with_state(shared)
}

/// Lets in who may ask, and says on every answer what a browser must keep to.
async fn guarded(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let admitted = shared.guard.admit(request.method(), request.uri(), request.headers());
    let mut response = match admitted {
        Ok(()) => next.run(request).await,
        Err(status) => status.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// What goes wrong on the way to an answer.
enum Refused {
    /// There is no such thing.
    Unknown,
    /// The question makes no sense.
    Bad(&'static str),
    /// The disk refused.
    Disk(FileError),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Refused::Unknown => StatusCode::NOT_FOUND.into_response(),
            Refused::Bad(why) => (StatusCode::BAD_REQUEST, why).into_response(),
            Refused::Disk(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}

impl From<FileError> for Refused {
    fn from(error: FileError) -> Self {
        Refused::Disk(error)
    }
}

/// An answer that stays true for ever, as its name is never used twice.
fn lasting(kind: &'static str, body: impl Into<Body>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, max-age=31536000, immutable")];
    (headers, body.into()).into_response()
}

fn found(shared: &Shared, id: &str) -> Result<Arc<Heard>, Refused> {
    shared.status().library.find(id).ok_or(Refused::Unknown)
}

/// Runs what reads or computes where nobody else waits for it.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refused> {
    // A breakdown there has been told to nobody yet; here it is no answer.
    spawn_blocking(work).await.unwrap_or(Err(Refused::Unknown))
}

type Kept = State<Arc<Shared>>;

async fn pcm(State(shared): Kept, Path(id): Path<String>, uri: Uri) -> Result<Response, Refused> {
    let heard = found(&shared, &id)?;
    let number = |name: &str| {
        let mut pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let (Some(from), Some(most)) = (number("from"), number("n")) else {
        return Err(Refused::Bad("`from` and `n` are numbers of frames"));
    };
    if most > MOST {
        return Err(Refused::Bad("`n` is at most 262144 frames"));
    }
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    let read = move || {
        let sound = heard.sound().ok_or(Refused::Unknown)?;
        let planes = sound.planes(from, most as usize)?;
        Ok(planes.iter().flatten().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<u8>>())
    };
    Ok(lasting("application/octet-stream", aside(read).await?))
}

async fn peaks(State(shared): Kept, Path((id, level)): Path<(String, String)>) -> Result<Response, Refused> {
    let heard = found(&shared, &id)?;
    let level = level.parse().map_err(|_| Refused::Unknown)?;
    let file = dat::file(&heard.picture().outline, heard.kept.take.rate, level);
    Ok(lasting("application/octet-stream", file.ok_or(Refused::Unknown)?))
}

async fn tracks(State(shared): Kept, Path(id): Path<String>) -> Result<Response, Refused> {
    let heard = found(&shared, &id)?;
    let file = meters::file(&heard.picture().tracks, heard.kept.take.rate);
    Ok(lasting("application/octet-stream", file))
}

async fn plot(State(shared): Kept, Path((id, plot)): Path<(String, String)>) -> Result<Response, Refused> {
    let heard = found(&shared, &id)?;
    let picture = match plot.as_str() {
        "loudness.svg" => plots::loudness(&heard),
        "spectrum.svg" => aside(move || drawn(&heard)).await?,
        _ => return Err(Refused::Unknown),
    };
    Ok(lasting("image/svg+xml", picture))
}

/// The spectrum of a sound, measured once.
fn drawn(heard: &Heard) -> Result<String, Refused> {
    if let Some(drawn) = heard.spectrum.get() {
        return Ok(drawn.clone());
    }
    let take = &heard.kept.take;
    let bands = spectrum::bands(heard.sound().ok_or(Refused::Unknown)?, take.rate)?;
    let before = heard.is_master().then(|| spectrum::bands(&take.mix.sound, take.rate)).transpose()?;
    Ok(heard.spectrum.get_or_init(|| plots::spectrum(&bands, before.as_deref())).clone())
}

async fn audio(State(shared): Kept, Path(file): Path<String>, request: Request) -> Result<Response, Refused> {
    let heard = found(&shared, file.strip_suffix(".wav").ok_or(Refused::Unknown)?)?;
    let size = wav::size(heard.sound().ok_or(Refused::Unknown)?.frames());
    let wanted = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
    let (status, bytes) = match part(wanted, size) {
        Part::Whole => (StatusCode::OK, 0..size),
        Part::Bytes(bytes) => (StatusCode::PARTIAL_CONTENT, bytes),
        Part::Beyond => {
            let told = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, told).into_response());
        }
    };
    let length = bytes.end - bytes.start;
    let range = format!("bytes {}-{}/{size}", bytes.start, bytes.end - 1);
    let mut response = lasting("audio/wav", Body::from_stream(Pieces::new(heard, bytes)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if status == StatusCode::PARTIAL_CONTENT {
        headers.insert(header::CONTENT_RANGE, HeaderValue::try_from(range).map_err(|_| Refused::Unknown)?);
    }
    Ok(response)
}

async fn line(State(shared): Kept, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.max_message_size(socket::LONGEST).max_frame_size(socket::LONGEST);
    upgrade.on_upgrade(move |line| socket::talk(line, shared))
}
