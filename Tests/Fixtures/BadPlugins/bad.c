/* A plugin that keeps every rule, compiled with -DFAULT_X to break exactly one: the fault of the check X of
 * `haq check`. Latency is that of a machine with 10^12 products of single bits a second; the one parameter is "scale". */
#include "haq_plugin.h"

#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct haq_instance {
  const haq_host *host;
  const haq_setup *setup;
  double scale;
  unsigned calls;
  int failed;
  pthread_t maker;
};

#include "bad_windows.h"

static const haq_setup *volatile latest;
static volatile double scratch;

static inline void sleep_ms(long ms) {
  const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  nanosleep(&time, NULL);
}

#ifdef FAULT_EXPORTS_ONLY_ENTRY
HAQ_EXPORT int bad_helper(void) { return 1; }
#endif

#ifdef FAULT_QUIET_LOAD
__attribute__((constructor)) static void banner(void) { puts("a banner"); }
#endif

#ifdef FAULT_THREADS_END
static void *linger(void *argument) { return sleep_ms(2000), argument; }
#endif

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out, haq_message *message) {
  double scale = 0;
  for (uint64_t i = 0; i < setup->parameter_count; i++) {
    const haq_parameter *p = &setup->parameters[i];
    if (strcmp(p->key, "scale") == 0) {
      scale = p->number;
      continue;
    }
#ifdef FAULT_UNKNOWN_PARAMETER
    /* Names the key, but with the wrong code. */
    snprintf(message->text, message->capacity, "%s is not a parameter; allowed: scale", p->key);
    return HAQ_ERROR_INTERNAL;
#elif defined FAULT_SHORT_MESSAGE
    sprintf(message->text, "%s is not a parameter; allowed: scale", p->key);
    return HAQ_ERROR_INVALID;
#else
    snprintf(message->text, message->capacity, "%s is not a parameter; allowed: scale", p->key);
    return HAQ_ERROR_INVALID;
#endif
  }
#ifdef FAULT_OLDER_HOST
  /* What would be the next field, if the host had one. */
  if (((volatile const uint64_t *)host)[sizeof *host / 8] == 42) scale = 0;
#endif
#ifdef FAULT_ZERO_DIMENSIONS
  if (setup->layers->out_height % setup->layers->stride_height == 77) scale = 0;
#endif
  if (refuses_without_a_word(setup)) return HAQ_ERROR_UNSUPPORTED;
#ifdef FAULT_PROCESS_UNCHANGED
  fesetround(FE_TOWARDZERO);
#endif
  haq_instance *self = calloc(1, sizeof *self);
  if (!self) return HAQ_ERROR_RESOURCE;
  self->host = host;
  self->setup = setup;
  self->scale = scale;
  self->maker = pthread_self();
  latest = setup;
#ifdef FAULT_THREADS_END
  pthread_t thread;
  static int once;
  if (!once++) pthread_create(&thread, NULL, linger, NULL);
#endif
  *out = self;
  return HAQ_OK;
}

static const haq_layer *layer_of(const haq_instance *self, uint32_t index) {
  (void)self;
#ifdef FAULT_NEWER_HOST
  /* Knows the shorter layers of 1.0, and takes all others for its own. */
  if (self->setup->layer_size > sizeof(haq_layer)) return &self->setup->layers[index];
  return haq_layer_at(self->setup, index);
#elif defined FAULT_TWO_INSTANCES
  return haq_layer_at(latest, index);
#else
  return haq_layer_at(self->setup, index);
#endif
}

/* One point of the checked network of six layers: its last layer at the widest pair, if its size is not what is tested. */
static inline int is_marked(const haq_point *point, double latency) {
  return latest->layer_count == 6 && point->layer == 5 && point->weight_bits == 8 && point->activation_bits == 8 && latency > 0 && latency < 1;
}

