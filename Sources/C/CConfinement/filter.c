#define _GNU_SOURCE
#include "confinement.h"
#include "parts.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the sandbox knows the system calls of x86_64 and aarch64 only"
#endif

/* What a cost model, the C library, the loader and the runtimes of C++ and Swift need, whatever its arguments. */
static const uint16_t allowed[] = {
    /* Memory and threads of its own. */
    __NR_futex, __NR_munmap, __NR_brk, __NR_madvise, __NR_mremap, __NR_membarrier, __NR_set_robust_list,
    __NR_set_tid_address, __NR_rseq, __NR_gettid, __NR_exit, __NR_exit_group, __NR_restart_syscall,
    __NR_sched_yield, __NR_sched_getaffinity, __NR_sched_getparam, __NR_sched_getscheduler,
    __NR_sched_get_priority_max, __NR_sched_get_priority_min, __NR_getcpu,
    /* Reading, and writing where a descriptor allows it: to its two pipes. */
    __NR_read, __NR_readv, __NR_pread64, __NR_write, __NR_writev, __NR_lseek, __NR_close, __NR_fstat,
    __NR_newfstatat, __NR_statx, __NR_getdents64, __NR_readlinkat, __NR_faccessat, __NR_fadvise64, __NR_getcwd,
    __NR_dup, __NR_dup3,
#ifdef __NR_faccessat2
    __NR_faccessat2,
#endif
    /* Clocks, and waiting as Swift's and C++'s executors do. */
    __NR_clock_gettime, __NR_clock_getres, __NR_clock_nanosleep, __NR_nanosleep, __NR_gettimeofday, __NR_times,
    __NR_ppoll, __NR_pselect6, __NR_epoll_create1, __NR_epoll_ctl, __NR_epoll_pwait, __NR_eventfd2,
    __NR_timerfd_create, __NR_timerfd_settime, __NR_timerfd_gettime,
    /* Its own signals. */
    __NR_rt_sigaction, __NR_rt_sigprocmask, __NR_rt_sigreturn, __NR_rt_sigpending, __NR_rt_sigsuspend,
    __NR_rt_sigtimedwait, __NR_sigaltstack,
    /* Facts about itself and the machine. */
    __NR_getpid, __NR_getppid, __NR_getuid, __NR_geteuid, __NR_getgid, __NR_getegid, __NR_getresuid,
    __NR_getresgid, __NR_getgroups, __NR_getpgid, __NR_getsid, __NR_getpriority, __NR_getrusage, __NR_uname,
    __NR_sysinfo, __NR_getrandom,
#if defined(__x86_64__) /* the older names of some of these */
    __NR_stat, __NR_lstat, __NR_access, __NR_readlink, __NR_getdents, __NR_dup2, __NR_poll, __NR_select,
    __NR_epoll_create, __NR_epoll_wait, __NR_eventfd, __NR_time, __NR_pause, __NR_getpgrp, __NR_getrlimit,
#endif
};

/* The last call that was known when this list was written, file_setattr of Linux 6.17. */
static const uint32_t last_known_call = 469;

/* The channel to haq, the only socket: Isolation's Descriptor.channel. */
static const uint32_t channel = 3;

/* What the C libraries pass to clone to make a thread: glibc, and musl, which adds a flag without meaning. */
#define THREAD_FLAGS                                                                                 \
  (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | \
   CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)
#define CLONE_DETACHED 0x00400000

/* A call that opens with one of these wants to write, or to be sent a signal. */
#define NOT_READING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_ASYNC | (O_TMPFILE & ~O_DIRECTORY))

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41 /* names memory, for debuggers */
#endif

/* A filter while it is written. */
struct program {
  struct sock_filter code[480];
  unsigned short length;
  unsigned short condition; /* where the calls of the rule at hand were told apart */
};

static void add(struct program *program, struct sock_filter step) {
  /* Both programs have a fixed length; one that outgrows its array must not run cut off. */
  if (program->length == sizeof program->code / sizeof *program->code) __builtin_trap();
  program->code[program->length++] = step;
}

