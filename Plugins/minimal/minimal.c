/* The smallest plugin: a machine that does 10^13 products of single bits a second. */
#include "haq_plugin.h"

#include <stdio.h>
#include <stdlib.h>

struct haq_instance {
  const haq_setup *setup;
};

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out, haq_message *message) {
  (void)host;
  if (setup->parameter_count > 0) {
    snprintf(message->text, message->capacity, "%s is not a parameter; there are none", setup->parameters[0].key);
    return HAQ_ERROR_INVALID;
  }
  haq_instance *self = malloc(sizeof *self);
  if (!self) return HAQ_ERROR_RESOURCE;
  self->setup = setup;
  *out = self;
  return HAQ_OK;
}

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  (void)message;
  for (uint64_t i = 0; i < count; i++) {
    if (points[i].layer >= self->setup->layer_count) return HAQ_ERROR_INVALID;
    const haq_layer *layer = haq_layer_at(self->setup, points[i].layer);
    double products = haq_layer_macs(layer) * points[i].weight_bits * points[i].activation_bits;
    if (results->latency_s) results->latency_s[i] = products / 1e13;
    /* More than any cost may be (H-23): such a layer is not modelled. */
    results->status[i] = products / 1e13 <= 1e15 ? HAQ_POINT_OK : HAQ_POINT_UNSUPPORTED;
  }
  return HAQ_OK;
}

static void destroy(haq_instance *self) { free(self); }

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin plugin = {
      .struct_size = sizeof(haq_plugin), .abi_major = HAQ_ABI_MAJOR, .abi_minor = HAQ_ABI_MINOR,
      .provides = HAQ_LATENCY, .id = "example.minimal", .version = "1.0.0",
      .create = create, .evaluate = evaluate, .destroy = destroy};
  return &plugin;
}
