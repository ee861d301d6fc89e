#include "foreign_call.h"

#include <ffi.h>
#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "a value must stand in the low bytes at the beginning of its word"
#endif

struct foreign_call {
  ffi_cif cif;
  uint32_t count;
  uint32_t kinds[FOREIGN_ARGUMENT_LIMIT];
  ffi_type *types[FOREIGN_ARGUMENT_LIMIT]; /* libffi keeps a pointer to them */
};

static ffi_type *type_of(uint32_t kind) {
  switch (kind) {
    case FOREIGN_I8: return &ffi_type_sint8;
    case FOREIGN_I16: return &ffi_type_sint16;
    case FOREIGN_I32: return &ffi_type_sint32;
    case FOREIGN_I64: return &ffi_type_sint64;
    case FOREIGN_U8: return &ffi_type_uint8;
    case FOREIGN_U16: return &ffi_type_uint16;
    case FOREIGN_U32: return &ffi_type_uint32;
    case FOREIGN_U64: return &ffi_type_uint64;
    case FOREIGN_F32: return &ffi_type_float;
    case FOREIGN_F64: return &ffi_type_double;
    case FOREIGN_VOID: return &ffi_type_void;
    case FOREIGN_OUT: return &ffi_type_pointer;
    default: return NULL;
  }
}

foreign_call *foreign_call_make(uint32_t result, const uint32_t *arguments, uint32_t count) {
  ffi_type *result_type = type_of(result);
  if (count > FOREIGN_ARGUMENT_LIMIT || result_type == NULL) return NULL;
  foreign_call *call = calloc(1, sizeof *call);
  if (call == NULL) return NULL;
  call->count = count;
  for (uint32_t i = 0; i < count; i++) {
    call->kinds[i] = arguments[i];
    call->types[i] = type_of(arguments[i]);
    if (call->types[i] == NULL) {
      free(call);
      return NULL;
    }
  }
  if (ffi_prep_cif(&call->cif, FFI_DEFAULT_ABI, count, result_type, call->types) != FFI_OK) {
    free(call);
    return NULL;
  }
  return call;
}

void foreign_call_free(foreign_call *call) { free(call); }

void foreign_call_repeat(foreign_call *call, void *function, uint64_t calls, uint64_t *words, uint64_t *results,
                         double *outs, volatile uint32_t *done) {
  void (*target)(void);
  /* ISO C has no cast from an object pointer to a function pointer; POSIX says that the bits are the same. */
  memcpy(&target, &function, sizeof target);
  void *values[FOREIGN_ARGUMENT_LIMIT];
  for (uint64_t n = 0; n < calls; n++) {
    double *out = outs + n;
    for (uint32_t i = 0; i < call->count; i++) {
      values[i] = call->kinds[i] == FOREIGN_OUT ? (void *)&out : (void *)(words + i);
    }
    ffi_call(&call->cif, target, results + n, values);
    if (done != NULL) done[n] = 0;
    words += call->count;
  }
}
