/* The engine runs promise jobs when its outermost lock is released, and only then. Holding the lock
 * around a callback and its ticks, and releasing it where Node has runMicrotasks(), gives Node's
 * order: that is all of drain(). It is released before the loop sleeps as well, so that the
 * collector's threads are not kept waiting.
 *
 * One uv_timer serves all timers of JavaScript, one uv_check the immediates; a uv_idle keeps the
 * loop from sleeping while an immediate waits. */
#include "runtime/loop.h"

#include "runtime/engine.h"
#include "runtime/js.h"

static void enter(struct cpm_runtime *rt)
{
    if (!rt->held) {
        cpm_engine_lock(rt);
        rt->held = true;
    }
}

static void drain(struct cpm_runtime *rt)
{
    enter(rt);
    rt->held = false;
    cpm_engine_unlock(rt);
}

/* An error that nobody caught. When even its handler throws, bootstrap.js has ended the process. */
static void tell_uncaught(struct cpm_runtime *rt, JSValueRef error)
{
    JSValueRef second = NULL;

    JSObjectCallAsFunction(rt->ctx, rt->hooks[CPM_HOOK_UNCAUGHT], NULL, 1, &error, &second);
    if (second && !rt->worker)
        rt->start->end(rt->start, 7);
}

JSValueRef cpm_loop_step(struct cpm_runtime *rt, JSObjectRef fn, JSObjectRef self, size_t argc,
                         const JSValueRef argv[])
{
    JSValueRef error = NULL;

    if (rt->stopping)
        return NULL;
    enter(rt);
    if (rt->ticks[CPM_TICK_LEFT])
        JSObjectCallAsFunction(rt->ctx, rt->hooks[CPM_HOOK_LEAVE], NULL, 0, NULL, NULL);
    JSValueRef value = JSObjectCallAsFunction(rt->ctx, fn, self, argc, argv, &error);
    if (!error)
        return value;
    if (!rt->stopping)
        tell_uncaught(rt, error);
    return NULL;
}

/* Promise jobs first when no tick is scheduled; else the ticks, then the jobs, until both are done.
 * After a throw the rest is left to the immediate that the handler has scheduled. */
void cpm_loop_settle(struct cpm_runtime *rt)
{
    if (rt->stopping)
        return;
    if (!rt->ticks[CPM_TICK_SCHEDULED])
        drain(rt);
    while (rt->ticks[CPM_TICK_SCHEDULED] || rt->ticks[CPM_TICK_REJECTED]) {
        if (rt->ticks[CPM_TICK_SCHEDULED]) {
            if (!cpm_loop_step(rt, rt->hooks[CPM_HOOK_TICKS], NULL, 0, NULL))
                return;
            drain(rt);
        }
        if (!rt->ticks[CPM_TICK_SCHEDULED] && rt->ticks[CPM_TICK_REJECTED]) {
            if (!cpm_loop_step(rt, rt->hooks[CPM_HOOK_REJECTIONS], NULL, 0, NULL))
                return;
            drain(rt);
        }
    }
}

bool cpm_loop_call(struct cpm_runtime *rt, JSObjectRef fn, JSObjectRef self, size_t argc,
                   const JSValueRef argv[])
{
    if (!cpm_loop_step(rt, fn, self, argc, argv))
        return false;
    cpm_loop_settle(rt);
    return true;
}

bool cpm_loop_emit(struct cpm_runtime *rt, JSObjectRef object, const char *name, size_t argc,
                   const JSValueRef argv[])
{
    if (rt->stopping)
        return false;
    enter(rt);
    JSValueRef value = cpm_js_get(rt->ctx, object, name);
    JSObjectRef fn = cpm_js_arg_function(rt->ctx, 1, &value, 0);
    return fn && cpm_loop_call(rt, fn, object, argc, argv);
}

