//! How the program is linked.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Its tables hold some 50,000 pointers. At an address that is chosen anew for each run all of them have to be put right
    // before anything else is done, which takes as long as a quarter of a query: 1.4 instead of 2.0 ms for `--version`.
    // Heap, stack and libraries still stand where nobody knows. Other linkers do without.
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|own| own == value);
    if is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && is("CARGO_CFG_TARGET_ARCH", "x86_64")
    {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
