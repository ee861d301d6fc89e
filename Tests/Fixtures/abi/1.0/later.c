/* What a plugin of a later time may look like to a program of ABI 1.0: a longer table of a newer minor version, an
 * extension that 1.0 does not know; with -DLATER_FEATURE something that it needs, with -DLATER_MAJOR another major. */
#define haq_plugin_entry entry_of_1_0
#include "plugin.c"
#undef haq_plugin_entry

#include <string.h>

#ifndef LATER_FEATURE
#define LATER_FEATURE 0
#endif
#ifndef LATER_MAJOR
#define LATER_MAJOR 1
#endif

static const void *extension(const char *id) {
  static const uint32_t later[2] = {8, 0};
  return strcmp(id, "haq.later/1") == 0 ? later : NULL;
}

typedef struct {
  haq_plugin known;
  void (*later)(void);
  uint64_t more[5];
} later_plugin;

HAQ_EXPORT const haq_plugin *haq_plugin_entry(const haq_host *host) {
  static later_plugin plugin;
  plugin.known = *entry_of_1_0(host);
  plugin.known.struct_size = sizeof plugin;
  plugin.known.abi_major = LATER_MAJOR;
  plugin.known.abi_minor = 7;
  plugin.known.required_features = LATER_FEATURE;
  plugin.known.extension = extension;
  plugin.more[0] = ~0ull;
  return &plugin.known;
}
