/* A plugin that tests compile with -D to give it one property or one fault each. As it stands, it is
 * well-behaved: latency 1 s per point, and log lines at create and destroy. */
#include "haq_plugin.h"

#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef FIXTURE_SIZE
#define FIXTURE_SIZE sizeof(haq_plugin)
#endif
#ifndef FIXTURE_MAJOR
#define FIXTURE_MAJOR HAQ_ABI_MAJOR
#endif
#ifndef FIXTURE_MINOR
#define FIXTURE_MINOR HAQ_ABI_MINOR
#endif
#ifndef FIXTURE_FLAGS
#define FIXTURE_FLAGS 0
#endif
#ifndef FIXTURE_FEATURES
#define FIXTURE_FEATURES 0
#endif
#ifndef FIXTURE_MAX_POINTS
#define FIXTURE_MAX_POINTS 0
#endif
#ifndef FIXTURE_ID
#define FIXTURE_ID "test.fixture"
#endif
#ifndef FIXTURE_CREATE
#define FIXTURE_CREATE create
#endif
#ifndef FIXTURE_EVALUATE
#define FIXTURE_EVALUATE evaluate
#endif
#ifndef FIXTURE_DESTROY
#define FIXTURE_DESTROY destroy
#endif
#ifndef FIXTURE_CREATE_CODE /* what create returns; may use setup */
#define FIXTURE_CREATE_CODE HAQ_OK
#endif
#ifndef FIXTURE_CODE /* what evaluate returns; may use host */
#define FIXTURE_CODE HAQ_OK
#endif
#ifndef FIXTURE_WRITTEN /* how many points evaluate fills */
#define FIXTURE_WRITTEN count
#endif
#ifndef FIXTURE_CELL /* may use layer, i, count, points */
#define FIXTURE_CELL 1.0
#endif
#ifndef FIXTURE_STATUS /* may use i */
#define FIXTURE_STATUS HAQ_POINT_OK
#endif
#ifndef FIXTURE_LINES /* extra log lines at create */
#define FIXTURE_LINES 0
#endif

#ifndef FIXTURE_IN_DESTROY /* what destroy also does */
#define FIXTURE_IN_DESTROY
#endif

#ifdef FIXTURE_CONSTRUCTOR /* what happens before the entry is called */
__attribute__((constructor)) static void constructor(void) { FIXTURE_CONSTRUCTOR; }
#endif

extern char **environ;

/* Code for FIXTURE_CELL: all the memory there is, and then more. */
static inline double leak(void) {
  char *part;
  while ((part = malloc(1 << 20))) memset(part, 1, 1 << 20);
  return *(volatile char *)part;
}

static inline double deep(volatile char *from) {
  volatile char frame[4096];
  frame[0] = *from;
  return *from > 1 ? 0 : deep(frame) + frame[0];
}

static inline void *nothing(void *argument) { return argument; }

