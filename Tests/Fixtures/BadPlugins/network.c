/* A plugin with haq.network/1 that keeps every rule, compiled with -DFAULT_X to break exactly one: the fault of the check X
 * of `haq check`. Latency is that of a machine with 10^12 products of single bits a second, for which a whole network
 * takes as long as its slowest layer; the one parameter is "scale". */
#include "haq_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct haq_instance {
  const haq_setup *setup;
  double scale;
  unsigned calls;
};

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out, haq_message *message) {
  (void)host;
  double scale = 0;
  for (uint64_t i = 0; i < setup->parameter_count; i++) {
    const haq_parameter *p = &setup->parameters[i];
    if (strcmp(p->key, "scale") != 0) {
      snprintf(message->text, message->capacity, "%s is not a parameter; allowed: scale", p->key);
      return HAQ_ERROR_INVALID;
    }
    scale = p->number;
  }
  haq_instance *self = calloc(1, sizeof *self);
  if (!self) return HAQ_ERROR_RESOURCE;
  self->setup = setup;
  self->scale = scale;
  *out = self;
  return HAQ_OK;
}

static void destroy(haq_instance *self) { free(self); }

static double latency_s(const haq_instance *self, const haq_point *point) {
  const haq_layer *layer = haq_layer_at(self->setup, point->layer);
  return self->scale * haq_layer_macs(layer) * point->weight_bits * point->activation_bits / 1e12;
}

static double weight_bytes(const haq_instance *self, const haq_point *point) {
  const haq_layer *layer = haq_layer_at(self->setup, point->layer);
  const double groups = layer->groups ? layer->groups : 1;
  return (double)layer->out_channels * (layer->in_channels / groups) * layer->kernel_height *
         layer->kernel_width * point->weight_bits / 8;
}

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  for (uint64_t i = 0; i < count; i++) {
    if (points[i].layer >= self->setup->layer_count) {
      snprintf(message->text, message->capacity, "there is no layer %u", points[i].layer);
      return HAQ_ERROR_INVALID;
    }
    const uint16_t w = points[i].weight_bits, a = points[i].activation_bits;
    const int known = w >= 1 && w <= 8 && a >= 1 && a <= 8;
    const int fits = latency_s(self, &points[i]) <= 1e15 && weight_bytes(self, &points[i]) <= 1e15;
    results->status[i] = known && fits ? HAQ_POINT_OK : HAQ_POINT_UNSUPPORTED;
    if (results->latency_s) results->latency_s[i] = latency_s(self, &points[i]);
    if (results->weight_bytes) results->weight_bytes[i] = weight_bytes(self, &points[i]);
  }
  return HAQ_OK;
}

static int32_t evaluate_network(haq_instance *self, const haq_point *points, uint64_t policy_count,
                                const haq_results *results, haq_message *message) {
  (void)message;
  const uint32_t layers = self->setup->layer_count;
  for (uint64_t p = 0; p < policy_count; p++) {
    double slowest = 0;
    for (uint32_t l = 0; l < layers; l++) {
      const haq_point *point = &points[p * layers + l];
      if (point->layer != l) {
#ifdef FAULT_NETWORK_MALFORMED
        continue;
#else
        snprintf(message->text, message->capacity, "layer %u stands where layer %u belongs", point->layer, l);
        return HAQ_ERROR_INVALID;
#endif
      }
      const double latency = latency_s(self, point);
      if (latency > slowest) slowest = latency;
    }
#ifdef FAULT_NETWORK_ANSWERS
    if (points[p * layers].weight_bits == 8) slowest = -slowest;
    if (layers == 1) slowest = latency_s(self, &points[p]);
#endif
#ifdef FAULT_NETWORK_REPEAT
    if (self->calls > 0) slowest *= 2;
#endif
#ifdef FAULT_NETWORK_OF_ONE
    if (layers == 1) slowest *= 1.001;
#endif
    results->status[p] = HAQ_POINT_OK;
    if (results->latency_s) results->latency_s[p] = slowest;
  }
  self->calls++;
  return HAQ_OK;
}

static const void *extension(const char *id) {
  static const haq_network network = {.struct_size = sizeof network, .evaluate = evaluate_network};
  return strcmp(id, HAQ_EXTENSION_NETWORK) == 0 ? &network : NULL;
}

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  static const haq_plugin table = {
      .struct_size = sizeof table, .abi_major = HAQ_ABI_MAJOR, .abi_minor = HAQ_ABI_MINOR,
      .provides = HAQ_LATENCY | HAQ_WEIGHT_BYTES, .id = "test.network", .version = "1.0.0",
      .create = create, .evaluate = evaluate, .destroy = destroy, .extension = extension};
  return &table;
}
