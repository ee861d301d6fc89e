/* haq_plugin.h - the C ABI between a host and an accelerator cost plugin.
 *
 * A plugin is a shared library that exports one function, haq_plugin_entry,
 * which returns a constant table. The host creates one instance per target
 * and network, and asks it for the cost of many points per call; a point is
 * a layer at given widths of weights and activations.
 *
 * docs/abi.md is normative; (H-n) below names its rules. Three hold everywhere:
 *  - Whoever allocates frees; no memory changes owner.            (H-3)
 *  - Structs only grow at the end.                                (H-5)
 *  - Units are SI: seconds, joules, bytes. A cost is for one
 *    inference of the layer with its whole batch.                 (H-25)
 *
 * Thread tags on the functions:
 *  [any]       from any thread, also at the same time as itself
 *  [instance]  from any thread, but one call at a time per instance,
 *              unless the plugin sets HAQ_REENTRANT
 *
 * Build a plugin with:
 *   cc -shared -fPIC -fvisibility=hidden -I<folder of this header> model.c -o libmodel.so
 */
#ifndef HAQ_PLUGIN_H
#define HAQ_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#if UINTPTR_MAX != 0xFFFFFFFFFFFFFFFFu
#error "haq plugins are defined for 64-bit platforms only"
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define HAQ_ABI_MAJOR 1u
#define HAQ_ABI_MINOR 1u
#define HAQ_ENTRY_SYMBOL "haq_plugin_entry"

/* What create and evaluate return (H-20). */
#define HAQ_OK 0
#define HAQ_ERROR_INVALID 1     /* the setup or a point makes no sense */
#define HAQ_ERROR_UNSUPPORTED 2 /* makes sense, but this model cannot cost it at all */
#define HAQ_ERROR_RESOURCE 3    /* out of memory, a missing file */
#define HAQ_ERROR_CANCELLED 4   /* host->cancelled returned non-zero */
#define HAQ_ERROR_INTERNAL 5    /* a bug in the plugin */

/* haq_results.status: the outcome of one point (H-22). */
#define HAQ_POINT_OK 0u
#define HAQ_POINT_UNSUPPORTED 1u  /* this width or kind of layer is not modelled */
#define HAQ_POINT_DOES_NOT_FIT 2u /* the layer exceeds an on-chip resource */

/* haq_plugin.provides: the columns that a plugin can fill. */
#define HAQ_LATENCY 1u       /* latency_s */
#define HAQ_ENERGY 2u        /* energy_j */
#define HAQ_WEIGHT_BYTES 4u  /* weight_bytes */
#define HAQ_TRAFFIC_BYTES 8u /* traffic_bytes */
#define HAQ_BUFFER_BYTES 16u /* buffer_bytes */

/* haq_plugin.flags */
#define HAQ_REENTRANT 1u /* evaluate may run concurrently on one instance */
#define HAQ_MEASURED 2u  /* costs come from real hardware and may vary between calls */
/* Since 1.1. */
#define HAQ_USES_OUTPUT_BITS 4u /* costs depend on haq_point.output_bits, so the host states it (H-41) */
#define HAQ_USES_FORMATS 8u     /* knows haq_point.weight_format and its siblings, so the host states them (H-42) */

/* haq_layer.kind */
#define HAQ_LAYER_CONVOLUTION 1u     /* a transposed one is sent as the convolution that computes it (H-40) */
#define HAQ_LAYER_DEPTHWISE 2u       /* groups == in_channels == out_channels */
#define HAQ_LAYER_FULLY_CONNECTED 3u /* extents, kernel and stride are 1 x 1; rows are samples (H-37) */
#define HAQ_LAYER_MATMUL 4u          /* product of two activations */