/* Whether a thread can be made. */
static inline int threads(void) {
  pthread_t thread;
  return pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

/* How many descriptors are open. */
static inline int descriptors(void) {
  int open = 0;
  for (int i = 0; i < 64; i++) open += fcntl(i, F_GETFD) >= 0;
  return open;
}

struct haq_instance {
  const haq_host *host;
  const haq_setup *setup;
};

/* target|folder|key=value;... of a setup */
static void describe(const haq_setup *setup, haq_message *message) {
  size_t used = 0, left = message->capacity;
  used += (size_t)snprintf(message->text, left, "%s|%s|", setup->target_id, setup->base_directory);
  for (uint64_t i = 0; i < setup->parameter_count && used < left; i++) {
    const haq_parameter *p = &setup->parameters[i];
    if (p->text) used += (size_t)snprintf(message->text + used, left - used, "%s=%s;", p->key, p->text);
    else used += (size_t)snprintf(message->text + used, left - used, "%s=%g;", p->key, p->number);
  }
#ifdef FIXTURE_ENDLESS_MESSAGE
  memset(message->text, 'x', message->capacity);
#endif
}

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out,
                      haq_message *message) {
  int32_t code = FIXTURE_CREATE_CODE;
  if (code != HAQ_OK) {
    describe(setup, message);
    return code;
  }
  host->log(host, HAQ_LOG_INFO, "create");
  for (int i = 0; i < FIXTURE_LINES; i++) host->log(host, HAQ_LOG_INFO, "line");
  haq_instance *self = malloc(sizeof *self);
  if (!self) return HAQ_ERROR_RESOURCE;
  self->host = host;
  self->setup = setup;
#ifdef FIXTURE_NO_INSTANCE
  free(self);
  self = NULL;
#endif
  *out = self;
  return HAQ_OK;
}

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  const haq_host *host = self->host;
  (void)host, (void)count;
  for (uint64_t i = 0; i < FIXTURE_WRITTEN; i++) {
    const haq_layer *layer = haq_layer_at(self->setup, points[i].layer);
    (void)layer;
    results->latency_s[i] = FIXTURE_CELL;
#ifndef FIXTURE_UNSET_STATUS
    results->status[i] = FIXTURE_STATUS;
#endif
  }
  int32_t code = FIXTURE_CODE;
  if (code != HAQ_OK) snprintf(message->text, message->capacity, "evaluate gave up");
  return code;
}

static void destroy(haq_instance *self) {
  FIXTURE_IN_DESTROY;
  self->host->log(self->host, HAQ_LOG_INFO, "destroy");
  free(self);
}

#ifdef FIXTURE_BOUND /* offers haq.breakdown/1; may use i, count */
#ifndef FIXTURE_BREAKDOWN_CELL
#define FIXTURE_BREAKDOWN_CELL 3.0
#endif
#ifndef FIXTURE_BREAKDOWN_SIZE
#define FIXTURE_BREAKDOWN_SIZE sizeof(haq_breakdown)
#endif
static int32_t break_down(haq_instance *self, const haq_point *points, uint64_t count,
                          const haq_breakdown_results *results, haq_message *message) {
  (void)self, (void)points, (void)message;
  for (uint64_t i = 0; i < count; i++) {
    results->compute_s[i] = 1;
    results->weight_traffic_s[i] = 2;
    results->activation_traffic_s[i] = FIXTURE_BREAKDOWN_CELL;
    results->bound[i] = FIXTURE_BOUND;
  }
  return HAQ_OK;
}

static const void *extension(const char *id) {
  static const haq_breakdown breakdown = {.struct_size = FIXTURE_BREAKDOWN_SIZE, .evaluate = break_down};
  return strcmp(id, HAQ_EXTENSION_BREAKDOWN) == 0 ? &breakdown : NULL;
}
#define FIXTURE_EXTENSION extension
#else
#define FIXTURE_EXTENSION NULL
#endif

/* What a later minor version might look like: the table of 1.0 and then more. */
typedef struct {
  haq_plugin known;
  uint64_t later[4];
} larger_table;

/* Keeps a function that the table leaves out from being reported as unused. */
const void *fixture_functions(int which) {
  return which == 0 ? (const void *)&create : which == 1 ? (const void *)&evaluate : (const void *)&destroy;
}

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
#ifdef FIXTURE_NO_TABLE
  return NULL;
#endif
  static const larger_table table = {
      .known = {.struct_size = FIXTURE_SIZE, .flags = FIXTURE_FLAGS, .abi_major = FIXTURE_MAJOR, .abi_minor = FIXTURE_MINOR,
                .required_features = FIXTURE_FEATURES, .provides = HAQ_LATENCY,
                .max_points = FIXTURE_MAX_POINTS, .id = FIXTURE_ID, .version = "1.2.3",
                .create = FIXTURE_CREATE, .evaluate = FIXTURE_EVALUATE, .destroy = FIXTURE_DESTROY,
                .extension = FIXTURE_EXTENSION},
      .later = {~0ull, ~0ull, ~0ull, ~0ull}};
  return &table.known;
}