static double cost(haq_instance *self, const haq_point *point, uint64_t i, uint64_t count) {
  const haq_layer *layer = layer_of(self, point->layer);
  double products = haq_layer_macs(layer) * point->weight_bits * point->activation_bits;
  double latency = self->scale * products / 1e12;
  (void)i, (void)count;
#ifdef FAULT_REPEAT
  if (self->calls > 0 && count > 1) latency *= 2;
#endif
#ifdef FAULT_ORDER
  /* Warm when the layer before was another one; in order and alone that never matters. */
  if (i && point[-1].layer > point->layer) latency *= 1.5;
#endif
#ifdef FAULT_SPLIT
  if (count == 1 && self->setup->layer_count > 1) latency *= 1.5;
#endif
#ifdef FAULT_DUPLICATES
  if (i && memcmp(point, point - 1, sizeof *point) == 0) latency /= 2;
#endif
#ifdef FAULT_AFTER_ERROR
  if (self->failed) latency *= 2;
#endif
#ifdef FAULT_OTHER_THREAD
  if (!pthread_equal(pthread_self(), self->maker)) latency *= 2;
#endif
#ifdef FAULT_PARALLEL_INSTANCES
  scratch = latency;
  if (i < 1000) sched_yield();
  for (volatile int wait = 0; wait < 200; wait++) {}
  latency = scratch;
#endif
#ifdef FAULT_PARALLEL_EVALUATE
  /* One scratch cell per instance, in memory that only an instance's own threads share. */
  volatile double *mine = (volatile double *)&self->scale + 0;
  double scale = *mine;
  *mine = latency;
  if (i < 1000) sched_yield();
  for (volatile int wait = 0; wait < 200; wait++) {}
  latency = *mine;
  *mine = scale;
#endif
#ifdef FAULT_COLUMNS_FILLED
  if (is_marked(point, latency)) latency = 0.0 / 0.0;
#endif
#ifdef FAULT_CELLS_IN_RANGE
  if (is_marked(point, latency)) latency = 2e15;
#endif
#ifdef FAULT_WIDER_NOT_CHEAPER
  if (point->weight_bits == 8) latency /= 8;
#endif
  latency = with_window_fault(self->setup, layer, latency);
#ifdef FAULT_LARGER_BATCH_NOT_CHEAPER
  if (self->setup->layer_count > 1) latency /= (double)layer->batch * layer->batch;
#endif
#ifdef FAULT_REFERENCE_POINTS
  latency *= 1.1;
#endif
#ifdef FAULT_OUTPUT_WIDTHS
  latency *= 1 + point->output_bits / 64.0; /* not stated: no output */
#elif defined FAULT_OUTPUT_WIDTHS_32
  if (point->output_bits == 32) latency = -1;
#endif
  return latency;
}

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  (void)message;
#ifdef FAULT_MAX_POINTS_RESPECTED
  /* The table promises more. */
  if (count > 5000) return HAQ_ERROR_RESOURCE;
#endif
#ifdef FAULT_EMPTY_BATCH
  if (count == 0) return HAQ_ERROR_INVALID;
#endif
#ifdef FAULT_PRINTS_NOTHING
  printf("%d points\n", (int)count);
#endif
#ifdef FAULT_CANCELS
  if (self->host->cancelled(self->host)) sleep_ms(1200);
