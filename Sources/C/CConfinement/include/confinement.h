/* How haq-sandbox confines itself before it loads a library. docs/threat-model.md says what each step is for.
 * Functions return 0, or -1 with errno set. */
#ifndef CONFINEMENT_H
#define CONFINEMENT_H

#include <stdint.h>

/* Kinds of namespaces. */
enum {
  CONFINEMENT_USERS = 1 << 0,
  CONFINEMENT_PROCESSES = 1 << 1,
  CONFINEMENT_NETWORK = 1 << 2,
  CONFINEMENT_IPC = 1 << 3,
  CONFINEMENT_MOUNTS = 1 << 4, /* with a /proc that shows only this sandbox */
  CONFINEMENT_ALL_NAMESPACES = (1 << 5) - 1
};

/* Whether this build has a sanitizer, whose shadow memory no address-space limit can hold. */
int confinement_has_sanitizer(void);

/* Lets no other process of the user read this one's memory, environment and descriptors through /proc. */
int confinement_hide_memory(void);

/* Lets faults end this process at once, whatever handlers a language's runtime has installed. */
int confinement_default_faults(void);

/* Limits on this process that it cannot lift again. 0 bytes of address space: no limit. */
int confinement_limit_resources(uint64_t address_space_bytes, uint32_t open_files, uint64_t processor_seconds);

/* Splits this process in two, in a new session without a terminal and in those of the `wanted` namespaces that the
 * kernel grants. The call returns in the child. The parent watches over it and never returns: it lets the child have no
 * more than about `threads` threads, ends as the child ends, and ends it at SIGTERM. Both die when the other end of the
 * pipe `lifeline` closes, which only the parent keeps open. To be called before any other thread exists. */
int confinement_split(int lifeline, uint32_t wanted, uint32_t threads, uint32_t *namespaces);

/* Gives up all capabilities. */
int confinement_drop_capabilities(void);

/* From now on only what is below `paths` can be read, a list that NULL ends, and the folders of the system's and this
 * program's libraries; TCP, signals to others and abstract sockets are refused where the kernel can do that. `abi` is
 * the version of Landlock, 0 where the kernel has none. */
int confinement_restrict_reading(const char *const *paths, uint32_t *abi);

/* Refuses every system call that neither a cost model nor the dynamic loader needs. To be called after
 * `confinement_split`. */
int confinement_restrict_calls(void);

/* Refuses what only the dynamic loader needs: mapping files as code. */
int confinement_end_loading(void);

/* Tries to get out, by calls that would do no harm; the name of the first that was not refused, NULL when all were.
 * `abi` is what `confinement_restrict_reading` reported. */
const char *confinement_first_escape(uint32_t abi);

#endif
