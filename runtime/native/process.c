/* What the process object asks of the system. */
#include "runtime/compiled.h"
#include "runtime/js.h"
#include "runtime/native/worker.h"

#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/engine.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static JSValueRef text_list(JSContextRef ctx, char *const *list, size_t count)
{
    JSObjectRef array = JSObjectMakeArray(ctx, 0, NULL, NULL);

    for (unsigned i = 0; i < count; i++)
        JSObjectSetPropertyAtIndex(ctx, array, i, cpm_js_text(ctx, list[i]), NULL);
    return array;
}

CPM_JS_FUNCTION(cwd)
{
    char path[4096];
    size_t size = sizeof(path);
    int rc = uv_cwd(path, &size);

    return rc < 0 ? JSValueMakeNumber(ctx, rc) : cpm_js_text_n(ctx, path, size);
}

CPM_JS_FUNCTION(chdir_)
{
    char *path = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    int rc = uv_chdir(path);

    cpm_free(path);
    return JSValueMakeNumber(ctx, rc);
}

/* The environment as ["NAME=value", …]. */
CPM_JS_FUNCTION(env)
{
    size_t count = 0;

    while (environ && environ[count])
        count++;
    return text_list(ctx, environ, count);
}

/* (name): its value, or undefined. */
CPM_JS_FUNCTION(get_env)
{
    char *name = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    const char *value = getenv(name);

    cpm_free(name);
    return value ? cpm_js_text(ctx, value) : JSValueMakeUndefined(ctx);
}

/* (name, value or undefined) */
CPM_JS_FUNCTION(set_env)
{
    char *name = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    char *value = cpm_js_arg_utf8(ctx, argc, argv, 1);

    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
    cpm_free(name);
    cpm_free(value);
    return JSValueMakeUndefined(ctx);
}

CPM_JS_FUNCTION(hrtime)
{
    return JSValueMakeNumber(ctx, (double)uv_hrtime());
}

/* [seconds, nanoseconds], exact. */
CPM_JS_FUNCTION(hrtime_parts)
{
    uint64_t now = uv_hrtime();
    const JSValueRef parts[] = {JSValueMakeNumber(ctx, (double)(now / 1000000000u)),
                                JSValueMakeNumber(ctx, (double)(now % 1000000000u))};

    return JSObjectMakeArray(ctx, 2, parts, NULL);
}

CPM_JS_FUNCTION(kill_)
{
    int rc = uv_kill((int)cpm_js_int(ctx, argc, argv, 0), (int)cpm_js_int(ctx, argc, argv, 1));

    return JSValueMakeNumber(ctx, rc);
}

/* (code): the end, at once; of the thread where it is a worker's. */
CPM_JS_FUNCTION(end)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    int code = (int)cpm_js_int(ctx, argc, argv, 0);

    if (!rt->worker) {
        cpm_compiled_save(rt);
        rt->start->end(rt->start, code);
    }
    cpm_worker_exit(rt, code);
    return cpm_js_throw(ctx, exception, "the worker has ended");
}

CPM_JS_FUNCTION(abort_)
{
    abort();
    return JSValueMakeUndefined(ctx);
}

/* All of it; 0, or a negative errno. A descriptor that is not ready is waited for. */
static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t wrote = write(fd, bytes, len);
        if (wrote >= 0) {
            bytes += wrote;
            len -= (size_t)wrote;
        } else if (errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

/* (fd, text or bytes): 0, or a negative errno. */
CPM_JS_FUNCTION(write_)
{
    int fd = (int)cpm_js_int(ctx, argc, argv, 0);
    JSValueRef value = cpm_js_arg(ctx, argc, argv, 1);
    struct cpm_js_bytes bytes;

    if (cpm_js_bytes(ctx, value, &bytes))
        return JSValueMakeNumber(ctx, write_all(fd, (char *)bytes.ptr, bytes.len));
    size_t len;
    char *text = cpm_js_utf8(ctx, value, &len);
    int rc = write_all(fd, text, len);
    cpm_free(text);
    return JSValueMakeNumber(ctx, rc);
}

/* (fd): "file", "tty", "pipe", "tcp", "udp" or "unknown". */
CPM_JS_FUNCTION(kind_of)
{
    static const struct {
        uv_handle_type type;
        const char *name;
    } kinds[] = {{UV_FILE, "file"},
                 {UV_TTY, "tty"},
                 {UV_NAMED_PIPE, "pipe"},
                 {UV_TCP, "tcp"},
                 {UV_UDP, "udp"}};
    uv_handle_type type = uv_guess_handle((uv_file)cpm_js_int(ctx, argc, argv, 0));

    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].type == type)
            return cpm_js_text(ctx, kinds[i].name);
    return cpm_js_text(ctx, "unknown");
}

