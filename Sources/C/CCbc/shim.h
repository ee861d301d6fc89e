#ifndef HAQ_CCBC_SHIM_H
#define HAQ_CCBC_SHIM_H

#include <coin/Cbc_C_Interface.h>

#endif
