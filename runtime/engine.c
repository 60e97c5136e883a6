/* Everything of the engine that its installed headers do not declare is declared here, in
 * bytecode.c and in frames.c, and nowhere else. All are exported with C linkage and checked when
 * the build is configured; what is optional is looked up when it is first asked for, and the
 * runtime does without it. */
#include "runtime/engine.h"

#include "base/mem.h"
#include "runtime/compiled.h"
#include "runtime/frames.h"
#include "runtime/js.h"

#include <dlfcn.h>
#include <glib.h>
#include <jsc/jsc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

typedef struct OpaqueJSScript *JSScriptRef;
extern void JSLock(JSContextRef);
extern void JSUnlock(JSContextRef);
extern void JSGlobalContextSetUnhandledRejectionCallback(JSGlobalContextRef, JSObjectRef,
                                                         JSValueRef *);
extern JSScriptRef JSScriptCreateReferencingImmortalASCIIText(JSContextGroupRef, JSStringRef, int,
                                                              const char *, size_t, JSStringRef *,
                                                              int *);
extern JSValueRef JSScriptEvaluate(JSContextRef, JSScriptRef, JSValueRef, JSValueRef *);
extern void JSScriptRelease(JSScriptRef);
extern bool JSConfigureSignalForGC(int);
typedef bool (*JSShouldTerminateCallback)(JSContextRef, void *);
extern void JSContextGroupSetExecutionTimeLimit(JSContextGroupRef, double,
                                                JSShouldTerminateCallback, void *);
extern JSObjectRef JSGetMemoryUsageStatistics(JSContextRef);
extern JSObjectRef JSObjectGetProxyTarget(JSObjectRef);

extern char **environ;

/* The engine reserves its address space in one go and aborts where it cannot. */
#define ADDRESS_SPACE_NEEDED (6ull << 30)

/* More often than that costs hot loops a part of their speed. */
#define WATCH_SECONDS 0.8

/* Options of the engine's, which reads them with the first machine (jsc_options_set_…() would load
 * libgobject for them). No tail calls: every caller stays on the stack, as in V8. The slowest
 * compiler takes a function when it is ten times as hot as the engine would have it: on two cores
 * it takes them from a program of a few seconds. */
static const char *const options[][2] = {{"JSC_useSharedArrayBuffer", "1"},
                                         {"JSC_useTailCalls", "0"},
                                         {"JSC_thresholdForFTLOptimizeAfterWarmUp", "1000000"}};
enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

typedef bool promise_handled_fn(const void *, JSContextGroupRef);

struct cpm_pump {
    GMainContext *context;
    promise_handled_fn *promise_handled; /* NULL until it is asked for */
};

static int check_address_space(struct cpm_error *err)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur >= ADDRESS_SPACE_NEEDED)
        return 0;
    return cpm_error_set(err, CPM_EUNSUPPORTED,
                         "cannot start JavaScript: the address space is limited to %llu MB and "
                         "the engine reserves 6 GB (of which it uses what it needs): raise the "
                         "limit with 'ulimit -v', or limit the memory itself by a cgroup",
                         (unsigned long long)(limit.rlim_cur >> 20));
}

/* A user's JSC_… variables would change the engine under us. */
static void drop_engine_variables(void)
{
    char name[128];

    for (char **at = environ; *at;) {
        size_t len = strcspn(*at, "=");
        if (strncmp(*at, "JSC_", 4) != 0 || len >= sizeof(name)) {
            at++;
            continue;
        }
        memcpy(name, *at, len);
        name[len] = '\0';
        unsetenv(name);
    }
}

int cpm_engine_prepare(struct cpm_error *err)
{
    int rc = check_address_space(err);

    if (rc < 0)
        return rc;
    drop_engine_variables();
    JSConfigureSignalForGC(SIGRTMIN + 3); /* SIGUSR1 belongs to the program */
    for (size_t i = 0; i < OPTIONS; i++)
        setenv(options[i][0], options[i][1], 1);
    return 0;
}

/* The collector's own timer asks for the loop of the main thread, and crashes where nobody has said
 * which that is. The function has no C face; its C++ one is exported. Our context is the thread's.
 */
static void name_main_thread(void)
{
    void (*name)(void) = (void (*)(void))dlsym(RTLD_DEFAULT, "_ZN3WTF20initializeMainThreadEv");

    if (name)
        name();
}

void cpm_engine_open(struct cpm_runtime *rt)
{
    rt->pump = cpm_calloc(1, sizeof(*rt->pump));
    rt->pump->context = g_main_context_new();
    g_main_context_push_thread_default(rt->pump->context);
    if (!rt->worker)
        name_main_thread();
    rt->group = JSContextGroupCreate();
    for (size_t i = 0; i < OPTIONS && !rt->worker; i++)
        unsetenv(options[i][0]); /* is read, and no business of the program's children */
    if (!rt->worker)
        cpm_frames_open(rt);
    rt->ctx = JSGlobalContextCreateInGroup(rt->group, NULL);
}