#define STEP(...) add(program, (struct sock_filter)__VA_ARGS__)
#define RETURN(what) STEP(BPF_STMT(BPF_RET | BPF_K, (what)))
#define ALLOW RETURN(SECCOMP_RET_ALLOW)
#define REFUSE(code) RETURN(SECCOMP_RET_ERRNO | (code))
/* The next step is for a value that passes the test, the one after it for others. */
#define IF(test, value) STEP(BPF_JUMP(BPF_JMP | (test) | BPF_K, (uint32_t)(value), 0, 1))

/* The lower half of an argument, as the kernel reads all numbers that are looked at here; and the upper half. */
static void load(struct program *program, unsigned argument) {
  STEP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * argument));
}

static void load_upper(struct program *program, unsigned argument) {
  STEP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * argument + 4));
}

/* A rule: what follows, up to `end`, is for one call, and returns in every case. */
static void begin(struct program *program, uint32_t call) {
  program->condition = program->length;
  IF(BPF_JEQ, call);
}

static void end(struct program *program) {
  program->code[program->condition].jf = (uint8_t)(program->length - program->condition - 1);
}

/* Allows a call when an argument is one of the values. */
static void allow_values(
    struct program *program, uint32_t call, unsigned argument, const uint32_t *values, unsigned count) {
  begin(program, call);
  load(program, argument);
  for (unsigned i = 0; i < count; i++) {
    IF(BPF_JEQ, values[i]);
    ALLOW;
  }
  REFUSE(EPERM);
  end(program);
}

#define ALLOW_VALUES(call, argument, ...)                                          \
  do {                                                                             \
    const uint32_t values[] = {__VA_ARGS__};                                       \
    allow_values(program, call, argument, values, sizeof values / sizeof *values); \
  } while (0)

/* Allows opening a file for reading. */
static void allow_reading(struct program *program, uint32_t call, unsigned flags) {
  begin(program, call);
  load(program, flags);
  IF(BPF_JSET, NOT_READING);
  REFUSE(EACCES);
  ALLOW;
  end(program);
}

/* Only calls of this processor's own table. */
static void check_table(struct program *program) {
  STEP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
  STEP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
  RETURN(SECCOMP_RET_KILL_PROCESS);
  STEP(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
#if defined(__x86_64__) /* the second table of calls, for 32-bit pointers */
  IF(BPF_JGE, 0x40000000);
  REFUSE(ENOSYS);
#endif
}

/* Memory may hold code only where it is a file's, as the loader maps it: never writable, never shared. */
static void allow_mapping(struct program *program) {
  begin(program, __NR_mmap);
  load(program, 2);
  STEP(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0));
  ALLOW;
  IF(BPF_JSET, PROT_WRITE);
  REFUSE(EPERM);
  load(program, 3);
  IF(BPF_JSET, MAP_ANONYMOUS);
  REFUSE(EPERM);
  STEP(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, MAP_TYPE));
  IF(BPF_JEQ, MAP_PRIVATE);
  ALLOW;
  REFUSE(EPERM);
  end(program);
  begin(program, __NR_mprotect);
  load(program, 2);
  IF(BPF_JSET, PROT_EXEC);
  REFUSE(EPERM);
  ALLOW;
  end(program);
}

/* Its limits may be read, and neither changed nor those of others looked at. */
static void allow_reading_limits(struct program *program) {
  begin(program, __NR_prlimit64);
  load(program, 0);
  STEP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0));
  REFUSE(EPERM);
  load(program, 2);
  STEP(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0));
  REFUSE(EPERM);
  load_upper(program, 2);
  IF(BPF_JEQ, 0);
  ALLOW;
  REFUSE(EPERM);
  end(program);
}

