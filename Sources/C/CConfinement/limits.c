#define _GNU_SOURCE
#include "confinement.h"
#include "sanitizer.h"

#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int confinement_has_sanitizer(void) { return HAS_SANITIZER; }

int confinement_hide_memory(void) {
  /* LeakSanitizer stops the process to look through its memory, which this would forbid. */
  return HAS_SANITIZER ? 0 : prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int confinement_default_faults(void) {
  static const int faults[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP, SIGQUIT};
  for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) {
    if (signal(faults[i], SIG_DFL) == SIG_ERR) return -1;
  }
  return 0;
}

static int limit(__rlimit_resource_t resource, rlim_t value) {
  struct rlimit both;
  if (getrlimit(resource, &both)) return -1;
  /* Only root may raise a limit that is lower already, and does not need to. */
  if (both.rlim_max > value) both.rlim_max = value;
  both.rlim_cur = both.rlim_max;
  return setrlimit(resource, &both);
}

int confinement_limit_resources(uint64_t address_space_bytes, uint32_t open_files, uint64_t processor_seconds) {
  static const __rlimit_resource_t none[] = {RLIMIT_FSIZE, RLIMIT_CORE, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE, RLIMIT_NICE,
                                             RLIMIT_RTPRIO};
  if (address_space_bytes && !HAS_SANITIZER && limit(RLIMIT_AS, address_space_bytes)) return -1;
  if (limit(RLIMIT_NOFILE, open_files) || limit(RLIMIT_CPU, processor_seconds)) return -1;
  for (unsigned i = 0; i < sizeof none / sizeof *none; i++) {
    if (limit(none[i], 0)) return -1;
  }
  return 0;
}

int confinement_drop_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  return (int)syscall(SYS_capset, &header, none);
}