void cpm_engine_close(struct cpm_runtime *rt)
{
    if (rt->held)
        JSUnlock(rt->ctx);
    JSGlobalContextRelease(rt->ctx);
    JSContextGroupRelease(rt->group);
    g_main_context_pop_thread_default(rt->pump->context);
    g_main_context_unref(rt->pump->context);
    cpm_free(rt->pump);
}

/* A limit fires once, unless it is set anew. */
static bool on_limit(CPM_UNUSED JSContextRef ctx, void *context)
{
    struct cpm_runtime *rt = context;

    if (rt->stopping)
        return true;
    JSContextGroupSetExecutionTimeLimit(rt->group, WATCH_SECONDS, on_limit, rt);
    return false;
}

void cpm_engine_watch(struct cpm_runtime *rt, bool at_once)
{
    JSContextGroupSetExecutionTimeLimit(rt->group, at_once ? 0 : WATCH_SECONDS, on_limit, rt);
}

void cpm_engine_pump(struct cpm_runtime *rt)
{
    while (g_main_context_iteration(rt->pump->context, FALSE))
        ;
}

void cpm_engine_on_rejection(struct cpm_runtime *rt, JSObjectRef fn)
{
    JSGlobalContextSetUnhandledRejectionCallback(rt->ctx, fn, NULL);
}

/* JSPromise's state has no C face; its C++ functions are exported and take the machine. */
static void *promise_function(const char *symbol)
{
    return dlsym(RTLD_DEFAULT, symbol);
}

bool cpm_engine_promise(struct cpm_runtime *rt, JSValueRef promise, enum cpm_promise *state,
                        JSValueRef *result)
{
    typedef unsigned status_fn(const void *, JSContextGroupRef);
    typedef JSValueRef result_fn(const void *, JSContextGroupRef);
    status_fn *status = (status_fn *)promise_function("_ZNK3JSC9JSPromise6statusERNS_2VME");
    result_fn *value = (result_fn *)promise_function("_ZNK3JSC9JSPromise6resultERNS_2VME");

    if (!status || !value)
        return false;
    *state = (enum cpm_promise)status(promise, rt->group);
    *result = value(promise, rt->group);
    return true;
}

bool cpm_engine_promise_handled(struct cpm_runtime *rt, JSValueRef promise)
{
    promise_handled_fn **handled = &rt->pump->promise_handled;

    if (!*handled)
        *handled = (promise_handled_fn *)promise_function("_ZNK3JSC9JSPromise9isHandledERNS_2VME");
    return *handled && (*handled)(promise, rt->group);
}

/* JSC::JSPromise: the word of its flags, and the one that says so. */
enum { PROMISE_FLAGS = 2, PROMISE_HANDLED = 4 };

void cpm_engine_promise_forget(struct cpm_runtime *rt, JSValueRef promise)
{
    uintptr_t *flags = (uintptr_t *)promise + PROMISE_FLAGS;

    if (!cpm_engine_promise_handled(rt, promise))
        return;
    *flags ^= PROMISE_HANDLED;
    if (cpm_engine_promise_handled(rt, promise))
        *flags ^= PROMISE_HANDLED; /* another engine's: as it was */
}

JSObjectRef cpm_engine_proxy_target(JSObjectRef proxy)
{
    return JSObjectGetProxyTarget(proxy);
}

double cpm_engine_heap(struct cpm_runtime *rt, double *capacity)
{
    JSObjectRef facts = JSGetMemoryUsageStatistics(rt->ctx);

    *capacity = cpm_js_number(rt->ctx, cpm_js_get(rt->ctx, facts, "heapCapacity"), 0);
    return cpm_js_number(rt->ctx, cpm_js_get(rt->ctx, facts, "heapSize"), 0);
}

JSValueRef cpm_engine_evaluate(struct cpm_runtime *rt, const char *text, size_t len,
                               const char *url, JSValueRef *exception)
{
    if (cpm_compiled_wants(rt, len)) {
        const struct cpm_compiled_text kept = {.bytes = {text, len}, .url = url};
        return cpm_compiled_evaluate(rt, &kept, exception);
    }
    JSStringRef name = JSStringCreateWithUTF8CString(url), fault = NULL;
    int line = 0;
    JSScriptRef script =
        JSScriptCreateReferencingImmortalASCIIText(rt->group, name, 1, text, len, &fault, &line);
    JSValueRef value = NULL;

    if (script) {
        value = JSScriptEvaluate(rt->ctx, script, NULL, exception);
        JSScriptRelease(script);
    }
    if (fault)
        JSStringRelease(fault);
    JSStringRelease(name);
    return value;
}

void cpm_engine_lock(struct cpm_runtime *rt)
{
    JSLock(rt->ctx);
}

void cpm_engine_unlock(struct cpm_runtime *rt)
{
    JSUnlock(rt->ctx);
}

const char *cpm_engine_version(char *into, size_t size)
{
    snprintf(into, size, "%u.%u.%u", jsc_get_major_version(), jsc_get_minor_version(),
             jsc_get_micro_version());
    return into;
}
