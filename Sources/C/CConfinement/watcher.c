#define _GNU_SOURCE
#include "confinement.h"
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the parent knows of the child. Descriptors that are not open are -1. */
struct watcher {
  pid_t child;
  pid_t init;     /* of the namespace of processes; 0 without one */
  int init_pipe;  /* init ends when this closes */
  int proc;       /* /proc as it was before anything was mounted over it */
  int signals;    /* SIGTERM and SIGCHLD */
  int socket;     /* from which `listener` comes */
  int listener;   /* where the kernel asks whether a thread may begin */
  int lifeline;
  uint32_t threads;
};

/* The child's end of the pair that leads to its watcher. */
static int to_watcher = -1;

int confinement_hand_over(int listener) {
  char byte = 0;
  struct iovec bytes = {&byte, 1};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control = {.space = {0}};
  struct msghdr message = {
      .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof listener);
  memcpy(CMSG_DATA(&control.header), &listener, sizeof listener);
  ssize_t sent = sendmsg(to_watcher, &message, MSG_NOSIGNAL);
  close(to_watcher);
  close(listener);
  return sent == 1 ? 0 : -1;
}

static int receive(int socket) {
  char byte;
  struct iovec bytes = {&byte, 1};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  struct msghdr message = {
      .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  int listener = -1;
  if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1 && message.msg_controllen >= CMSG_LEN(sizeof listener)) {
    memcpy(&listener, CMSG_DATA(&control.header), sizeof listener);
  }
  return listener;
}

/* Lets a thread begin, or refuses it as the kernel does where there are too many. Several that ask at once are counted
 * before the first of them shows, so that there may be twice as many. */
static void answer(const struct watcher *watcher) {
  union { /* a newer kernel's structures are longer */
    struct seccomp_notif question;
    struct seccomp_notif_resp answer;
    char space[512];
  } message;
  char name[32];
  struct stat folder;
  memset(&message, 0, sizeof message);
  if (ioctl(watcher->listener, SECCOMP_IOCTL_NOTIF_RECV, &message)) return;
  const uint64_t id = message.question.id;
  memset(&message, 0, sizeof message);
  message.answer.id = id;
  snprintf(name, sizeof name, "%d/task", (int)watcher->child);
  /* A folder has two links, and /proc adds one for each thread. */
  if (fstatat(watcher->proc, name, &folder, 0) == 0 && folder.st_nlink < 2 + (nlink_t)watcher->threads) {
    message.answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  } else {
    message.answer.error = -EAGAIN;
  }
  ioctl(watcher->listener, SECCOMP_IOCTL_NOTIF_SEND, &message);
}

