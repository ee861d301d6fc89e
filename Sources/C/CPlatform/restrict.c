#define _GNU_SOURCE
#include "cplatform.h"
#include "sanitizer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
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

/* Calls that a cost model never needs: they start programs, reach the network or other processes, or
 * change files. */
static const uint32_t refused[] = {
    __NR_execve,     __NR_execveat,  __NR_socket,    __NR_socketpair, __NR_connect,  __NR_bind,
    __NR_ptrace,     __NR_unlinkat,  __NR_mkdirat,   __NR_mknodat,    __NR_linkat,   __NR_symlinkat,
    __NR_renameat2,  __NR_fchmodat,  __NR_fchownat,  __NR_truncate,   __NR_mount,    __NR_umount2,
    __NR_setxattr,   __NR_pivot_root, __NR_chroot,   __NR_tkill,      __NR_rt_sigqueueinfo,
    __NR_process_vm_readv, __NR_process_vm_writev,   __NR_unshare,    __NR_setns,    __NR_bpf,
    __NR_pidfd_open, __NR_perf_event_open,           __NR_memfd_create,
#ifdef __NR_renameat
    __NR_renameat,
#endif
#ifdef __NR_fork /* the older names, which x86_64 still has */
    __NR_fork,       __NR_vfork,     __NR_creat,     __NR_unlink,     __NR_rmdir,    __NR_mkdir,
    __NR_mknod,      __NR_link,      __NR_symlink,   __NR_rename,     __NR_chmod,    __NR_chown,
    __NR_lchown,
#endif
};

enum { refused_count = sizeof refused / sizeof *refused };

/* The lower half of an argument; the kernel ignores the upper one in all that we look at. */
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n))
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define SKIP_UNLESS(test, value, count) BPF_JUMP(BPF_JMP | (test) | BPF_K, (value), 0, (count))
#define ALLOW RETURN(SECCOMP_RET_ALLOW)
#define REFUSE(code) RETURN(SECCOMP_RET_ERRNO | (code))

#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)

#if HAS_SANITIZER
static int is_restricted;

/* Asked by LeakSanitizer at exit. It would stop this process from another one by ptrace, which is refused. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return is_restricted; }
#define NOTE_RESTRICTION() (is_restricted = 1)
#else
#define NOTE_RESTRICTION() ((void)0)
#endif

int cplatform_restrict_calls(void) {
  const uint32_t self = (uint32_t)getpid();
  struct sock_filter filter[64 + 2 * refused_count];
  unsigned short length = 0;
#define ADD(...)                                                  \
  do {                                                            \
    const struct sock_filter steps[] = {__VA_ARGS__};             \
    for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++) filter[length++] = steps[i]; \
  } while (0)

  ADD(LOAD(offsetof(struct seccomp_data, arch)), SKIP_UNLESS(BPF_JEQ, ARCHITECTURE, 1),
      LOAD(offsetof(struct seccomp_data, nr)), BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
      RETURN(SECCOMP_RET_KILL_PROCESS));
#if defined(__x86_64__) /* the second table of calls, for 32-bit pointers */
  ADD(SKIP_UNLESS(BPF_JGE, 0x40000000, 1), REFUSE(ENOSYS));
#endif
  /* Their arguments lie in memory, where a filter cannot look; the C library then uses the older calls. */
  ADD(SKIP_UNLESS(BPF_JEQ, __NR_clone3, 1), REFUSE(ENOSYS));
  ADD(SKIP_UNLESS(BPF_JEQ, __NR_openat2, 1), REFUSE(ENOSYS));
  for (unsigned i = 0; i < refused_count; i++) ADD(SKIP_UNLESS(BPF_JEQ, refused[i], 1), REFUSE(EPERM));
  ADD(SKIP_UNLESS(BPF_JEQ, __NR_clone, 4), LOAD(ARGUMENT(0)), SKIP_UNLESS(BPF_JSET, CLONE_THREAD, 1), ALLOW,
      REFUSE(EPERM));
  ADD(SKIP_UNLESS(BPF_JEQ, __NR_kill, 4), LOAD(ARGUMENT(0)), SKIP_UNLESS(BPF_JEQ, self, 1), ALLOW,
      REFUSE(EPERM));
  ADD(SKIP_UNLESS(BPF_JEQ, __NR_tgkill, 4), LOAD(ARGUMENT(0)), SKIP_UNLESS(BPF_JEQ, self, 1), ALLOW,
      REFUSE(EPERM));
  ADD(SKIP_UNLESS(BPF_JEQ, __NR_openat, 4), LOAD(ARGUMENT(2)), SKIP_UNLESS(BPF_JSET, WRITING, 1),
      REFUSE(EACCES), ALLOW);
#ifdef __NR_open
  ADD(SKIP_UNLESS(BPF_JEQ, __NR_open, 4), LOAD(ARGUMENT(1)), SKIP_UNLESS(BPF_JSET, WRITING, 1),
      REFUSE(EACCES), ALLOW);
#endif
  ADD(ALLOW);

  const struct sock_fprog program = {.len = length, .filter = filter};
  NOTE_RESTRICTION();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
