#include "attack.h"

#include <mqueue.h>
#include <pthread.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

/* Takes memory of kinds that no limit counts, leaves it behind, or makes code of it. */

static int share_segment(const struct aims *a) {
  (void)a;
  int segment = shmget(IPC_PRIVATE, 1 << 20, IPC_CREAT | 0600);
  if (segment >= 0) shmctl(segment, IPC_RMID, NULL);
  return segment >= 0;
}
static int semaphores(const struct aims *a) {
  (void)a;
  int set = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
  if (set >= 0) semctl(set, 0, IPC_RMID);
  return set >= 0;
}
static int messages(const struct aims *a) {
  (void)a;
  int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
  if (queue >= 0) msgctl(queue, IPC_RMID, NULL);
  return queue >= 0;
}
static int named_queue(const struct aims *a) {
  (void)a;
  mqd_t queue = mq_open("/haq-attack", O_RDWR | O_CREAT, 0600, NULL);
  if (queue >= 0) mq_unlink("/haq-attack");
  return queue >= 0;
}
static int add_key(const struct aims *a) {
  (void)a;
  return WORKED(syscall(SYS_add_key, "user", "haq-attack", "x", 1, -3)); /* of the session */
}
static int search_key(const struct aims *a) { return (void)a, WORKED(syscall(SYS_keyctl, 0, -3, 0)); }
static int memory_file(const struct aims *a) { return (void)a, WORKED(memfd_create("haq-attack", 0)); }
static int secret_file(const struct aims *a) { return (void)a, WORKED(syscall(447, 0)); }
static int posix_segment(const struct aims *a) {
  (void)a;
  int segment = shm_open("/haq-attack", O_RDWR | O_CREAT, 0600);
  if (segment >= 0) shm_unlink("/haq-attack");
  return segment >= 0;
}
static int pipe_pages(const struct aims *a) {
  int ends[2];
  (void)a;
  return WORKED(pipe(ends));
}
static int lock_memory(const struct aims *a) {
  static char page[4096];
  (void)a;
  return WORKED(mlock(page, sizeof page));
}
static int address_space(const struct aims *a) {
  (void)a;
  return mmap(NULL, UINT64_C(8) << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) !=
         MAP_FAILED;
}

static int code_anywhere(const struct aims *a) {
  (void)a;
  return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}
static int code_later(const struct aims *a) {
  (void)a;
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page == MAP_FAILED || WORKED(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}
static int code_of_file(const struct aims *a) {
  int file = open(in_base(a, "code.so"), O_RDONLY);
  return file < 0 || mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) != MAP_FAILED;
}
static int code_with_key(const struct aims *a) {
  (void)a;
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page == MAP_FAILED || WORKED(syscall(SYS_pkey_mprotect, page, 4096, PROT_READ | PROT_EXEC, -1));
}

static int watch_faults(const struct aims *a) { return (void)a, WORKED(syscall(SYS_userfaultfd, O_CLOEXEC | 1)); }

static void *nothing(void *argument) {
  sleep(2);
  return argument;
}

/* More threads than twice the larger of 256 and four for each processor. */
static int threads(const struct aims *a) {
  const long most = sysconf(_SC_NPROCESSORS_ONLN) > 64 ? 8 * sysconf(_SC_NPROCESSORS_ONLN) : 512;
  pthread_attr_t small;
  pthread_t thread;
  long count = 0;
  (void)a;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 32768);
  while (count <= most && pthread_create(&thread, &small, nothing, NULL) == 0) count++;
  return count > most;
}

const struct attack memory_attacks[] = {
    {"shmget", share_segment}, {"semget", semaphores}, {"msgget", messages}, {"mq-open", named_queue},
    {"add-key", add_key}, {"keyctl", search_key}, {"memfd", memory_file}, {"memfd-secret", secret_file},
    {"shm-open", posix_segment}, {"pipe", pipe_pages}, {"mlock", lock_memory}, {"address-space", address_space},
    {"code-anywhere", code_anywhere}, {"code-later", code_later}, {"code-of-file", code_of_file},
    {"code-with-key", code_with_key}, {"userfaultfd", watch_faults}, {"threads", threads}, {NULL, NULL},
};
