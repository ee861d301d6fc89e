#ifndef CONFINEMENT_SANITIZER_H
#define CONFINEMENT_SANITIZER_H

/* 1 in a build with AddressSanitizer or ThreadSanitizer. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

#endif
