/* Whole files, read in one go: at once, or by one visit to the thread pool. */
#include "runtime/js.h"

#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };
#define MOST ((size_t)4 << 30)

struct reading {
    uv_work_t work; /* first: the reading is found from it */
    struct cpm_runtime *rt;
    JSObjectRef callback;
    char *path; /* NULL: fd is given and stays open */
    int fd, flags;
    char *bytes;
    size_t len, cap;
    int error;           /* negative errno */
    const char *syscall; /* that failed */
};

static bool fail(struct reading *r, const char *syscall)
{
    r->error = -errno;
    r->syscall = syscall;
    return false;
}

static bool grow(struct reading *r, size_t room)
{
    if (r->cap - r->len >= room)
        return true;
    if (r->len + room > MOST) {
        errno = EFBIG;
        return fail(r, "read");
    }
    r->cap = r->cap ? r->cap * 2 : room;
    if (r->cap < r->len + room)
        r->cap = r->len + room;
    r->bytes = cpm_realloc(r->bytes, r->cap, 1);
    return true;
}

static bool read_all(struct reading *r)
{
    struct stat st;

    if (fstat(r->fd, &st) < 0)
        return fail(r, "fstat");
    size_t hint = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size + 1 : CHUNK;
    for (;;) {
        if (!grow(r, r->len == 0 ? hint : r->len < hint ? hint - r->len : CHUNK))
            return false;
        ssize_t got = read(r->fd, r->bytes + r->len, r->cap - r->len);
        if (got == 0)
            return true;
        if (got < 0 && errno != EINTR)
            return fail(r, "read");
        if (got > 0)
            r->len += (size_t)got;
    }
}

static void run(struct reading *r)
{
    if (r->path && (r->fd = open(r->path, r->flags | O_CLOEXEC, 0666)) < 0) {
        fail(r, "open");
        return;
    }
    read_all(r);
    if (r->path)
        close(r->fd);
}

/* The bytes, or [errno, syscall]. What was read is the array's from here on. */
static JSValueRef result_of(JSContextRef ctx, struct reading *r)
{
    if (r->error) {
        const JSValueRef both[] = {JSValueMakeNumber(ctx, r->error), cpm_js_text(ctx, r->syscall)};
        cpm_free(r->bytes);
        return JSObjectMakeArray(ctx, 2, both, NULL);
    }
    if (r->len == 0) {
        cpm_free(r->bytes);
        return cpm_js_take_bytes(ctx, NULL, 0);
    }
    return cpm_js_take_bytes(ctx, cpm_realloc(r->bytes, r->len, 1), r->len);
}

static void on_work(uv_work_t *work)
{
    run((struct reading *)work);
}

static void on_done(uv_work_t *work, CPM_UNUSED int status)
{
    struct reading *r = (struct reading *)work;
    JSValueRef value = result_of(r->rt->ctx, r);

    cpm_loop_call(r->rt, r->callback, NULL, 1, &value);
    JSValueUnprotect(r->rt->ctx, r->callback);
    cpm_free(r->path);
    cpm_free(r);
}

/* (path or descriptor, flags, callback or none): a Uint8Array, or [errno, syscall]. */
CPM_JS_FUNCTION(read_file)
{
    struct reading *r = cpm_calloc(1, sizeof(*r));
    JSValueRef value;

    r->rt = cpm_runtime_current();
    if (argc && JSValueIsNumber(ctx, argv[0]))
        r->fd = (int)cpm_js_int(ctx, argc, argv, 0);
    else
        r->path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    r->flags = (int)cpm_js_int(ctx, argc, argv, 1);
    r->callback = cpm_js_arg_function(ctx, argc, argv, 2);
    if (r->callback) {
        JSValueProtect(r->rt->ctx, r->callback);
        uv_queue_work(&r->rt->loop, &r->work, on_work, on_done);
        return JSValueMakeUndefined(ctx);
    }
    run(r);
    value = result_of(ctx, r);
    cpm_free(r->path);
    cpm_free(r);
    return value;
}

/* (path or descriptor, flags): its text, UTF-8, or [errno, syscall]. */
CPM_JS_FUNCTION(read_text)
{
    struct reading r = {.rt = cpm_runtime_current()};
    JSValueRef value;

    if (argc && JSValueIsNumber(ctx, argv[0]))
        r.fd = (int)cpm_js_int(ctx, argc, argv, 0);
    else
        r.path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    r.flags = (int)cpm_js_int(ctx, argc, argv, 1);
    run(&r);
    cpm_free(r.path);
    if (r.error)
        return result_of(ctx, &r);
    value = cpm_js_text_n(ctx, r.bytes, r.len);
    cpm_free(r.bytes);
    return value;
}

JSObjectRef cpm_native_file(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"readFile", read_file}, {"readText", read_text}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
