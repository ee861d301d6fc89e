/* The plugin table: cycles of each layer as seconds and bytes. */
#include "bismo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct haq_instance {
  bismo_parameters parameters;
  uint32_t layer_count;
  bismo_layer layers[];
};

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out,
                      haq_message *message) {
  (void)host;
  haq_instance *self = calloc(1, sizeof *self + setup->layer_count * sizeof self->layers[0]);
  if (!self) return support_fail(message, HAQ_ERROR_RESOURCE, "out of memory");
  int32_t code = bismo_read_parameters(setup, &self->parameters, message);
  self->layer_count = setup->layer_count;
  for (uint32_t i = 0; i < setup->layer_count && code == HAQ_OK; i++)
    code = bismo_map_layer(haq_layer_at(setup, i), &self->parameters, &self->layers[i], message);
  if (code != HAQ_OK) {
    free(self);
    return code;
  }
  *out = self;
  return HAQ_OK;
}

static void destroy(haq_instance *self) { free(self); }

static uint32_t cost_point(const haq_instance *self, const haq_point *point, bismo_cost *cost) {
  if (point->weight_bits < 1 || point->weight_bits > 32) return HAQ_POINT_UNSUPPORTED;
  if (point->activation_bits < 1 || point->activation_bits > 32) return HAQ_POINT_UNSUPPORTED;
  const bismo_layer *layer = &self->layers[point->layer];
  return self->parameters.is_overlay
             ? bismo_overlay_cost(layer, &self->parameters, point->weight_bits, point->activation_bits, cost)
             : bismo_stream_cost(layer, &self->parameters, point->weight_bits, point->activation_bits, cost);
}

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  if (support_check_layers(points, count, self->layer_count, message) != HAQ_OK)
    return HAQ_ERROR_INVALID;
  for (uint64_t i = 0; i < count; i++) {
    bismo_cost cost;
    results->status[i] = cost_point(self, &points[i], &cost);
    if (results->status[i] != HAQ_POINT_OK) continue;
    if (results->latency_s) results->latency_s[i] = (double)cost.total / self->parameters.clock_hz;
    if (results->weight_bytes)
      results->weight_bytes[i] =
          ceil(self->layers[points[i].layer].weight_count * points[i].weight_bits / 8);
    if (results->traffic_bytes) results->traffic_bytes[i] = cost.traffic_bytes;
  }
  return HAQ_OK;
}

static int32_t break_down(haq_instance *self, const haq_point *points, uint64_t count,
                          const haq_breakdown_results *results, haq_message *message) {
  if (support_check_layers(points, count, self->layer_count, message) != HAQ_OK)
    return HAQ_ERROR_INVALID;
  const double clock_hz = self->parameters.clock_hz;
  for (uint64_t i = 0; i < count; i++) {
    bismo_cost cost;
    if (cost_point(self, &points[i], &cost) != HAQ_POINT_OK)
      return support_fail(message, HAQ_ERROR_INVALID, "point %llu cannot be costed, so not broken down",
                        (unsigned long long)i);
    results->compute_s[i] = (double)cost.compute / clock_hz;
    results->weight_traffic_s[i] = (double)cost.weight_traffic / clock_hz;
    results->activation_traffic_s[i] = (double)cost.activation_traffic / clock_hz;
    results->bound[i] = cost.bound;
  }
  return HAQ_OK;
}

static const haq_resource *list_resources(haq_instance *self, uint64_t *count) {
  *count = self->parameters.resource_count;
  return self->parameters.resources;
}

static const void *extension(const char *id) {
  static const haq_breakdown breakdown = {.struct_size = sizeof breakdown, .evaluate = break_down};
  static const haq_resources resources = {.struct_size = sizeof resources, .list = list_resources};
  if (strcmp(id, HAQ_EXTENSION_BREAKDOWN) == 0) return &breakdown;
  return strcmp(id, HAQ_EXTENSION_RESOURCES) == 0 ? &resources : NULL;
}

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin plugin = {.struct_size = sizeof plugin,
                                    .flags = HAQ_REENTRANT,
                                    .abi_major = HAQ_ABI_MAJOR,
                                    .abi_minor = HAQ_ABI_MINOR,
                                    .provides = HAQ_LATENCY | HAQ_WEIGHT_BYTES | HAQ_TRAFFIC_BYTES,
                                    .id = "haq.bismo",
                                    .version = "1.1.0",
                                    .create = create,
                                    .evaluate = evaluate,
                                    .destroy = destroy,
                                    .extension = extension};
  return &plugin;
}
