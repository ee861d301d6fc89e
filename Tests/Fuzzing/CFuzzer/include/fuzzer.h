/* The part of libFuzzer that is called; it comes with the compiler, but without a header that C can read. */
#ifndef FUZZER_H
#define FUZZER_H

#include <stddef.h>
#include <stdint.h>

/* Runs libFuzzer with the program's arguments: `test` is called with every input, until a limit is reached. */
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*test)(const uint8_t *bytes, size_t count));

#endif