static void on_timer(uv_timer_t *timer)
{
    struct cpm_runtime *rt = timer->data;

    while (!rt->stopping) {
        JSValueRef next = cpm_loop_step(rt, rt->hooks[CPM_HOOK_TIMERS], NULL, 0, NULL);
        if (!next)
            continue;
        double when = cpm_js_number(rt->ctx, next, 0);
        cpm_loop_settle(rt);
        if (when < 0)
            continue;
        if (when > 0) {
            uv_update_time(&rt->loop);
            uint64_t now = uv_now(&rt->loop), at = (uint64_t)when;
            uv_timer_start(timer, on_timer, at > now ? at - now : 1, 0);
        }
        return;
    }
}

static void on_check(uv_check_t *check)
{
    struct cpm_runtime *rt = check->data;

    while (!rt->stopping && rt->hooks[CPM_HOOK_IMMEDIATES]) {
        JSValueRef more = cpm_loop_step(rt, rt->hooks[CPM_HOOK_IMMEDIATES], NULL, 0, NULL);
        if (!more)
            continue;
        bool again = JSValueToBoolean(rt->ctx, more);
        if (!again)
            return;
        cpm_loop_settle(rt);
    }
}

static void on_idle(CPM_UNUSED uv_idle_t *idle)
{
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct cpm_runtime *rt = prepare->data;

    if (rt->held && uv_backend_timeout(&rt->loop) != 0)
        drain(rt);
    cpm_engine_pump(rt);
}

void cpm_loop_open(struct cpm_runtime *rt)
{
    uv_loop_init(&rt->loop);
    rt->loop.data = rt;
    uv_timer_init(&rt->loop, &rt->timer);
    uv_check_init(&rt->loop, &rt->check);
    uv_idle_init(&rt->loop, &rt->idle);
    uv_prepare_init(&rt->loop, &rt->prepare);
    rt->timer.data = rt->check.data = rt->idle.data = rt->prepare.data = rt;
    uv_check_start(&rt->check, on_check);
    uv_prepare_start(&rt->prepare, on_prepare);
    uv_unref((uv_handle_t *)&rt->check);
    uv_unref((uv_handle_t *)&rt->prepare);
}

/* A timer of a millisecond is due in the first turn of the loop, however fast the start was: so
 * that setTimeout(0) against setImmediate does not depend on the machine's mood. */
static void wait_for_first_timer(struct cpm_runtime *rt)
{
    if (!uv_is_active((uv_handle_t *)&rt->timer) || uv_timer_get_due_in(&rt->timer) > 1)
        return;
    for (uv_update_time(&rt->loop); uv_timer_get_due_in(&rt->timer) > 0; uv_update_time(&rt->loop))
        uv_sleep(1);
}

void cpm_loop_run(struct cpm_runtime *rt)
{
    wait_for_first_timer(rt);
    uv_run(&rt->loop, UV_RUN_DEFAULT);
}

/* (milliseconds): when JavaScript's timers are to be looked at. */
CPM_JS_FUNCTION(schedule_timer)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    int64_t ms = cpm_js_int(ctx, argc, argv, 0);

    uv_timer_start(&rt->timer, on_timer, ms < 1 ? 1 : (uint64_t)ms, 0);
    return JSValueMakeUndefined(ctx);
}

/* (whether): a timer that JavaScript wants to wait for exists. */
CPM_JS_FUNCTION(hold_timer)
{
    struct cpm_runtime *rt = cpm_runtime_current();

    if (JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0)))
        uv_ref((uv_handle_t *)&rt->timer);
    else
        uv_unref((uv_handle_t *)&rt->timer);
    return JSValueMakeUndefined(ctx);
}

/* (whether): an immediate waits. */
CPM_JS_FUNCTION(hold_immediate)
{
    struct cpm_runtime *rt = cpm_runtime_current();

    if (JSValueToBoolean(ctx, cpm_js_arg(ctx, argc, argv, 0)))
        uv_idle_start(&rt->idle, on_idle);
    else
        uv_idle_stop(&rt->idle);
    return JSValueMakeUndefined(ctx);
}

