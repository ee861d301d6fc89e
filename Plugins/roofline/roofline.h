/* The parts of the roofline model: parameters and layers. See README.md. */
#ifndef ROOFLINE_H
#define ROOFLINE_H

#include "plugin_support.h"

/* The largest cell that the ABI allows (H-23). */
#define ROOFLINE_LARGEST 1e15

/* Kinds of layer 1 ... 4, widths 1 ... 32. */
enum { ROOFLINE_KINDS = 5, ROOFLINE_WIDTHS = 33 };

/* The spec's parameters, checked. */
typedef struct {
  double overhead_s; /* of each layer */
  double on_chip_bytes;
  double weight_bytes_per_s;
  double activation_bytes_per_s;
  bool memory_is_shared; /* weights and activations cross one interface, one after the other */
  bool has_energy;
  double j_per_byte;
  double operations_per_s[ROOFLINE_KINDS][ROOFLINE_WIDTHS][ROOFLINE_WIDTHS]; /* 0: cannot run */
  double j_per_operation[ROOFLINE_WIDTHS][ROOFLINE_WIDTHS];
} roofline_parameters;

/* A layer in numbers that do not depend on widths; exact below 2^53. */
typedef struct {
  uint32_t kind;
  double operations; /* two for each multiply-accumulate */
  double weights, inputs, outputs; /* elements, of the whole batch */
} roofline_layer;

/* What a layer costs at one pair of widths. */
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

/* The cost of a point; returns a HAQ_POINT_ status. */
uint32_t roofline_cost_of(const roofline_parameters *parameters, const roofline_layer *layer,
                          const haq_point *point, roofline_cost *cost);

#pragma GCC visibility pop

#endif
