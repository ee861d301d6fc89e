/* A plugin with costs of networks as a whole, right or wrong as its defines say: a layer takes as many seconds as it
 * has bits of weights, a network as many as its widest layer. */
#include "haq_plugin.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef NETWORK_CELL /* may use widest, outputs (the bits of all outputs, added), p */
#define NETWORK_CELL widest
#endif
#ifndef NETWORK_STATUS
#define NETWORK_STATUS HAQ_POINT_OK
#endif
#ifndef NETWORK_ANSWERED /* how many policies are answered */
#define NETWORK_ANSWERED policy_count
#endif
#ifndef NETWORK_CODE
#define NETWORK_CODE HAQ_OK
#endif
#ifndef NETWORK_SIZE
#define NETWORK_SIZE sizeof(haq_network)
#endif
#ifndef NETWORK_EVALUATE
#define NETWORK_EVALUATE evaluate_network
#endif
#ifndef NETWORK_FLAGS
#define NETWORK_FLAGS 0
#endif
#ifndef NETWORK_ID
#define NETWORK_ID HAQ_EXTENSION_NETWORK
#endif

struct haq_instance {
  const haq_setup *setup;
};

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out, haq_message *message) {
  (void)host, (void)message;
  *out = malloc(sizeof **out);
  (*out)->setup = setup;
  return HAQ_OK;
}

static void destroy(haq_instance *self) { free(self); }

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  (void)self, (void)message;
  for (uint64_t i = 0; i < count; i++) {
    results->status[i] = HAQ_POINT_OK;
    if (results->latency_s) results->latency_s[i] = points[i].weight_bits;
  }
  return HAQ_OK;
}

static int32_t evaluate_network(haq_instance *self, const haq_point *points, uint64_t policy_count,
                                const haq_results *results, haq_message *message) {
  (void)policy_count;
  const uint32_t layers = self->setup->layer_count;
  for (uint64_t p = 0; p < NETWORK_ANSWERED; p++) {
    double widest = 0, outputs = 0;
    for (uint32_t l = 0; l < layers; l++) {
      const haq_point *point = &points[p * layers + l];
      if (point->layer != l) return HAQ_ERROR_INVALID;
      if (point->weight_bits > widest) widest = point->weight_bits;
      outputs += point->output_bits;
    }
    (void)outputs;
    results->status[p] = NETWORK_STATUS;
    results->latency_s[p] = NETWORK_CELL;
  }
  const int32_t code = NETWORK_CODE;
  if (code != HAQ_OK) snprintf(message->text, message->capacity, "the network gave up");
  return code;
}

/* Keeps a function that the struct leaves out from being reported as unused. */
const void *fixture_network(void) { return (const void *)&evaluate_network; }

static const void *extension(const char *id) {
  static const haq_network network = {.struct_size = NETWORK_SIZE, .evaluate = NETWORK_EVALUATE};
  return strcmp(id, NETWORK_ID) == 0 ? &network : NULL;
}

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin plugin = {.struct_size = sizeof plugin,
                                    .flags = NETWORK_FLAGS,
                                    .abi_major = HAQ_ABI_MAJOR,
                                    .abi_minor = HAQ_ABI_MINOR,
                                    .provides = HAQ_LATENCY,
                                    .id = "test.network",
                                    .version = "1",
                                    .create = create,
                                    .evaluate = evaluate,
                                    .destroy = destroy,
                                    .extension = extension};
  return &plugin;
}
