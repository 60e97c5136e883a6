/* One run of node: a world is made, internal/bootstrap gives the three functions that a run is made
 * of (start, beforeExit, exit), and the loop turns between them. The world is never torn down: the
 * process ends. */
#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/compiled.h"
#include "runtime/engine.h"
#include "runtime/js.h"
#include "runtime/loop.h"
#include "runtime/native/port.h"

#include <signal.h>
#include <string.h>

enum { EXIT_BROKEN = 7, EXIT_BAD_MACHINE = 9 };

/* One thread has one world; the engine hands callbacks no word of ours. */
static _Thread_local struct cpm_runtime *current;

struct cpm_runtime *cpm_runtime_current(void)
{
    return current;
}

static int broken(struct cpm_runtime *rt, JSValueRef error)
{
    char *text = error ? cpm_js_utf8(rt->ctx, error, NULL)
                       : cpm_strdup("this build has no core modules: it was made while the npm "
                                    "registry could not be reached; build it again");

    rt->start->say(text);
    cpm_free(text);
    return EXIT_BROKEN;
}

/* Gives { start, beforeExit, exit }, or NULL with *error. */
static JSObjectRef bootstrap(struct cpm_runtime *rt, JSValueRef *error)
{
    JSValueRef make = cpm_builtin_compile(rt, "internal/bootstrap", error);
    JSObjectRef fn = make && !*error ? JSValueToObject(rt->ctx, make, NULL) : NULL;

    if (!fn)
        return NULL;
    const JSValueRef argv[] = {cpm_builtins_object(rt), cpm_loop_object(rt)};
    JSValueRef program = JSObjectCallAsFunction(rt->ctx, fn, NULL, 2, argv, error);
    if (*error)
        return NULL;
    JSValueProtect(rt->ctx, program);
    return JSValueToObject(rt->ctx, program, NULL);
}

static int exit_code(struct cpm_runtime *rt, JSObjectRef program)
{
    JSValueRef error = NULL, fn = cpm_js_get(rt->ctx, program, "exit");
    JSValueRef code =
        JSObjectCallAsFunction(rt->ctx, JSValueToObject(rt->ctx, fn, NULL), NULL, 0, NULL, &error);

    return error ? EXIT_BROKEN : (int)cpm_js_number(rt->ctx, code, 0);
}

int cpm_runtime_run(struct cpm_runtime *rt, const char *entry, JSValueRef argument)
{
    JSValueRef error = NULL;
    JSObjectRef program = bootstrap(rt, &error);

    if (!program)
        return broken(rt, error);
    cpm_loop_emit(rt, program, entry, argument ? 1 : 0, &argument);
    do {
        cpm_loop_run(rt);
        cpm_loop_emit(rt, program, "beforeExit", 0, NULL);
    } while (!rt->stopping && uv_loop_alive(&rt->loop));
    return rt->stopping ? rt->exit_code : exit_code(rt, program);
}

void cpm_runtime_open(struct cpm_runtime *rt)
{
    current = rt;
    cpm_engine_open(rt);
    if (rt->compiled_folder)
        cpm_compiled_open(rt);
}

__attribute__((visibility("default"))) int cpm_runtime_main(const struct cpm_runtime_start *start);

int cpm_runtime_main(const struct cpm_runtime_start *start)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_runtime *rt = cpm_calloc(1, sizeof(*rt));

    rt->start = start;
    rt->threads = cpm_threads_new();
    signal(SIGPIPE, SIG_IGN);
    if (cpm_engine_prepare(&err) < 0) {
        start->say(err.text);
        return EXIT_BAD_MACHINE;
    }
    if (start->argc == 2 && strcmp(start->argv[1], CPM_COMPILED_TRIAL) == 0)
        return cpm_compiled_trial() ? 0 : EXIT_BROKEN;
    cpm_compiled_place(rt);
    cpm_loop_open(rt);
    cpm_runtime_open(rt);
    int code = cpm_runtime_run(rt, "start", NULL);
    cpm_compiled_save(rt);
    if (rt->workers)
        start->end(start, code); /* threads that nobody waits for still run */
    return code;
}
