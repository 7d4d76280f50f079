//! What the system holds a worker to.

/// Takes from this process, for good, everything that running scripts does not need. Whether the system could.
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
pub(super) fn name() {
    #[cfg(target_os = "linux")]
    let _as_it_was = rustix::thread::set_name(c"script-worker");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;

    use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter_all_threads};

    /// Most memory that a worker may hold, in bytes: a script's own ([`agentruntime_graph::lua::MEMORY_BYTES`]) and what it is
    /// given and gives, as JSON and taken apart.
    const MEMORY: u64 = 1024 * 1024 * 1024;

    /// What a program calls that computes, reads its input, writes its output and ends. All else fails with EPERM: files,
    /// sockets, processes, signals to others.
    const ALLOWED: [libc::c_long; 20] = [
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
        libc::SYS_gettid,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];

    pub(super) fn confine() -> Option<()> {
        // Nobody would hear it any more. Where this fails, the end of its input ends it after the script under way.
        let _later = set_parent_process_death_signal(Some(Signal::KILL));
        for (what, most) in [(Resource::Data, MEMORY), (Resource::Core, 0), (Resource::Fsize, 0)] {
            setrlimit(what, Rlimit { current: Some(most), maximum: Some(most) }).ok()?;
        }
        let rules = ALLOWED.into_iter().map(|call| (call, Vec::new())).collect::<BTreeMap<_, _>>();
        let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
        let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
        let filter = SeccompFilter::new(rules, refused, SeccompAction::Allow, arch).ok()?;
        let program = BpfProgram::try_from(filter).ok()?;
        apply_filter_all_threads(&program).ok()
    }
}
