/* The plugin table: the counters of each layer as seconds, joules and bytes. */
#include "bitfusion.h"

#include <stdlib.h>
#include <string.h>

/* The answer for one problem at one pair of widths, once it was asked for. */
typedef struct {
  bool is_known;
  uint32_t status;
  bitfusion_counters counters; /* of all repetitions */
} cell;

/* A problem that one or more layers have, and its answers by weight and activation width. */
typedef struct {
  bitfusion_problem problem;
  cell *cells; /* NULL until the first question */
} shape;

struct haq_instance {
  const haq_host *host;
  const haq_setup *setup;
  bitfusion_parameters parameters;
  uint32_t *shape_of_layer;
  shape *shapes;
  uint32_t shape_count;
};

static void destroy(haq_instance *self) {
  for (uint32_t i = 0; i < self->shape_count; i++) free(self->shapes[i].cells);
  free(self->shapes);
  free(self->shape_of_layer);
  free(self);
}

/* A layer's problem with the layer's number, for sorting. */
typedef struct {
  bitfusion_problem problem;
  uint64_t layer;
} numbered_problem;

static int by_problem(const void *a, const void *b) {
  return memcmp(&((const numbered_problem *)a)->problem, &((const numbered_problem *)b)->problem,
                sizeof(bitfusion_problem));
}

/* Networks repeat themselves; equal problems are solved once. */
static void collect_shapes(haq_instance *self, numbered_problem *problems, uint32_t count) {
  qsort(problems, count, sizeof *problems, by_problem);
  for (uint32_t i = 0; i < count; i++) {
    if (i == 0 || by_problem(&problems[i - 1], &problems[i]) != 0)
      self->shapes[self->shape_count++].problem = problems[i].problem;
    self->shape_of_layer[problems[i].layer] = self->shape_count - 1;
  }
}

static int32_t map_layers(haq_instance *self, haq_message *message) {
  const uint32_t count = self->setup->layer_count;
  numbered_problem *problems = calloc(count + 1, sizeof *problems);
  self->shape_of_layer = calloc(count + 1, sizeof *self->shape_of_layer);
  self->shapes = calloc(count + 1, sizeof *self->shapes);
  int32_t code = HAQ_OK;
  if (!problems || !self->shape_of_layer || !self->shapes)
    code = support_fail(message, HAQ_ERROR_RESOURCE, "out of memory");
  for (uint32_t i = 0; i < count && code == HAQ_OK; i++) {
    problems[i].layer = i;
    code = bitfusion_map_layer(self->setup, i, &self->parameters,
                               &problems[i].problem, message);
  }
  if (code == HAQ_OK) collect_shapes(self, problems, count);
  free(problems);
  return code;
}

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out,
                      haq_message *message) {
  haq_instance *self = calloc(1, sizeof *self);
  if (!self) return support_fail(message, HAQ_ERROR_RESOURCE, "out of memory");
  self->host = host;
  self->setup = setup;
  int32_t code = bitfusion_read_parameters(setup, &self->parameters, message);
  if (code == HAQ_OK) code = map_layers(self, message);
  if (code != HAQ_OK) {
    destroy(self);
    return code;
  }
  *out = self;
  return HAQ_OK;
}

/* Multiplies all counters; false when one would exceed what a cell may hold. */
static bool repeat(bitfusion_counters *counters, uint64_t repetitions) {
  uint64_t *counts[] = {
      &counters->compute_cycles, &counters->stall_cycles,
      &counters->buffer_read_bits[WEIGHTS], &counters->buffer_write_bits[WEIGHTS],
      &counters->buffer_read_bits[INPUTS], &counters->buffer_write_bits[INPUTS],
      &counters->buffer_read_bits[OUTPUTS], &counters->buffer_write_bits[OUTPUTS],
      &counters->dram_read_bits, &counters->dram_write_bits,
  };
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    /* Bits are halved twice or more on their way to a cell, and cycles are summed in pairs. */
    if ((double)*counts[i] * (double)repetitions > BITFUSION_LARGEST / 2) return false;
    *counts[i] *= repetitions;
  }
  return true;
}

