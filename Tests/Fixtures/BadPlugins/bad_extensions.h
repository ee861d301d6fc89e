/* What the plugin of bad.c says beside its costs: a breakdown, components and resources, each with faults. */

/* Latency as evaluate states it, in three times: a quarter of it for weights alone, an eighth for activations. */
static double told(haq_instance *self, const haq_point *points, uint64_t i, uint64_t count) {
#ifdef FAULT_WORK_COSTS
  if (self->setup->layer_count > 1) return 0;
#endif
  return cost(self, &points[i], i, count);
}

static int32_t evaluate_breakdown(haq_instance *self, const haq_point *points, uint64_t count,
                                  const haq_breakdown_results *results, haq_message *message) {
  (void)message;
  for (uint64_t i = 0; i < count; i++) {
    double latency = told(self, points, i, count);
    results->compute_s[i] = latency;
    results->weight_traffic_s[i] = latency / 4;
    results->activation_traffic_s[i] = latency / 8;
    results->bound[i] = HAQ_BOUND_COMPUTE;
#ifdef FAULT_BREAKDOWN_ANSWERS
    if (is_marked(&points[i], latency)) results->compute_s[i] = 0.0 / 0.0;
#endif
#ifdef FAULT_BREAKDOWN_BOUND
    if (is_marked(&points[i], latency)) results->bound[i] = 99;
#endif
#ifdef FAULT_BREAKDOWN_UNWRITTEN
    if (i == 0) results->bound[count] = 1;
#endif
#ifdef FAULT_BREAKDOWN_FITS
    results->compute_s[i] = 1e9;
#endif
#ifdef FAULT_BREAKDOWN_OTHER_BOUND
    /* Together they take 3/16 of the time for arithmetic, less than the third that a shared path would excuse. */
    results->weight_traffic_s[i] = latency / 16;
    results->bound[i] = HAQ_BOUND_ACTIVATION_TRAFFIC;
#endif
  }
  return HAQ_OK;
}

static const haq_component components[] = {
    {"time.arithmetic", "s", HAQ_LATENCY, 0},
#ifdef FAULT_COMPONENTS_LISTED
    {"time.arithmetic", "s", HAQ_LATENCY, 0},
#else
    {"time.waiting", "s", HAQ_LATENCY, 0},
#endif
#ifdef FAULT_COMPONENTS_UNIT
    {"products", "cycles", 0, 0}};
#else
    {"bits", "B", 0, 0}};
#endif

static const haq_component *list_components(haq_instance *self, uint64_t *count) {
  (void)self;
  *count = sizeof components / sizeof *components;
  return components;
}

static int32_t evaluate_components(haq_instance *self, const haq_point *points, uint64_t count, double *values,
                                   haq_message *message) {
  (void)message;
  const uint64_t width = sizeof components / sizeof *components;
  for (uint64_t i = 0; i < count; i++) {
    double latency = told(self, points, i, count);
    values[width * i] = latency / 4;
    values[width * i + 1] = latency - latency / 4;
    values[width * i + 2] = points[i].weight_bits;
#ifdef FAULT_COMPONENTS_ADD_UP
    values[width * i + 1] *= 1.01;
#endif
#ifdef FAULT_COMPONENTS_UNWRITTEN
    values[width * i + 2] = 0.0 / 0.0;
#endif
  }
#ifdef FAULT_COMPONENTS_OVERRUN
  for (uint64_t i = width * count; i < 3 * width * count; i++) values[i] = 0;
#endif
  return HAQ_OK;
}

#ifdef FAULT_RESOURCES_LISTED
static const haq_resource resources[] = {{"LUT", 200, 100}};
#elif defined FAULT_RESOURCES_NAMED
static const haq_resource resources[] = {{"LUT", 20, 100}, {"LUT", 20, 100}};
#else
static const haq_resource resources[] = {{"LUT", 40, 100}};
#endif

static const haq_resource *list_resources(haq_instance *self, uint64_t *count) {
  (void)self;
  *count = sizeof resources / sizeof *resources;
  return resources;
}
