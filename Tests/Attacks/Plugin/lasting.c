#include "attack.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

/* Goes on when it should not: after its call, after haq, and without end. What comes of it shows outside. */

static void ignore_signals(void) {
  for (int number = 1; number < NSIG; number++) signal(number, SIG_IGN);
}

static void *spin(void *argument) {
  for (volatile uint64_t count = 0;; count++) continue;
  return argument;
}

/* Deaf to all signals; the channel stays open, so that haq goes on waiting. */
static int outlive(const struct aims *a) {
  (void)a;
  ignore_signals();
  fputs("outliving\n", stderr);
  for (int i = 0; i < 64; i++) {
    fcntl(i, F_SETFL, 0);
    if (i != 3) close(i);
  }
  spin(NULL);
  return 1;
}

/* Threads that compute after the call has returned. */
static int background(const struct aims *a) {
  pthread_t thread;
  (void)a;
  ignore_signals();
  for (int i = 0; i < 2; i++) {
    if (pthread_create(&thread, NULL, spin, NULL)) return 1;
  }
  return 0;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static const size_t line_length = 1 << 20;

static char *long_line(void) {
  char *line = malloc(line_length + 1);
  memset(line, 'x', line_length);
  line[line_length - 1] = '\n';
  line[line_length] = 0;
  return line;
}

/* Lines of a megabyte each, for a second and a half. */
static int flood_log(const struct aims *a) {
  char *line = long_line();
  for (double end = seconds() + 1.5; seconds() < end;) a->host->log(a->host, HAQ_LOG_WARNING, line);
  free(line);
  return 0;
}
static int flood_errors(const struct aims *a) {
  char *line = long_line();
  (void)a;
  for (double end = seconds() + 1.5; seconds() < end;) {
    if (write(STDERR_FILENO, line, line_length) < 0) break;
  }
  free(line);
  return 0;
}

const struct attack lasting_attacks[] = {
    {"outlive", outlive}, {"background", background}, {"flood-log", flood_log}, {"flood-errors", flood_errors},
    {NULL, NULL},
};
