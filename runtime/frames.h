/* Who stands on the stack of JavaScript: for each frame, innermost first, the function and the
 * `this` that it was called with. The engine's own texts of a stack have neither.
 *
 * native/stack.c asks, at once in the native function that JavaScript has called. What the engine
 * keeps from us (a frame that it has compiled into its caller has no `this` left) reads undefined.
 * Where the engine is not as we know it there are no frames, and stacks go without.
 *
 * And who hears of errors that the engine itself makes: on_throw(error) is called before an error
 * is thrown, by whomever, also for one that was thrown before. */
#ifndef CPM_RUNTIME_FRAMES_H
#define CPM_RUNTIME_FRAMES_H

#include "runtime/runtime.h"

/* No more are told. */
enum { CPM_FRAMES_MOST = 256 };

struct cpm_frame {
    JSValueRef function, self;
};

/* The frames below that of `callee`, a native function that runs now; or within on_throw those from
 * the one that throws. How many: at most `room`. */
size_t cpm_frames_walk(struct cpm_runtime *rt, JSObjectRef callee, bool from_thrower,
                       struct cpm_frame *into, size_t room);
/* Within on_throw: the first argument of the native function that throws. */
JSValueRef cpm_frames_argument(struct cpm_runtime *rt);
/* Once in a process, with its first world. */
void cpm_frames_open(struct cpm_runtime *rt);
/* From now on; `example`: any error. */
void cpm_frames_watch(struct cpm_runtime *rt, JSObjectRef on_throw, JSObjectRef example);
/* When no JavaScript runs any more. */
void cpm_frames_close(struct cpm_runtime *rt);

#endif
