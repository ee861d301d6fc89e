#define _GNU_SOURCE
#include "cplatform.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/xattr.h>
#include <unistd.h>

int cplatform_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int cplatform_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); }

int cplatform_seal(int descriptor) {
  return fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
}

int cplatform_seal_length(int descriptor) {
  return fcntl(descriptor, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
}

int cplatform_move_up(int descriptor, int least) {
  int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, least);
  if (moved >= 0) close(descriptor);
  return moved;
}

pid_t cplatform_spawn(const char *program, const char *const *arguments, const int *descriptors, int count) {
  static const char *const environment[] = {"LC_ALL=C", NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  pid_t process = -1;
  sigemptyset(&none);
  sigfillset(&all);
  int code = posix_spawn_file_actions_init(&actions);
  if (code) return errno = code, -1;
  code = posix_spawnattr_init(&attributes);
  if (!code) {
    for (int i = 0; i < count && !code; i++) {
      code = posix_spawn_file_actions_adddup2(&actions, descriptors[i], i);
    }
    if (!code) code = posix_spawn_file_actions_addclosefrom_np(&actions, count);
    /* Neither handlers nor masks of the parent reach a plugin. */
    if (!code) code = posix_spawnattr_setsigmask(&attributes, &none);
    if (!code) code = posix_spawnattr_setsigdefault(&attributes, &all);
    if (!code) code = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!code) {
      code = posix_spawn(&process, program, &actions, &attributes, (char *const *)(uintptr_t)arguments,
                         (char *const *)(uintptr_t)environment);
    }
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return code ? (errno = code, -1) : process;
}

const char *cplatform_secure_getenv(const char *name) { return secure_getenv(name); }

static const char access_list[] = "system.posix_acl_access";

static ssize_t or_none(ssize_t found) { return found < 0 && (errno == ENODATA || errno == ENOTSUP) ? 0 : found; }

ssize_t cplatform_access_list_of(int descriptor, void *bytes, size_t size) {
  return or_none(fgetxattr(descriptor, access_list, bytes, size));
}

ssize_t cplatform_access_list_at(const char *path, void *bytes, size_t size) {
  return or_none(getxattr(path, access_list, bytes, size));
}

uint64_t cplatform_heap_bytes(void) {
  struct mallinfo2 heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}
