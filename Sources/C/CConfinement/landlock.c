#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As in linux/landlock.h, which older systems have in an older version, or not at all. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

enum { VERSION_FLAG = 1, RULE_PATH_BENEATH = 1 };

struct ruleset {
  uint64_t files;
  uint64_t network; /* since version 4 */
  uint64_t scopes;  /* since version 6 */
};

struct path_rule {
  uint64_t allowed;
  int32_t folder;
} __attribute__((packed));

#define READ_FILE (UINT64_C(1) << 2)
#define READ_FOLDER (UINT64_C(1) << 3)

/* Where the loader, the C library and the runtimes of languages look. */
static const char *const system_paths[] = {
    "/lib",      "/lib64",       "/usr/lib",      "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/proc/self",
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu", "/sys/devices/system/node",
    "/dev/null", "/dev/zero",    "/dev/random",   "/dev/urandom",
};

/* All rights over files, and those that each version adds. */
static uint64_t rights(long version) {
  uint64_t all = (UINT64_C(1) << 13) - 1;
  if (version >= 2) all |= UINT64_C(1) << 13; /* moving files between folders */
  if (version >= 3) all |= UINT64_C(1) << 14; /* truncating */
  if (version >= 5) all |= UINT64_C(1) << 15; /* ioctl of devices */
  return all;
}

/* What is not there, or cannot be looked at, needs no rule. */
static int allow(int ruleset, const char *path) {
  struct path_rule rule = {.allowed = READ_FILE, .folder = open(path, O_PATH | O_CLOEXEC)};
  if (rule.folder < 0) return 0;
  struct stat status;
  int result = fstat(rule.folder, &status);
  if (!result) {
    if (S_ISDIR(status.st_mode)) rule.allowed |= READ_FOLDER;
    result = (int)syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
  }
  close(rule.folder);
  return result;
}

/* The folder of a library that this program uses: what it found its runtime in, plugins may need more of. */
static int allow_folder(struct dl_phdr_info *library, size_t size, void *ruleset) {
  (void)size;
  char folder[4096];
  const char *slash = strrchr(library->dlpi_name, '/');
  size_t length = slash ? (size_t)(slash - library->dlpi_name) : 0;
  if (length == 0 || length >= sizeof folder) return 0;
  memcpy(folder, library->dlpi_name, length);
  folder[length] = 0;
  return allow(*(int *)ruleset, folder);
}

int confinement_restrict_reading(const char *const *paths, uint32_t *abi) {
  *abi = 0;
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);
  if (version < 1) return 0;
  struct ruleset attributes = {.files = rights(version), .network = 3, .scopes = 3};
  size_t size = version >= 6 ? sizeof attributes
                : version >= 4 ? offsetof(struct ruleset, scopes)
                               : offsetof(struct ruleset, network);
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
  if (ruleset < 0) return -1;
  int failed = dl_iterate_phdr(allow_folder, &ruleset);
  for (unsigned i = 0; !failed && i < sizeof system_paths / sizeof *system_paths; i++) {
    failed = allow(ruleset, system_paths[i]);
  }
  for (; !failed && *paths; paths++) failed = allow(ruleset, *paths);
  if (!failed) failed = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (!failed) failed = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
  int reason = errno;
  close(ruleset);
  errno = reason;
  if (failed) return -1;
  *abi = (uint32_t)version;
  return 0;
}
