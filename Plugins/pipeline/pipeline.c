/* A dataflow pipeline with one stage per layer: README.md, "The model". */
#include "plugin_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Greatest cost that the ABI allows (H-23), and widest operand of a stage. */
#define LARGEST 1e15
#define WIDEST 16

struct haq_instance {
  const haq_setup *setup;
  double images; /* of the network's batch (H-37) */
  double clock_hz;
  uint64_t bit_products_per_cycle;
};

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out, haq_message *message) {
  (void)host;
  haq_instance *self = calloc(1, sizeof *self);
  if (!self) return support_fail(message, HAQ_ERROR_RESOURCE, "out of memory");
  self->setup = setup;
  const support_parameter parameters[] = {
      {.key = "bit_products_per_cycle", .lowest = 1, .highest = 1e9, .whole = &self->bit_products_per_cycle},
      {.key = "clock_hz", .lowest = 1, .highest = 1e12, .real = &self->clock_hz},
  };
  int32_t code =
      support_read_parameters(setup, "pipeline", parameters, sizeof parameters / sizeof parameters[0],
                              support_no_families, message);
  for (uint32_t i = 0; i < setup->layer_count && code == HAQ_OK; i++)
    if (!haq_batch_of(setup) || !support_is_consistent(haq_layer_at(setup, i)))
      code = support_refuse_layer(haq_layer_at(setup, i), message);
  if (code != HAQ_OK) {
    free(self);
    return code;
  }
  self->images = haq_batch_of(setup);
  *out = self;
  return HAQ_OK;
}

static void destroy(haq_instance *self) { free(self); }

/* Seconds for which a stage is busy with one image. */
static double stage_s(const haq_instance *self, const haq_layer *layer, const haq_point *point) {
  const double macs = haq_layer_macs(layer) / self->images;
  const double products = macs * point->weight_bits * point->activation_bits;
  return ceil(products / (double)self->bit_products_per_cycle) / self->clock_hz;
}

/* Bytes that a stage holds: its weights, and two images of its input, one being filled while the other is read. */
static double stage_bytes(const haq_instance *self, const haq_layer *layer, const haq_point *point) {
  const double inputs =
      (double)layer->in_channels * layer->in_height * layer->in_width * (layer->batch / self->images);
  return support_weight_bytes(layer, point->weight_bits) + 2 * ceil(inputs * point->activation_bits / 8);
}

static int is_legal(const haq_point *point) {
  return point->weight_bits >= 1 && point->weight_bits <= WIDEST && point->activation_bits >= 1 &&
         point->activation_bits <= WIDEST;
}

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  if (support_check_layers(points, count, self->setup->layer_count, message) != HAQ_OK)
    return HAQ_ERROR_INVALID;
  for (uint64_t i = 0; i < count; i++) {
    const haq_layer *layer = haq_layer_at(self->setup, points[i].layer);
    /* Alone, a stage takes the images of the batch one after another. */
    const double latency = self->images * stage_s(self, layer, &points[i]);
    const double bytes = stage_bytes(self, layer, &points[i]);
    const int fits = latency <= LARGEST && bytes <= LARGEST;
    results->status[i] = is_legal(&points[i]) && fits ? HAQ_POINT_OK : HAQ_POINT_UNSUPPORTED;
    if (results->status[i] != HAQ_POINT_OK) continue;
    if (results->latency_s) results->latency_s[i] = latency;
    if (results->weight_bytes) results->weight_bytes[i] = support_weight_bytes(layer, points[i].weight_bits);
    if (results->buffer_bytes) results->buffer_bytes[i] = bytes;
  }
  return HAQ_OK;
}

/* The first image passes every stage; each further one leaves when the slowest stage is done with it. */
static int32_t evaluate_network(haq_instance *self, const haq_point *points, uint64_t policy_count,
                                const haq_results *results, haq_message *message) {
  const uint32_t layer_count = self->setup->layer_count;
  for (uint64_t p = 0; p < policy_count; p++) {
    double first = 0, slowest = 0, weights = 0, bytes = 0;
    for (uint32_t l = 0; l < layer_count; l++) {
      const haq_point *point = &points[p * layer_count + l];
      if (point->layer != l)
        return support_fail(message, HAQ_ERROR_INVALID,
                            "policy %llu has layer %u where layer %u belongs", (unsigned long long)p,
                            point->layer, l);
      if (!is_legal(point))
        return support_fail(message, HAQ_ERROR_INVALID, "layer %u has no cost at W%uA%u", l,
                            point->weight_bits, point->activation_bits);
      const haq_layer *layer = haq_layer_at(self->setup, l);
      const double stage = stage_s(self, layer, point);
      first += stage;
      if (stage > slowest) slowest = stage;
      weights += support_weight_bytes(layer, point->weight_bits);
      bytes += stage_bytes(self, layer, point);
    }
    const double latency = first + (self->images - 1) * slowest;
    if (!(latency <= LARGEST && bytes <= LARGEST))
      return support_fail(message, HAQ_ERROR_UNSUPPORTED, "the network costs more than 1e15");
    results->status[p] = HAQ_POINT_OK;
    if (results->latency_s) results->latency_s[p] = latency;
    if (results->weight_bytes) results->weight_bytes[p] = weights;
    if (results->buffer_bytes) results->buffer_bytes[p] = bytes;
  }
  return HAQ_OK;
}

static const void *extension(const char *id) {
  static const haq_network network = {.struct_size = sizeof network, .evaluate = evaluate_network};
  return strcmp(id, HAQ_EXTENSION_NETWORK) == 0 ? &network : NULL;
}

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin plugin = {
      .struct_size = sizeof plugin,
      .flags = HAQ_REENTRANT,
      .abi_major = HAQ_ABI_MAJOR,
      .abi_minor = HAQ_ABI_MINOR,
      .provides = HAQ_LATENCY | HAQ_WEIGHT_BYTES | HAQ_BUFFER_BYTES,
      .id = "haq.pipeline",
      .version = "1.0.0",
      .create = create,
      .evaluate = evaluate,
      .destroy = destroy,
      .extension = extension};
  return &plugin;
}
