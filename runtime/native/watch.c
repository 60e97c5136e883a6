/* What happens in a folder or to a file: libuv's fs_event, which calls onchange(status, events,
 * name or null). */
#include "runtime/native/handle.h"

#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/loop.h"

static void on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
    struct cpm_handle *handle = (struct cpm_handle *)event;
    JSContextRef ctx = handle->rt->ctx;
    const JSValueRef argv[] = {JSValueMakeNumber(ctx, status), JSValueMakeNumber(ctx, events),
                               name ? cpm_js_text(ctx, name) : JSValueMakeNull(ctx)};

    cpm_loop_emit(handle->rt, handle->object, "onchange", 3, argv);
}

/* (path, whether all below it): a handle, or a negative errno. */
CPM_JS_FUNCTION(watch)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    struct cpm_handle *handle = cpm_handle_new(rt);
    char *path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    unsigned flags =
        JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 1)) ? UV_FS_EVENT_RECURSIVE : 0;

    uv_fs_event_init(&rt->loop, &handle->uv.fs_event);
    JSObjectRef object = cpm_handle_object(handle, (const struct cpm_js_method[]){{NULL, NULL}});
    int rc = uv_fs_event_start(&handle->uv.fs_event, on_event, path, flags);
    cpm_free(path);
    if (rc == 0)
        return object;
    cpm_handle_close(handle, NULL);
    return JSValueMakeNumber(ctx, rc);
}

JSObjectRef cpm_native_watch(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {{"watch", watch}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
