/* A text that the engine evaluates together with the bytecode that an earlier run has kept, and the
 * bytecode that this run adds. compiled.c fills a program and keeps it on the disk; the engine
 * holds it until none of its functions lives, and then calls `gone`, on the thread of its world.
 *
 * The engine's C API has no such thing. What stands behind it are three exported functions and the
 * layout of two of its classes: cpm_bytecode_try() tries all of it, on the engine of the build when
 * that is configured (cmake/CpmRuntime.cmake), and once on any other that is met (compiled.c);
 * cpm_bytecode_engine() tells which one is running. */
#ifndef CPM_RUNTIME_BYTECODE_H
#define CPM_RUNTIME_BYTECODE_H

#include "base/str.h"

#include <JavaScriptCore/JavaScript.h>

/* Of the engine's class: the functions that it calls, and the two words before them. */
enum { CPM_BYTECODE_SLOTS = 11, CPM_BYTECODE_HEAD = 2 };

/* The engine's functions that a recording needs. */
struct cpm_bytecode_calls {
    void **(*encode)(void **, JSContextGroupRef, void *, void *);
    void (*add)(void *, void *, uint8_t, void **);
    void (*commit)(const void *, void *);
};

struct cpm_bytecode {
    uintptr_t table[CPM_BYTECODE_HEAD + CPM_BYTECODE_SLOTS]; /* first: found by it */
    JSContextGroupRef group;
    const struct cpm_bytecode_calls *calls;
    struct cpm_str text; /* ASCII that lives until `gone`; or none, and */
    JSStringRef wide;    /* any text */
    uint32_t hash;       /* of the text: the engine's name for it */
    struct cpm_str kept; /* of an earlier run, aligned to 16, for ever; empty: none */
    int64_t until;       /* what is compiled before that second is added; 0: nothing */
    void (*gone)(struct cpm_bytecode *program);

    /* The engine's side. */
    const uintptr_t *original;
    struct cpm_engine_bytecode *given, *made; /* of `kept`; of this run */
    size_t added;                             /* functions, to either */
};

/* The value of the program, or NULL with *exception. `program` stays where it is until `gone`. */
JSValueRef cpm_bytecode_evaluate(JSContextRef ctx, struct cpm_bytecode *program, const char *url,
                                 JSValueRef *exception);
/* How long the bytecode is that would be kept: 0 when this run has added nothing. */
size_t cpm_bytecode_size(const struct cpm_bytecode *program);
/* Writes that many bytes. False when the engine has other sizes in mind. */
bool cpm_bytecode_write(const struct cpm_bytecode *program, char *into, size_t size);
/* For `gone`: frees the engine's side. Whether nothing holds the memory of `kept` any more. */
bool cpm_bytecode_release(struct cpm_bytecode *program);
/* False when the engine has not all of them. */
bool cpm_bytecode_find(struct cpm_bytecode_calls *calls);
/* The engine's name for its own build: it refuses bytecode of another. 0: it does not tell. */
uint32_t cpm_bytecode_engine(void);
/* Whether the running engine takes bytecode as it is handed over here. May crash, and leaves
 * machines behind: for a process of its own. */
bool cpm_bytecode_try(void);
/* Seconds of the clock of `until`. */
int64_t cpm_bytecode_now(void);

#endif