/* Ends as the child ended, after the last of its namespace has gone. */
static _Noreturn void end(const struct watcher *watcher, int status) {
  close(watcher->init_pipe);
  /* It may be stopped, and then would not see the pipe. */
  if (watcher->init > 0 && kill(watcher->init, SIGKILL) == 0) waitpid(watcher->init, NULL, 0);
  if (!WIFSIGNALED(status)) _exit(WEXITSTATUS(status));
  sigset_t none;
  sigemptyset(&none);
  signal(WTERMSIG(status), SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  kill(getpid(), WTERMSIG(status));
  _exit(128 + WTERMSIG(status));
}

static _Noreturn void watch(struct watcher *watcher) {
  for (;;) {
    int *asking = watcher->listener >= 0 ? &watcher->listener : &watcher->socket;
    struct pollfd polled[] = {{watcher->signals, POLLIN, 0}, {*asking, POLLIN, 0}};
    if (poll(polled, 2, -1) < 0) continue;
    if (polled[0].revents & POLLIN) {
      struct signalfd_siginfo signal;
      int status;
      if (read(watcher->signals, &signal, sizeof signal) == sizeof signal && signal.ssi_signo == SIGTERM) {
        kill(watcher->child, SIGKILL);
      }
      if (waitpid(watcher->child, &status, WNOHANG) == watcher->child) end(watcher, status);
    }
    if (!polled[1].revents) continue;
    if (!(polled[1].revents & POLLIN)) { /* the other end has gone */
      close(*asking);
      *asking = -1;
    } else if (watcher->listener >= 0) {
      answer(watcher);
    } else {
      watcher->listener = receive(watcher->socket);
      close(watcher->socket);
      watcher->socket = -1;
    }
  }
}

/* The first process of the namespace: when it ends, so do all in it. It cannot be the child itself, because the kernel
 * keeps from a first process the signals by which abort and the like end it. */
static _Noreturn void keep_namespace(const int pipe[2]) {
  char byte;
  /* Out of the group that haq stops between two calls. */
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  for (int i = 0; i < 64; i++) {
    if (i != pipe[0]) close(i);
  }
  /* The pipe tells, too, in case the parent went before the line above. */
  while (read(pipe[0], &byte, 1) < 0 && errno == EINTR) continue;
  _exit(0);
}

static void close_all_but(const struct watcher *watcher) {
  for (int i = 0; i < 64; i++) {
    if (i != watcher->init_pipe && i != watcher->proc && i != watcher->signals && i != watcher->socket &&
        i != watcher->lifeline) {
      close(i);
    }
  }
}

/* The kernel reports the closing of the other end as a signal to the whole group; choosing SIGKILL leaves nothing to
 * a handler. PR_SET_PDEATHSIG alone would follow the thread of haq that started this process. */
static int die_with(int lifeline) {
  if (fcntl(lifeline, F_SETSIG, SIGKILL) || fcntl(lifeline, F_SETOWN, -getpid())) return -1;
  int flags = fcntl(lifeline, F_GETFL);
  return flags < 0 ? -1 : fcntl(lifeline, F_SETFL, flags | O_ASYNC);
}

/* The child's side of the split. */
static int begin(const struct watcher *watcher, int socket, const sigset_t *mask, uint32_t *namespaces) {
  close(watcher->init_pipe);
  close(watcher->proc);
  close(watcher->signals);
  close(watcher->socket);
  close(watcher->lifeline);
  to_watcher = socket;
  /* If the parent has gone already, the channel to haq tells. */
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) || sigprocmask(SIG_SETMASK, mask, NULL)) return -1;
  if (*namespaces & CONFINEMENT_MOUNTS && confinement_hide_processes()) *namespaces &= ~(uint32_t)CONFINEMENT_MOUNTS;
  return 0;
}

int confinement_split(int lifeline, uint32_t wanted, uint32_t threads, uint32_t *namespaces) {
  struct watcher watcher = {.listener = -1, .lifeline = lifeline, .threads = threads};
  int pair[2], pipe[2];
  sigset_t watched, before;
  if (setsid() < 0 || die_with(lifeline)) return -1;
  sigemptyset(&watched);
  sigaddset(&watched, SIGTERM);
  sigaddset(&watched, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &watched, &before)) return -1;
  watcher.signals = signalfd(-1, &watched, SFD_CLOEXEC);
  watcher.proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (watcher.signals < 0 || watcher.proc < 0 || pipe2(pipe, O_CLOEXEC)) return -1;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) return -1;
  watcher.init_pipe = pipe[1];
  watcher.socket = pair[0];
  *namespaces = confinement_enter_namespaces(wanted);
  if (*namespaces & CONFINEMENT_PROCESSES) {
    watcher.init = fork();
    if (watcher.init < 0) return -1;
    if (watcher.init == 0) keep_namespace(pipe);
    /* As it does itself; before haq can stop the group it must have left, since nothing continues it outside of it. */
    if (setpgid(watcher.init, watcher.init)) return -1;
  } else {
    *namespaces &= ~(uint32_t)CONFINEMENT_MOUNTS; /* nothing would be mounted in it */
  }
  watcher.child = fork();
  if (watcher.child < 0) return -1;
  close(pipe[0]);
  if (watcher.child == 0) return begin(&watcher, pair[1], &before, namespaces);
  close_all_but(&watcher);
  confinement_drop_capabilities();
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  watch(&watcher);
}
