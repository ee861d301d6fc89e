#include "attack.h"

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>

/* Writes to, makes, moves and removes files, and changes what is noted about them. */

static int open_with(const char *path, int flags) { return WORKED(open(path, flags, 0600)); }

static int open_write(const struct aims *a) { return open_with(in_arena(a, "victim.txt"), O_WRONLY); }
static int open_read_write(const struct aims *a) { return open_with(in_arena(a, "victim.txt"), O_RDWR); }
static int open_append(const struct aims *a) { return open_with(in_arena(a, "victim.txt"), O_WRONLY | O_APPEND); }
static int open_truncate(const struct aims *a) { return open_with(in_base(a, "readable.txt"), O_RDONLY | O_TRUNC); }
static int open_create(const struct aims *a) { return open_with(in_arena(a, "new.txt"), O_RDONLY | O_CREAT); }
static int open_in_base(const struct aims *a) { return open_with(in_base(a, "readable.txt"), O_WRONLY); }
static int open_temporary(const struct aims *a) { return open_with(a->arena, O_RDWR | O_TMPFILE); }
static int open_null(const struct aims *a) { return (void)a, open_with("/dev/null", O_WRONLY); }
static int open_memory(const struct aims *a) { return (void)a, open_with("/proc/self/mem", O_RDWR); }
static int create(const struct aims *a) { return WORKED(creat(in_arena(a, "new.txt"), 0600)); }

static int open_how(const struct aims *a) {
  struct {
    uint64_t flags, mode, resolve;
  } how = {O_WRONLY, 0, 0};
  return WORKED(syscall(437, AT_FDCWD, in_arena(a, "victim.txt"), &how, sizeof how));
}

/* A file that is open for reading, opened again by its descriptor. */
static int open_again(const struct aims *a) {
  char name[64];
  int file = open(in_base(a, "readable.txt"), O_RDONLY);
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  return file < 0 || open_with(name, O_WRONLY);
}

static int map_shared(const struct aims *a) {
  int file = open(in_base(a, "readable.txt"), O_RDONLY);
  return file < 0 || mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) != MAP_FAILED;
}

static int remove_file(const struct aims *a) { return WORKED(syscall(SYS_unlinkat, AT_FDCWD, in_arena(a, "victim.txt"), 0)); }
static int remove_folder(const struct aims *a) {
  return WORKED(syscall(SYS_unlinkat, AT_FDCWD, in_arena(a, "folder"), AT_REMOVEDIR));
}
static int make_folder(const struct aims *a) { return WORKED(mkdir(in_arena(a, "new"), 0700)); }
static int make_fifo(const struct aims *a) { return WORKED(mkfifo(in_arena(a, "new"), 0600)); }
static int make_link(const struct aims *a) { return WORKED(symlink("/etc/passwd", in_arena(a, "new"))); }

static int move(const struct aims *a) {
  char from[4096];
  snprintf(from, sizeof from, "%s", in_arena(a, "victim.txt"));
  return WORKED(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, in_arena(a, "moved.txt"), 0));
}
static int link_again(const struct aims *a) {
  char from[4096];
  snprintf(from, sizeof from, "%s", in_arena(a, "victim.txt"));
  return WORKED(link(from, in_arena(a, "linked.txt")));
}
static int shorten(const struct aims *a) { return WORKED(truncate(in_arena(a, "victim.txt"), 0)); }

#ifdef SYS_unlink /* the older names, which x86_64 still has */
static int unlink_old(const struct aims *a) { return WORKED(syscall(SYS_unlink, in_arena(a, "victim.txt"))); }
static int mkdir_old(const struct aims *a) { return WORKED(syscall(SYS_mkdir, in_arena(a, "new"), 0700)); }
static int rmdir_old(const struct aims *a) { return WORKED(syscall(SYS_rmdir, in_arena(a, "folder"))); }
static int chmod_old(const struct aims *a) { return WORKED(syscall(SYS_chmod, in_arena(a, "victim.txt"), 0777)); }
static int rename_old(const struct aims *a) {
  char from[4096];
  snprintf(from, sizeof from, "%s", in_arena(a, "victim.txt"));
  return WORKED(syscall(SYS_rename, from, in_arena(a, "moved.txt")));
}
#endif

static int readable(const struct aims *a) { return open(in_base(a, "readable.txt"), O_RDONLY); }

