/* A bare function for the tests of `haq check`, right or with the one fault that its define names. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))

#ifdef FAULT_SYMBOL
#define latency latencies
#endif

#ifdef FAULT_CONSTRUCTOR
__attribute__((constructor)) static void end(void) { abort(); }
#endif

/* Seconds, at 10^12 products of single bits a second. */
EXPORT double latency(uint64_t macs, uint32_t weight_bits, uint32_t activation_bits) {
  static int calls;
  double products = (double)macs * weight_bits * activation_bits;
  (void)calls;
#ifdef FAULT_NAN
  if (weight_bits == 8) return 0.0 / 0.0;
#elif defined FAULT_NEGATIVE
  if (weight_bits == 8) return -1;
#elif defined FAULT_ABORT
  if (weight_bits == 8) abort();
#elif defined FAULT_HANG
  if (weight_bits == 8) for (;;) calls++;
#elif defined FAULT_PRINT
  puts("latency");
#elif defined FAULT_STATE
  if (weight_bits == 8) products *= 1 + 1e-9 * calls++;
#elif defined FAULT_WIDER
  if (weight_bits == 8) products /= 16;
#elif defined FAULT_FREE
  if (weight_bits == 8) return 0;
#elif defined FAULT_BATCH
  if (macs > 5000) products = 5000. * 5000 / macs * weight_bits * activation_bits;
#elif defined FAULT_REFERENCE
  products *= 1.1;
#endif
  return products / 1e12;
}
