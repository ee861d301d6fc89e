/* A plugin as it was written for ABI 1.1 that knows number formats, with the header of that version beside it. Neither
 * ever changes: every program that speaks ABI 1 must load what this compiles to. -DFORMATS_FLAGS and -DFORMATS_MINOR
 * make it one that does not ask for them. */
#include "haq_plugin.h"

#include <stdlib.h>

#ifndef FORMATS_FLAGS
#define FORMATS_FLAGS (HAQ_USES_FORMATS | HAQ_USES_OUTPUT_BITS)
#endif
#ifndef FORMATS_MINOR
#define FORMATS_MINOR HAQ_ABI_MINOR
#endif

struct haq_instance {
  const haq_setup *setup;
};

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out, haq_message *message) {
  (void)host, (void)message;
  haq_instance *self = malloc(sizeof *self);
  if (!self) return HAQ_ERROR_RESOURCE;
  self->setup = setup;
  *out = self;
  return HAQ_OK;
}

/* Digits that tell every field from the others. */
static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  (void)self, (void)message;
  for (uint64_t i = 0; i < count; i++) {
    const haq_point *point = &points[i];
    if (results->latency_s)
      results->latency_s[i] =
          point->weight_format * 1e6 + point->activation_format * 1e3 + point->output_format;
    if (results->energy_j)
      results->energy_j[i] = point->weight_bits * 1e6 + point->activation_bits * 1e3 + point->output_bits;
    results->status[i] = HAQ_POINT_OK;
  }
  return HAQ_OK;
}

static void destroy(haq_instance *self) { free(self); }

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin plugin = {
      .struct_size = sizeof(haq_plugin), .flags = FORMATS_FLAGS, .abi_major = HAQ_ABI_MAJOR,
      .abi_minor = FORMATS_MINOR, .provides = HAQ_LATENCY | HAQ_ENERGY, .id = "abi.one.one.formats",
      .version = "1.0.0", .create = create, .evaluate = evaluate, .destroy = destroy};
  return &plugin;
}
