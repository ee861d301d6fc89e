#include "attack.h"

#define LIMIT 256

struct haq_instance {
  struct aims aims;
  const struct attack *chosen[LIMIT]; /* by layer */
  int count;
};

static char path[4096];

static const char *in(const char *folder, const char *name) {
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

const char *in_base(const struct aims *aims, const char *name) { return in(aims->base, name); }
const char *in_arena(const struct aims *aims, const char *name) { return in(aims->arena, name); }

static const struct attack *find(const char *name) {
  const struct attack *const kinds[] = {file_attacks,   reading_attacks, process_attacks, signal_attacks,
                                        memory_attacks, network_attacks, system_attacks, lasting_attacks, lawful_uses};
  for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
    for (const struct attack *attack = kinds[kind]; attack->name; attack++) {
      if (strcmp(attack->name, name) == 0) return attack;
    }
  }
  return NULL;
}

/* The attacks of a list of names that commas separate; those that do not exist are NULL. */
static int choose(const char *names, const struct attack **chosen) {
  char name[64];
  int count = 0;
  while (*names && count < LIMIT) {
    size_t length = strcspn(names, ",");
    snprintf(name, sizeof name, "%.*s", (int)length, names);
    chosen[count++] = find(name);
    names += length + (names[length] == ',');
  }
  return count;
}

#ifdef IN_CONSTRUCTOR /* attacks that are made before the plugin's entry is called */
static int constructed[LIMIT];
__attribute__((constructor)) static void construct(void) {
  /* What may be read, and where its name is writable, is all that a constructor knows. */
  const struct aims aims = {.base = "/dev", .arena = "/tmp"};
  const struct attack *chosen[LIMIT];
  int count = choose(IN_CONSTRUCTOR, chosen);
  for (int i = 0; i < count; i++) constructed[i] = chosen[i] ? chosen[i]->run(&aims) : -1;
}
#endif

static int32_t create(const haq_host *host, const haq_setup *setup, haq_instance **out, haq_message *message) {
  haq_instance *self = calloc(1, sizeof *self);
  if (!self) return HAQ_ERROR_RESOURCE;
  self->aims.host = host;
  self->aims.base = setup->base_directory;
  for (uint64_t i = 0; i < setup->parameter_count; i++) {
    const haq_parameter *parameter = &setup->parameters[i];
    if (!strcmp(parameter->key, "arena")) self->aims.arena = parameter->text;
    if (!strcmp(parameter->key, "victim")) self->aims.victim = (int)parameter->number;
    if (!strcmp(parameter->key, "bystander")) self->aims.bystander = (int)parameter->number;
    if (!strcmp(parameter->key, "attacks")) self->count = choose(parameter->text, self->chosen);
  }
  for (int i = 0; i < self->count; i++) {
    if (self->chosen[i]) continue;
    snprintf(message->text, message->capacity, "there is no attack number %d", i);
    free(self);
    return HAQ_ERROR_INVALID;
  }
  *out = self;
  return HAQ_OK;
}

static int outcome(haq_instance *self, uint32_t layer) {
#ifdef IN_CONSTRUCTOR
  (void)self;
  return constructed[layer];
#else
  int outcome = self->chosen[layer]->run(&self->aims);
  /* What it left open must not keep the next one from opening anything. */
  for (int i = 4; i < 64; i++) close(i);
  return outcome;
#endif
}

static int32_t evaluate(haq_instance *self, const haq_point *points, uint64_t count, const haq_results *results,
                        haq_message *message) {
  (void)message;
  for (uint64_t i = 0; i < count; i++) {
    if (points[i].layer >= (uint32_t)self->count) return HAQ_ERROR_INVALID;
    results->latency_s[i] = outcome(self, points[i].layer);
    results->status[i] = HAQ_POINT_OK;
  }
  return HAQ_OK;
}

static void destroy(haq_instance *self) { free(self); }

HAQ_EXPORT const haq_plugin *haq_plugin_entry(const haq_host *host) {
  static const haq_plugin plugin = {
      .struct_size = sizeof(haq_plugin),
      .abi_major = HAQ_ABI_MAJOR,
      .abi_minor = HAQ_ABI_MINOR,
      .id = "test.attack",
      .version = "1",
      .provides = HAQ_LATENCY,
      .create = create,
      .evaluate = evaluate,
      .destroy = destroy,
  };
  (void)host;
  return &plugin;
}