#endif
  for (uint64_t i = 0; i < count; i++) {
    if (points[i].layer >= self->setup->layer_count) {
      self->failed = 1;
#ifdef FAULT_LAYER_OUT_OF_RANGE
      results->status[i] = HAQ_POINT_UNSUPPORTED;
      continue;
#else
      snprintf(message->text, message->capacity, "there is no layer %u", points[i].layer);
      return HAQ_ERROR_INVALID;
#endif
    }
    const uint16_t w = points[i].weight_bits, a = points[i].activation_bits;
    double latency = cost(self, &points[i], i, count);
    int fits = latency <= 1e15;
#ifdef FAULT_HUGE_DIMENSIONS
    fits = 1;
#endif
    int known = w >= 1 && w <= 8 && a >= 1 && a <= 8;
#ifdef FAULT_OTHER_WIDTHS
    if (w == 33 && a == 8) abort();
#endif
#ifdef FAULT_RANDOM_POINTS
    if (points[i].output_bits) abort();
#endif
#ifdef FAULT_POINTS_COSTED
    known = known && self->setup->layer_count == 1;
#endif
    results->status[i] = known && fits == 1 ? HAQ_POINT_OK : known && fits == 0 && latency > 0
        ? HAQ_POINT_DOES_NOT_FIT : HAQ_POINT_UNSUPPORTED;
#if defined FAULT_COLUMNS_FILLED || defined FAULT_CELLS_IN_RANGE
    if (known && !(latency > 2e15)) results->status[i] = HAQ_POINT_OK;
#endif
#ifdef FAULT_STATUS_SET
    if (is_marked(&points[i], latency)) results->status[i] = 7;
#endif
#ifdef FAULT_WORK_COSTS
    if (known && fits && self->setup->layer_count > 1) latency = 0;
#endif
#ifndef FAULT_COLUMNS_WANTED
    if (results->latency_s)
#endif
      results->latency_s[i] = latency;
    if (results->weight_bytes) {
      const haq_layer *layer = layer_of(self, points[i].layer);
      double groups = layer->groups ? layer->groups : 1;
      double bits = (double)layer->out_channels * (layer->in_channels / groups) * layer->kernel_height *
                    layer->kernel_width * w;
#ifdef FAULT_WEIGHTS_TAKE_BYTES
      bits /= 2;
#endif
      results->weight_bytes[i] = bits / 8;
      if (!(bits / 8 <= 1e15)) results->status[i] = HAQ_POINT_UNSUPPORTED;
    }
  }
  self->calls++;
#ifdef FAULT_COLUMNS_BOUNDED
  if (results->latency_s) results->latency_s[count] = 0;
#endif
#ifdef FAULT_HUGE_DIMENSIONS
  for (uint64_t i = 0; i < count; i++) results->status[i] = results->latency_s ? HAQ_POINT_OK : results->status[i];
#endif
  return HAQ_OK;
}

#include "bad_extensions.h"

static void destroy(haq_instance *self) {
#ifndef FAULT_CREATE_DESTROY_1000
  free(self);
#else
  (void)self;
#endif
}

static const void *extension(const char *id) {
#ifdef FAULT_UNKNOWN_EXTENSION
  static const uint64_t thing[8];
  if (strncmp(id, "haq.unknown", 11) == 0) return thing;
#endif
  static const haq_breakdown parts = {sizeof parts, 0, evaluate_breakdown};
  static const haq_components named = {sizeof named, 0, list_components, evaluate_components};
  static const haq_resources taken = {sizeof taken, 0, list_resources};
  if (strcmp(id, HAQ_EXTENSION_BREAKDOWN) == 0) return &parts;
  if (strcmp(id, HAQ_EXTENSION_COMPONENTS) == 0) return &named;
  return strcmp(id, HAQ_EXTENSION_RESOURCES) == 0 ? &taken : NULL;
}

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  (void)scratch;
#ifdef FAULT_LOADS
#define MAJOR 9
#else
#define MAJOR HAQ_ABI_MAJOR
#endif
#ifdef FAULT_PARALLEL_EVALUATE
#define FLAGS HAQ_REENTRANT
#elif defined FAULT_OUTPUT_WIDTHS || defined FAULT_OUTPUT_WIDTHS_32
#define FLAGS HAQ_USES_OUTPUT_BITS
#elif defined FAULT_FORMATS /* takes every code for an integer */
#define FLAGS HAQ_USES_FORMATS
#else
#define FLAGS 0
#endif
  static haq_plugin table = {
      .struct_size = sizeof table, .flags = FLAGS, .abi_major = MAJOR, .abi_minor = HAQ_ABI_MINOR,
      .provides = HAQ_LATENCY | HAQ_WEIGHT_BYTES, .id = "test.bad", .version = "1.0.0",
      .create = create, .evaluate = evaluate, .destroy = destroy, .extension = extension};
#if defined FAULT_ENTRY_CONSTANT
  static int calls;
  if (calls++) table.version = "1.0.1";
#endif
#ifdef FAULT_ENTRY_FAST
  sleep_ms(30);
#endif
  return &table;
}
