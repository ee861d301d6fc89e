#include "attack.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* Starts programs and processes, and changes how others run. */

/* A child that began would go on here: it ends at once. */
static int began(long child) {
  if (child == 0) _exit(0);
  if (child > 0) waitpid((pid_t)child, NULL, 0);
  return child > 0;
}

static int fork_child(const struct aims *a) { return (void)a, began(fork()); }
#ifdef SYS_fork
static int fork_old(const struct aims *a) { return (void)a, began(syscall(SYS_fork)); }
#endif
static int clone_child(const struct aims *a) { return (void)a, began(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }
static int clone_untraced(const struct aims *a) {
  (void)a;
  return began(syscall(SYS_clone, CLONE_FS | CLONE_FILES | SIGCHLD, 0, 0, 0, 0));
}
static int clone_namespace(const struct aims *a) {
  (void)a;
  return began(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
}
static int clone_three(const struct aims *a) {
  struct clone_args arguments = {.exit_signal = SIGCHLD};
  (void)a;
  return began(syscall(SYS_clone3, &arguments, sizeof arguments));
}
static int execute(const struct aims *a) {
  char *none[] = {NULL};
  (void)a;
  /* Where this worked, the plugin would be gone, and its sandbox would end without an answer. */
  execve("/bin/true", none, none);
  return errno != EPERM;
}
static int execute_at(const struct aims *a) {
  char *none[] = {NULL};
  int program = open("/lib64/ld-linux-x86-64.so.2", O_RDONLY);
  (void)a;
  syscall(SYS_execveat, program, "", none, none, AT_EMPTY_PATH);
  return errno != EPERM;
}
static int run_shell(const struct aims *a) { return (void)a, system("exit 0") == 0; }

static int new_session(const struct aims *a) { return (void)a, WORKED(setsid()); }
static int new_group(const struct aims *a) { return (void)a, WORKED(setpgid(0, 0)); }
static int other_user(const struct aims *a) { return (void)a, WORKED(syscall(SYS_setresuid, getuid(), getuid(), getuid())); }
static int new_user_namespace(const struct aims *a) { return (void)a, WORKED(unshare(CLONE_NEWUSER)); }
static int new_mounts(const struct aims *a) { return (void)a, WORKED(unshare(CLONE_NEWNS)); }
static int join_namespace(const struct aims *a) {
  (void)a;
  int space = open("/proc/self/ns/net", O_RDONLY);
  return WORKED(setns(space < 0 ? 0 : space, 0));
}

static int outlive_parent(const struct aims *a) { return (void)a, WORKED(prctl(PR_SET_PDEATHSIG, 0)); }
static int be_traceable(const struct aims *a) { return (void)a, WORKED(prctl(PR_SET_DUMPABLE, 1)); }
static int add_filter(const struct aims *a) { return (void)a, WORKED(syscall(SYS_seccomp, 0, 0, NULL)); }
static int trace(const struct aims *a) { return WORKED(syscall(SYS_ptrace, 0x4206, a->victim, 0, 0)); }
static int trace_me(const struct aims *a) { return (void)a, WORKED(syscall(SYS_ptrace, 0, 0, 0, 0)); }
static int take_descriptor(const struct aims *a) {
  int process = (int)syscall(434, a->victim, 0);
  return WORKED(process) || WORKED(syscall(438, process, 0, 0));
}
static int compare(const struct aims *a) { return WORKED(syscall(SYS_kcmp, a->victim, getpid(), 0, 0, 0)); }

static int lower_limit(const struct aims *a) {
  struct rlimit limit = {1u << 20, RLIM_INFINITY};
  return WORKED(prlimit(a->victim, RLIMIT_FSIZE, &limit, NULL));
}
static int read_limit(const struct aims *a) {
  struct rlimit limit;
  return WORKED(prlimit(a->victim, RLIMIT_FSIZE, NULL, &limit));
}
static int raise_own_limit(const struct aims *a) {
  struct rlimit limit;
  (void)a;
  return getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max != 64 || WORKED(setrlimit(RLIMIT_NOFILE, &limit));
}
static int lower_priority(const struct aims *a) { return WORKED(setpriority(PRIO_PROCESS, (id_t)a->victim, 19)); }
static int lower_all(const struct aims *a) { return (void)a, WORKED(setpriority(PRIO_USER, getuid(), 19)); }
static int bind_processor(const struct aims *a) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  return WORKED(sched_setaffinity(a->victim, sizeof one, &one));
}
static int make_idle(const struct aims *a) {
  const struct sched_param none = {0};
  return WORKED(sched_setscheduler(a->victim, SCHED_IDLE, &none));
}
static int make_idle_attributes(const struct aims *a) {
  struct {
    uint32_t size, policy;
    uint64_t rest[5];
  } idle = {sizeof idle, SCHED_IDLE, {0}};
  return WORKED(syscall(SYS_sched_setattr, a->victim, &idle, 0));
}
static int slow_files(const struct aims *a) { return WORKED(syscall(SYS_ioprio_set, 1, a->victim, 3 << 13)); }
static int drop_memory(const struct aims *a) {
  (void)a;
  return syscall(440, -1, NULL, 0, MADV_COLD, 0) >= 0 || (errno != EPERM && errno != ENOSYS);
}

const struct attack process_attacks[] = {
    {"fork", fork_child},
#ifdef SYS_fork
    {"fork-old", fork_old},
#endif
    {"clone", clone_child}, {"clone-shared", clone_untraced}, {"clone-namespace", clone_namespace},
    {"clone3", clone_three}, {"execve", execute}, {"execveat", execute_at}, {"system", run_shell},
    {"setsid", new_session}, {"setpgid", new_group}, {"setresuid", other_user},
    {"unshare-user", new_user_namespace}, {"unshare-mounts", new_mounts}, {"setns", join_namespace},
    {"death-signal", outlive_parent}, {"dumpable", be_traceable}, {"add-filter", add_filter}, {"ptrace", trace},
    {"ptrace-me", trace_me}, {"pidfd-getfd", take_descriptor}, {"kcmp", compare}, {"prlimit", lower_limit},
    {"prlimit-read", read_limit}, {"own-limit", raise_own_limit}, {"setpriority", lower_priority},
    {"setpriority-user", lower_all}, {"affinity", bind_processor}, {"scheduler", make_idle},
    {"scheduler-attributes", make_idle_attributes}, {"ioprio", slow_files}, {"process-madvise", drop_memory},
    {NULL, NULL},
};
