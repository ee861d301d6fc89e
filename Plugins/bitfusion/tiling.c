/* Candidates, footprints and work of tilings: README.md, "Tilings". */
#include "tiling.h"

static const uint64_t partial_sum_bits = 32;

static uint64_t smaller(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* unit, 2 unit, 4 unit, ... until the dimension is covered, which is the last size. */
static void add_sizes(bitfusion_sizes *sizes, uint64_t dimension, uint64_t unit, uint64_t longest) {
  sizes->count = 0;
  for (uint64_t size = unit;; size *= 2) {
    sizes->tile[sizes->count] = smaller(size, dimension);
    sizes->trips[sizes->count] = bitfusion_divide_up(dimension, smaller(size, dimension));
    sizes->count++;
    if (size >= longest) return;
  }
}

void bitfusion_list_candidates(const bitfusion_parameters *parameters,
                               const bitfusion_problem *problem, bitfusion_candidates *candidates) {
  bitfusion_sizes *loops = candidates->loops;
  const uint32_t height = problem->out_height, width = problem->out_width;
  const uint32_t side = height > width ? height : width;
  const uint64_t unit = problem->im2col ? 1 : parameters->columns;
  add_sizes(&loops[BATCH], problem->batch, 1, problem->batch);
  add_sizes(&loops[WIDTH], width, 1, side);
  add_sizes(&loops[HEIGHT], height, 1, side);
  add_sizes(&loops[IN_CHANNELS], problem->in_channels, 1, problem->in_channels);
  add_sizes(&loops[OUT_CHANNELS], problem->out_channels, unit, problem->out_channels);
}

uint32_t bitfusion_dependence(const bitfusion_problem *problem, int operand) {
  const uint32_t pixels = 1u << BATCH | 1u << WIDTH | 1u << HEIGHT;
  switch (operand) {
    case WEIGHTS: return 1u << IN_CHANNELS | 1u << OUT_CHANNELS;
    case INPUTS: return pixels | 1u << IN_CHANNELS | (problem->packed ? 1u << OUT_CHANNELS : 0);
    default: return pixels | 1u << OUT_CHANNELS;
  }
}

/* Rows of the array at these widths: narrow operands share a unit. */
static uint64_t effective_rows(const bitfusion_parameters *parameters, uint64_t weight_bits,
                               uint64_t activation_bits) {
  const uint64_t w = weight_bits > parameters->min_bits ? weight_bits : parameters->min_bits;
  const uint64_t a = activation_bits > parameters->min_bits ? activation_bits : parameters->min_bits;
  return parameters->rows * (parameters->max_bits / a) * (parameters->max_bits / w);
}

void bitfusion_make_tiling(const bitfusion_parameters *parameters, const bitfusion_problem *problem,
                           const bitfusion_candidates *candidates, const uint32_t index[LOOPS],
                           uint64_t weight_bits, uint64_t activation_bits, bitfusion_tiling *tiling) {
  uint64_t tile[LOOPS], tiles = 1;
  for (int loop = 0; loop < LOOPS; loop++) {
    const uint32_t chosen = index[loop == HEIGHT ? WIDTH : loop];
    tile[loop] = candidates->loops[loop].tile[chosen];
    tiling->trips[loop] = candidates->loops[loop].trips[chosen];
    tiles *= tiling->trips[loop];
  }
  const uint64_t rows = effective_rows(parameters, weight_bits, activation_bits);
  const uint64_t taps = (uint64_t)problem->kernel_height * problem->kernel_width;
  const uint64_t reduction = taps * tile[IN_CHANNELS];
  const uint64_t pixels = tile[BATCH] * tile[HEIGHT] * tile[WIDTH];
  const uint64_t passes = bitfusion_divide_up(tile[OUT_CHANNELS], parameters->columns);
  const uint64_t window =
      (problem->reach_height + (tile[HEIGHT] - 1) * problem->stride_height) *
      (problem->reach_width + (tile[WIDTH] - 1) * problem->stride_width);
  const uint64_t input_count = problem->im2col ? pixels * reduction
                                               : window * tile[BATCH] * tile[IN_CHANNELS];
  const uint64_t input_sets = problem->packed ? tile[OUT_CHANNELS] : 1;

  tiling->bits[WEIGHTS] = bitfusion_divide_up(reduction, rows) * rows * tile[OUT_CHANNELS] * weight_bits;
  tiling->bits[INPUTS] = input_count * input_sets * activation_bits;
  tiling->bits[OUTPUTS] = pixels * passes * parameters->columns * partial_sum_bits;
  for (int operand = 0; operand < OPERANDS; operand++) {
    tiling->least[operand] = tiling->bits[operand];
    for (int loop = 0; loop < LOOPS; loop++)
      if (bitfusion_dependence(problem, operand) >> loop & 1)
        tiling->least[operand] *= tiling->trips[loop];
  }

  const uint64_t steps = problem->im2col
                             ? bitfusion_divide_up(reduction, rows)
                             : taps * bitfusion_divide_up(tile[IN_CHANNELS], rows);
  const uint64_t results = tiles * pixels * tile[OUT_CHANNELS];
  tiling->compute_cycles = tiles * pixels * passes * steps;
  tiling->array_bits[WEIGHTS] = results * reduction * weight_bits;
  tiling->array_bits[INPUTS] = results * reduction * activation_bits;
  tiling->array_bits[OUTPUTS] = results * partial_sum_bits;
}
