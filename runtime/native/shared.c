/* Memory that several worlds have, and waiting for a change in it: a futex, which is given up now
 * and then to see whether this world is to end. */
#include "runtime/native/shared.h"

#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/js.h"
#include "runtime/native/box.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LONGEST_SLEEP 0.25 /* seconds */

struct cpm_shared {
    atomic_int refs;
    size_t len;
    unsigned char bytes[];
};

void cpm_shared_drop(struct cpm_shared *shared)
{
    if (atomic_fetch_sub(&shared->refs, 1) == 1)
        cpm_free(shared);
}

static void box_free(void *content)
{
    cpm_shared_drop(content);
}

static const struct cpm_box_kind kind = {"SharedMemory", box_free};

static void bytes_free(CPM_UNUSED void *bytes, void *context)
{
    cpm_shared_drop(context);
}

JSObjectRef cpm_shared_object(JSContextRef ctx, struct cpm_shared *shared)
{
    atomic_fetch_add(&shared->refs, 2);
    JSObjectRef buffer = JSObjectMakeArrayBufferWithBytesNoCopy(ctx, shared->bytes, shared->len,
                                                                bytes_free, shared, NULL);
    const JSValueRef pair[] = {buffer, cpm_box_new(ctx, &kind, shared)};
    return JSObjectMakeArray(ctx, 2, pair, NULL);
}

struct cpm_shared *cpm_shared_take(JSContextRef ctx, JSValueRef box)
{
    struct cpm_shared *shared = cpm_box_open(ctx, box, &kind);

    if (shared)
        atomic_fetch_add(&shared->refs, 1);
    return shared;
}

/* (length): [ArrayBuffer of zeros, its box] */
CPM_JS_FUNCTION(make)
{
    int64_t len = cpm_js_int(ctx, argc, argv, 0);

    if (len < 0 || len > INT32_MAX)
        return JSValueMakeUndefined(ctx);
    struct cpm_shared *shared = cpm_calloc(1, sizeof(*shared) + (size_t)len + 1);
    atomic_init(&shared->refs, 1);
    shared->len = (size_t)len;
    JSObjectRef pair = cpm_shared_object(ctx, shared);
    cpm_shared_drop(shared);
    return pair;
}

static long futex(struct cpm_js_bytes word, int op, int value, const struct timespec *timeout)
{
    return syscall(SYS_futex, word.ptr, op | FUTEX_PRIVATE_FLAG, value, timeout, NULL, 0);
}

/* (Int32Array of one, what it holds, milliseconds or -1): whether it was notified. */
CPM_JS_FUNCTION(wait_)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    int value = (int)cpm_js_int(ctx, argc, argv, 1);
    double left = cpm_js_number(ctx, cpm_js_arg(ctx, argc, argv, 2), -1) / 1000;
    bool forever = left < 0;
    struct cpm_js_bytes word;

    if (!cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 0), &word) || word.len < sizeof(int))
        return JSValueMakeBoolean(ctx, false);
    while (!rt->stopping && (forever || left > 0)) {
        double part = forever || left > LONGEST_SLEEP ? LONGEST_SLEEP : left;
        struct timespec time = {.tv_nsec = (long)(part * 1e9)};
        if (futex(word, FUTEX_WAIT, value, &time) == 0 || errno == EAGAIN)
            return JSValueMakeBoolean(ctx, true);
        left -= forever ? 0 : part;
    }
    return JSValueMakeBoolean(ctx, false);
}

/* (Int32Array of one, most): how many were woken. */
CPM_JS_FUNCTION(notify)
{
    int64_t most = cpm_js_int(ctx, argc, argv, 1);
    struct cpm_js_bytes word;

    if (!cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 0), &word) || word.len < sizeof(int))
        return JSValueMakeNumber(ctx, 0);
    long woken = futex(word, FUTEX_WAKE, most > INT_MAX ? INT_MAX : (int)most, NULL);
    return JSValueMakeNumber(ctx, woken < 0 ? 0 : (double)woken);
}

JSObjectRef cpm_native_shared(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"make", make}, {"wait", wait_}, {"notify", notify}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
