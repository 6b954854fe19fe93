//! Run by Cargo before it compiles: says which folders are embedded, so that a change in them is compiled in.

fn main() {
    println!("cargo::rerun-if-changed=themes/default");
    println!("cargo::rerun-if-changed=src/cli/sample");
}
