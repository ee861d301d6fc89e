/* The plugin table of the roofline model. */
#include "roofline.h"

#include <stdlib.h>
#include <string.h>

struct haq_instance {
  const haq_setup *setup;
  roofline_parameters parameters;
  roofline_layer layers[];
};

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out,
                      haq_message *message) {
  (void)host;
  haq_instance *self = calloc(1, sizeof *self + setup->layer_count * sizeof self->layers[0]);
  if (!self) return support_fail(message, HAQ_ERROR_RESOURCE, "out of memory");
  self->setup = setup;
  int32_t code = roofline_read_parameters(setup, &self->parameters, message);
  for (uint32_t i = 0; i < setup->layer_count && code == HAQ_OK; i++)
    code = roofline_map_layer(haq_layer_at(setup, i), &self->layers[i], message);
  if (code != HAQ_OK) {
    free(self);
    return code;
  }
  *out = self;
  return HAQ_OK;
}

static void destroy(haq_instance *self) { free(self); }

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  if (support_check_layers(points, count, self->setup->layer_count, message) != HAQ_OK)
    return HAQ_ERROR_INVALID;
  if (results->energy_j && !self->parameters.has_energy)
    return support_fail(message, HAQ_ERROR_INVALID,
                        "the spec states energy in capabilities.metrics, but its parameters lack "
                        "\"energy.j_per_byte\" and \"energy.j_per_operation\"");
  for (uint64_t i = 0; i < count; i++) {
    roofline_cost cost;
    results->status[i] =
        roofline_cost_of(&self->parameters, &self->layers[points[i].layer], &points[i], &cost);
    if (results->status[i] != HAQ_POINT_OK) continue;
    if (results->latency_s) results->latency_s[i] = self->parameters.overhead_s + cost.work_s;
    if (results->energy_j) results->energy_j[i] = cost.operations_j + cost.traffic_j;
    if (results->weight_bytes)
      results->weight_bytes[i] =
          roofline_weight_bytes(haq_layer_at(self->setup, points[i].layer), &points[i]);
    if (results->traffic_bytes)
      results->traffic_bytes[i] = cost.weight_bytes + cost.input_bytes + cost.output_bytes;
  }
  return HAQ_OK;
}

/* What the extensions say about a point, which evaluate has costed. */
static int32_t cost_of(const haq_instance *self, const haq_point *points, uint64_t i,
                       roofline_cost *cost, haq_message *message) {
  const roofline_layer *layer = &self->layers[points[i].layer];
  if (roofline_cost_of(&self->parameters, layer, &points[i], cost) == HAQ_POINT_OK) return HAQ_OK;
  return support_fail(message, HAQ_ERROR_INVALID, "point %llu has no cost, so nothing more is known of it",
                      (unsigned long long)i);
}

static uint32_t bound_of(const roofline_cost *cost) {
  if (cost->compute_s >= cost->work_s) return HAQ_BOUND_COMPUTE;
  return cost->weight_s > cost->activation_s ? HAQ_BOUND_WEIGHT_TRAFFIC : HAQ_BOUND_ACTIVATION_TRAFFIC;
}

static int32_t break_down(haq_instance *self, const haq_point *points, uint64_t count,
                          const haq_breakdown_results *results, haq_message *message) {
  int32_t code = support_check_layers(points, count, self->setup->layer_count, message);
  for (uint64_t i = 0; i < count && code == HAQ_OK; i++) {
    roofline_cost cost;
    code = cost_of(self, points, i, &cost, message);
    if (code != HAQ_OK) break;
    results->compute_s[i] = cost.compute_s;
    results->weight_traffic_s[i] = cost.weight_s;
    results->activation_traffic_s[i] = cost.activation_s;
    results->bound[i] = bound_of(&cost);
  }
  return code;
}

/* Energies come last: a spec without them has fewer components. */
static const haq_component components[] = {
    {"latency.overhead", "s", HAQ_LATENCY, 0},
    {"latency.work", "s", HAQ_LATENCY, 0},
    {"traffic.weights", "B", HAQ_TRAFFIC_BYTES, 0},
    {"traffic.inputs", "B", HAQ_TRAFFIC_BYTES, 0},
    {"traffic.outputs", "B", HAQ_TRAFFIC_BYTES, 0},
    {"energy.operations", "J", HAQ_ENERGY, 0},
    {"energy.traffic", "J", HAQ_ENERGY, 0},
};

static const haq_component *list_components(haq_instance *self, uint64_t *count) {
  *count = self->parameters.has_energy ? 7 : 5;
  return components;
}

static int32_t evaluate_components(haq_instance *self, const haq_point *points, uint64_t count,
                                   double *values, haq_message *message) {
  int32_t code = support_check_layers(points, count, self->setup->layer_count, message);
  for (uint64_t i = 0; i < count && code == HAQ_OK; i++) {
    roofline_cost cost;
    code = cost_of(self, points, i, &cost, message);
    if (code != HAQ_OK) break;
    *values++ = self->parameters.overhead_s;
    *values++ = cost.work_s;
    *values++ = cost.weight_bytes;
    *values++ = cost.input_bytes;
    *values++ = cost.output_bytes;
    if (!self->parameters.has_energy) continue;
    *values++ = cost.operations_j;
    *values++ = cost.traffic_j;
  }
  return code;
}

static const void *extension(const char *id) {
  static const haq_breakdown breakdown = {.struct_size = sizeof breakdown, .evaluate = break_down};
  static const haq_components named = {
      .struct_size = sizeof named, .list = list_components, .evaluate = evaluate_components};
  if (strcmp(id, HAQ_EXTENSION_BREAKDOWN) == 0) return &breakdown;
  return strcmp(id, HAQ_EXTENSION_COMPONENTS) == 0 ? &named : NULL;
}

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin plugin = {
      .struct_size = sizeof plugin,
      .flags = HAQ_REENTRANT | HAQ_USES_OUTPUT_BITS | HAQ_USES_FORMATS,
      .abi_major = HAQ_ABI_MAJOR,
      .abi_minor = HAQ_ABI_MINOR,
      .provides = HAQ_LATENCY | HAQ_ENERGY | HAQ_WEIGHT_BYTES | HAQ_TRAFFIC_BYTES,
      .id = "haq.roofline",
      .version = "1.2.0",
      .create = create,
      .evaluate = evaluate,
      .destroy = destroy,
      .extension = extension};
  return &plugin;
}
