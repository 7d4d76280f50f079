//! What the system holds a worker to.

/// Takes from this thread, for good, everything that running scripts does not need, and bounds the process's memory. Whether the
/// system could.
///
/// Only from this thread: libraries that a program is linked with may have begun threads of their own before `main`, and
/// WebKit's ends the process when it may not do what it does.
#[cfg(target_os = "linux")]
pub(super) fn confine() -> bool {
    linux::confine().is_some()
}

/// Elsewhere there is nothing that a program can do to itself without code that the compiler does not check.
#[cfg(not(target_os = "linux"))]
pub(super) const fn confine() -> bool {
    false
}

/// Names the process, whose program has no name of its own where it was started as "this very program".
#[cfg(target_os = "linux")]
pub(super) fn name_process() {
    let _as_it_was = rustix::thread::set_name(c"script-worker");
}

/// Elsewhere it has the program's.
#[cfg(not(target_os = "linux"))]
pub(super) const fn name_process() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;

    use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
        TargetArch, apply_filter,
    };

    /// Most memory that a worker may take after its beginning, in bytes, besides what its allocator had reserved by then: a script's own
    /// ([`agentruntime_graph::lua::MEMORY_BYTES`]) and what it is given and gives, as JSON and taken apart.
    const MEMORY: u64 = 512 * 1024 * 1024;

    /// What a program calls that computes, reads its input, writes its output and ends. All else fails with EPERM: files,
    /// sockets, processes, signals to others.
    const ALLOWED: [libc::c_long; 21] = [
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_brk,
        libc::SYS_mmap,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_mprotect,
        libc::SYS_madvise,
        libc::SYS_futex,
        libc::SYS_clock_gettime,
        libc::SYS_getrandom,
        libc::SYS_sched_yield,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];

    pub(super) fn confine() -> Option<()> {
        // Nobody would hear it any more. Where this fails, the end of its input ends it after the script under way.
        let _later = set_parent_process_death_signal(Some(Signal::KILL));
        let data = held()? + MEMORY;
        for (what, most) in [(Resource::Data, data), (Resource::Core, 0), (Resource::Fsize, 0)] {
            setrlimit(what, Rlimit { current: Some(most), maximum: Some(most) }).ok()?;
        }
        let mut rules = ALLOWED.into_iter().map(|call| (call, Vec::new())).collect::<BTreeMap<_, _>>();
        // A signal to itself: how a program ends that cannot go on.
        let own = u64::from(std::process::id());
        let to_itself = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, own).ok()?;
        rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![to_itself]).ok()?]);
        let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
        let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
        let filter = SeccompFilter::new(rules, refused, SeccompAction::Allow, arch).ok()?;
        let program = BpfProgram::try_from(filter).ok()?;
        apply_filter(&program).ok()
    }

    /// The memory that counts for the limit and that the process holds already, in bytes: allocators reserve some before `main`
    /// (proc(5), `VmData`).
    fn held() -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmData:"))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
    }
}
