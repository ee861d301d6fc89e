/* Checks that every plugin makes of what the host hands over, and their sentences. */
#include "plugin_support.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

int32_t support_fail(haq_message *message, int32_t code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message->text, message->capacity, format, arguments);
  va_end(arguments);
  return code;
}

int32_t support_check_layers(const haq_point *points, uint64_t count, uint32_t layer_count,
                             haq_message *message) {
  for (uint64_t i = 0; i < count; i++)
    if (points[i].layer >= layer_count)
      return support_fail(message, HAQ_ERROR_INVALID,
                          "point %llu names layer %u; the network has %u layers",
                          (unsigned long long)i, points[i].layer, layer_count);
  return HAQ_OK;
}

bool support_is_consistent(const haq_layer *layer) {
  const bool positive = layer->batch && layer->groups && layer->in_channels && layer->out_channels &&
                        layer->in_height && layer->in_width && layer->out_height &&
                        layer->out_width && layer->kernel_height && layer->kernel_width &&
                        layer->stride_height && layer->stride_width;
  if (!positive) return false;
  if (layer->in_channels % layer->groups || layer->out_channels % layer->groups) return false;
  return layer->kind != HAQ_LAYER_DEPTHWISE ||
         (layer->groups == layer->in_channels && layer->groups == layer->out_channels);
}

int32_t support_refuse_layer(const haq_layer *layer, haq_message *message) {
  return support_fail(message, HAQ_ERROR_INVALID,
                      "layer \"%.120s\" has a zero dimension, or groups that do not divide its channels",
                      layer->name);
}

double support_weight_bytes(const haq_layer *layer, uint64_t bits) {
  const double count = (double)layer->out_channels * (layer->in_channels / layer->groups) *
                       layer->kernel_height * layer->kernel_width;
  return ceil(count * (double)bits / 8);
}
