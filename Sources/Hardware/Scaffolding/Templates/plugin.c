/* The smallest honest plugin: a layer takes as long as its products of single bits, at a fixed number a second. */
#include "haq_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct haq_instance {
  const haq_setup *setup;
  double bit_products_per_s;
};

static int32_t fail(haq_message *message, const char *sentence) {
  snprintf(message->text, message->capacity, "%s", sentence);
  return HAQ_ERROR_INVALID;
}

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out, haq_message *message) {
  (void)host;
  double rate = 0;
  for (uint64_t i = 0; i < setup->parameter_count; i++) {
    const haq_parameter *parameter = &setup->parameters[i];
    if (strcmp(parameter->key, "bit_products_per_s") != 0) {
      snprintf(message->text, message->capacity, "%s is not a parameter; there is bit_products_per_s", parameter->key);
      return HAQ_ERROR_INVALID;
    }
    rate = parameter->number;
  }
  if (!(rate > 0)) return fail(message, "the parameter bit_products_per_s must be a number > 0");
  haq_instance *self = malloc(sizeof *self);
  if (!self) return HAQ_ERROR_RESOURCE;
  *self = (haq_instance){setup, rate};
  *out = self;
  return HAQ_OK;
}

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count, const haq_results *results,
                        haq_message *message) {
  for (uint64_t i = 0; i < count; i++) {
    if (points[i].layer >= self->setup->layer_count) return fail(message, "a point is about no layer");
    const haq_layer *layer = haq_layer_at(self->setup, points[i].layer);
    double bit_products = haq_layer_macs(layer) * points[i].weight_bits * points[i].activation_bits;
    double latency_s = bit_products / self->bit_products_per_s;
    if (results->latency_s) results->latency_s[i] = latency_s;
    /* More than any cost may be (H-23): such a layer is not modelled. */
    results->status[i] = latency_s <= 1e15 ? HAQ_POINT_OK : HAQ_POINT_UNSUPPORTED;
  }
  return HAQ_OK;
}

static void destroy(haq_instance *self) { free(self); }

HAQ_EXPORT const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin plugin = {
      .struct_size = sizeof(haq_plugin), .flags = HAQ_REENTRANT, .abi_major = HAQ_ABI_MAJOR,
      .abi_minor = HAQ_ABI_MINOR, .provides = HAQ_LATENCY, .id = "example.minimal", .version = "1.0.0",
      .create = create, .evaluate = evaluate, .destroy = destroy};
  return &plugin;
}
