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

/* Off-chip bytes: each beat moves a full stream width. */
static double streamed_bytes(const bismo_parameters *parameters, const bismo_cycles *cycles) {
  return ((double)cycles->weight_stream * parameters->weights.stream_bits_per_cycle +
          (double)cycles->activation_stream * parameters->activations.stream_bits_per_cycle) / 8;
}

static uint32_t cost_point(const haq_instance *self, const haq_point *point, bismo_cycles *cycles) {
  if (point->weight_bits < 1 || point->weight_bits > 32) return HAQ_POINT_UNSUPPORTED;
  if (point->activation_bits < 1 || point->activation_bits > 32) return HAQ_POINT_UNSUPPORTED;
  uint32_t status = bismo_layer_cycles(&self->layers[point->layer], &self->parameters,
                                       point->weight_bits, point->activation_bits, cycles);
  if (status != HAQ_POINT_OK) return status;
  return streamed_bytes(&self->parameters, cycles) > BISMO_LARGEST ? HAQ_POINT_UNSUPPORTED : status;
}

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  if (support_check_layers(points, count, self->layer_count, message) != HAQ_OK)
    return HAQ_ERROR_INVALID;
  for (uint64_t i = 0; i < count; i++) {
    bismo_cycles cycles;
    results->status[i] = cost_point(self, &points[i], &cycles);
    if (results->status[i] != HAQ_POINT_OK) continue;
    const uint64_t total =
        cycles.row_order < cycles.column_order ? cycles.row_order : cycles.column_order;
    if (results->latency_s) results->latency_s[i] = (double)total / self->parameters.clock_hz;
    if (results->weight_bytes)
      results->weight_bytes[i] =
          ceil(self->layers[points[i].layer].weight_count * points[i].weight_bits / 8);
    if (results->traffic_bytes)
      results->traffic_bytes[i] = streamed_bytes(&self->parameters, &cycles);
  }
  return HAQ_OK;
}

/* The longest of the three; when equal, the first in the order compute, activations, weights. */
static uint32_t bound_of(const bismo_cycles *cycles) {
  const uint64_t traffic = cycles->weight_stream > cycles->activation_stream
                               ? cycles->weight_stream : cycles->activation_stream;
  if (cycles->compute >= traffic) return HAQ_BOUND_COMPUTE;
  return cycles->activation_stream == traffic ? HAQ_BOUND_ACTIVATION_TRAFFIC : HAQ_BOUND_WEIGHT_TRAFFIC;
}

static int32_t break_down(haq_instance *self, const haq_point *points, uint64_t count,
                          const haq_breakdown_results *results, haq_message *message) {
  if (support_check_layers(points, count, self->layer_count, message) != HAQ_OK)
    return HAQ_ERROR_INVALID;
  const double clock_hz = self->parameters.clock_hz;
  for (uint64_t i = 0; i < count; i++) {
    bismo_cycles cycles;
    if (cost_point(self, &points[i], &cycles) != HAQ_POINT_OK)
      return support_fail(message, HAQ_ERROR_INVALID, "point %llu cannot be costed, so not broken down",
                        (unsigned long long)i);
    results->compute_s[i] = (double)cycles.compute / clock_hz;
    results->weight_traffic_s[i] = (double)cycles.weight_stream / clock_hz;
    results->activation_traffic_s[i] = (double)cycles.activation_stream / clock_hz;
    results->bound[i] = bound_of(&cycles);
  }
  return HAQ_OK;
}

static const void *extension(const char *id) {
  static const haq_breakdown breakdown = {.struct_size = sizeof breakdown, .evaluate = break_down};
  return strcmp(id, HAQ_EXTENSION_BREAKDOWN) == 0 ? &breakdown : NULL;
}

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin plugin = {.struct_size = sizeof plugin,
                                    .flags = HAQ_REENTRANT,
                                    .abi_major = HAQ_ABI_MAJOR,
                                    .abi_minor = HAQ_ABI_MINOR,
                                    .provides = HAQ_LATENCY | HAQ_WEIGHT_BYTES | HAQ_TRAFFIC_BYTES,
                                    .id = "haq.bismo",
                                    .version = "1.0.0",
                                    .create = create,
                                    .evaluate = evaluate,
                                    .destroy = destroy,
                                    .extension = extension};
  return &plugin;
}
