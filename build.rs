//! Generates the parser from the grammar, and chooses how words are dispatched.

fn main() {
    println!("cargo:rerun-if-changed=grammar");
    lalrpop::Configuration::new()
        .set_in_dir("grammar")
        .set_out_dir(std::env::var("OUT_DIR").expect("Cargo sets OUT_DIR for build scripts"))
        .process()
        .expect("the grammar is well formed");
    println!("cargo:rustc-check-cfg=cfg(dispatch_by_tail_calls)");
    if turns_tail_calls_into_jumps() {
        println!("cargo:rustc-cfg=dispatch_by_tail_calls");
    }
}

/// Whether the optimiser makes a jump of every call in tail position, so that a handler can call the next one
/// without ever returning. `.ci/asm` reads the machine code of release builds to make sure. Elsewhere a loop calls
/// the handlers: slower by a half, and right whatever the optimiser does.
fn turns_tail_calls_into_jumps() -> bool {
    let is = |name: &str, values: &[&str]| std::env::var(name).is_ok_and(|value| values.contains(&&*value));
    // The assertions of debug builds leave something to do after the call.
    let asserts = std::env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_some();
    is("OPT_LEVEL", &["2", "3"]) && is("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"]) && !asserts
}
