/* The engine asks a SourceProvider, an object with virtual functions, for its text and for cached
 * bytecode. Its C API makes one of a class of its own (JSScriptRef); here such an object, of a text
 * of one byte, gets a table of our functions in the place of its class's. The table stands at the
 * head of the struct, so that the object's first word leads to it. */
#include "runtime/bytecode.h"

#include "base/mem.h"

#include <dlfcn.h>
#include <string.h>
#include <time.h>

typedef struct OpaqueJSScript *JSScriptRef;
extern JSScriptRef JSScriptCreateReferencingImmortalASCIIText(JSContextGroupRef, JSStringRef, int,
                                                              const char *, size_t, JSStringRef *,
                                                              int *);
extern JSValueRef JSScriptEvaluate(JSContextRef, JSScriptRef, JSValueRef, JSValueRef *);
extern void JSScriptRelease(JSScriptRef);

/* JSC::SourceProvider's virtual functions, in their order. */
enum { SLOT_DELETE = 1, SLOT_HASH, SLOT_SOURCE, SLOT_CACHED, SLOT_CACHE, SLOT_UPDATE, SLOT_COMMIT };

/* JSC::CachedBytecode: bytes, and what is to be added to them. */
struct cpm_engine_bytecode {
    uint32_t references;
    size_t size; /* with all that is added */
    const char *bytes;
    size_t len;
    uint64_t kind; /* 0: in memory */
    void *leaves, *updates;
    uint32_t updates_room, updates_count;
};

/* So many that the engine never frees an object of ours. */
enum { OURS = 1 << 24 };

/* WTF::StringView, as it is returned in registers. */
struct view {
    const void *chars;
    uint32_t len;
    uint32_t is_narrow;
};

/* WTF::Function<>: a pointer to an object with a table, whose third function is the call. */
struct callable {
    const uintptr_t *table;
};

enum { CALL = 2 };

static void find(const char *symbol, void *into)
{
    void *found = dlsym(RTLD_DEFAULT, symbol);

    memcpy(into, &found, sizeof(found));
}

uint32_t cpm_bytecode_engine(void)
{
    uint32_t (*version)(void);

    find("_ZN3JSC30computeJSCBytecodeCacheVersionEv", &version);
    return version ? version() : 0;
}

int64_t cpm_bytecode_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec;
}

bool cpm_bytecode_find(struct cpm_bytecode_calls *calls)
{
    find("_ZN3JSC23encodeFunctionCodeBlockERNS_2VMEPKNS_25UnlinkedFunctionCodeBlockERNS_"
         "18BytecodeCacheErrorE",
         &calls->encode);
    find("_ZN3JSC14CachedBytecode17addFunctionUpdateEPKNS_26UnlinkedFunctionExecutableENS_"
         "22CodeSpecializationKindEN3WTF3RefIS0_NS5_12RawPtrTraitsIS0_EENS5_"
         "21DefaultRefDerefTraitsIS0_EEEE",
         &calls->add);
    find(
        "_ZNK3JSC14CachedBytecode13commitUpdatesERKN3WTF8FunctionIFvlSt4spanIKhLm184467440737095516"
        "15EEEEE",
        &calls->commit);
    return calls->encode && calls->add && calls->commit;
}

static struct cpm_bytecode *program_of(void *object)
{
    return (struct cpm_bytecode *)(*(uintptr_t **)object - CPM_BYTECODE_HEAD);
}

static void on_delete(void *object)
{
    struct cpm_bytecode *program = program_of(object);
    void (*original)(void *);

    memcpy(&original, &program->original[SLOT_DELETE], sizeof(original));
    *(const uintptr_t **)object = program->original;
    original(object);
    program->gone(program);
}

static uint32_t on_hash(void *object)
{
    return program_of(object)->hash;
}

static struct view on_source(void *object)
{
    const struct cpm_bytecode *program = program_of(object);

    if (program->wide)
        return (struct view){JSStringGetCharactersPtr(program->wide),
                             (uint32_t)JSStringGetLength(program->wide), 0};
    return (struct view){program->text.ptr, (uint32_t)program->text.len, 1};
}

/* A RefPtr is given back in the caller's memory. */
static void **on_cached(void **result, void *object)
{
    struct cpm_bytecode *program = program_of(object);

    if (program->given)
        program->given->references++;
    *result = program->given;
    return result;
}