/* haq_point.weight_format and its siblings, since 1.1. docs/formats.md describes the formats (H-42). */
#define HAQ_FORMAT_PLAIN 0u /* integers of the stated bits; 32-bit floats where these are 32 */
#define HAQ_FORMAT_FP16 1u
#define HAQ_FORMAT_BF16 2u
#define HAQ_FORMAT_FP8_E4M3 3u
#define HAQ_FORMAT_FP8_E5M2 4u
#define HAQ_FORMAT_FP6_E2M3 5u
#define HAQ_FORMAT_FP6_E3M2 6u
#define HAQ_FORMAT_FP4_E2M1 7u
#define HAQ_FORMAT_MXFP8_E4M3 17u /* microscaling: an 8-bit scale for 32 elements */
#define HAQ_FORMAT_MXFP8_E5M2 18u
#define HAQ_FORMAT_MXFP6_E2M3 19u
#define HAQ_FORMAT_MXFP6_E3M2 20u
#define HAQ_FORMAT_MXFP4 21u
#define HAQ_FORMAT_NVFP4 32u       /* an 8-bit scale for 16 elements, and one of 32 bits for the tensor */
#define HAQ_FORMAT_INTEGER_G32 64u /* integers of the stated bits with a 16-bit scale for 32 elements */
#define HAQ_FORMAT_INTEGER_G64 65u
#define HAQ_FORMAT_INTEGER_G128 66u

/* The level of a log line. */
#define HAQ_LOG_DEBUG 0
#define HAQ_LOG_INFO 1
#define HAQ_LOG_WARNING 2
#define HAQ_LOG_ERROR 3

/* Marks the one symbol that a plugin exports. */
#define HAQ_EXPORT __attribute__((visibility("default")))

/* The plugin's own state for one target and network. */
typedef struct haq_instance haq_instance;

/* Caller-owned buffer for one sentence that explains an error. Frozen. */
typedef struct haq_message {
  uint32_t struct_size;
  uint32_t capacity; /* bytes at text with the final zero, at least 256 */
  char *text;
} haq_message;

/* One layer. Grows at the end; step through arrays with haq_layer_at (H-6). */
typedef struct haq_layer {
  const char *name;
  uint32_t kind;  /* HAQ_LAYER_... */
  uint32_t flags; /* 0 */
  uint32_t batch; /* samples per inference; rows times samples when fully connected (H-37) */
  uint32_t groups;
  uint32_t in_channels, out_channels;     /* of all groups together */
  uint32_t in_height, in_width;           /* elements */
  uint32_t out_height, out_width;         /* elements */
  uint32_t kernel_height, kernel_width;   /* elements */
  uint32_t stride_height, stride_width;   /* elements */
  /* Since 1.1; before reading them, see HAQ_HAS_WINDOW. */
  uint32_t dilation_height, dilation_width; /* elements from one tap to the next, at least 1 */
  uint32_t padding_top, padding_left;       /* elements before the input */
  uint32_t padding_bottom, padding_right;   /* elements behind it */
} haq_layer;

/* One leaf of the spec's "parameters"; nested keys are joined by dots,
 * and arrive in ascending byte order, each once. Frozen. */
typedef struct haq_parameter {
  const char *key;
  const char *text; /* NULL when the value is a number */
  double number;    /* 0 when the value is text */
} haq_parameter;

/* All that an instance is about. Valid and unchanged until destroy (H-13). */
typedef struct haq_setup {
  uint32_t struct_size;
  uint32_t flags;             /* 0 */
  const char *target_id;
  const char *base_directory; /* absolute path of the spec's folder */
  const haq_parameter *parameters;
  uint64_t parameter_count;
  const haq_layer *layers;    /* index with haq_layer_at only */
  uint32_t layer_count;
  uint32_t layer_size;        /* bytes from one layer to the next */
  /* Since 1.1; before reading it, see haq_batch_of. */
  uint32_t batch;    /* samples per inference, whatever the layer */
  uint32_t reserved; /* 0 */
} haq_setup;