static int change_mode(const struct aims *a) { return WORKED(fchmod(readable(a), 0777)); }
static int change_mode_at(const struct aims *a) {
  return WORKED(syscall(SYS_fchmodat, AT_FDCWD, in_arena(a, "victim.txt"), 0777, 0));
}
static int change_mode_at2(const struct aims *a) {
  return WORKED(syscall(452, AT_FDCWD, in_arena(a, "victim.txt"), 0777, 0));
}
static int change_owner(const struct aims *a) { return WORKED(fchown(readable(a), geteuid(), getegid())); }
static int change_owner_at(const struct aims *a) {
  return WORKED(fchownat(AT_FDCWD, in_arena(a, "victim.txt"), geteuid(), getegid(), 0));
}
static int change_times(const struct aims *a) {
  const struct timespec long_ago[2] = {{1, 0}, {1, 0}};
  return WORKED(futimens(readable(a), long_ago));
}
static int change_times_at(const struct aims *a) {
  const struct timespec long_ago[2] = {{1, 0}, {1, 0}};
  return WORKED(utimensat(AT_FDCWD, in_arena(a, "victim.txt"), long_ago, 0));
}
static int set_attribute(const struct aims *a) { return WORKED(fsetxattr(readable(a), "user.haq", "x", 1, 0)); }
static int set_attribute_at(const struct aims *a) {
  return WORKED(lsetxattr(in_arena(a, "victim.txt"), "user.haq", "x", 1, 0));
}
static int allocate(const struct aims *a) { return WORKED(fallocate(readable(a), 0, 0, 1 << 20)); }

/* Locks by which one reader keeps every writer out, such as haq's own study. */
static int lock_whole(const struct aims *a) { return WORKED(flock(readable(a), LOCK_EX | LOCK_NB)); }
static int lock_range(const struct aims *a) {
  struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  return WORKED(fcntl(readable(a), F_SETLK, &lock));
}
static int lock_description(const struct aims *a) {
  struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  return WORKED(fcntl(readable(a), F_OFD_SETLK, &lock));
}
static int lease(const struct aims *a) { return WORKED(fcntl(readable(a), F_SETLEASE, F_RDLCK)); }
static int notify(const struct aims *a) { return WORKED(fcntl(open(a->base, O_RDONLY), F_NOTIFY, DN_ACCESS)); }

static int mount_over(const struct aims *a) { return WORKED(mount("none", in_arena(a, "folder"), "tmpfs", 0, "")); }
static int change_root(const struct aims *a) { return WORKED(chroot(a->arena)); }
static int change_folder(const struct aims *a) { return WORKED(chdir(a->arena)); }

/* The ring does by itself what a filter of calls refuses. */
static int ring(const struct aims *a) {
  char parameters[120] = {0};
  (void)a;
  return WORKED(syscall(SYS_io_uring_setup, 4, parameters));
}
static int ring_register(const struct aims *a) {
  (void)a;
  return syscall(SYS_io_uring_register, -1, 0, NULL, 0) >= 0 || (errno != EPERM && errno != ENOSYS);
}
static int aio(const struct aims *a) {
  unsigned long context = 0;
  (void)a;
  return WORKED(syscall(SYS_io_setup, 1, &context));
}

const struct attack file_attacks[] = {
    {"open-write", open_write}, {"open-read-write", open_read_write}, {"open-append", open_append},
    {"open-truncate", open_truncate}, {"open-create", open_create}, {"open-in-base", open_in_base},
    {"open-temporary", open_temporary}, {"open-null", open_null}, {"open-own-memory", open_memory},
    {"creat", create}, {"openat2", open_how}, {"open-again", open_again}, {"map-shared", map_shared},
    {"unlinkat", remove_file}, {"unlinkat-folder", remove_folder}, {"mkdir", make_folder}, {"mkfifo", make_fifo},
    {"symlink", make_link}, {"renameat2", move}, {"link", link_again}, {"truncate", shorten},
#ifdef SYS_unlink
    {"unlink-old", unlink_old}, {"mkdir-old", mkdir_old}, {"rmdir-old", rmdir_old}, {"chmod-old", chmod_old},
    {"rename-old", rename_old},
#endif
    {"fchmod", change_mode}, {"fchmodat", change_mode_at}, {"fchmodat2", change_mode_at2},
    {"fchown", change_owner}, {"fchownat", change_owner_at}, {"futimens", change_times},
    {"utimensat", change_times_at}, {"fsetxattr", set_attribute}, {"lsetxattr", set_attribute_at},
    {"fallocate", allocate}, {"flock", lock_whole}, {"lock-range", lock_range},
    {"lock-description", lock_description}, {"lease", lease}, {"dnotify", notify}, {"mount", mount_over},
    {"chroot", change_root}, {"chdir", change_folder}, {"io-uring", ring}, {"io-uring-register", ring_register},
    {"io-setup", aio}, {NULL, NULL},
};
