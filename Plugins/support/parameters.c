/* Every parameter is required, has a stated range, and no default: a spec says all that it means. */
#include "plugin_support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int32_t read_choice(const support_parameter *wanted, const haq_parameter *given,
                           haq_message *message) {
  if (given->text && strcmp(given->text, wanted->yes) == 0) *wanted->choice = true;
  else if (given->text && strcmp(given->text, wanted->no) == 0) *wanted->choice = false;
  else
    return support_fail(message, HAQ_ERROR_INVALID, "parameter \"%s\" must be \"%s\" or \"%s\"",
                        wanted->key, wanted->yes, wanted->no);
  return HAQ_OK;
}

static int32_t read_number(const support_parameter *wanted, const haq_parameter *given,
                           haq_message *message) {
  const double number = given->number;
  const bool legal = !given->text && number >= wanted->lowest && number <= wanted->highest &&
                     (wanted->real || number == floor(number));
  if (!legal)
    return support_fail(message, HAQ_ERROR_INVALID, "parameter \"%s\" must be a %s from %.13g to %.13g",
                        wanted->key, wanted->real ? "number" : "whole number", wanted->lowest,
                        wanted->highest);
  if (wanted->real) *wanted->real = number;
  else *wanted->whole = (uint64_t)number;
  return HAQ_OK;
}

const haq_parameter *support_find(const haq_setup *setup, const char *key) {
  for (uint64_t i = 0; i < setup->parameter_count; i++)
    if (strcmp(setup->parameters[i].key, key) == 0) return &setup->parameters[i];
  return NULL;
}

/* A sentence that lists what exists, so that a misspelt key is found at a glance. */
static int32_t refuse_key(const char *key, const char *plugin, const support_parameter *parameters,
                          size_t count, const char *const *families, haq_message *message) {
  char names[800] = "";
  size_t used = 0;
  for (size_t p = 0; p < count && used < sizeof names; p++)
    used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", p ? ", " : "", parameters[p].key);
  for (; *families && used < sizeof names; families++)
    used += (size_t)snprintf(names + used, sizeof names - used, ", %s...", *families);
  return support_fail(message, HAQ_ERROR_INVALID, "unknown parameter \"%s\"; %s has %s", key, plugin,
                      names);
}

static bool is_known(const char *key, const support_parameter *parameters, size_t count,
                     const char *const *families) {
  for (size_t p = 0; p < count; p++)
    if (strcmp(key, parameters[p].key) == 0) return true;
  for (; *families; families++)
    if (strncmp(key, *families, strlen(*families)) == 0) return true;
  return false;
}

int32_t support_read_parameters(const haq_setup *setup, const char *plugin,
                                const support_parameter *parameters, size_t count,
                                const char *const *families, haq_message *message) {
  for (uint64_t i = 0; i < setup->parameter_count; i++)
    if (!is_known(setup->parameters[i].key, parameters, count, families))
      return refuse_key(setup->parameters[i].key, plugin, parameters, count, families, message);
  int32_t code = HAQ_OK;
  for (size_t p = 0; p < count && code == HAQ_OK; p++) {
    /* A missing parameter gets the same sentence as an illegal one, and "is missing" before it. */
    static const haq_parameter missing = {"", NULL, NAN};
    const haq_parameter *found = support_find(setup, parameters[p].key);
    const haq_parameter *given = found ? found : &missing;
    code = parameters[p].choice ? read_choice(&parameters[p], given, message)
                                : read_number(&parameters[p], given, message);
    if (found || code == HAQ_OK) continue;
    char sentence[200];
    snprintf(sentence, sizeof sentence, "%s", message->text);
    return support_fail(message, code, "a parameter is missing: %s", sentence);
  }
  return code;
}
