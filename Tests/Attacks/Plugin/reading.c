#include "attack.h"

#include <sys/uio.h>

/* Reads what a cost model has no business with. */

static int reads(const char *path) {
  char byte;
  int file = open(path, O_RDONLY);
  return file >= 0 && read(file, &byte, 1) == 1;
}

static int read_secret(const struct aims *a) { return reads(in_arena(a, "secret.txt")); }
static int read_by_link(const struct aims *a) { return reads(in_base(a, "link-to-secret")); }
static int read_passwords(const struct aims *a) { return (void)a, reads("/etc/passwd"); }
static int read_beside(const struct aims *a) { return reads(in_base(a, "../arena/secret.txt")); }
static int list_root(const struct aims *a) { return (void)a, WORKED(open("/", O_RDONLY | O_DIRECTORY)); }
static int list_processes(const struct aims *a) { return (void)a, WORKED(open("/proc", O_RDONLY | O_DIRECTORY)); }

/* A descriptor that names a file without opening it, opened later. */
static int read_by_name(const struct aims *a) {
  char name[64];
  int file = open(in_arena(a, "secret.txt"), O_PATH);
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  return reads(name);
}

static int read_of(int process, const char *file) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", process, file);
  return reads(path);
}

static int victim_environment(const struct aims *a) { return read_of(a->victim, "environ"); }
static int victim_maps(const struct aims *a) { return read_of(a->victim, "maps"); }
static int victim_memory(const struct aims *a) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", a->victim);
  return WORKED(open(path, O_RDONLY));
}
static int victim_descriptor(const struct aims *a) {
  char path[64];
  for (int i = 0; i < 64; i++) {
    snprintf(path, sizeof path, "/proc/%d/fd/%d", a->victim, i);
    if (open(path, O_RDONLY) >= 0) return 1;
  }
  return 0;
}
static int victim_descriptors(const struct aims *a) {
  char path[64], name[64];
  for (int i = 0; i < 64; i++) {
    snprintf(path, sizeof path, "/proc/%d/fd/%d", a->victim, i);
    if (readlink(path, name, sizeof name) >= 0) return 1;
  }
  return 0;
}
static int bystander_environment(const struct aims *a) { return read_of(a->bystander, "environ"); }
static int bystander_memory(const struct aims *a) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", a->bystander);
  return WORKED(open(path, O_RDONLY));
}
static int bystander_name(const struct aims *a) { return read_of(a->bystander, "cmdline"); }

/* The process that watches over the sandbox has its lifeline. */
static int parent_environment(const struct aims *a) { return (void)a, getppid() > 0 && read_of(getppid(), "environ"); }

static int copy_from(int process) {
  char here;
  struct iovec local = {&here, 1}, remote = {(void *)&read_of, 1};
  return process > 0 && process_vm_readv(process, &local, 1, &remote, 1, 0) == 1;
}
static int victim_copy(const struct aims *a) { return copy_from(a->victim); }
static int bystander_copy(const struct aims *a) { return copy_from(a->bystander); }

static int own_environment(const struct aims *a) {
  extern char **environ;
  (void)a;
  return !environ[0] || environ[1] || strcmp(environ[0], "LC_ALL=C") != 0;
}

/* Standard input, output and error, and the channel. */
static int own_descriptors(const struct aims *a) {
  (void)a;
  for (int i = 4; i < 64; i++) {
    if (fcntl(i, F_GETFD) >= 0) return 1;
  }
  return 0;
}

const struct attack reading_attacks[] = {
    {"read-secret", read_secret}, {"read-by-link", read_by_link}, {"read-passwords", read_passwords},
    {"read-beside", read_beside}, {"read-by-name", read_by_name}, {"list-root", list_root},
    {"list-processes", list_processes}, {"victim-environment", victim_environment},
    {"victim-maps", victim_maps}, {"victim-memory", victim_memory}, {"victim-descriptor", victim_descriptor},
    {"victim-descriptors", victim_descriptors}, {"bystander-environment", bystander_environment},
    {"bystander-memory", bystander_memory}, {"bystander-name", bystander_name},
    {"parent-environment", parent_environment}, {"victim-copy", victim_copy},
    {"bystander-copy", bystander_copy}, {"own-environment", own_environment},
    {"own-descriptors", own_descriptors}, {NULL, NULL},
};