CPM_JS_FUNCTION(memory)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    JSObjectRef out = JSObjectMake(ctx, NULL, NULL);
    double capacity, used = cpm_engine_heap(rt, &capacity);
    size_t rss = 0;

    uv_resident_set_memory(&rss);
    cpm_js_set(ctx, out, "rss", JSValueMakeNumber(ctx, (double)rss));
    cpm_js_set(ctx, out, "heapTotal", JSValueMakeNumber(ctx, capacity));
    cpm_js_set(ctx, out, "heapUsed", JSValueMakeNumber(ctx, used));
    return out;
}

/* The first of these alone: the engine's part of memory() walks its heap. */
CPM_JS_FUNCTION(resident)
{
    size_t rss = 0;

    uv_resident_set_memory(&rss);
    return JSValueMakeNumber(ctx, (double)rss);
}

/* The fields of getrusage, in the order of struct uv_rusage_t; times in microseconds. */
CPM_JS_FUNCTION(usage)
{
    uv_rusage_t u;
    uv_getrusage(&u);
    const double fields[] = {
        (double)u.ru_utime.tv_sec * 1e6 + (double)u.ru_utime.tv_usec,
        (double)u.ru_stime.tv_sec * 1e6 + (double)u.ru_stime.tv_usec,
        (double)u.ru_maxrss,
        (double)u.ru_ixrss,
        (double)u.ru_idrss,
        (double)u.ru_isrss,
        (double)u.ru_minflt,
        (double)u.ru_majflt,
        (double)u.ru_nswap,
        (double)u.ru_inblock,
        (double)u.ru_oublock,
        (double)u.ru_msgsnd,
        (double)u.ru_msgrcv,
        (double)u.ru_nsignals,
        (double)u.ru_nvcsw,
        (double)u.ru_nivcsw,
    };
    JSObjectRef array = JSObjectMakeArray(ctx, 0, NULL, NULL);

    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        JSObjectSetPropertyAtIndex(ctx, array, i, JSValueMakeNumber(ctx, fields[i]), NULL);
    return array;
}

/* (mask or undefined): the mask that was. */
CPM_JS_FUNCTION(umask_)
{
    mode_t old;

    if (argc && JSValueIsNumber(ctx, argv[0])) {
        old = umask((mode_t)cpm_js_int(ctx, argc, argv, 0));
    } else {
        old = umask(0);
        umask(old);
    }
    return JSValueMakeNumber(ctx, old);
}

CPM_JS_FUNCTION(ids)
{
    const JSValueRef list[] = {JSValueMakeNumber(ctx, getuid()), JSValueMakeNumber(ctx, geteuid()),
                               JSValueMakeNumber(ctx, getgid()), JSValueMakeNumber(ctx, getegid())};

    return JSObjectMakeArray(ctx, 4, list, NULL);
}

CPM_JS_FUNCTION(groups)
{
    gid_t list[256];
    int count = getgroups(256, list);
    JSObjectRef array = JSObjectMakeArray(ctx, 0, NULL, NULL);

    for (int i = 0; i < count; i++)
        JSObjectSetPropertyAtIndex(ctx, array, (unsigned)i, JSValueMakeNumber(ctx, list[i]), NULL);
    return array;
}

CPM_JS_FUNCTION(set_title)
{
    char *title = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);

    uv_set_process_title(title);
    cpm_free(title);
    return JSValueMakeUndefined(ctx);
}

/* What never changes. */
static void add_facts(struct cpm_runtime *rt, JSObjectRef object)
{
    const struct cpm_runtime_start *start = rt->start;
    char engine[32];

    cpm_js_set(rt->ctx, object, "argv", text_list(rt->ctx, start->argv, (size_t)start->argc));
    cpm_js_set(rt->ctx, object, "execPath", cpm_js_text(rt->ctx, start->exec_path));
    cpm_js_set(rt->ctx, object, "cpm", cpm_js_text(rt->ctx, start->cpm_version));
    cpm_js_set(rt->ctx, object, "uv", cpm_js_text(rt->ctx, uv_version_string()));
    cpm_js_set(rt->ctx, object, "jsc",
               cpm_js_text(rt->ctx, cpm_engine_version(engine, sizeof(engine))));
    cpm_js_set(rt->ctx, object, "pid", JSValueMakeNumber(rt->ctx, getpid()));
    cpm_js_set(rt->ctx, object, "ppid", JSValueMakeNumber(rt->ctx, getppid()));
}

JSObjectRef cpm_native_process(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"cwd", cwd},
        {"chdir", chdir_},
        {"env", env},
        {"getEnv", get_env},
        {"setEnv", set_env},
        {"hrtime", hrtime},
        {"hrtimeParts", hrtime_parts},
        {"kill", kill_},
        {"end", end},
        {"abort", abort_},
        {"write", write_},
        {"kindOf", kind_of},
        {"memory", memory},
        {"resident", resident},
        {"usage", usage},
        {"umask", umask_},
        {"ids", ids},
        {"groups", groups},
        {"setTitle", set_title},
        {NULL, NULL},
    };
    JSObjectRef object = cpm_js_object(rt->ctx, methods);

    add_facts(rt, object);
    return object;
}
