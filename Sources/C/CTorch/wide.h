// Loops that are compiled for several processors.
#pragma once

// ThreadSanitizer is not ready when the linker asks which form to take, so it gets the plain one.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CTORCH_WIDE
#endif
#endif
#ifndef CTORCH_WIDE
#define CTORCH_WIDE __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#endif
