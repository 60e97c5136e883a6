/* Another global object of the same engine, for vm.createContext. */
#include "runtime/js.h"

#include "runtime/builtins.h"

static void finalize(JSObjectRef object)
{
    JSGlobalContextRelease(JSObjectGetPrivate(object));
}

/* (text, url): evaluated in the context that `this` holds. */
CPM_JS_FUNCTION(evaluate)
{
    JSGlobalContextRef other = JSObjectGetPrivate(self);
    JSStringRef source = JSValueToStringCopy(ctx, cpm_js_arg(ctx, argc, argv, 0), exception);
    JSStringRef url = JSValueToStringCopy(ctx, cpm_js_arg(ctx, argc, argv, 1), NULL);
    JSValueRef value =
        source && other ? JSEvaluateScript(other, source, NULL, url, 1, exception) : NULL;

    if (source)
        JSStringRelease(source);
    if (url)
        JSStringRelease(url);
    return value ? value : JSValueMakeUndefined(ctx);
}

/* { global, evaluate(text, url) } of a new context. */
CPM_JS_FUNCTION(open_)
{
    static const struct cpm_js_method methods[] = {{"evaluate", evaluate}, {NULL, NULL}};
    JSGlobalContextRef other = JSGlobalContextCreateInGroup(JSContextGetGroup(ctx), NULL);
    JSClassDefinition definition = kJSClassDefinitionEmpty;

    definition.finalize = finalize;
    JSClassRef class = JSClassCreate(&definition);
    JSObjectRef object = JSObjectMake(ctx, class, other);
    JSClassRelease(class);
    cpm_js_add(ctx, object, methods);
    cpm_js_set(ctx, object, "global", JSContextGetGlobalObject(other));
    return object;
}

JSObjectRef cpm_native_vm(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {{"open", open_}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
