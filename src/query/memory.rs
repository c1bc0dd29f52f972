//! Memory use of a process.

/// Number of bytes of anonymous memory of a process, without mapped files. `None` if the system does not report it:
/// memory is limited on Linux only.
#[cfg(target_os = "linux")]
pub(super) fn of_process(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn of_process(_: u32) -> Option<u64> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn a_process_knows_what_it_holds() {
        let before = super::of_process(std::process::id()).unwrap();
        let held = std::hint::black_box(vec![1_u8; 64 << 20]);
        let after = super::of_process(std::process::id()).unwrap();
        assert!(after > before + (32 << 20), "{before} {after} {}", held.len());
    }
}
