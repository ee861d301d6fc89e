/* What haq and its sandbox need of Linux and Swift's Glibc module hides. Functions return 0, or -1 with errno set. */
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

/* The access control list of a file or folder, open or by its path, as the kernel keeps it: its size, 0 where there is
 * none or the file system knows none, or -1. */
ssize_t cplatform_access_list_of(int descriptor, void *bytes, size_t size);
ssize_t cplatform_access_list_at(const char *path, void *bytes, size_t size);

/* Bytes that are allocated from the heap now. */
uint64_t cplatform_heap_bytes(void);

#endif
