//! How the program is linked.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Its tables hold some 50,000 pointers. At an address that is chosen anew for each run all of them have to be put right
    // before anything else is done, which takes as long as a quarter of a query: 1.4 instead of 2.0 ms for `--version`.
    // Heap, stack and libraries still stand where nobody knows. Other linkers do without.
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    let linked_statically = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    if (target("OS").as_str(), target("ENV").as_str(), target("ARCH").as_str()) == ("linux", "gnu", "x86_64")
        && !linked_statically
    {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
