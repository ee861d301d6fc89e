#include "attack.h"

#include <dirent.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>

/* What a cost model may do. These are no attacks: each is 0 where it works. */

static void *returns(void *argument) { return argument; }
static void *exits(void *argument) { pthread_exit(argument); }

static int thread_with(void *(*work)(void *)) {
  pthread_t threads[16];
  char marks[16];
  void *result;
  for (int i = 0; i < 16; i++) {
    if (pthread_create(&threads[i], NULL, work, &marks[i])) return 1;
  }
  for (int i = 0; i < 16; i++) {
    if (pthread_join(threads[i], &result) || result != &marks[i]) return 1;
  }
  return 0;
}

static int threads(const struct aims *a) { return (void)a, thread_with(returns); }
/* The C library loads the unwinder for this, unless it is there already. */
static int thread_exit(const struct aims *a) { return (void)a, thread_with(exits); }

static int read_file(const struct aims *a) {
  char text[16] = "";
  FILE *file = fopen(in_base(a, "readable.txt"), "r");
  int worked = file && fgets(text, sizeof text, file) && strcmp(text, "readable") == 0;
  if (file) fclose(file);
  return !worked;
}
static int map_file(const struct aims *a) {
  int file = open(in_base(a, "readable.txt"), O_RDONLY);
  const char *text = mmap(NULL, 8, PROT_READ, MAP_PRIVATE, file, 0);
  return text == MAP_FAILED || memcmp(text, "readable", 8) != 0;
}
static int list_folder(const struct aims *a) {
  int found = 0;
  DIR *folder = opendir(a->base);
  for (const struct dirent *entry; folder && (entry = readdir(folder));) {
    found |= strcmp(entry->d_name, "readable.txt") == 0;
  }
  if (folder) closedir(folder);
  return !found;
}
static int real_path(const struct aims *a) {
  char *path = realpath(in_base(a, "readable.txt"), NULL);
  free(path);
  return path == NULL;
}

static int allocate(const struct aims *a) {
  (void)a;
  char *bytes = malloc(UINT64_C(1) << 30);
  if (bytes) bytes[123456789] = 1;
  bytes = bytes ? realloc(bytes, UINT64_C(3) << 29) : NULL;
  free(bytes);
  return bytes == NULL;
}
static int clocks(const struct aims *a) {
  struct timespec now, pause = {0, 1000};
  (void)a;
  return clock_gettime(CLOCK_MONOTONIC, &now) || clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) ||
         nanosleep(&pause, NULL) || time(NULL) <= 0;
}
static int random_bytes(const struct aims *a) {
  char bytes[16];
  (void)a;
  return getrandom(bytes, sizeof bytes, 0) != sizeof bytes || read(open("/dev/urandom", O_RDONLY), bytes, 16) != 16;
}
/* As executors of Swift and C++ wait. */
static int wait_for_events(const struct aims *a) {
  struct itimerspec soon = {.it_value = {0, 1000}};
  struct epoll_event event = {.events = EPOLLIN};
  int queue = epoll_create1(EPOLL_CLOEXEC), counter = eventfd(0, 0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
  (void)a;
  return queue < 0 || counter < 0 || timerfd_settime(timer, 0, &soon, NULL) ||
         epoll_ctl(queue, EPOLL_CTL_ADD, timer, &event) || epoll_wait(queue, &event, 1, 1000) != 1;
}

static volatile sig_atomic_t caught;
static void catch(int number) { caught = number; }
static int own_signals(const struct aims *a) {
  (void)a;
  signal(SIGUSR1, catch);
  raise(SIGUSR1);
  signal(SIGUSR1, SIG_DFL);
  return caught != SIGUSR1;
}
static int facts(const struct aims *a) {
  struct rlimit limit;
  struct rusage usage;
  char name[16];
  (void)a;
  return sysconf(_SC_NPROCESSORS_ONLN) < 1 || getrlimit(RLIMIT_AS, &limit) || getrusage(RUSAGE_SELF, &usage) ||
         prctl(PR_SET_NAME, "model") || prctl(PR_GET_NAME, name) || strcmp(name, "model") != 0;
}
static int print_errors(const struct aims *a) { return (void)a, fputs("", stderr) < 0 || isatty(STDERR_FILENO); }
static int mathematics(const struct aims *a) { return (void)a, cbrt(27.0) != 3.0; }

const struct attack lawful_uses[] = {
    {"may-use-threads", threads}, {"may-exit-threads", thread_exit}, {"may-read", read_file},
    {"may-map", map_file}, {"may-list", list_folder}, {"may-resolve", real_path}, {"may-allocate", allocate},
    {"may-ask-clocks", clocks}, {"may-draw", random_bytes}, {"may-wait", wait_for_events},
    {"may-signal-itself", own_signals}, {"may-ask", facts}, {"may-print", print_errors},
    {"may-compute", mathematics}, {NULL, NULL},
};
