#!/bin/sh
# The reference mix, rendered by mixwright and its rivals: builds, makes the stems once, measures, prints the tables.
#
#   benches/rivals/run.sh                                all of it: about half an hour, 5 GB of disk
#   benches/rivals/run.sh --write                        and puts the tables into docs/performance.md; all rows and
#                                                        sessions, but as few rounds as you like, which the tables tell
#   ONLY='mixwright|limit' SESSIONS=S ROUNDS=3 WARM=0 benches/rivals/run.sh      some of it, in a minute
#   benches/rivals/run.sh 'mine=mine --mix {dir}/session.json --to {out}'        and one more engine beside them
#   benches/rivals/run.sh 'before=../before/mixwright render {dir}/mix.rhai -o {out} --threads 2 --quiet --no-cache'
#                                                        and another build of mixwright: {dir} holds the session
#
# BENCH_DIR      takes stems, mixes and tables (target/rivals): the tables are results.md in it
# ONLY           a pattern: the rows whose names it is found in
# SESSIONS       A,S: 24 stems of 180 s, 8 stems of 60 s
# ROUNDS, WARM   rounds that count (5), and rounds before them that do not (1)
# PYTHON         what runs it (python3)
# MIXWRIGHT_BIN, LIMIT_BIN   binaries to measure instead of those that are built here
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
folder=${BENCH_DIR:-$target/rivals}
python=${PYTHON:-python3}

need() {
    echo "benches/rivals/run.sh needs $1: $2" >&2
    exit 1
}
command -v cargo >/dev/null || need cargo "see https://rustup.rs"
[ -x /usr/bin/time ] || need "GNU time as /usr/bin/time" "apt-get install time"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || need "Python 3.10 or later" "set PYTHON to one"
"$python" -c 'import numpy, scipy, soundfile' 2>/dev/null || need "Python packages" "pip install numpy scipy soundfile"

MIXWRIGHT_COMMIT="of a binary that was given"
if [ -z "${MIXWRIGHT_BIN:-}" ]; then
    MIXWRIGHT_COMMIT=$(git -C "$root" describe --always --dirty 2>/dev/null || echo "of no commit")
    cargo build --release --manifest-path "$root/Cargo.toml" --target-dir "$target"
    MIXWRIGHT_BIN=$target/release/mixwright
fi
if [ -z "${LIMIT_BIN:-}" ]; then
    # Only the loops are built for this very CPU: mixwright is measured as it is shipped.
    RUSTFLAGS="-C target-cpu=native" cargo build --release --manifest-path "$here/limit/Cargo.toml" \
        --target-dir "$target/limit"
    LIMIT_BIN=$target/limit/release/limit
fi
export MIXWRIGHT_BIN MIXWRIGHT_COMMIT LIMIT_BIN PYTHONDONTWRITEBYTECODE=1
mkdir -p "$folder"
exec "$python" "$here/bench.py" --folder "$(cd "$folder" && pwd)" --sessions "${SESSIONS:-A,S}" \
    --rounds "${ROUNDS:-5}" --warm "${WARM:-1}" --only "${ONLY:-}" "$@"