/* One cell of a cost table. Frozen. */
typedef struct haq_point {
  uint32_t layer;           /* index into haq_setup.layers */
  uint16_t weight_bits;     /* 1 ... 32, of an element */
  uint16_t activation_bits; /* 1 ... 32, of the layer's input */
  uint16_t output_bits;     /* 1 ... 32, of the output as it is stored (H-41); 0: the output is as the input is */
  uint16_t flags;           /* 0 */
  /* HAQ_FORMAT_..., since 1.1: what these bits are. 0 unless the plugin sets HAQ_USES_FORMATS (H-42). */
  uint8_t weight_format;
  uint8_t activation_format;
  uint8_t output_format; /* 0 where output_bits is */
  uint8_t reserved;      /* 0 */
} haq_point;

/* Host-owned columns, one cell per point. A NULL column is not wanted; status
 * is never NULL. Grows by columns. */
typedef struct haq_results {
  uint32_t struct_size;
  uint32_t flags;        /* 0 */
  uint32_t *status;      /* HAQ_POINT_... */
  double *latency_s;     /* seconds */
  double *energy_j;      /* joules */
  double *weight_bytes;  /* bytes of packed weights */
  double *traffic_bytes; /* bytes to and from off-chip memory */
  double *buffer_bytes;  /* bytes of on-chip memory occupied at once */
} haq_results;

/* What the host offers. Valid for the life of the process; no function is NULL. */
typedef struct haq_host {
  uint32_t struct_size;
  uint32_t flags; /* 0 */
  uint32_t abi_major;
  uint32_t abi_minor;
  uint64_t features; /* bits that required_features may ask for; none in 1.0 */
  void *host_data;   /* the host's own */

  /* [any] Reports one line; text is copied. Lines beyond 100 per second are dropped. */
  void (*log)(const struct haq_host *host, int32_t level, const char *text);

  /* [any] Non-zero when the work should stop; poll it at least once a second. */
  int32_t (*cancelled)(const struct haq_host *host);

  /* [any] A host extension, or NULL when the host does not have it. */
  const void *(*extension)(const struct haq_host *host, const char *id);
} haq_host;

/* The table that a plugin returns. Constant for the life of the process. */
typedef struct haq_plugin {
  uint32_t struct_size; /* sizeof(haq_plugin) as the plugin was compiled */
  uint32_t flags;       /* HAQ_REENTRANT, HAQ_MEASURED, HAQ_USES_OUTPUT_BITS, HAQ_USES_FORMATS */
  uint32_t abi_major;   /* HAQ_ABI_MAJOR as the plugin was compiled */
  uint32_t abi_minor;   /* HAQ_ABI_MINOR as the plugin was compiled */
  uint64_t required_features; /* bits of haq_host.features it cannot work without */
  uint32_t provides;    /* HAQ_LATENCY, ... */
  uint32_t max_points;  /* largest count per evaluate; 0 means no limit of its own */
  const char *id;       /* such as "example.minimal"; neither NULL nor empty */
  const char *version;  /* such as "1.2.0"; neither NULL nor empty */

  /* [any] Makes an instance. On success *out is not NULL and destroy follows
   * exactly once; on failure *out is ignored and destroy is not called (H-12). */
  int32_t (*create)(const haq_host *host, const haq_setup *setup, haq_instance **out,
                    haq_message *message);

  /* [instance] Sets every status and, where it is HAQ_POINT_OK, the cell of
   * every column that is not NULL and that the plugin provides (H-15). */
  int32_t (*evaluate)(haq_instance *instance, const haq_point *points, uint64_t count,
                      const haq_results *results, haq_message *message);

  /* [any] After the last evaluate has returned. No thread outlives it (H-18). */
  void (*destroy)(haq_instance *instance);

  /* [any] A constant struct for a known id, NULL for any other. May be NULL itself. */
  const void *(*extension)(const char *id);
} haq_plugin;

/* [any] The entry point: no I/O, no threads, the same table at every call (H-9). */
HAQ_EXPORT const haq_plugin *haq_plugin_entry(const haq_host *host);

