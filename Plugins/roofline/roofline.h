/* The parts of the roofline model: parameters and layers. See README.md. */
#ifndef ROOFLINE_H
#define ROOFLINE_H

#include "plugin_support.h"

/* The largest cell that the ABI allows (H-23). */
#define ROOFLINE_LARGEST 1e15

/* Kinds of layer 1 ... 4. */
enum { ROOFLINE_KINDS = 5 };

/* The spec's parameters, checked. */
typedef struct {
  double overhead_s; /* of each layer */
  double on_chip_bytes;
  double weight_bytes_per_s;
  double activation_bytes_per_s;
  bool memory_is_shared; /* weights and activations cross one interface, one after the other */
  bool has_energy;
  double j_per_byte;
  /* By the numbers of formats that support_format_of gives, weights first. */
  double operations_per_s[ROOFLINE_KINDS][SUPPORT_FORMATS][SUPPORT_FORMATS]; /* 0: cannot run */
  double j_per_operation[SUPPORT_FORMATS][SUPPORT_FORMATS];
} roofline_parameters;

/* A layer in numbers that do not depend on formats; exact below 2^53. */
typedef struct {
  uint32_t kind;
  double operations; /* two for each multiply-accumulate */
  double weight_rows, weight_row_length; /* what one output reads is a row; of a matmul, rows of the whole batch */
  double inputs, outputs; /* elements, of the whole batch */
} roofline_layer;

/* What a layer costs at one pair of formats. */
typedef struct {
  double compute_s, weight_s, activation_s; /* of each alone */
  double work_s;                            /* of all three, overlapped */
  double weight_bytes, input_bytes, output_bytes; /* moved */
  double operations_j, traffic_j;
} roofline_cost;

#pragma GCC visibility push(hidden)

/* Reads and checks the parameters; HAQ_OK or HAQ_ERROR_INVALID with a sentence. */
int32_t roofline_read_parameters(const haq_setup *setup, roofline_parameters *parameters,
                                 haq_message *message);

/* The numbers of a layer; HAQ_OK, or HAQ_ERROR_INVALID when its shape contradicts itself. */
int32_t roofline_map_layer(const haq_layer *layer, roofline_layer *mapped, haq_message *message);

/* Bytes of the layer's weights with their scales, rounded up. */
double roofline_weight_bytes(const haq_layer *layer, const haq_point *point);

/* The cost of a point; returns a HAQ_POINT_ status. */
uint32_t roofline_cost_of(const roofline_parameters *parameters, const roofline_layer *layer,
                          const haq_point *point, roofline_cost *cost);

#pragma GCC visibility pop

#endif
