/* Calls to C functions whose signature is known only at run time: a narrow face of libffi, which hands out its
 * types as mutable globals that Swift may not touch. */
#ifndef FOREIGN_CALL_H
#define FOREIGN_CALL_H

#include <stdint.h>

#define FOREIGN_I8 0u
#define FOREIGN_I16 1u
#define FOREIGN_I32 2u
#define FOREIGN_I64 3u
#define FOREIGN_U8 4u
#define FOREIGN_U16 5u
#define FOREIGN_U32 6u
#define FOREIGN_U64 7u
#define FOREIGN_F32 8u
#define FOREIGN_F64 9u
#define FOREIGN_VOID 10u /* results only */
#define FOREIGN_OUT 11u  /* arguments only: a pointer to a double */

#define FOREIGN_ARGUMENT_LIMIT 32u

/* A prepared signature. */
typedef struct foreign_call foreign_call;

/* NULL when libffi refuses the signature or there is no memory. count is at most FOREIGN_ARGUMENT_LIMIT. */
foreign_call *foreign_call_make(uint32_t result, const uint32_t *arguments, uint32_t count);

void foreign_call_free(foreign_call *call);

/* Calls function `calls` times, in order.
 *
 * words:   one word per argument, call after call; each holds its value in the low bytes.
 *          Words of FOREIGN_OUT are not read.
 * results: one word per call; integers are widened, an f32 stands in the low half. Untouched for FOREIGN_VOID.
 * outs:    one per call, for FOREIGN_OUT.
 * done:    one per call, set to 0 when it has returned, so that another process sees where a call did not; or NULL. */
void foreign_call_repeat(foreign_call *call, void *function, uint64_t calls, uint64_t *words, uint64_t *results,
                         double *outs, volatile uint32_t *done);

#endif