/* ---- Extension haq.breakdown/1: where the latency of a layer comes from ---- */

#define HAQ_EXTENSION_BREAKDOWN "haq.breakdown/1"

/* haq_breakdown_results.bound */
#define HAQ_BOUND_COMPUTE 1u
#define HAQ_BOUND_WEIGHT_TRAFFIC 2u
#define HAQ_BOUND_ACTIVATION_TRAFFIC 3u

/* Host-owned columns, one cell per point, none NULL. Grows by columns. */
typedef struct haq_breakdown_results {
  uint32_t struct_size;
  uint32_t flags;               /* 0 */
  double *compute_s;            /* time of the arithmetic alone */
  double *weight_traffic_s;     /* time to move the weights alone */
  double *activation_traffic_s; /* time to move the activations alone */
  uint32_t *bound;              /* HAQ_BOUND_...: which of them the layer waits for */
} haq_breakdown_results;

typedef struct haq_breakdown {
  uint32_t struct_size;
  uint32_t flags; /* 0 */

  /* [instance] Fills every cell. Asked only about points whose status was
   * HAQ_POINT_OK; serial with evaluate of the same instance (H-31). */
  int32_t (*evaluate)(haq_instance *instance, const haq_point *points, uint64_t count,
                      const haq_breakdown_results *results, haq_message *message);
} haq_breakdown;

/* ---- Extension haq.components/1: what the costs of a layer are made of, by name ---- */

#define HAQ_EXTENSION_COMPONENTS "haq.components/1"

/* A named part of a cost, or a count beside it. Frozen. */
typedef struct haq_component {
  const char *name;  /* such as "energy.dram"; unique in its list, neither NULL nor empty */
  const char *unit;  /* "s", "J" or "B" */
  uint32_t column;   /* HAQ_LATENCY, ...: the column that it is a part of; 0: of none */
  uint32_t reserved; /* 0 */
} haq_component;

typedef struct haq_components {
  uint32_t struct_size;
  uint32_t flags; /* 0 */

  /* [instance] The components of this instance, the same at every call, valid until destroy. */
  const haq_component *(*list)(haq_instance *instance, uint64_t *count);

  /* [instance] Sets values[i * component count + c] for every point i and component c. Asked only about
   * points whose status was HAQ_POINT_OK; serial with evaluate of the same instance (H-34). */
  int32_t (*evaluate)(haq_instance *instance, const haq_point *points, uint64_t count,
                      double *values, haq_message *message);
} haq_components;

/* ---- Extension haq.resources/1: what the target takes of its device ---- */

#define HAQ_EXTENSION_RESOURCES "haq.resources/1"

/* One kind of thing that a device has a limited number of. Frozen. */
typedef struct haq_resource {
  const char *name; /* such as "LUT"; unique in its list, neither NULL nor empty */
  double used;      /* by the target, estimated: at least 0, at most capacity */
  double capacity;  /* of the device: more than 0 */
} haq_resource;

typedef struct haq_resources {
  uint32_t struct_size;
  uint32_t flags; /* 0 */

  /* [instance] The resources of this instance, the same at every call, valid until destroy. They
   * follow from the parameters alone, whatever the network (H-35). */
  const haq_resource *(*list)(haq_instance *instance, uint64_t *count);
} haq_resources;

/* ---- Extension haq.network/1: what a whole network costs, where the costs of its layers do not add ---- */

#define HAQ_EXTENSION_NETWORK "haq.network/1"

typedef struct haq_network {
  uint32_t struct_size;
  uint32_t flags; /* 0 */

  /* [instance] What the network costs under each of policy_count policies. Policy p gives layer l of the
   * setup the widths of points[p * layer_count + l], whose layer is l: every layer, in order. The columns
   * have one cell per policy. Asked only about policies of whose points each has the status HAQ_POINT_OK;
   * serial with evaluate of the same instance (H-32). */
  int32_t (*evaluate)(haq_instance *instance, const haq_point *points, uint64_t policy_count,
                      const haq_results *results, haq_message *message);
} haq_network;