/* What was given is none, or is refused: the engine has compiled the text anew. */
static void on_cache(void *object, struct callable **generator)
{
    struct cpm_bytecode *program = program_of(object);
    void **(*generate)(void **, struct callable *);

    if (cpm_bytecode_now() >= program->until || program->made)
        return;
    memcpy(&generate, &(*generator)->table[CALL], sizeof(generate));
    generate((void **)&program->made, *generator);
}

/* A function was compiled. */
static void on_update(void *object, void *executable, void *source, uint8_t kind, void *code)
{
    struct cpm_bytecode *program = program_of(object);
    struct cpm_engine_bytecode *whole = program->made ? program->made : program->given;
    uint64_t error[16] = {0}; /* a variant, of which the first is: none */
    void *part = NULL;

    (void)source;
    if (!whole || cpm_bytecode_now() >= program->until)
        return;
    program->calls->encode(&part, program->group, code, error);
    if (!part)
        return;
    program->calls->add(whole, executable, kind, &part);
    program->added++;
}

static void on_commit(void *object)
{
    (void)object; /* compiled.c does, at the end */
}

static void fill_table(struct cpm_bytecode *program)
{
    uintptr_t *slots = program->table + CPM_BYTECODE_HEAD;

    memcpy(program->table, program->original - CPM_BYTECODE_HEAD, sizeof(program->table));
    slots[SLOT_DELETE] = (uintptr_t)on_delete;
    slots[SLOT_HASH] = (uintptr_t)on_hash;
    slots[SLOT_SOURCE] = (uintptr_t)on_source;
    slots[SLOT_CACHED] = (uintptr_t)on_cached;
    slots[SLOT_CACHE] = (uintptr_t)on_cache;
    slots[SLOT_UPDATE] = (uintptr_t)on_update;
    slots[SLOT_COMMIT] = (uintptr_t)on_commit;
}

static struct cpm_engine_bytecode *give(struct cpm_str kept)
{
    struct cpm_engine_bytecode *given = NULL;

    if (kept.len > 0) {
        given = cpm_calloc(1, sizeof(*given));
        *given = (struct cpm_engine_bytecode){
            .references = OURS, .size = kept.len, .bytes = kept.ptr, .len = kept.len};
    }
    return given;
}

JSValueRef cpm_bytecode_evaluate(JSContextRef ctx, struct cpm_bytecode *program, const char *url,
                                 JSValueRef *exception)
{
    JSStringRef name = JSStringCreateWithUTF8CString(url);
    JSScriptRef script =
        JSScriptCreateReferencingImmortalASCIIText(program->group, name, 1, "0", 1, NULL, NULL);
    uintptr_t **object = (uintptr_t **)script;

    JSStringRelease(name);
    program->original = *object;
    program->given = give(program->kept);
    fill_table(program);
    *object = program->table + CPM_BYTECODE_HEAD;
    JSValueRef value = JSScriptEvaluate(ctx, script, NULL, exception);
    JSScriptRelease(script);
    return value;
}

bool cpm_bytecode_release(struct cpm_bytecode *program)
{
    bool alone = !program->given || program->given->references == OURS;

    if (alone)
        cpm_free(program->given);
    return alone;
}

/* What is new: all of it, or what was added to what was given. */
static const struct cpm_engine_bytecode *news(const struct cpm_bytecode *program)
{
    return program->made ? program->made : program->added > 0 ? program->given : NULL;
}

size_t cpm_bytecode_size(const struct cpm_bytecode *program)
{
    return news(program) ? news(program)->size : 0;
}

/* As a callable of the engine's. */
struct writing {
    const uintptr_t *table;
    char *into;
    size_t size;
    bool overflow;
};

static void on_part(struct writing *writing, int64_t offset, const char *bytes, size_t len)
{
    if (offset < 0 || (size_t)offset > writing->size || len > writing->size - (size_t)offset)
        writing->overflow = true;
    else
        memcpy(writing->into + offset, bytes, len);
}

bool cpm_bytecode_write(const struct cpm_bytecode *program, char *into, size_t size)
{
    const struct cpm_engine_bytecode *whole = news(program);
    const uintptr_t table[] = {0, 0, (uintptr_t)on_part};
    struct writing writing = {table, into, size, false};
    struct writing *function = &writing;

    if (!whole || whole->size != size || whole->len > size)
        return false;
    memset(into, 0, size);
    memcpy(into, whole->bytes, whole->len);
    program->calls->commit(whole, &function);
    return !writing.overflow;
}
