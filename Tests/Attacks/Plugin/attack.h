/* Attacks on the sandbox, by name. Each tries one thing that docs/threat-model.md promises to be impossible. */
#ifndef ATTACK_H
#define ATTACK_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "haq_plugin.h"

/* What an attack may aim at. */
struct aims {
  const char *base;  /* the spec's folder, which may be read: readable.txt, link-to-secret, code.so */
  const char *arena; /* a folder of the user outside of it: victim.txt, secret.txt, folder/ */
  int victim;        /* the process that stands for haq */
  int bystander;     /* another process of the user, with a secret in its environment */
  const haq_host *host;
};

/* 1 when the attack got out, 0 when it was refused. */
typedef int attack_function(const struct aims *aims);

struct attack {
  const char *name;
  attack_function *run;
};

/* A path of the two folders; valid until the next call. */
const char *in_base(const struct aims *aims, const char *name);
const char *in_arena(const struct aims *aims, const char *name);

/* Whether a call succeeded, which is how most attacks get out. */
#define WORKED(call) ((call) >= 0)

/* The attacks of one kind, up to one without a name. */
extern const struct attack file_attacks[], reading_attacks[], process_attacks[], signal_attacks[], memory_attacks[],
    network_attacks[], system_attacks[], lasting_attacks[], lawful_uses[];

#endif
