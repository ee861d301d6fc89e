#include "attack.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Reaches other machines, and other programs on this one. */

static int make(int family, int type, int protocol) { return WORKED(socket(family, type, protocol)); }

static int inet(const struct aims *a) { return (void)a, make(AF_INET, SOCK_STREAM, 0); }
static int inet_datagram(const struct aims *a) { return (void)a, make(AF_INET, SOCK_DGRAM, 0); }
static int inet6(const struct aims *a) { return (void)a, make(AF_INET6, SOCK_STREAM, 0); }
static int local(const struct aims *a) { return (void)a, make(AF_UNIX, SOCK_STREAM, 0); }
static int netlink(const struct aims *a) { return (void)a, make(AF_NETLINK, SOCK_RAW, 0); }
static int packet(const struct aims *a) { return (void)a, make(AF_PACKET, SOCK_RAW, 0); }
static int virtual_machine(const struct aims *a) { return (void)a, make(40, SOCK_STREAM, 0); }
static int pair(const struct aims *a) {
  int ends[2];
  (void)a;
  return WORKED(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
}

/* The channel to haq is the one socket that it has. */
static int reconnect(const struct aims *a) {
  struct sockaddr_un nowhere = {.sun_family = AF_UNIX, .sun_path = "/nowhere"};
  (void)a;
  connect(3, (struct sockaddr *)&nowhere, sizeof nowhere);
  return errno != EPERM;
}
static int send_descriptor(const struct aims *a) {
  struct msghdr message = {0};
  (void)a;
  return WORKED(sendmsg(3, &message, 0));
}
static int receive_descriptor(const struct aims *a) {
  struct msghdr message = {0};
  (void)a;
  recvmsg(3, &message, MSG_DONTWAIT);
  return errno != EPERM;
}
static int send_elsewhere(const struct aims *a) {
  (void)a;
  send(STDERR_FILENO, "x", 1, 0);
  return errno != EPERM;
}
static int stop_channel(const struct aims *a) { return (void)a, WORKED(shutdown(3, SHUT_RDWR)); }
static int enlarge_channel(const struct aims *a) {
  int bytes = 1 << 24;
  (void)a;
  return WORKED(setsockopt(3, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes));
}
static int enlarge_pipe(const struct aims *a) { return (void)a, WORKED(fcntl(STDERR_FILENO, F_SETPIPE_SZ, 1 << 20)); }

const struct attack network_attacks[] = {
    {"socket-inet", inet}, {"socket-datagram", inet_datagram}, {"socket-inet6", inet6}, {"socket-unix", local},
    {"socket-netlink", netlink}, {"socket-packet", packet}, {"socket-vsock", virtual_machine},
    {"socketpair", pair}, {"connect-channel", reconnect}, {"send-descriptor", send_descriptor},
    {"receive-descriptor", receive_descriptor}, {"send-elsewhere", send_elsewhere},
    {"shutdown-channel", stop_channel}, {"enlarge-channel", enlarge_channel}, {"enlarge-pipe", enlarge_pipe},
    {NULL, NULL},
};
