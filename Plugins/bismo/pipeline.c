/* Cycles of a matrix product, README.md section "One block" and after. */
#include "bismo.h"

static uint64_t divide_up(uint64_t value, uint64_t by) { return value / by + (value % by != 0); }

static uint64_t smaller(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* Cycles of a layer, or of one part of it. */
typedef struct {
  uint64_t row_order;    /* total when row tiles are the outer loop */
  uint64_t column_order; /* total when column tiles are the outer loop */
  uint64_t compute;      /* tile products */
  uint64_t weight_stream;
  uint64_t activation_stream;
} bismo_cycles;

/* One operand of one block, cut into tiles of `lanes` vectors and words of the array's depth. */
typedef struct {
  int64_t vectors;    /* rows or columns of the block */
  int64_t lanes;      /* vectors of a full tile */
  int64_t tiles;
  int64_t words;      /* words per vector and bit plane */
  int64_t bits;
  int64_t beats;      /* cycles to move a full word of one vector */
  int64_t last_beats; /* the same for the last word */
} operand;

static operand operand_of(const bismo_operand *path, const bismo_parameters *parameters,
                          uint64_t vectors, uint64_t reduction, uint64_t bits) {
  const uint64_t depth = parameters->depth_bits, rate = path->stream_bits_per_cycle;
  const uint64_t words = divide_up(reduction, depth);
  const uint64_t last_bits =
      parameters->remainder_moves_full_word ? depth : reduction - (words - 1) * depth;
  return (operand){.vectors = (int64_t)vectors,
                   .lanes = (int64_t)path->lanes,
                   .tiles = (int64_t)divide_up(vectors, path->lanes),
                   .words = (int64_t)words,
                   .bits = (int64_t)bits,
                   .beats = (int64_t)divide_up(depth, rate),
                   .last_beats = (int64_t)divide_up(last_bits, rate)};
}

/* Cycles to move one vector with all its words and bit planes. */
static int64_t beats_per_vector(const operand *x) {
  return x->bits * ((x->words - 1) * x->beats + x->last_beats);
}

/* When bit plane `bit` of word `word` is there for all vectors of tile `tile`. */
static int64_t arrival(const operand *x, int64_t tile, int64_t word, int64_t bit) {
  int64_t before = tile * x->lanes;
  int64_t in_tile = before + x->lanes <= x->vectors ? x->lanes : x->vectors - before;
  int64_t own_beats = word == x->words - 1 ? x->last_beats : x->beats;
  return before * beats_per_vector(x) +
         in_tile * (word * x->bits * x->beats + (bit + 1) * own_beats);
}

/* Tile products that run before the first use of a word: a sum of one stride per index. */
typedef struct {
  int64_t per_tile, per_word, per_bit;
} first_use;

/* The largest arrival minus first use over all words of an operand. The difference is linear in each
 * index, except at the last tile (fewer vectors) and the last word (fewer beats), so the corners of
 * the linear ranges suffice. */
static int64_t largest_lag(const operand *x, first_use use) {
  const int64_t tiles[3] = {0, x->tiles - 2, x->tiles - 1};
  const int64_t words[3] = {0, x->words - 2, x->words - 1};
  const int64_t bits[2] = {0, x->bits - 1};
  int64_t largest = 0;
  for (int t = x->tiles > 2 ? 0 : 3 - (int)x->tiles; t < 3; t++)
    for (int k = x->words > 2 ? 0 : 3 - (int)x->words; k < 3; k++)
      for (int b = x->bits > 1 ? 0 : 1; b < 2; b++) {
        int64_t lag = arrival(x, tiles[t], words[k], bits[b]) - tiles[t] * use.per_tile -
                      words[k] * use.per_word - bits[b] * use.per_bit;
        if (lag > largest) largest = lag;
      }
  return largest;
}

/* Adds `count` blocks of the given numbers of rows and columns. */
static void add_blocks(const bismo_parameters *parameters, const bismo_product *product, uint64_t rows,
                       uint64_t columns, uint64_t count, uint64_t weight_bits,
                       uint64_t activation_bits, bismo_cycles *total) {
  if (count == 0 || rows == 0 || columns == 0) return;
  const operand w = operand_of(&parameters->weights, parameters, rows, product->reduction, weight_bits);
  const operand a =
      operand_of(&parameters->activations, parameters, columns, product->reduction, activation_bits);
  const int64_t pair = w.bits * a.bits, strip = w.words * pair;
  const int64_t products = w.tiles * a.tiles * strip;

  /* Row order: row tile, column tile, word, activation bit, weight bit; from the outside in. */
  const int64_t row_lag_w = largest_lag(&w, (first_use){a.tiles * strip, pair, 1});
  const int64_t row_lag_a = largest_lag(&a, (first_use){strip, pair, w.bits});
  /* Column order: column tile, row tile, word, weight bit, activation bit. */
  const int64_t column_lag_w = largest_lag(&w, (first_use){strip, pair, a.bits});
  const int64_t column_lag_a = largest_lag(&a, (first_use){w.tiles * strip, pair, 1});

  const int64_t row_lag = row_lag_w > row_lag_a ? row_lag_w : row_lag_a;
  const int64_t column_lag = column_lag_w > column_lag_a ? column_lag_w : column_lag_a;
  total->row_order += count * (uint64_t)(products - 1 + row_lag);
  total->column_order += count * (uint64_t)(products - 1 + column_lag);
  total->compute += count * (uint64_t)products;
  total->weight_stream += count * rows * (uint64_t)beats_per_vector(&w);
  total->activation_stream += count * columns * (uint64_t)beats_per_vector(&a);
}

/* An upper bound of every count that add_blocks sums up, in double, which cannot wrap. */
static double upper_bound(const bismo_parameters *parameters, const bismo_product *product,
                          double words, double row_blocks, double column_blocks, double weight_bits,
                          double activation_bits) {
  const bismo_operand *w = &parameters->weights, *a = &parameters->activations;
  double row_tiles = (double)product->rows / w->lanes + row_blocks;
  double column_tiles = (double)product->columns / a->lanes + column_blocks;
  double compute = row_tiles * column_tiles * words * weight_bits * activation_bits;
  double weight_beats = (double)product->rows * column_blocks * words * weight_bits *
                        divide_up(parameters->depth_bits, w->stream_bits_per_cycle);
  double activation_beats = (double)product->columns * row_blocks * words * activation_bits *
                            divide_up(parameters->depth_bits, a->stream_bits_per_cycle);
  return product->repetitions * (compute + weight_beats + activation_beats);
}

static uint32_t add_product(const bismo_product *product, const bismo_parameters *parameters,
                            uint64_t weight_bits, uint64_t activation_bits, bismo_cycles *total) {
  const bismo_operand *w = &parameters->weights, *a = &parameters->activations;
  const uint64_t words = divide_up(product->reduction, parameters->depth_bits);
  const uint64_t block_rows = w->buffer_words / (words * weight_bits) * w->lanes;
  const uint64_t block_columns = a->buffer_words / (words * activation_bits) * a->lanes;
  if (block_rows == 0 || block_columns == 0) return HAQ_POINT_DOES_NOT_FIT;

  const uint64_t full_rows = product->rows / block_rows, rest_rows = product->rows % block_rows;
  const uint64_t full_columns = product->columns / block_columns;
  const uint64_t rest_columns = product->columns % block_columns;
  if (upper_bound(parameters, product, (double)words, full_rows + 1.0, full_columns + 1.0,
                  (double)weight_bits, (double)activation_bits) > BISMO_LARGEST)
    return HAQ_POINT_UNSUPPORTED;

  const uint64_t times = product->repetitions;
  add_blocks(parameters, product, block_rows, block_columns, times * full_rows * full_columns,
             weight_bits, activation_bits, total);
  add_blocks(parameters, product, block_rows, rest_columns, times * full_rows, weight_bits,
             activation_bits, total);
  add_blocks(parameters, product, rest_rows, block_columns, times * full_columns, weight_bits,
             activation_bits, total);
  add_blocks(parameters, product, rest_rows, rest_columns, times, weight_bits, activation_bits, total);
  return HAQ_POINT_OK;
}

static uint32_t layer_cycles(const bismo_layer *layer, const bismo_parameters *parameters,
                             uint64_t weight_bits, uint64_t activation_bits, bismo_cycles *cycles) {
  *cycles = (bismo_cycles){0};
  uint32_t status = layer->status;
  for (uint32_t i = 0; i < layer->product_count && status == HAQ_POINT_OK; i++)
    status = add_product(&layer->products[i], parameters, weight_bits, activation_bits, cycles);
  const uint64_t total = smaller(cycles->row_order, cycles->column_order);
  return status == HAQ_POINT_OK && (double)total > BISMO_LARGEST ? HAQ_POINT_UNSUPPORTED : status;
}

/* The longest of the three; when equal, the first in the order compute, activations, weights. */
static uint32_t bound_of(const bismo_cycles *cycles) {
  const uint64_t traffic = cycles->weight_stream > cycles->activation_stream
                               ? cycles->weight_stream : cycles->activation_stream;
  if (cycles->compute >= traffic) return HAQ_BOUND_COMPUTE;
  return cycles->activation_stream == traffic ? HAQ_BOUND_ACTIVATION_TRAFFIC : HAQ_BOUND_WEIGHT_TRAFFIC;
}

uint32_t bismo_stream_cost(const bismo_layer *layer, const bismo_parameters *parameters,
                           uint64_t weight_bits, uint64_t activation_bits, bismo_cost *cost) {
  bismo_cycles cycles;
  const uint32_t status = layer_cycles(layer, parameters, weight_bits, activation_bits, &cycles);
  if (status != HAQ_POINT_OK) return status;
  *cost = (bismo_cost){
      .total = smaller(cycles.row_order, cycles.column_order),
      .compute = cycles.compute,
      .weight_traffic = cycles.weight_stream,
      .activation_traffic = cycles.activation_stream,
      /* Each beat moves a full stream width. */
      .traffic_bytes =
          ((double)cycles.weight_stream * (double)parameters->weights.stream_bits_per_cycle +
           (double)cycles.activation_stream * (double)parameters->activations.stream_bits_per_cycle) / 8,
      .bound = bound_of(&cycles),
  };
  return cost->traffic_bytes > BISMO_LARGEST ? HAQ_POINT_UNSUPPORTED : status;
}
