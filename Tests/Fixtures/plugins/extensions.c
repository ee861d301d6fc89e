/* A plugin with components and resources, right or wrong as its defines say. */
#include "haq_plugin.h"

#include <string.h>

#ifndef COMPONENT_UNIT
#define COMPONENT_UNIT "s"
#endif
#ifndef COMPONENT_COLUMN
#define COMPONENT_COLUMN HAQ_LATENCY
#endif
#ifndef SECOND_NAME
#define SECOND_NAME "second"
#endif
#ifndef SECOND_VALUE
#define SECOND_VALUE 0.75
#endif
#ifndef COMPONENT_COUNT
#define COMPONENT_COUNT 3
#endif
#ifndef RESOURCE_USED
#define RESOURCE_USED 40
#endif
#ifndef STRUCT_SIZE
#define STRUCT_SIZE sizeof(haq_components)
#endif

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out,
                      haq_message *message) {
  static int instance;
  (void)host, (void)setup, (void)message;
  *out = (haq_instance *)(void *)&instance;
  return HAQ_OK;
}

static void destroy(haq_instance *self) { (void)self; }

/* One second each; 3-bit weights are not costed. */
static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  (void)self, (void)message;
  for (uint64_t i = 0; i < count; i++) {
    results->status[i] = points[i].weight_bits == 3 ? HAQ_POINT_UNSUPPORTED : HAQ_POINT_OK;
    if (results->latency_s) results->latency_s[i] = 1;
  }
  return HAQ_OK;
}

static const haq_component components[] = {{"first", "s", HAQ_LATENCY, 0},
                                           {SECOND_NAME, COMPONENT_UNIT, COMPONENT_COLUMN, 0},
                                           {"beside", "B", 0, 0}};

static const haq_component *list_components(haq_instance *self, uint64_t *count) {
  (void)self;
  *count = COMPONENT_COUNT;
  return components;
}

static int32_t evaluate_components(haq_instance *self, const haq_point *points, uint64_t count,
                                   double *values, haq_message *message) {
  (void)self, (void)message;
  for (uint64_t i = 0; i < count; i++) {
    values[3 * i] = 0.25;
    values[3 * i + 1] = SECOND_VALUE;
    values[3 * i + 2] = points[i].weight_bits;
  }
  return HAQ_OK;
}

static const haq_resource resources[] = {{"LUT", RESOURCE_USED, 100}};

static const haq_resource *list_resources(haq_instance *self, uint64_t *count) {
  (void)self;
  *count = 1;
  return resources;
}

static const void *extension(const char *id) {
  static const haq_components named = {STRUCT_SIZE, 0, list_components, evaluate_components};
  static const haq_resources taken = {sizeof taken, 0, list_resources};
  if (strcmp(id, HAQ_EXTENSION_COMPONENTS) == 0) return &named;
  return strcmp(id, HAQ_EXTENSION_RESOURCES) == 0 ? &taken : NULL;
}

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  static const haq_plugin plugin = {.struct_size = sizeof plugin,
                                    .abi_major = HAQ_ABI_MAJOR,
                                    .abi_minor = HAQ_ABI_MINOR,
                                    .provides = HAQ_LATENCY,
                                    .id = "test.extensions",
                                    .version = "1",
                                    .create = create,
                                    .evaluate = evaluate,
                                    .destroy = destroy,
                                    .extension = extension};
  (void)host;
  return &plugin;
}
