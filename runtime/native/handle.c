/* The class of all handles: the private pointer is the handle, NULL once it is closed. */
#include "runtime/native/handle.h"

#include "base/mem.h"
#include "runtime/loop.h"

struct cpm_handle *cpm_handle_new(struct cpm_runtime *rt)
{
    struct cpm_handle *handle = cpm_calloc(1, sizeof(*handle));

    handle->rt = rt;
    return handle;
}

struct cpm_handle *cpm_handle_of(JSObjectRef self)
{
    struct cpm_handle *handle = self ? JSObjectGetPrivate(self) : NULL;

    return handle && !handle->closing ? handle : NULL;
}

static void on_closed(uv_handle_t *uv)
{
    struct cpm_handle *handle = (struct cpm_handle *)uv;
    struct cpm_runtime *rt = handle->rt;
    JSObjectRef callback = handle->on_close, object = handle->object;

    if (object)
        JSObjectSetPrivate(object, NULL);
    cpm_free(handle);
    if (callback) {
        cpm_loop_call(rt, callback, object, 0, NULL);
        JSValueUnprotect(rt->ctx, callback);
    }
    if (object)
        JSValueUnprotect(rt->ctx, object);
}

void cpm_handle_close(struct cpm_handle *handle, JSObjectRef on_close)
{
    if (handle->closing)
        return;
    handle->closing = true;
    if (handle->release)
        handle->release(handle);
    handle->on_close = on_close;
    if (on_close)
        JSValueProtect(handle->rt->ctx, on_close);
    uv_close(&handle->uv.handle, on_closed);
}

CPM_JS_FUNCTION(close_)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    if (handle)
        cpm_handle_close(handle, cpm_js_arg_function(ctx, argc, argv, 0));
    return JSValueMakeUndefined(ctx);
}

CPM_JS_FUNCTION(ref_)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    if (handle)
        uv_ref(&handle->uv.handle);
    return JSValueMakeUndefined(ctx);
}

CPM_JS_FUNCTION(unref_)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    if (handle)
        uv_unref(&handle->uv.handle);
    return JSValueMakeUndefined(ctx);
}

CPM_JS_FUNCTION(has_ref)
{
    struct cpm_handle *handle = cpm_handle_of(self);

    return JSValueMakeBoolean(ctx, handle && uv_has_ref(&handle->uv.handle));
}

JSObjectRef cpm_handle_object(struct cpm_handle *handle, const struct cpm_js_method *methods)
{
    static const struct cpm_js_method common[] = {
        {"close", close_}, {"ref", ref_}, {"unref", unref_}, {"hasRef", has_ref}, {NULL, NULL}};
    JSContextRef ctx = handle->rt->ctx;
    JSClassDefinition definition = kJSClassDefinitionEmpty;

    definition.className = "Handle";
    JSClassRef class = JSClassCreate(&definition);
    handle->object = JSObjectMake(ctx, class, handle);
    JSClassRelease(class);
    JSValueProtect(ctx, handle->object);
    cpm_js_add(ctx, handle->object, common);
    cpm_js_add(ctx, handle->object, methods);
    return handle->object;
}

void cpm_pin_take(struct cpm_pin *pin, struct cpm_runtime *rt, JSObjectRef callback,
                  JSValueRef value)
{
    *pin = (struct cpm_pin){.rt = rt, .callback = callback, .value = value};
    if (callback)
        JSValueProtect(rt->ctx, callback);
    if (value)
        JSValueProtect(rt->ctx, value);
}

void cpm_pin_finish(struct cpm_pin *pin, int status)
{
    JSValueRef argument = JSValueMakeNumber(pin->rt->ctx, status);

    if (pin->callback)
        cpm_loop_call(pin->rt, pin->callback, NULL, 1, &argument);
    cpm_pin_drop(pin);
}

void cpm_pin_drop(struct cpm_pin *pin)
{
    if (pin->callback)
        JSValueUnprotect(pin->rt->ctx, pin->callback);
    if (pin->value)
        JSValueUnprotect(pin->rt->ctx, pin->value);
}
