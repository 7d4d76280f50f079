//! What crosses crates is tested here; the tests are in `tests/`, the programs they need in `src/bin/`.