/* The loop's time, read anew. */
CPM_JS_FUNCTION(now)
{
    struct cpm_runtime *rt = cpm_runtime_current();

    uv_update_time(&rt->loop);
    return JSValueMakeNumber(ctx, (double)uv_now(&rt->loop));
}

/* The loop's time, as of this turn. */
CPM_JS_FUNCTION(turn_time)
{
    return JSValueMakeNumber(ctx, (double)uv_now(&cpm_runtime_current()->loop));
}

static void set_hook(struct cpm_runtime *rt, enum cpm_hook which, JSValueRef fn)
{
    JSValueProtect(rt->ctx, fn);
    rt->hooks[which] = JSValueToObject(rt->ctx, fn, NULL);
}

/* (Int32Array, function(error), function(promise, reason)): JavaScript's side of every world. */
CPM_JS_FUNCTION(set_up)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    JSValueRef fields = cpm_js_arg(ctx, argc, argv, 0);
    struct cpm_js_bytes bytes;

    if (!cpm_js_bytes(ctx, fields, &bytes) || bytes.len < CPM_TICK_FIELDS * sizeof(int32_t))
        return cpm_js_throw(ctx, exception, "the fields of the ticks are missing");
    JSValueProtect(ctx, fields);
    rt->ticks = (volatile int32_t *)(void *)bytes.ptr;
    set_hook(rt, CPM_HOOK_UNCAUGHT, cpm_js_arg(ctx, argc, argv, 1));
    cpm_engine_on_rejection(rt, cpm_js_arg_function(ctx, argc, argv, 2));
    return JSValueMakeUndefined(ctx);
}

/* (function(), function()): of who has loaded the ticks, before there is one. */
CPM_JS_FUNCTION(set_ticks)
{
    set_hook(cpm_runtime_current(), CPM_HOOK_TICKS, cpm_js_arg(ctx, argc, argv, 0));
    set_hook(cpm_runtime_current(), CPM_HOOK_REJECTIONS, cpm_js_arg(ctx, argc, argv, 1));
    return JSValueMakeUndefined(ctx);
}

/* (function(), function()): of who has loaded the timers, before there is one. */
CPM_JS_FUNCTION(set_timers)
{
    set_hook(cpm_runtime_current(), CPM_HOOK_TIMERS, cpm_js_arg(ctx, argc, argv, 0));
    set_hook(cpm_runtime_current(), CPM_HOOK_IMMEDIATES, cpm_js_arg(ctx, argc, argv, 1));
    return JSValueMakeUndefined(ctx);
}

/* (function()): of who carries a context across promises. */
CPM_JS_FUNCTION(set_leave)
{
    set_hook(cpm_runtime_current(), CPM_HOOK_LEAVE, cpm_js_arg(ctx, argc, argv, 0));
    return JSValueMakeUndefined(ctx);
}

CPM_JS_FUNCTION(is_handled)
{
    return JSValueMakeBoolean(
        ctx, cpm_engine_promise_handled(cpm_runtime_current(), cpm_js_arg(ctx, argc, argv, 0)));
}

CPM_JS_FUNCTION(forget_handled)
{
    if (argc > 0)
        cpm_engine_promise_forget(cpm_runtime_current(), argv[0]);
    return JSValueMakeUndefined(ctx);
}

JSObjectRef cpm_loop_object(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"scheduleTimer", schedule_timer}, {"holdTimer", hold_timer},
        {"holdImmediate", hold_immediate}, {"now", now},
        {"turnTime", turn_time},           {"setUp", set_up},
        {"setTicks", set_ticks},           {"setTimers", set_timers},
        {"setLeave", set_leave},           {"isHandled", is_handled},
        {"forgetHandled", forget_handled}, {NULL, NULL},
    };
    return cpm_js_object(rt->ctx, methods);
}
