// The smallest honest plugin, in C++: a layer takes as long as its products of single bits, at a fixed number a
// second. No exception may cross the boundary; nothing here throws.
#include "haq_plugin.h"

#include <cstdio>
#include <cstring>
#include <new>

struct haq_instance {
  const haq_setup *setup;
  double bit_products_per_s;
};

namespace {

int32_t fail(haq_message *message, const char *sentence) {
  std::snprintf(message->text, message->capacity, "%s", sentence);
  return HAQ_ERROR_INVALID;
}

int32_t create(const haq_host *, const haq_setup *setup, haq_instance **out, haq_message *message) {
  double rate = 0;
  for (uint64_t i = 0; i < setup->parameter_count; i++) {
    const haq_parameter &parameter = setup->parameters[i];
    if (std::strcmp(parameter.key, "bit_products_per_s") != 0) {
      std::snprintf(
          message->text, message->capacity, "%s is not a parameter; there is bit_products_per_s", parameter.key);
      return HAQ_ERROR_INVALID;
    }
    rate = parameter.number;
  }
  if (!(rate > 0)) return fail(message, "the parameter bit_products_per_s must be a number > 0");
  *out = new (std::nothrow) haq_instance{setup, rate};
  return *out ? HAQ_OK : HAQ_ERROR_RESOURCE;
}

double latency_s(const haq_instance *self, const haq_point &point) {
  const haq_layer *layer = haq_layer_at(self->setup, point.layer);
  return haq_layer_macs(layer) * point.weight_bits * point.activation_bits / self->bit_products_per_s;
}

// Integers, and 16-bit floats, which this machine multiplies as integers of 16 bits. What a model does not know is
// unsupported (H-42).
bool knows(uint8_t format) {
  return format == HAQ_FORMAT_PLAIN || format == HAQ_FORMAT_FP16 || format == HAQ_FORMAT_BF16;
}

int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count, const haq_results *results,
                 haq_message *message) {
  for (uint64_t i = 0; i < count; i++) {
    if (points[i].layer >= self->setup->layer_count) return fail(message, "a point is about no layer");
    double latency = latency_s(self, points[i]);
    if (results->latency_s) results->latency_s[i] = latency;
    // More than any cost may be (H-23): such a layer is not modelled.
    bool is_modelled = latency <= 1e15 && knows(points[i].weight_format) && knows(points[i].activation_format);
    results->status[i] = is_modelled ? HAQ_POINT_OK : HAQ_POINT_UNSUPPORTED;
  }
  return HAQ_OK;
}

// Optional (H-31): what a layer would take for each of three things alone, and which of them it waits for. Here nothing
// is moved, so arithmetic is all. haq draws rooflines and explains costs with it.
int32_t evaluate_breakdown(haq_instance *self, const haq_point *points, uint64_t count,
                           const haq_breakdown_results *results, haq_message *) {
  for (uint64_t i = 0; i < count; i++) {
    results->compute_s[i] = latency_s(self, points[i]);
    results->weight_traffic_s[i] = results->activation_traffic_s[i] = 0;
    results->bound[i] = HAQ_BOUND_COMPUTE;
  }
  return HAQ_OK;
}

// Optional (H-34): named parts of a cost, which add up to it.
const haq_component *list_components(haq_instance *, uint64_t *count) {
  static const haq_component components[] = {{"time.arithmetic", "s", HAQ_LATENCY, 0}};
  *count = 1;
  return components;
}

int32_t evaluate_components(haq_instance *self, const haq_point *points, uint64_t count, double *values,
                            haq_message *) {
  for (uint64_t i = 0; i < count; i++) values[i] = latency_s(self, points[i]);
  return HAQ_OK;
}

const void *extension(const char *id) {
  static const haq_breakdown breakdown = {sizeof(haq_breakdown), 0, evaluate_breakdown};
  static const haq_components components = {sizeof(haq_components), 0, list_components, evaluate_components};
  if (std::strcmp(id, HAQ_EXTENSION_BREAKDOWN) == 0) return &breakdown;
  return std::strcmp(id, HAQ_EXTENSION_COMPONENTS) == 0 ? &components : nullptr;
}

void destroy(haq_instance *self) { delete self; }

}  // namespace

HAQ_EXPORT const haq_plugin *haq_plugin_entry(const haq_host *) {
  static const haq_plugin plugin = [] {
    haq_plugin table{};
    table.struct_size = sizeof(haq_plugin);
    table.flags = HAQ_REENTRANT | HAQ_USES_FORMATS;
    table.abi_major = HAQ_ABI_MAJOR;
    table.abi_minor = HAQ_ABI_MINOR;
    table.provides = HAQ_LATENCY;
    table.id = "example.minimal";
    table.version = "1.0.0";
    table.create = create;
    table.evaluate = evaluate;
    table.destroy = destroy;
    table.extension = extension;
    return table;
  }();
  return &plugin;
}