static void write_loading(struct program *program) {
  const uint32_t self = (uint32_t)getpid();
  check_table(program);
  for (unsigned i = 0; i < sizeof allowed / sizeof *allowed; i++) {
    IF(BPF_JEQ, allowed[i]);
    ALLOW;
  }
  allow_mapping(program);
  allow_reading(program, __NR_openat, 2);
#ifdef __NR_open
  allow_reading(program, __NR_open, 1);
#endif
  ALLOW_VALUES(__NR_sendto, 0, channel);
  ALLOW_VALUES(__NR_recvfrom, 0, channel);
  ALLOW_VALUES(__NR_clone, 0, THREAD_FLAGS, THREAD_FLAGS | CLONE_DETACHED);
  ALLOW_VALUES(__NR_kill, 0, self);
  ALLOW_VALUES(__NR_tgkill, 0, self);
  ALLOW_VALUES(__NR_fcntl, 1, F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL);
  ALLOW_VALUES(__NR_ioctl, 1, TCGETS, TIOCGWINSZ, FIONREAD, FIOCLEX, FIONCLEX);
  ALLOW_VALUES(__NR_prctl, 0, PR_SET_NAME, PR_GET_NAME, PR_SET_VMA);
  allow_reading_limits(program);
  /* For the second stage. Filters add up: one more can only refuse more. */
  ALLOW_VALUES(__NR_seccomp, 0, SECCOMP_SET_MODE_FILTER);
  /* Their arguments lie in memory, where a filter cannot look; the C library then uses the older calls. */
  IF(BPF_JEQ, __NR_clone3);
  REFUSE(ENOSYS);
#ifdef __NR_openat2
  IF(BPF_JEQ, __NR_openat2);
  REFUSE(ENOSYS);
#endif
  /* What did not exist when this list was written: as on the kernels of that time. */
  IF(BPF_JGT, last_known_call);
  REFUSE(ENOSYS);
  REFUSE(EPERM);
}

/* Refuses what the loader needed and a cost model does not; everything else is for the first filter to say. */
static void write_running(struct program *program) {
  check_table(program);
  begin(program, __NR_mmap);
  load(program, 2);
  IF(BPF_JSET, PROT_EXEC);
  REFUSE(EPERM);
  ALLOW;
  end(program);
  IF(BPF_JEQ, __NR_seccomp);
  REFUSE(EPERM);
  ALLOW;
}

/* Asks the watcher about every new thread; whether it is one, the list of allowed calls says. */
static void write_counting(struct program *program) {
  check_table(program);
  IF(BPF_JEQ, __NR_clone);
  RETURN(SECCOMP_RET_USER_NOTIF);
  ALLOW;
}

/* A descriptor with SECCOMP_FILTER_FLAG_NEW_LISTENER, 0 otherwise. */
static int install(void (*write)(struct program *), unsigned flags) {
  struct program program = {.length = 0};
  write(&program);
  const struct sock_fprog whole = {.len = program.length, .filter = program.code};
  long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &whole);
  if (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER || result <= 0) return (int)result;
  errno = EBUSY; /* a thread with filters of its own */
  return -1;
}

#if HAS_SANITIZER
static int is_restricted;

/* Asked by LeakSanitizer at exit. It would stop this process from another one by ptrace, which is refused. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return is_restricted; }
#define NOTE_RESTRICTION() (is_restricted = 1)
#else
#define NOTE_RESTRICTION() ((void)0)
#endif

int confinement_restrict_calls(void) {
  NOTE_RESTRICTION();
  /* The C library loads it when a thread calls pthread_exit, and ends the process where it cannot. */
  if (!dlopen("libgcc_s.so.1", RTLD_NOW)) (void)dlerror();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
  int listener = install(write_counting, SECCOMP_FILTER_FLAG_NEW_LISTENER);
  if (listener < 0 || confinement_hand_over(listener)) return -1;
  return install(write_loading, SECCOMP_FILTER_FLAG_TSYNC);
}

int confinement_end_loading(void) {
  if (install(write_running, SECCOMP_FILTER_FLAG_TSYNC)) return -1;
  /* A constructor may have put a filter of its own in front of the call. Without the stage, this finds no file. */
  void *mapped = mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, -1, 0);
  return mapped == MAP_FAILED && errno == EPERM ? 0 : (errno = EBUSY, -1);
}
