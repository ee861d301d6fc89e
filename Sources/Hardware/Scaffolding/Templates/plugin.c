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

static double latency_s(const haq_instance *self, const haq_point *point) {
  const haq_layer *layer = haq_layer_at(self->setup, point->layer);
  return haq_layer_macs(layer) * point->weight_bits * point->activation_bits / self->bit_products_per_s;
}

/* Integers, and 16-bit floats, which this machine multiplies as integers of 16 bits. What a model does not know is
 * unsupported (H-42). */
static int knows(uint8_t format) {
  return format == HAQ_FORMAT_PLAIN || format == HAQ_FORMAT_FP16 || format == HAQ_FORMAT_BF16;
}

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count, const haq_results *results,
                        haq_message *message) {
  for (uint64_t i = 0; i < count; i++) {
    if (points[i].layer >= self->setup->layer_count) return fail(message, "a point is about no layer");
    double latency = latency_s(self, &points[i]);
    if (results->latency_s) results->latency_s[i] = latency;
    /* More than any cost may be (H-23): such a layer is not modelled. */
    int is_modelled = latency <= 1e15 && knows(points[i].weight_format) && knows(points[i].activation_format);
    results->status[i] = is_modelled ? HAQ_POINT_OK : HAQ_POINT_UNSUPPORTED;
  }
  return HAQ_OK;
}

/* Optional (H-31): what a layer would take for each of three things alone, and which of them it waits for. Here nothing
 * is moved, so arithmetic is all. haq draws rooflines and explains costs with it. */
static int32_t evaluate_breakdown(haq_instance *self, const haq_point *points, uint64_t count,
                                  const haq_breakdown_results *results, haq_message *message) {
  (void)message;
  for (uint64_t i = 0; i < count; i++) {
    results->compute_s[i] = latency_s(self, &points[i]);
    results->weight_traffic_s[i] = results->activation_traffic_s[i] = 0;
    results->bound[i] = HAQ_BOUND_COMPUTE;
  }
  return HAQ_OK;
}

/* Optional (H-34): named parts of a cost, which add up to it. */
static const haq_component *list_components(haq_instance *self, uint64_t *count) {
  static const haq_component components[] = {{"time.arithmetic", "s", HAQ_LATENCY, 0}};
  (void)self;
  *count = 1;
  return components;
}

static int32_t evaluate_components(haq_instance *self, const haq_point *points, uint64_t count, double *values,
                                   haq_message *message) {
  (void)message;
  for (uint64_t i = 0; i < count; i++) values[i] = latency_s(self, &points[i]);
  return HAQ_OK;
}

static const void *extension(const char *id) {
  static const haq_breakdown breakdown = {sizeof(haq_breakdown), 0, evaluate_breakdown};
  static const haq_components components = {sizeof(haq_components), 0, list_components, evaluate_components};
  if (strcmp(id, HAQ_EXTENSION_BREAKDOWN) == 0) return &breakdown;
  return strcmp(id, HAQ_EXTENSION_COMPONENTS) == 0 ? &components : NULL;
}

static void destroy(haq_instance *self) { free(self); }

HAQ_EXPORT const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin plugin = {
      .struct_size = sizeof(haq_plugin), .flags = HAQ_REENTRANT | HAQ_USES_FORMATS,
      .abi_major = HAQ_ABI_MAJOR, .abi_minor = HAQ_ABI_MINOR, .provides = HAQ_LATENCY, .id = "example.minimal",
      .version = "1.0.0", .create = create, .evaluate = evaluate, .destroy = destroy, .extension = extension};
  return &plugin;
}
