/* What a sandbox needs of Linux and Swift's Glibc module hides. Functions return 0, or -1 with errno set. */
#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stdint.h>
#include <sys/types.h>

/* The reading and the writing end of a pipe, both closed on exec. */
int cplatform_pipe(int ends[2]);

/* A file in memory that closes on exec and can be sealed; its descriptor, or -1. */
int cplatform_memory_file(const char *name);

/* From now on nobody can change the bytes or the length of a memory file. */
int cplatform_seal(int descriptor);

/* From now on nobody can change its length; the bytes stay writable. */
int cplatform_seal_length(int descriptor);

/* Starts a program that inherits only `descriptors`, as 0, 1, 2 ... in that order, and the environment
 * LC_ALL=C. All of them must be at least `count`. Returns its process id. */
pid_t cplatform_spawn(const char *program, const char *const *arguments, const int *descriptors, int count);

/* The same descriptor under a number of at least `least`, closed on exec; closes the old one. */
int cplatform_move_up(int descriptor, int least);

/* The variable's value; NULL when absent, and whenever the program runs with another user's rights. */
const char *cplatform_secure_getenv(const char *name);

/* Whether this build has a sanitizer, whose shadow memory no address-space limit can hold. */
int cplatform_has_sanitizer(void);

/* Limits on this process that it cannot lift again (where it is not root). 0 bytes of address space: no limit. */
int cplatform_limit_resources(uint64_t address_space_bytes, uint32_t open_files);

/* Ends this process by SIGXCPU when it has used so many more seconds of processor time than now. */
int cplatform_limit_processor_time(uint64_t seconds);

/* Kills this process when the other end of a pipe, of which `descriptor` is the reading end, is closed. */
int cplatform_die_with(int descriptor);

/* Bytes that are allocated from the heap now. */
uint64_t cplatform_heap_bytes(void);

/* Lets faults end this process at once, whatever handlers a language's runtime has installed. */
int cplatform_default_faults(void);

/* Gives up, for ever, new privileges, new processes, other programs, sockets, signals to other
 * processes, and opening or changing files other than for reading. */
int cplatform_restrict_calls(void);

#endif
