/* Values in and out. Property names are short and ASCII, so the engine's own reader serves them;
 * all other text goes through text.c. */
#include "runtime/js.h"

#include "base/mem.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

void cpm_js_set(JSContextRef ctx, JSObjectRef object, const char *name, JSValueRef value)
{
    JSStringRef key = JSStringCreateWithUTF8CString(name);

    JSObjectSetProperty(ctx, object, key, value, kJSPropertyAttributeNone, NULL);
    JSStringRelease(key);
}

JSValueRef cpm_js_get(JSContextRef ctx, JSObjectRef object, const char *name)
{
    JSStringRef key = JSStringCreateWithUTF8CString(name);
    JSValueRef value = JSObjectGetProperty(ctx, object, key, NULL);

    JSStringRelease(key);
    return value ? value : JSValueMakeUndefined(ctx);
}

void cpm_js_add(JSContextRef ctx, JSObjectRef object, const struct cpm_js_method *methods)
{
    for (; methods->name; methods++) {
        JSStringRef name = JSStringCreateWithUTF8CString(methods->name);
        JSObjectSetProperty(ctx, object, name,
                            JSObjectMakeFunctionWithCallback(ctx, name, methods->call),
                            kJSPropertyAttributeNone, NULL);
        JSStringRelease(name);
    }
}

JSObjectRef cpm_js_object(JSContextRef ctx, const struct cpm_js_method *methods)
{
    JSObjectRef object = JSObjectMake(ctx, NULL, NULL);

    cpm_js_add(ctx, object, methods);
    return object;
}

void cpm_js_add_constants(JSContextRef ctx, JSObjectRef object,
                          const struct cpm_js_constant *constants)
{
    for (; constants->name; constants++)
        cpm_js_set(ctx, object, constants->name, JSValueMakeNumber(ctx, constants->value));
}

double cpm_js_number(JSContextRef ctx, JSValueRef value, double otherwise)
{
    return value && JSValueIsNumber(ctx, value) ? JSValueToNumber(ctx, value, NULL) : otherwise;
}

int64_t cpm_js_int(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i)
{
    double number = i < argc ? JSValueToNumber(ctx, argv[i], NULL) : 0;

    if (isnan(number))
        return 0;
    if (number >= 9.2e18)
        return INT64_MAX;
    return number <= -9.2e18 ? INT64_MIN : (int64_t)number;
}

JSObjectRef cpm_js_arg_function(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i)
{
    if (i >= argc || !JSValueIsObject(ctx, argv[i]))
        return NULL;
    JSObjectRef object = JSValueToObject(ctx, argv[i], NULL);
    return object && JSObjectIsFunction(ctx, object) ? object : NULL;
}

bool cpm_js_bytes(JSContextRef ctx, JSValueRef value, struct cpm_js_bytes *out)
{
    JSTypedArrayType type = JSValueGetTypedArrayType(ctx, value, NULL);

    if (type == kJSTypedArrayTypeNone)
        return false;
    JSObjectRef object = JSValueToObject(ctx, value, NULL);
    if (type == kJSTypedArrayTypeArrayBuffer) {
        out->ptr = JSObjectGetArrayBufferBytesPtr(ctx, object, NULL);
        out->len = JSObjectGetArrayBufferByteLength(ctx, object, NULL);
        return true;
    }
    unsigned char *base = JSObjectGetTypedArrayBytesPtr(ctx, object, NULL);
    out->ptr = base ? base + JSObjectGetTypedArrayByteOffset(ctx, object, NULL) : NULL;
    out->len = base ? JSObjectGetTypedArrayByteLength(ctx, object, NULL) : 0;
    return true;
}

static void free_bytes(void *bytes, CPM_UNUSED void *context)
{
    cpm_free(bytes);
}

JSValueRef cpm_js_take_bytes(JSContextRef ctx, void *ptr, size_t len)
{
    if (!ptr) {
        JSObjectRef none = JSObjectMakeTypedArray(ctx, kJSTypedArrayTypeUint8Array, 0, NULL);
        return none ? none : JSValueMakeUndefined(ctx);
    }
    JSObjectRef array = JSObjectMakeTypedArrayWithBytesNoCopy(ctx, kJSTypedArrayTypeUint8Array, ptr,
                                                              len, free_bytes, NULL, NULL);
    return array ? array : JSValueMakeUndefined(ctx);
}

static JSValueRef make_error(JSContextRef ctx, const char *name, const char *text)
{
    JSObjectRef global = JSContextGetGlobalObject(ctx);
    JSObjectRef class = JSValueToObject(ctx, cpm_js_get(ctx, global, name), NULL);
    JSValueRef message = cpm_js_text(ctx, text);
    JSObjectRef error = class ? JSObjectCallAsConstructor(ctx, class, 1, &message, NULL) : NULL;

    return error ? error : message;
}

JSValueRef cpm_js_error(JSContextRef ctx, const char *name, const char *fmt, ...)
{
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return make_error(ctx, name, text);
}

JSValueRef cpm_js_throw(JSContextRef ctx, JSValueRef *exception, const char *fmt, ...)
{
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    *exception = make_error(ctx, "TypeError", text);
    return JSValueMakeUndefined(ctx);
}
