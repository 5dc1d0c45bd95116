#pragma once
#include <pthread.h>
#include <stdint.h>
#include <uv.h>

// The calling thread as a number that no other living thread has.
static inline uintptr_t doppel_thread_identity(void) { return (uintptr_t)pthread_self(); }

// Lets a thread free its own stack when it ends, because nobody will join it.
static inline void doppel_thread_detach(uv_thread_t thread) { (void)pthread_detach(thread); }

// pthread_setname_np needs _GNU_SOURCE before the first header, which an importer cannot promise.
#ifdef __linux__
#include <sys/prctl.h>
static inline void doppel_thread_name(const char *name) { (void)prctl(PR_SET_NAME, name, 0, 0, 0); }
#else
static inline void doppel_thread_name(const char *name) { (void)pthread_setname_np(name); }
#endif
