#pragma once
#include <uv.h>

// Views of a specific handle as the plain handle, which C makes silently and Swift cannot.
static inline uv_handle_t *doppel_uv_timer_as_handle(uv_timer_t *timer) { return (uv_handle_t *)timer; }
static inline uv_handle_t *doppel_uv_poll_as_handle(uv_poll_t *poll) { return (uv_handle_t *)poll; }
static inline uv_handle_t *doppel_uv_async_as_handle(uv_async_t *async) { return (uv_handle_t *)async; }
static inline uv_handle_t *doppel_uv_prepare_as_handle(uv_prepare_t *prepare) { return (uv_handle_t *)prepare; }
static inline uv_handle_t *doppel_uv_check_as_handle(uv_check_t *check) { return (uv_handle_t *)check; }
static inline uv_handle_t *doppel_uv_idle_as_handle(uv_idle_t *idle) { return (uv_handle_t *)idle; }
static inline uv_handle_t *doppel_uv_signal_as_handle(uv_signal_t *signal) { return (uv_handle_t *)signal; }
static inline uv_handle_t *doppel_uv_process_as_handle(uv_process_t *process) { return (uv_handle_t *)process; }
static inline uv_stream_t *doppel_uv_pipe_as_stream(uv_pipe_t *pipe) { return (uv_stream_t *)pipe; }
static inline uv_handle_t *doppel_uv_pipe_as_handle(uv_pipe_t *pipe) { return (uv_handle_t *)pipe; }
