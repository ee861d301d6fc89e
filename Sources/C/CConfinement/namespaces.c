#define _GNU_SOURCE
#include "confinement.h"
#include "parts.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static void write_text(const char *file, const char *text) {
  int descriptor = open(file, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  /* Without its map the user has no name in the namespace, and the same rights. */
  if (write(descriptor, text, strlen(text)) < 0) (void)0;
  close(descriptor);
}

/* The user keeps his number, so that the sandbox reads what he reads. */
static void map_user(unsigned user, unsigned group) {
  char text[64];
  write_text("/proc/self/setgroups", "deny");
  snprintf(text, sizeof text, "%u %u 1", user, user);
  write_text("/proc/self/uid_map", text);
  snprintf(text, sizeof text, "%u %u 1", group, group);
  write_text("/proc/self/gid_map", text);
}

uint32_t confinement_enter_namespaces(uint32_t wanted) {
  static const struct {
    uint32_t kind;
    int flag;
  } kinds[] = {{CONFINEMENT_PROCESSES, CLONE_NEWPID},
               {CONFINEMENT_NETWORK, CLONE_NEWNET},
               {CONFINEMENT_IPC, CLONE_NEWIPC},
               {CONFINEMENT_MOUNTS, CLONE_NEWNS}};
  uint32_t entered = 0;
  const unsigned user = geteuid(), group = getegid();
  if (wanted & CONFINEMENT_USERS && unshare(CLONE_NEWUSER) == 0) {
    entered |= CONFINEMENT_USERS;
    map_user(user, group);
  }
  for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (wanted & kinds[i].kind && unshare(kinds[i].flag) == 0) entered |= kinds[i].kind;
  }
  return entered;
}

int confinement_hide_processes(void) {
  /* Nothing that is mounted here must appear outside. */
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) return -1;
  return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}