static void solve(const haq_instance *self, const bitfusion_problem *problem, uint64_t weight_bits,
                  uint64_t activation_bits, cell *cell) {
  cell->is_known = true;
  cell->status = HAQ_POINT_UNSUPPORTED;
  if (!problem->is_supported) return;
  if (!bitfusion_search(&self->parameters, problem, weight_bits, activation_bits, &cell->counters))
    cell->status = HAQ_POINT_DOES_NOT_FIT;
  else if (repeat(&cell->counters, problem->repetitions))
    cell->status = HAQ_POINT_OK;
}

/* The answer for a point, from memory if it was asked for before; NULL when out of memory. */
static const cell *answer(haq_instance *self, const haq_point *point) {
  static const cell unsupported = {.status = HAQ_POINT_UNSUPPORTED};
  const uint64_t widest = self->parameters.max_bits;
  const uint64_t w = point->weight_bits, a = point->activation_bits;
  if (w < 1 || w > widest || a < 1 || a > widest) return &unsupported;
  shape *shape = &self->shapes[self->shape_of_layer[point->layer]];
  if (!shape->cells) shape->cells = calloc(widest * widest, sizeof *shape->cells);
  if (!shape->cells) return NULL;
  cell *found = &shape->cells[(w - 1) * widest + a - 1];
  if (!found->is_known) solve(self, &shape->problem, w, a, found);
  return found;
}

/* Looks up point number i; HAQ_OK, or an error with a sentence. */
static int32_t look_up(haq_instance *self, const haq_point *points, uint64_t i, const cell **found,
                       haq_message *message) {
  if (i % 64 == 0 && self->host->cancelled(self->host))
    return support_fail(message, HAQ_ERROR_CANCELLED, "cancelled after %llu points",
                        (unsigned long long)i);
  *found = answer(self, &points[i]);
  return *found ? HAQ_OK : support_fail(message, HAQ_ERROR_RESOURCE, "out of memory");
}

/* The same for the extensions, which the host asks about points that evaluate has costed. */
static int32_t look_up_costed(haq_instance *self, const haq_point *points, uint64_t i,
                              const cell **found, haq_message *message) {
  const int32_t code = look_up(self, points, i, found, message);
  if (code != HAQ_OK || (*found)->status == HAQ_POINT_OK) return code;
  return support_fail(message, HAQ_ERROR_INVALID, "point %llu has no cost, so nothing more is known of it",
                      (unsigned long long)i);
}

static double in_seconds(const haq_instance *self, uint64_t cycles) {
  return (double)cycles / self->parameters.clock_hz;
}

static double in_bytes(uint64_t bits) { return (double)bits / 8; }

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count,
                        const haq_results *results, haq_message *message) {
  int32_t code = support_check_layers(points, count, self->setup->layer_count, message);
  for (uint64_t i = 0; i < count && code == HAQ_OK; i++) {
    const cell *found;
    code = look_up(self, points, i, &found, message);
    if (code != HAQ_OK) break;
    results->status[i] = found->status;
    if (found->status != HAQ_POINT_OK) continue;
    const bitfusion_counters *counters = &found->counters;
    if (results->latency_s)
      results->latency_s[i] = in_seconds(self, counters->compute_cycles + counters->stall_cycles);
    if (results->energy_j)
      results->energy_j[i] = bitfusion_energy_of(&self->parameters, counters).total;
    if (results->weight_bytes)
      results->weight_bytes[i] =
          support_weight_bytes(haq_layer_at(self->setup, points[i].layer), points[i].weight_bits);
    if (results->traffic_bytes)
      results->traffic_bytes[i] = in_bytes(counters->dram_read_bits + counters->dram_write_bits);
  }
  return code;
}

static int32_t break_down(haq_instance *self, const haq_point *points, uint64_t count,
                          const haq_breakdown_results *results, haq_message *message) {
  const double bits_per_s = (double)self->parameters.dram_bits_per_cycle * self->parameters.clock_hz;
  int32_t code = support_check_layers(points, count, self->setup->layer_count, message);
  for (uint64_t i = 0; i < count && code == HAQ_OK; i++) {
    const cell *found;
    code = look_up_costed(self, points, i, &found, message);
    if (code != HAQ_OK) break;
    const bitfusion_counters *counters = &found->counters;
    const uint64_t weight_bits = counters->buffer_write_bits[WEIGHTS];
    const uint64_t all_bits = counters->dram_read_bits + counters->dram_write_bits;
    const double compute_s = in_seconds(self, counters->compute_cycles);
    results->compute_s[i] = compute_s;
    results->weight_traffic_s[i] = (double)weight_bits / bits_per_s;
    results->activation_traffic_s[i] = (double)(all_bits - weight_bits) / bits_per_s;
    /* Operands share the DRAM interface, so it is their sum that computing has to cover. */
    if ((double)all_bits / bits_per_s <= compute_s) results->bound[i] = HAQ_BOUND_COMPUTE;
    else if (weight_bits > all_bits - weight_bits) results->bound[i] = HAQ_BOUND_WEIGHT_TRAFFIC;
    else results->bound[i] = HAQ_BOUND_ACTIVATION_TRAFFIC;
  }
  return code;
}