/* ---- Helpers, compiled into the plugin; not part of the ABI ---- */

/* Layer number index, whatever the size of haq_layer was when the host was built. */
static inline const haq_layer *haq_layer_at(const haq_setup *setup, uint32_t index) {
  return (const haq_layer *)(const void *)((const char *)(const void *)setup->layers +
                                           (size_t)index * setup->layer_size);
}

/* Whether the host is of 1.1 or later, so that layers state their dilation and padding. */
#define HAQ_HAS_WINDOW(setup) ((setup)->layer_size >= 88u)

/* Elements from the first tap of the kernel to the last, both counted; the kernel itself for a host of 1.0, which
 * gives no dilated layer. */
static inline uint32_t haq_reach_height(const haq_setup *setup, const haq_layer *layer) {
  return HAQ_HAS_WINDOW(setup) && layer->kernel_height ? layer->dilation_height * (layer->kernel_height - 1) + 1
                                                       : layer->kernel_height;
}
static inline uint32_t haq_reach_width(const haq_setup *setup, const haq_layer *layer) {
  return HAQ_HAS_WINDOW(setup) && layer->kernel_width ? layer->dilation_width * (layer->kernel_width - 1) + 1
                                                      : layer->kernel_width;
}

/* Samples per inference. A host of 1.0 does not state them: no layer has a smaller batch (H-37). */
static inline uint32_t haq_batch_of(const haq_setup *setup) {
  if (setup->struct_size >= 64u) return setup->batch;
  uint32_t least = setup->layer_count ? haq_layer_at(setup, 0)->batch : 1;
  for (uint32_t i = 1; i < setup->layer_count; i++)
    if (haq_layer_at(setup, i)->batch < least) least = haq_layer_at(setup, i)->batch;
  return least;
}

/* Multiply-accumulate operations of the layer with its whole batch. */
static inline double haq_layer_macs(const haq_layer *layer) {
  double groups = layer->groups ? (double)layer->groups : 1.0;
  return (double)layer->batch * layer->out_height * layer->out_width * layer->kernel_height *
         layer->kernel_width * layer->out_channels * (layer->in_channels / groups);
}

/* Elements that share a scale, and bits of that scale; 0 where a format stores none. */
static inline uint32_t haq_block_length(uint8_t format) {
  if (format >= HAQ_FORMAT_MXFP8_E4M3 && format <= HAQ_FORMAT_MXFP4) return 32;
  if (format >= HAQ_FORMAT_INTEGER_G32 && format <= HAQ_FORMAT_INTEGER_G128)
    return 32u << (format - HAQ_FORMAT_INTEGER_G32);
  return format == HAQ_FORMAT_NVFP4 ? 16 : 0;
}
static inline uint32_t haq_scale_bits(uint8_t format) {
  if (format >= HAQ_FORMAT_INTEGER_G32 && format <= HAQ_FORMAT_INTEGER_G128) return 16;
  return haq_block_length(format) ? 8 : 0;
}

/* Bits of a tensor of rows, in each of which a begun block has a whole scale: for weights a row is what one output
 * reads, for activations all elements are one row. Exact below 2^53; whole numbers in, whole numbers out. */
static inline double haq_stored_bits(uint8_t format, uint32_t bits, double rows, double row_length) {
  const double length = haq_block_length(format);
  double row = row_length * bits;
  if (length > 0) {
    /* Rounded up without libm; beyond 2^53 there is no fraction to round. */
    const double blocks = row_length / length;
    const double whole = blocks < 9007199254740992.0 ? (double)(uint64_t)blocks : blocks;
    row += (whole < blocks ? whole + 1 : whole) * haq_scale_bits(format);
  }
  return rows * row + (format == HAQ_FORMAT_NVFP4 ? 32 : 0);
}

#ifdef __cplusplus
}
#endif
#endif
