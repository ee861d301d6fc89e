/* Rooflines: README.md, "The model". */
#include "roofline.h"

#include <math.h>
#include <string.h>

int32_t roofline_map_layer(const haq_layer *layer, roofline_layer *mapped, haq_message *message) {
  memset(mapped, 0, sizeof *mapped);
  if (!support_is_consistent(layer)) return support_refuse_layer(layer, message);
  const double batch = layer->batch;
  mapped->kind = layer->kind;
  mapped->operations = 2 * haq_layer_macs(layer);
  mapped->weight_rows = layer->out_channels;
  mapped->weight_row_length =
      (double)(layer->in_channels / layer->groups) * layer->kernel_height * layer->kernel_width;
  /* The second operand of a product of activations is another one for every sample. */
  if (layer->kind == HAQ_LAYER_MATMUL) mapped->weight_rows *= batch;
  mapped->inputs = batch * layer->in_channels * layer->in_height * layer->in_width;
  mapped->outputs = batch * layer->out_channels * layer->out_height * layer->out_width;
  return HAQ_OK;
}

static double larger(double a, double b) { return a > b ? a : b; }

/* All elements of a value of activations are one row. */
static double packed_bytes(double rows, double row_length, uint8_t format, uint32_t bits) {
  return ceil(haq_stored_bits(format, bits, rows, row_length) / 8);
}

/* The smaller operand stays on chip, in pieces if need be, and the larger passes by once for each piece. */
static void count_traffic(const roofline_parameters *parameters, const roofline_layer *layer,
                          const haq_point *point, roofline_cost *cost) {
  const bool states_output = point->output_bits;
  const uint32_t output_bits = states_output ? point->output_bits : point->activation_bits;
  const uint8_t output_format = states_output ? point->output_format : point->activation_format;
  const double weights = packed_bytes(layer->weight_rows, layer->weight_row_length, point->weight_format,
                                      point->weight_bits);
  const double inputs = packed_bytes(1, layer->inputs, point->activation_format, point->activation_bits);
  const double pieces = ceil((weights < inputs ? weights : inputs) / parameters->on_chip_bytes);
  cost->weight_bytes = weights < inputs ? weights : weights * pieces;
  cost->input_bytes = weights < inputs ? inputs * pieces : inputs;
  cost->output_bytes = packed_bytes(1, layer->outputs, output_format, output_bits);
}

double roofline_weight_bytes(const haq_layer *layer, const haq_point *point) {
  const double row_length =
      (double)(layer->in_channels / layer->groups) * layer->kernel_height * layer->kernel_width;
  return packed_bytes(layer->out_channels, row_length, point->weight_format, point->weight_bits);
}

uint32_t roofline_cost_of(const roofline_parameters *parameters, const roofline_layer *layer,
                          const haq_point *point, roofline_cost *cost) {
  const uint32_t w = support_format_of(point->weight_format, point->weight_bits);
  const uint32_t a = support_format_of(point->activation_format, point->activation_bits);
  if (w == 0 || a == 0) return HAQ_POINT_UNSUPPORTED;
  if (point->output_bits && !support_format_of(point->output_format, point->output_bits))
    return HAQ_POINT_UNSUPPORTED;
  if (layer->kind < 1 || layer->kind >= ROOFLINE_KINDS) return HAQ_POINT_UNSUPPORTED;
  const double rate = parameters->operations_per_s[layer->kind][w][a];
  if (rate == 0) return HAQ_POINT_UNSUPPORTED;

  count_traffic(parameters, layer, point, cost);
  cost->compute_s = layer->operations / rate;
  cost->weight_s = cost->weight_bytes / parameters->weight_bytes_per_s;
  cost->activation_s = (cost->input_bytes + cost->output_bytes) / parameters->activation_bytes_per_s;
  const double memory_s = parameters->memory_is_shared ? cost->weight_s + cost->activation_s
                                                       : larger(cost->weight_s, cost->activation_s);
  cost->work_s = larger(cost->compute_s, memory_s);
  const double traffic = cost->weight_bytes + cost->input_bytes + cost->output_bytes;
  cost->operations_j = layer->operations * parameters->j_per_operation[w][a];
  cost->traffic_j = traffic * parameters->j_per_byte;
  const double largest =
      larger(larger(traffic, cost->work_s + parameters->overhead_s), cost->operations_j + cost->traffic_j);
  return largest > ROOFLINE_LARGEST ? HAQ_POINT_UNSUPPORTED : HAQ_POINT_OK;
}
