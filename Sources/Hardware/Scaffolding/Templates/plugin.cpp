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

int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count, const haq_results *results,
                 haq_message *message) {
  for (uint64_t i = 0; i < count; i++) {
    if (points[i].layer >= self->setup->layer_count) return fail(message, "a point is about no layer");
    const haq_layer *layer = haq_layer_at(self->setup, points[i].layer);
    double bit_products = haq_layer_macs(layer) * points[i].weight_bits * points[i].activation_bits;
    double latency_s = bit_products / self->bit_products_per_s;
    if (results->latency_s) results->latency_s[i] = latency_s;
    // More than any cost may be (H-23): such a layer is not modelled.
    results->status[i] = latency_s <= 1e15 ? HAQ_POINT_OK : HAQ_POINT_UNSUPPORTED;
  }
  return HAQ_OK;
}

void destroy(haq_instance *self) { delete self; }

}  // namespace

HAQ_EXPORT const haq_plugin *haq_plugin_entry(const haq_host *) {
  static const haq_plugin plugin = [] {
    haq_plugin table{};
    table.struct_size = sizeof(haq_plugin);
    table.flags = HAQ_REENTRANT;
    table.abi_major = HAQ_ABI_MAJOR;
    table.abi_minor = HAQ_ABI_MINOR;
    table.provides = HAQ_LATENCY;
    table.id = "example.minimal";
    table.version = "1.0.0";
    table.create = create;
    table.evaluate = evaluate;
    table.destroy = destroy;
    return table;
  }();
  return &plugin;
}
