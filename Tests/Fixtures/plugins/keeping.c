/* A plugin that watches its host: whether the setup stays as it was until destroy (H-13), whether calls of one instance
 * overlap (H-16), and whether host services can be called from a thread of its own. It logs what it finds. */
#include "haq_plugin.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct haq_instance {
  const haq_host *host;
  const haq_setup *setup;
  uint64_t hash;
  atomic_int inside;
};

static uint64_t mixed(uint64_t hash, const void *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
  return hash;
}

/* Of everything that the setup is and points to, as FNV-1a. */
static uint64_t hash_of(const haq_setup *setup) {
  uint64_t hash = mixed(0xcbf29ce484222325u, setup, setup->struct_size);
  hash = mixed(hash, setup->target_id, strlen(setup->target_id));
  hash = mixed(hash, setup->base_directory, strlen(setup->base_directory));
  for (uint64_t i = 0; i < setup->parameter_count; i++) {
    const haq_parameter *parameter = &setup->parameters[i];
    hash = mixed(hash, parameter, sizeof *parameter);
    hash = mixed(hash, parameter->key, strlen(parameter->key));
    if (parameter->text) hash = mixed(hash, parameter->text, strlen(parameter->text));
  }
  for (uint32_t i = 0; i < setup->layer_count; i++) {
    const haq_layer *layer = haq_layer_at(setup, i);
    hash = mixed(hash, layer, setup->layer_size);
    hash = mixed(hash, layer->name, strlen(layer->name));
  }
  return hash;
}

static void *log_elsewhere(void *argument) {
  const haq_host *host = argument;
  if (!host->cancelled(host) && !host->extension(host, "haq.unknown/1")) {
    host->log(host, HAQ_LOG_INFO, "services answer on another thread");
  }
  return NULL;
}

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out, haq_message *message) {
  (void)message;
  haq_instance *self = calloc(1, sizeof *self);
  if (!self) return HAQ_ERROR_RESOURCE;
  self->host = host;
  self->setup = setup;
  self->hash = hash_of(setup);
  *out = self;
  return HAQ_OK;
}

/* The latency of a point is its layer plus 1. */
static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count, const haq_results *results,
                        haq_message *message) {
  (void)message;
  if (atomic_fetch_add(&self->inside, 1) > 0) self->host->log(self->host, HAQ_LOG_ERROR, "calls overlap");
  /* Long enough for another call to come. */
  nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
  pthread_t thread;
  if (pthread_create(&thread, NULL, log_elsewhere, (void *)self->host) == 0) pthread_join(thread, NULL);
  if (hash_of(self->setup) != self->hash) self->host->log(self->host, HAQ_LOG_ERROR, "the setup has changed");
  for (uint64_t i = 0; i < count; i++) {
    if (results->latency_s) results->latency_s[i] = points[i].layer + 1.0;
    results->status[i] = HAQ_POINT_OK;
  }
  atomic_fetch_sub(&self->inside, 1);
  return HAQ_OK;
}

static void destroy(haq_instance *self) {
  const haq_host *host = self->host;
  host->log(host, HAQ_LOG_INFO,
            hash_of(self->setup) == self->hash ? "destroyed with its setup" : "the setup has changed");
  free(self);
}

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin plugin = {
      .struct_size = sizeof(haq_plugin), .abi_major = HAQ_ABI_MAJOR, .abi_minor = HAQ_ABI_MINOR,
      .provides = HAQ_LATENCY, .max_points = 1, .id = "test.keeping", .version = "1.0.0",
      .create = create, .evaluate = evaluate, .destroy = destroy};
  return &plugin;
}
