/* The BISMO overlay as built: fetch, execute and result stages that overlap. README.md, "The overlay". */
#include "bismo.h"

static uint64_t divide_up(uint64_t value, uint64_t by) { return value / by + (value % by != 0); }

static uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* Cycles of the three stages for one product. */
typedef struct {
  uint64_t weight_fetch, activation_fetch, execute, result;
  uint64_t first_stripes, hops, last_result; /* what nothing overlaps with */
} stages;

/* Whether a tile's stripe of vectors, with all its words and bit planes, fits one region and one fetch. */
static bool stripe_fits(const bismo_parameters *parameters, const bismo_operand *operand, uint64_t words,
                        uint64_t bits) {
  const bismo_overlay *overlay = &parameters->overlay;
  const double bytes = (double)operand->lanes * (double)words * (double)parameters->depth_bits *
                       (double)bits / 8;
  return words * bits <= operand->buffer_words / overlay->buffer_regions &&
         bytes <= (double)overlay->fetch_bytes;
}

/* The stages of one product; its stripes must fit and its counts must not wrap. */
static stages stages_of(const bismo_product *product, const bismo_parameters *parameters,
                        uint64_t weight_bits, uint64_t activation_bits) {
  const bismo_overlay *overlay = &parameters->overlay;
  const uint64_t rows = parameters->weights.lanes, columns = parameters->activations.lanes;
  const uint64_t row_tiles = divide_up(product->rows, rows);
  const uint64_t column_tiles = divide_up(product->columns, columns);
  const uint64_t words = divide_up(product->reduction, parameters->depth_bits);
  const uint64_t plane_bits = words * parameters->depth_bits;
  const uint64_t weight_stripe = divide_up(rows * plane_bits * weight_bits, overlay->read_bits_per_cycle);
  const uint64_t activation_stripe =
      divide_up(columns * plane_bits * activation_bits, overlay->read_bits_per_cycle);
  const uint64_t result = divide_up(rows * columns * overlay->accumulator_bits, overlay->write_bits_per_cycle);
  return (stages){
      /* For each column tile its stripe once, and all weights anew. */
      .weight_fetch = column_tiles * row_tiles * weight_stripe,
      .activation_fetch = column_tiles * activation_stripe,
      .execute = row_tiles * column_tiles * weight_bits * activation_bits * words +
                 overlay->execute_latency_cycles,
      .result = row_tiles * column_tiles * result,
      .first_stripes = weight_stripe + activation_stripe,
      /* A fetched word hops through all buffers before it is there. */
      .hops = rows + columns + 2,
      .last_result = result,
  };
}

/* Above any count of stages_of for one product, in double, which cannot wrap. */
static double upper_bound(const bismo_product *product, const bismo_parameters *parameters,
                          uint64_t weight_bits, uint64_t activation_bits) {
  const double rows = (double)parameters->weights.lanes, columns = (double)parameters->activations.lanes;
  const double tiles = ((double)product->rows / rows + 1) * ((double)product->columns / columns + 1);
  const double plane_bits = (double)product->reduction + (double)parameters->depth_bits;
  const double stripes = (rows + columns) * plane_bits * 32 + 2;
  const double results = rows * columns * (double)parameters->overlay.accumulator_bits + 1;
  const double products = plane_bits * (double)weight_bits * (double)activation_bits;
  return tiles * (stripes + results + products) + (double)parameters->overlay.execute_latency_cycles +
         rows + columns + 2;
}

/* The stage that everything waits for. */
static uint32_t bound_of(const stages *sum) {
  const uint64_t fetch = sum->weight_fetch + sum->activation_fetch;
  if (sum->execute >= fetch && sum->execute >= sum->result) return HAQ_BOUND_COMPUTE;
  const bool waits_for_weights = fetch >= sum->result && sum->weight_fetch > sum->activation_fetch;
  return waits_for_weights ? HAQ_BOUND_WEIGHT_TRAFFIC : HAQ_BOUND_ACTIVATION_TRAFFIC;
}

uint32_t bismo_overlay_cost(const bismo_layer *layer, const bismo_parameters *parameters,
                            uint64_t weight_bits, uint64_t activation_bits, bismo_cost *cost) {
  if (layer->status != HAQ_POINT_OK) return layer->status;
  const bismo_overlay *overlay = &parameters->overlay;
  *cost = (bismo_cost){0};
  stages sum = {0};
  double bound = 0;
  for (uint32_t i = 0; i < layer->product_count; i++) {
    const bismo_product *product = &layer->products[i];
    const uint64_t words = divide_up(product->reduction, parameters->depth_bits);
    if (!stripe_fits(parameters, &parameters->weights, words, weight_bits) ||
        !stripe_fits(parameters, &parameters->activations, words, activation_bits))
      return HAQ_POINT_DOES_NOT_FIT;
    bound += (double)product->repetitions *
             upper_bound(product, parameters, weight_bits, activation_bits) * 3;
    if (bound > BISMO_LARGEST) return HAQ_POINT_UNSUPPORTED;

    const stages one = stages_of(product, parameters, weight_bits, activation_bits);
    const uint64_t times = product->repetitions;
    /* The first stripes and the last result are part of their stages, but overlap with nothing. */
    const uint64_t fetch = one.weight_fetch + one.activation_fetch - one.first_stripes;
    const uint64_t middle = larger(larger(fetch, one.execute), one.result - one.last_result);
    cost->total += times * (one.first_stripes + one.hops + middle + one.last_result);
    sum.weight_fetch += times * one.weight_fetch;
    sum.activation_fetch += times * one.activation_fetch;
    sum.execute += times * one.execute;
    sum.result += times * one.result;
  }
  cost->compute = sum.execute;
  cost->weight_traffic = sum.weight_fetch;
  cost->activation_traffic = sum.activation_fetch + sum.result;
  cost->traffic_bytes =
      ((double)(sum.weight_fetch + sum.activation_fetch) * (double)overlay->read_bits_per_cycle +
       (double)sum.result * (double)overlay->write_bits_per_cycle) / 8;
  cost->bound = bound_of(&sum);
  return cost->traffic_bytes > BISMO_LARGEST ? HAQ_POINT_UNSUPPORTED : HAQ_POINT_OK;
}
