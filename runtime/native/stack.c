/* What stacks are written from, beyond the engine's text of them. */
#include "runtime/js.h"

#include "runtime/builtins.h"
#include "runtime/frames.h"

/* (most, fromThrower): [function, this, function, this, …], from the frame of our caller on, or
 * from the one whose error the listener of watch() is told of. */
CPM_JS_FUNCTION(walk)
{
    struct cpm_frame frames[CPM_FRAMES_MOST];
    JSValueRef flat[2 * CPM_FRAMES_MOST];
    int64_t most = cpm_js_int(ctx, argc, argv, 0);
    size_t room = most < CPM_FRAMES_MOST ? (size_t)(most < 0 ? 0 : most) : CPM_FRAMES_MOST;
    size_t count = cpm_frames_walk(cpm_runtime_current(), callee,
                                   argc > 1 && JSValueToBoolean(ctx, argv[1]), frames, room);

    for (size_t i = 0; i < count; i++) {
        flat[2 * i] = frames[i].function;
        flat[2 * i + 1] = frames[i].self;
    }
    return JSObjectMakeArray(ctx, 2 * count, flat, exception);
}

/* (): what the native function was given whose error the listener is told of. */
CPM_JS_FUNCTION(argument)
{
    return cpm_frames_argument(cpm_runtime_current());
}

/* (listener, example): the listener is called with every error that is thrown. */
CPM_JS_FUNCTION(watch)
{
    JSObjectRef listener = cpm_js_arg_function(ctx, argc, argv, 0);

    if (listener && argc > 1 && JSValueIsObject(ctx, argv[1]))
        cpm_frames_watch(cpm_runtime_current(), listener, JSValueToObject(ctx, argv[1], NULL));
    return JSValueMakeUndefined(ctx);
}

JSObjectRef cpm_native_stack(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"walk", walk}, {"argument", argument}, {"watch", watch}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
