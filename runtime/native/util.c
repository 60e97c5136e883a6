/* What util.inspect and the errors ask of the engine. */
#include "runtime/js.h"

#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/engine.h"

/* (promise): [state, result], or undefined when the engine does not tell. */
CPM_JS_FUNCTION(promise)
{
    enum cpm_promise state;
    JSValueRef result;

    if (!argc || !cpm_engine_promise(cpm_runtime_current(), argv[0], &state, &result))
        return JSValueMakeUndefined(ctx);
    const JSValueRef both[] = {JSValueMakeNumber(ctx, state),
                               state == CPM_PROMISE_PENDING ? JSValueMakeUndefined(ctx) : result};
    return JSObjectMakeArray(ctx, 2, both, NULL);
}

/* (value): a proxy's target, or undefined. */
CPM_JS_FUNCTION(proxy_target)
{
    JSObjectRef target = argc && JSValueIsObject(ctx, argv[0])
                             ? cpm_engine_proxy_target(JSValueToObject(ctx, argv[0], NULL))
                             : NULL;

    return target ? target : JSValueMakeUndefined(ctx);
}

/* (value, whether the handler too): a proxy's target, [target, handler], or undefined. */
CPM_JS_FUNCTION(proxy)
{
    JSValueRef target = proxy_target(ctx, callee, self, argc, argv, exception);

    if (JSValueIsUndefined(ctx, target) || !JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 1)))
        return target;
    const JSValueRef both[] = {target, JSObjectMake(ctx, NULL, NULL)}; /* nobody tells handlers */
    return JSObjectMakeArray(ctx, 2, both, NULL);
}

CPM_JS_FUNCTION(collect)
{
    JSGarbageCollect(ctx);
    return JSValueMakeUndefined(ctx);
}

/* (number): [name, words] of a negative errno. */
CPM_JS_FUNCTION(error_name)
{
    int code = (int)cpm_js_int(ctx, argc, argv, 0);
    const JSValueRef both[] = {cpm_js_text(ctx, uv_err_name(code)),
                               cpm_js_text(ctx, uv_strerror(code))};

    return JSObjectMakeArray(ctx, 2, both, NULL);
}

/* [[name, number, words], …] of libuv's errors. */
CPM_JS_FUNCTION(errors)
{
    static const struct {
        const char *name, *words;
        int number;
    } rows[] = {
#define ROW(name, words) {#name, words, UV_##name},
        UV_ERRNO_MAP(ROW)
#undef ROW
    };
    JSObjectRef list = JSObjectMakeArray(ctx, 0, NULL, NULL);

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const JSValueRef row[] = {cpm_js_text(ctx, rows[i].name),
                                  JSValueMakeNumber(ctx, rows[i].number),
                                  cpm_js_text(ctx, rows[i].words)};
        JSObjectSetPropertyAtIndex(ctx, list, i, JSObjectMakeArray(ctx, 3, row, NULL), NULL);
    }
    return list;
}

JSObjectRef cpm_native_util(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"promise", promise}, {"proxyTarget", proxy_target}, {"proxy", proxy},
        {"collect", collect}, {"errorName", error_name},     {"errors", errors},
        {NULL, NULL},
    };
    return cpm_js_object(rt->ctx, methods);
}
