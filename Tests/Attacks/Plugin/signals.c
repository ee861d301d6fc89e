#include "attack.h"

#include <linux/sockios.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>

/* Sends signals to others. Where a call has a number of the signal, it is 0, which only asks whether one could. */

static int kill_victim(const struct aims *a) { return WORKED(kill(a->victim, 0)); }
static int kill_bystander(const struct aims *a) { return WORKED(kill(a->bystander, 0)); }
static int kill_all(const struct aims *a) { return (void)a, WORKED(kill(-1, 0)); }
static int kill_group(const struct aims *a) { return (void)a, WORKED(kill(0, 0)); }
static int kill_parent(const struct aims *a) { return (void)a, WORKED(kill(getppid(), 0)); }
static int kill_first(const struct aims *a) { return (void)a, WORKED(kill(1, 0)); }
static int thread_kill(const struct aims *a) { return WORKED(syscall(SYS_tkill, a->victim, 0)); }
static int group_thread_kill(const struct aims *a) { return WORKED(syscall(SYS_tgkill, a->victim, a->victim, 0)); }

static int queue(const struct aims *a) {
  siginfo_t info = {.si_code = SI_QUEUE};
  return WORKED(syscall(SYS_rt_sigqueueinfo, a->victim, 0, &info));
}
static int queue_thread(const struct aims *a) {
  siginfo_t info = {.si_code = SI_QUEUE};
  return WORKED(syscall(SYS_rt_tgsigqueueinfo, a->victim, a->victim, 0, &info));
}

/* A process by a descriptor of its folder, or by its own kind of descriptor. */
static int process_folder(const struct aims *a) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d", a->victim);
  int folder = open(path, O_PATH | O_DIRECTORY);
  return WORKED(syscall(424, folder, 0, NULL, 0));
}
static int process_descriptor(const struct aims *a) { return WORKED(syscall(434, a->victim, 0)); }

/* The kernel signals the owner of a descriptor when it becomes ready. */
static int owner(const struct aims *a) { return WORKED(fcntl(STDIN_FILENO, F_SETOWN, a->victim)); }
static int owner_of_channel(const struct aims *a) { return WORKED(fcntl(3, F_SETOWN, a->victim)); }
static int owner_extended(const struct aims *a) {
  struct f_owner_ex victim = {F_OWNER_PID, a->victim};
  return WORKED(fcntl(3, F_SETOWN_EX, &victim));
}
static int signal_number(const struct aims *a) { return (void)a, WORKED(fcntl(3, F_SETSIG, SIGKILL)); }
static int asynchronous(const struct aims *a) { return (void)a, WORKED(fcntl(3, F_SETFL, O_ASYNC)); }
static int owner_by_ioctl(const struct aims *a) {
  int process = a->victim;
  return WORKED(ioctl(3, FIOSETOWN, &process)) || WORKED(ioctl(3, SIOCSPGRP, &process));
}
static int asynchronous_by_ioctl(const struct aims *a) {
  int on = 1;
  (void)a;
  return WORKED(ioctl(3, FIOASYNC, &on));
}

/* The pipe on which its life hangs had this number. */
static int lifeline(const struct aims *a) { return (void)a, WORKED(fcntl(4, F_SETFL, 0)) || WORKED(close(4)); }

static int timer(const struct aims *a) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
  (void)a;
  return WORKED(timer_create(CLOCK_MONOTONIC, &event, &timer));
}

const struct attack signal_attacks[] = {
    {"kill", kill_victim}, {"kill-bystander", kill_bystander}, {"kill-all", kill_all}, {"kill-group", kill_group},
    {"kill-parent", kill_parent}, {"kill-first", kill_first}, {"tkill", thread_kill}, {"tgkill", group_thread_kill},
    {"sigqueue", queue}, {"tgsigqueue", queue_thread}, {"process-folder", process_folder},
    {"pidfd-open", process_descriptor}, {"set-owner", owner}, {"set-owner-channel", owner_of_channel},
    {"set-owner-extended", owner_extended}, {"set-signal", signal_number}, {"asynchronous", asynchronous},
    {"owner-ioctl", owner_by_ioctl}, {"asynchronous-ioctl", asynchronous_by_ioctl}, {"lifeline", lifeline},
    {"timer", timer}, {NULL, NULL},
};
