/* The engine's StackVisitor walks frames, those too that its compilers have merged. Its functions
 * are exported, its layout is not told: what is read of it is checked against the one frame that is
 * known, that of the native function which asks. Errors are heard of by standing before the engine:
 * it calls VM::throwException through a table of addresses, in which ours takes its place. */
#include "runtime/frames.h"

#include "base/mem.h"
#include "runtime/js.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Words into JSC::VM, a CallFrame and a StackVisitor; the byte of a cell that tells its kind. */
enum {
    VM_TOP_FRAME = 5,
    FRAME_CALLEE = 3,
    FRAME_THIS = 5,
    FRAME_COUNT = 4,
    VISITOR_FRAME = 2,
    VISITOR_CALLEE = 6
};
enum { CELL_KIND = 5 };
/* JSC::JSType of global objects, four kinds of environments, and `with`. */
enum { SCOPE_KINDS = 6 };
/* Far more than the engine's takes. */
enum { VISITOR_WORDS = 128 };

#define NO_CELL     0xfffe000000000002u /* one of these bits: a number, true, undefined, … */
#define NO_FUNCTION 1u                  /* of a frame's callee: WebAssembly */

struct cpm_frames {
    void (*visit)(uintptr_t *visitor, void *top, JSContextGroupRef vm, bool skip_first);
    void (*next)(uintptr_t *visitor);
    bool (*is_hidden)(const uintptr_t *visitor);
    void *(*throw_)(JSContextGroupRef vm, JSContextRef ctx, JSValueRef value);
    JSObjectRef on_throw; /* NULL: nobody listens */
    void *thrower;        /* the frame that throws, while on_throw is called */
    unsigned error_kind;
    bool telling;
};

static void find(const char *symbol, void *into)
{
    void *found = dlsym(RTLD_DEFAULT, symbol);

    memcpy(into, &found, sizeof(found));
}

#define THROW "_ZN3JSC2VM14throwExceptionEPNS_14JSGlobalObjectENS_7JSValueE"

static struct cpm_frames *frames_of(struct cpm_runtime *rt)
{
    struct cpm_frames *frames = rt->frames;

    if (frames)
        return frames;
    frames = rt->frames = cpm_calloc(1, sizeof(*frames));
    find("_ZN3JSC12StackVisitorC1EPNS_9CallFrameERNS_2VMEb", &frames->visit);
    find("_ZN3JSC12StackVisitor13gotoNextFrameEv", &frames->next);
    find("_ZNK3JSC12StackVisitor5Frame33isImplementationVisibilityPrivateEv", &frames->is_hidden);
    find(THROW, &frames->throw_);
    return frames;
}

static bool is_cell(JSValueRef value)
{
    return value && !((uintptr_t)value & NO_CELL);
}

static unsigned kind_of(const void *cell)
{
    return ((const unsigned char *)cell)[CELL_KIND];
}

/* What programs may see: the engine also passes things of its own, such as the scope that a called
 * variable is in. A context is a global object, whose kind is the first of the scopes'. */
static JSValueRef shown(struct cpm_runtime *rt, JSValueRef value)
{
    if (value && !is_cell(value))
        return value;
    if (!value || kind_of(value) - kind_of(rt->ctx) < SCOPE_KINDS ||
        (!JSValueIsObject(rt->ctx, value) && !JSValueIsString(rt->ctx, value)))
        return JSValueMakeUndefined(rt->ctx);
    return value;
}

/* A frame merged into its caller has the caller's place, in which `this` is the caller's. */
static void drop_merged(struct cpm_runtime *rt, struct cpm_frame *into, void *const places[],
                        size_t count)
{
    for (size_t i = 0; i + 1 < count; i++)
        if (places[i] == places[i + 1])
            into[i].self = JSValueMakeUndefined(rt->ctx);
}

static struct cpm_frame frame_at(struct cpm_runtime *rt, const uintptr_t *visitor)
{
    JSValueRef const *frame = (JSValueRef const *)visitor[VISITOR_FRAME];
    JSValueRef function = (JSValueRef)visitor[VISITOR_CALLEE];
    JSValueRef none = JSValueMakeUndefined(rt->ctx);

    if (!is_cell(function) || ((uintptr_t)function & NO_FUNCTION) ||
        !JSValueIsObject(rt->ctx, function) || !JSObjectIsFunction(rt->ctx, (JSObjectRef)function))
        return (struct cpm_frame){.function = none, .self = none};
    return (struct cpm_frame){.function = function, .self = shown(rt, frame[FRAME_THIS])};
}

static void *top_frame(struct cpm_runtime *rt)
{
    return ((void **)rt->group)[VM_TOP_FRAME];
}

size_t cpm_frames_walk(struct cpm_runtime *rt, JSObjectRef callee, bool from_thrower,
                       struct cpm_frame *into, size_t room)
{
    const struct cpm_frames *frames = frames_of(rt);
    void *const *top = top_frame(rt);
    _Alignas(16) uintptr_t visitor[VISITOR_WORDS];
    void *places[CPM_FRAMES_MOST];
    size_t count = 0;

