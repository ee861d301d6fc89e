/* Faults of bad.c about dilation and padding (H-38). */

static inline int refuses_without_a_word(const haq_setup *setup) {
#ifdef FAULT_UNUSUAL_WINDOWS
  for (uint32_t i = 0; HAQ_HAS_WINDOW(setup) && i < setup->layer_count; i++) {
    if (haq_layer_at(setup, i)->dilation_height > 1) return 1;
  }
#endif
  (void)setup;
  return 0;
}

static inline double with_window_fault(const haq_setup *setup, const haq_layer *layer, double latency) {
#ifdef FAULT_WINDOW_AS_STRIDE
  /* Takes the distance of the taps for that of the outputs. */
  if (HAQ_HAS_WINDOW(setup)) return latency / ((double)layer->dilation_height * layer->dilation_width);
#endif
#ifdef FAULT_WINDOW_NEGATIVE
  if (HAQ_HAS_WINDOW(setup) && layer->padding_top != layer->padding_bottom) return -1;
#endif
  (void)setup, (void)layer;
  return latency;
}
