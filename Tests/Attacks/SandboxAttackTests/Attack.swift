/// The attacks of `Tests/Attacks/Plugin`, by what holds them.
enum Attack {
  /// Held by what every sandbox has.
  static let required =
    first + files + victim + processes + signals + memory + network + system + (isX86 ? ofX86 : [])

  /// Held where the kernel has Landlock.
  static let byLandlock = [
    "read-secret", "read-by-link", "read-passwords", "read-beside", "read-by-name", "list-root",
    "list-processes",
  ]

  /// About other processes of the user: held by Landlock or by a namespace of users or processes.
  static let byNamespaces = ["bystander-environment", "bystander-memory", "bystander-name"]

  /// Made in one run.
  static let all = required + byLandlock + byNamespaces

  /// What a cost model may do, and must go on to be able to.
  static let lawful = [
    "may-use-threads", "may-exit-threads", "may-read", "may-map", "may-list", "may-resolve", "may-allocate",
    "may-ask-clocks", "may-draw", "may-wait", "may-signal-itself", "may-ask", "may-print", "may-compute",
  ]

  /// Whose outcome shows outside of the sandbox, each in a run of its own.
  static let lasting = ["outlive", "background", "flood-log", "flood-errors"]

  /// Calls that no other processor has: by their older names, or in its second table.
  static let ofX86 = ["x32", "fork-old", "unlink-old", "mkdir-old", "rmdir-old", "chmod-old", "rename-old"]

  /// Before others open and close descriptors.
  private static let first = ["own-descriptors", "own-environment", "lifeline"]

  private static let files = [
    "open-write", "open-read-write", "open-append", "open-truncate", "open-create", "open-in-base",
    "open-temporary", "open-null", "open-own-memory", "creat", "openat2", "open-again", "map-shared",
    "unlinkat",
    "unlinkat-folder", "mkdir", "mkfifo", "symlink", "renameat2", "link", "truncate", "fchmod", "fchmodat",
    "fchmodat2", "fchown", "fchownat", "futimens", "utimensat", "fsetxattr", "lsetxattr", "fallocate",
    "flock",
    "lock-range", "lock-description", "lease", "dnotify", "mount", "chroot", "chdir", "io-uring",
    "io-uring-register", "io-setup",
  ]

  private static let victim = [
    "victim-environment", "victim-maps", "victim-memory", "victim-descriptor", "victim-descriptors",
    "parent-environment", "victim-copy", "bystander-copy", "ptrace", "ptrace-me", "pidfd-getfd", "kcmp",
  ]

  private static let processes = [
    "fork", "clone", "clone-shared", "clone-namespace", "clone3", "execve", "execveat", "system", "setsid",
    "setpgid", "setresuid", "unshare-user", "unshare-mounts", "setns", "death-signal", "dumpable",
    "add-filter",
    "prlimit", "prlimit-read", "own-limit", "setpriority", "setpriority-user", "affinity", "scheduler",
    "scheduler-attributes", "ioprio", "process-madvise",
  ]

  private static let signals = [
    "kill", "kill-bystander", "kill-all", "kill-group", "kill-parent", "kill-first", "tkill", "tgkill",
    "sigqueue", "tgsigqueue", "process-folder", "pidfd-open", "set-owner", "set-owner-channel",
    "set-owner-extended", "set-signal", "asynchronous", "owner-ioctl", "asynchronous-ioctl", "timer",
  ]

  private static let memory = [
    "shmget", "semget", "msgget", "mq-open", "add-key", "keyctl", "memfd", "memfd-secret", "shm-open", "pipe",
    "mlock", "address-space", "code-anywhere", "code-later", "code-of-file", "code-with-key", "userfaultfd",
    "threads",
  ]

  private static let network = [
    "socket-inet", "socket-datagram", "socket-inet6", "socket-unix", "socket-netlink", "socket-packet",
    "socket-vsock", "socketpair", "connect-channel", "send-descriptor", "receive-descriptor",
    "send-elsewhere",
    "shutdown-channel", "enlarge-channel", "enlarge-pipe",
  ]

  private static let system = [
    "terminal-open", "terminal-type", "terminal-take", "terminal-paste", "terminal-type-upper", "bpf",
    "perf-event", "inotify", "fanotify", "file-handle", "set-clock", "set-hostname", "init-module",
    "reboot", "swapoff", "kernel-log", "capset", "personality", "unknown-call",
  ]

  #if arch(x86_64)
    private static let isX86 = true
  #else
    private static let isX86 = false
  #endif
}
