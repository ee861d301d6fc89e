/* A plugin as it was written for ABI 1.1, with the header of that version beside it. Neither ever changes: every
 * program that speaks ABI 1 must load what this compiles to. */
#include "haq_plugin.h"

#include <stdlib.h>

struct haq_instance {
  const haq_setup *setup;
};

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out, haq_message *message) {
  (void)message;
  if (host->abi_major != 1 || host->struct_size < sizeof *host || setup->struct_size < sizeof *setup) {
    return HAQ_ERROR_INTERNAL;
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
  if (results->struct_size < sizeof *results) return HAQ_ERROR_INTERNAL;
  for (uint64_t i = 0; i < count; i++) {
    if (points[i].layer >= self->setup->layer_count) return HAQ_ERROR_INVALID;
    const haq_layer *layer = haq_layer_at(self->setup, points[i].layer);
    if (!HAQ_HAS_WINDOW(self->setup)) return HAQ_ERROR_INTERNAL;
    double digits = layer->dilation_height * 1e5 + layer->dilation_width * 1e4 + layer->padding_top * 1e3 +
                    layer->padding_left * 1e2 + layer->padding_bottom * 1e1 + layer->padding_right;
    if (results->latency_s) results->latency_s[i] = digits;
    if (results->energy_j) results->energy_j[i] = haq_batch_of(self->setup) * 1e3 + layer->batch;
    results->status[i] = HAQ_POINT_OK;
  }
  return HAQ_OK;
}

static void destroy(haq_instance *self) { free(self); }

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin plugin = {
      .struct_size = sizeof(haq_plugin), .abi_major = HAQ_ABI_MAJOR, .abi_minor = HAQ_ABI_MINOR,
      .provides = HAQ_LATENCY | HAQ_ENERGY, .id = "abi.one.one", .version = "1.0.0",
      .create = create, .evaluate = evaluate, .destroy = destroy};
  return &plugin;
}
