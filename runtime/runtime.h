/* One JavaScript world: a virtual machine, its global object, a libuv loop and what ties them.
 *
 * The main thread has one; a worker thread makes its own. A native function finds the world it is
 * called in with cpm_runtime_current(): the engine hands a callback nothing but its context, and
 * one thread has one world. All functions are called on that thread. */
#ifndef CPM_RUNTIME_RUNTIME_H
#define CPM_RUNTIME_RUNTIME_H

#include "runtime/start.h"

#include <JavaScriptCore/JavaScript.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

/* JavaScript's side of the loop: the first is given by internal/bootstrap, the others by who needs
 * them (NULL until then). */
enum cpm_hook {
    CPM_HOOK_UNCAUGHT,   /* (error): prints and exits, or returns when a listener took it */
    CPM_HOOK_TICKS,      /* runs the nextTick queue */
    CPM_HOOK_TIMERS,     /* runs one due timer: -1 more may be due, 0 none left, else next expiry */
    CPM_HOOK_IMMEDIATES, /* runs one immediate; true when there may be more */
    CPM_HOOK_REJECTIONS, /* tells of promises rejected and not handled */
    CPM_HOOK_LEAVE,      /* forgets the asynchronous context that promise jobs left */
    CPM_HOOK_COUNT
};

/* Shared with JavaScript, so that neither asks the other by a call. */
enum { CPM_TICK_SCHEDULED, CPM_TICK_REJECTED, CPM_TICK_LEFT, CPM_TICK_FIELDS };

struct cpm_compiled; /* compiled.c */
struct cpm_frames;   /* frames.c */
struct cpm_pump;     /* GLib's side: the engine's own timers */
struct cpm_natives;
struct cpm_threads; /* native/port.h: what all worlds of the process share */
struct cpm_worker;  /* native/worker.c */

struct cpm_runtime {
    const struct cpm_runtime_start *start;
    JSContextGroupRef group;
    JSGlobalContextRef ctx;
    uv_loop_t loop;
    uv_timer_t timer;
    uv_check_t check;
    uv_idle_t idle;
    uv_prepare_t prepare;
    JSObjectRef hooks[CPM_HOOK_COUNT];
    volatile int32_t *ticks; /* CPM_TICK_… */
    bool held;               /* we hold the engine's lock: promise jobs wait */
    atomic_bool stopping;    /* a worker that is told to end: no JavaScript runs any more */
    int exit_code;           /* of a worker that has ended itself */
    struct cpm_threads *threads;
    struct cpm_worker *worker;  /* what this world is, on a thread of its own */
    struct cpm_worker *workers; /* that it has started, and that have not ended */
    char *scratch; /* where bytes are read that are used up within the callback; or NULL */
    struct cpm_pump *pump;
    struct cpm_compiled *compiled; /* or NULL */
    struct cpm_frames *frames;     /* NULL until an error is thrown or a stack is walked */
    char *compiled_folder;         /* of the process; NULL: no compiled code is kept */
    char *untried_folder;          /* it may be, if the engine takes it */
    struct cpm_natives *natives;
};

struct cpm_runtime *cpm_runtime_current(void);
/* Makes the engine of a world on this thread, whose world it is from now on. Its loop is open. */
void cpm_runtime_open(struct cpm_runtime *rt);
/* Runs it from internal/main's function `entry` until nothing holds the loop: the exit code. */
int cpm_runtime_run(struct cpm_runtime *rt, const char *entry, JSValueRef argument);

#endif
