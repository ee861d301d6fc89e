#ifndef HAQ_CNLOPT_SHIM_H
#define HAQ_CNLOPT_SHIM_H

#include <nlopt.h>

#endif
