#include "attack.h"

#include <linux/perf_event.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <termios.h>
#include <time.h>

/* The terminal, the machine as a whole, and other tables of system calls. */

static int open_terminal(const struct aims *a) { return (void)a, WORKED(open("/dev/tty", O_RDONLY)); }
static int type_on_terminal(const struct aims *a) {
  (void)a;
  for (int i = 0; i < 4; i++) {
    if (ioctl(i, TIOCSTI, "x") == 0 || errno != EPERM) return 1;
  }
  return 0;
}
static int take_terminal(const struct aims *a) {
  (void)a;
  ioctl(STDIN_FILENO, TIOCSCTTY, 0);
  return errno != EPERM;
}
static int paste(const struct aims *a) {
  char selection = 3;
  (void)a;
  ioctl(STDERR_FILENO, TIOCLINUX, &selection);
  return errno != EPERM;
}
static int copy_up(const struct aims *a) {
  (void)a;
  /* As TIOCSTI, with the upper half of the argument set, which the kernel ignores. */
  syscall(SYS_ioctl, STDIN_FILENO, UINT64_C(0x100005412), "x");
  return errno != EPERM;
}

static int load_program(const struct aims *a) {
  char attributes[128] = {0};
  (void)a;
  return WORKED(syscall(SYS_bpf, 0, attributes, sizeof attributes));
}
static int count_events(const struct aims *a) {
  struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE, .size = sizeof attributes};
  (void)a;
  return WORKED(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
}
static int watch_files(const struct aims *a) { return (void)a, WORKED(inotify_init1(0)); }
static int watch_all_files(const struct aims *a) { return (void)a, WORKED(fanotify_init(0, O_RDONLY)); }
static int handle(const struct aims *a) {
  char space[256] = {0};
  int id = 0;
  ((unsigned *)space)[0] = 128;
  return WORKED(syscall(SYS_name_to_handle_at, AT_FDCWD, a->base, space, &id, 0));
}
static int set_clock(const struct aims *a) {
  struct timespec now;
  (void)a;
  return clock_gettime(CLOCK_REALTIME, &now) != 0 || WORKED(clock_settime(CLOCK_REALTIME, &now));
}
static int set_name(const struct aims *a) {
  char name[65];
  (void)a;
  return gethostname(name, sizeof name) != 0 || WORKED(sethostname(name, strlen(name)));
}
static int refused_alone(long result) { return result >= 0 || errno != EPERM; }
static int load_module(const struct aims *a) { return (void)a, refused_alone(syscall(SYS_init_module, NULL, 0, NULL)); }
static int restart(const struct aims *a) { return (void)a, refused_alone(syscall(SYS_reboot, 0, 0, 0, NULL)); }
static int swap(const struct aims *a) { return (void)a, refused_alone(syscall(SYS_swapoff, "/nowhere")); }
static int read_log(const struct aims *a) { return (void)a, WORKED(syscall(SYS_syslog, 10, NULL, 0)); }
static int set_capabilities(const struct aims *a) { return (void)a, refused_alone(syscall(SYS_capset, NULL, NULL)); }
static int change_personality(const struct aims *a) { return (void)a, WORKED(syscall(SYS_personality, 0x0040000)); }

/* Calls that do not exist yet are answered as a kernel answers that lacks them, whatever they will do. */
static int unknown_call(const struct aims *a) { return (void)a, syscall(1000) >= 0 || errno != ENOSYS; }

#if defined(__x86_64__)
/* The same calls by their numbers in the table for 32-bit pointers. */
static int x32(const struct aims *a) {
  return WORKED(syscall(0x40000000 + SYS_open, in_arena(a, "victim.txt"), O_WRONLY));
}
#endif

const struct attack system_attacks[] = {
    {"terminal-open", open_terminal}, {"terminal-type", type_on_terminal}, {"terminal-take", take_terminal},
    {"terminal-paste", paste}, {"terminal-type-upper", copy_up}, {"bpf", load_program},
    {"perf-event", count_events}, {"inotify", watch_files}, {"fanotify", watch_all_files},
    {"file-handle", handle}, {"set-clock", set_clock}, {"set-hostname", set_name}, {"init-module", load_module},
    {"reboot", restart}, {"swapoff", swap}, {"kernel-log", read_log}, {"capset", set_capabilities},
    {"personality", change_personality}, {"unknown-call", unknown_call},
#if defined(__x86_64__)
    {"x32", x32},
#endif
    {NULL, NULL},
};