    if (!frames->visit || !frames->next || !frames->is_hidden || !top ||
        top[FRAME_CALLEE] != callee || (from_thrower && !frames->thrower))
        return 0;
    if (room > CPM_FRAMES_MOST)
        room = CPM_FRAMES_MOST;
    frames->visit(visitor, from_thrower ? frames->thrower : (void *)top, rt->group, false);
    if (!from_thrower)
        frames->next(visitor);
    for (; visitor[VISITOR_FRAME] && count < room; frames->next(visitor)) {
        if (frames->is_hidden(visitor))
            continue;
        places[count] = (void *)visitor[VISITOR_FRAME];
        into[count++] = frame_at(rt, visitor);
    }
    drop_merged(rt, into, places, count);
    return count;
}

JSValueRef cpm_frames_argument(struct cpm_runtime *rt)
{
    const JSValueRef *frame = rt->frames ? rt->frames->thrower : NULL;

    /* The count, of `this` too, is the lower half of its word. */
    if (!frame || (uint32_t)(uintptr_t)frame[FRAME_COUNT] < 2)
        return JSValueMakeUndefined(rt->ctx);
    return shown(rt, frame[FRAME_THIS + 1]);
}

void cpm_frames_watch(struct cpm_runtime *rt, JSObjectRef on_throw, JSObjectRef example)
{
    struct cpm_frames *frames = frames_of(rt);

    frames->error_kind = kind_of(example);
    JSValueProtect(rt->ctx, on_throw);
    frames->on_throw = on_throw;
}

static void tell(struct cpm_runtime *rt, JSValueRef error)
{
    JSValueRef ignored = NULL;

    rt->frames->telling = true;
    rt->frames->thrower = top_frame(rt);
    JSObjectCallAsFunction(rt->ctx, rt->frames->on_throw, NULL, 1, &error, &ignored);
    rt->frames->thrower = NULL;
    rt->frames->telling = false;
}

/* Who listens comes with the first look at Error (internal/globals). */
static void settle(struct cpm_runtime *rt)
{
    rt->frames->telling = true;
    cpm_js_get(rt->ctx, JSContextGetGlobalObject(rt->ctx), "Error");
    rt->frames->telling = false;
}

/* JSC::VM::throwException(JSC::JSGlobalObject *, JSC::JSValue). */
static void *throw_exception(JSContextGroupRef vm, JSContextRef ctx, JSValueRef value)
{
    struct cpm_runtime *rt = cpm_runtime_current();
    const struct cpm_frames *frames = frames_of(rt);

    if (!frames->on_throw && !frames->telling)
        settle(rt);
    if (frames->on_throw && !frames->telling && is_cell(value) &&
        kind_of(value) == frames->error_kind)
        tell(rt, value);
    return frames->throw_(vm, ctx, value);
}

/* The value of an entry of an object's table; 0 when there is none. The linker may have made an
 * address of an offset. */
static uintptr_t entry_of(const struct link_map *object, ElfW(Sxword) tag)
{
    for (const ElfW(Dyn) *entry = object->l_ld; entry->d_tag != DT_NULL; entry++)
        if (entry->d_tag == tag)
            return entry->d_un.d_val;
    return 0;
}

/* The place in the engine's table of calls that leads to `function`. The table is full, and its
 * pages nothing else's, when the engine was linked to be bound at once. */
static void **find_slot(const void *function)
{
    struct link_map *object = NULL;
    Dl_info info;

    if (!function || !dladdr1(function, &info, (void **)&object, RTLD_DL_LINKMAP) ||
        entry_of(object, DT_PLTREL) != DT_RELA || !(entry_of(object, DT_FLAGS_1) & DF_1_NOW))
        return NULL;
    uintptr_t at = entry_of(object, DT_JMPREL);
    const ElfW(Rela) *row = (const ElfW(Rela) *)(at < object->l_addr ? at + object->l_addr : at);
    for (size_t left = entry_of(object, DT_PLTRELSZ) / sizeof(*row); left > 0; left--, row++) {
        void **slot = (void **)(object->l_addr + row->r_offset);
        if (*slot == function)
            return slot;
    }
    return NULL;
}

void cpm_frames_open(struct cpm_runtime *rt)
{
    const struct cpm_frames *frames = frames_of(rt);
    const void *original;
    void *ours;
    static void *(*const function)(JSContextGroupRef, JSContextRef, JSValueRef) = throw_exception;

    memcpy(&original, &frames->throw_, sizeof(original));
    memcpy(&ours, &function, sizeof(ours));
    void **slot = find_slot(original);
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
    void *page = (void *)((uintptr_t)slot & ~(size - 1)); /* the linker has made it read-only */
    if (!slot || mprotect(page, size, PROT_READ | PROT_WRITE) != 0)
        return;
    *slot = ours;
    mprotect(page, size, PROT_READ);
}

void cpm_frames_close(struct cpm_runtime *rt)
{
    cpm_free(rt->frames);
    rt->frames = NULL;
}