static const haq_component components[] = {
    {"latency.compute", "s", HAQ_LATENCY, 0},
    {"latency.stall", "s", HAQ_LATENCY, 0},
    {"energy.core", "J", HAQ_ENERGY, 0},
    {"energy.weight_buffer", "J", HAQ_ENERGY, 0},
    {"energy.input_buffer", "J", HAQ_ENERGY, 0},
    {"energy.output_buffer", "J", HAQ_ENERGY, 0},
    {"energy.dram", "J", HAQ_ENERGY, 0},
    {"traffic.dram_read", "B", HAQ_TRAFFIC_BYTES, 0},
    {"traffic.dram_write", "B", HAQ_TRAFFIC_BYTES, 0},
    {"weight_buffer.read", "B", 0, 0},
    {"weight_buffer.write", "B", 0, 0},
    {"input_buffer.read", "B", 0, 0},
    {"input_buffer.write", "B", 0, 0},
    {"output_buffer.read", "B", 0, 0},
    {"output_buffer.write", "B", 0, 0},
};

enum { COMPONENTS = sizeof components / sizeof components[0] };

static const haq_component *list_components(haq_instance *self, uint64_t *count) {
  (void)self;
  *count = COMPONENTS;
  return components;
}

static int32_t evaluate_components(haq_instance *self, const haq_point *points, uint64_t count,
                                   double *values, haq_message *message) {
  int32_t code = support_check_layers(points, count, self->setup->layer_count, message);
  for (uint64_t i = 0; i < count && code == HAQ_OK; i++) {
    const cell *found;
    code = look_up_costed(self, points, i, &found, message);
    if (code != HAQ_OK) break;
    const bitfusion_counters *counters = &found->counters;
    const bitfusion_energy energy = bitfusion_energy_of(&self->parameters, counters);
    double *value = values + i * COMPONENTS;
    *value++ = in_seconds(self, counters->compute_cycles);
    *value++ = in_seconds(self, counters->stall_cycles);
    *value++ = energy.core;
    for (int operand = 0; operand < OPERANDS; operand++) *value++ = energy.buffers[operand];
    *value++ = energy.dram;
    *value++ = in_bytes(counters->dram_read_bits);
    *value++ = in_bytes(counters->dram_write_bits);
    for (int operand = 0; operand < OPERANDS; operand++) {
      *value++ = in_bytes(counters->buffer_read_bits[operand]);
      *value++ = in_bytes(counters->buffer_write_bits[operand]);
    }
  }
  return code;
}

static const void *extension(const char *id) {
  static const haq_breakdown breakdown = {.struct_size = sizeof breakdown, .evaluate = break_down};
  static const haq_components named = {
      .struct_size = sizeof named, .list = list_components, .evaluate = evaluate_components};
  if (strcmp(id, HAQ_EXTENSION_BREAKDOWN) == 0) return &breakdown;
  return strcmp(id, HAQ_EXTENSION_COMPONENTS) == 0 ? &named : NULL;
}

const haq_plugin *haq_plugin_entry(const haq_host *host) {
  (void)host;
  /* Not HAQ_REENTRANT: an instance remembers its answers. */
  static const haq_plugin plugin = {
      .struct_size = sizeof plugin,
      .abi_major = HAQ_ABI_MAJOR,
      .abi_minor = HAQ_ABI_MINOR,
      .provides = HAQ_LATENCY | HAQ_ENERGY | HAQ_WEIGHT_BYTES | HAQ_TRAFFIC_BYTES,
      .id = "haq.bitfusion",
      .version = "1.0.0",
      .create = create,
      .evaluate = evaluate,
      .destroy = destroy,
      .extension = extension};
  return &plugin;
}
