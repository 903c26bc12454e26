//! What the hardware can do: the reference mix written by hand, with no engine around it.
//!
//! It is built for the CPU that it runs on, takes every file to be well formed, and panics at what is not.

mod biquad;
mod compressor;
mod convolution;
mod desk;
mod floor;
mod freeverb;
mod limiter;
mod session;
#[cfg(all(target_feature = "avx512f", target_feature = "avx512vbmi"))]
mod simd;
mod wav;

use session::Session;
use std::path::Path;

const USAGE: &str = "usage: limit MODE SESSION_DIR OUT.wav [1|2] [algo|conv]
       limit modes

read    reads every stem, and does nothing else
sum     decodes, pans, sums and writes
scalar  the whole mix, an effect at a time, as textbooks write it: the reference
node    the same graph, each node written well
simd    the whole mix, 16 channels in the 16 lanes of AVX-512; only where the CPU has its VBMI";

const MODES: &str = if cfg!(all(target_feature = "avx512f", target_feature = "avx512vbmi")) {
    "read sum scalar node simd"
} else {
    "read sum scalar node"
};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["modes"] {
        println!("{MODES}");
        return;
    }
    let [mode, folder, out, rest @ ..] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let session = Session::read(Path::new(folder));
    let out = Path::new(out);
    let threads = rest.first().map_or(1, |text| text.parse().expect("a number of threads"));
    let conv = rest.get(1).is_some_and(|reverb| reverb == "conv");
    match mode.as_str() {
        "read" => floor::read(&session),
        "sum" => floor::sum(&session, out),
        "scalar" => desk::mix::<false>(&session, out, threads, conv),
        "node" => desk::mix::<true>(&session, out, threads, conv),
        #[cfg(all(target_feature = "avx512f", target_feature = "avx512vbmi"))]
        "simd" => simd::mix(&session, out, threads, conv),
        other => {
            eprintln!("this build has no mode `{other}`, but {MODES}");
            std::process::exit(2);
        }
    }
}
