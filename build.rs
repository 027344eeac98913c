//! How the program is linked.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    // At a fixed address, no pointer of its tables must be put right before it begins: of 50,000 of them, in 280 pages, a
    // query that is answered in 5 ms would take 0.8 ms more.
    let fixed =
        target("OS") == "linux" && target("ENV") == "gnu" && !target("FEATURE").contains("crt-static");
    if fixed {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
