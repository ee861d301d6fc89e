/* What the parts of the confinement have in common. */
#ifndef CONFINEMENT_PARTS_H
#define CONFINEMENT_PARTS_H

#include "sanitizer.h"

#include <stdint.h>

/* Gives the watcher the descriptor by which it is asked about new threads, and closes it here. */
int confinement_hand_over(int listener);

/* Enters those of the namespaces that the kernel grants, and returns which. A namespace of processes is for children. */
uint32_t confinement_enter_namespaces(uint32_t wanted);

/* Mounts a /proc that shows the processes of this namespace alone. */
int confinement_hide_processes(void);

#endif
