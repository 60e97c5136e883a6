/* Compiled code, kept from run to run: what the engine has made of a text of some length stands in
 * a folder of the user's cache, by the text's hash, and is given to it the next time. A world
 * reads; the main one also writes, once, when the process ends. Nothing here fails: what cannot be
 * read is compiled, what cannot be written is compiled again.
 *
 * It works with the engine that this was built with (CPM_BYTECODE_ENGINE), and with another when
 * that takes compiled code in the same way, which a process of its own finds out once. */
#ifndef CPM_RUNTIME_COMPILED_H
#define CPM_RUNTIME_COMPILED_H

#include "base/str.h"
#include "runtime/runtime.h"

/* Fills rt->compiled_folder, or rt->untried_folder, of the process. Neither need exist. */
void cpm_compiled_place(struct cpm_runtime *rt);
/* Of a world: rt->compiled, when rt->compiled_folder is not NULL. */
void cpm_compiled_open(struct cpm_runtime *rt);
/* When the engine is closed. */
void cpm_compiled_close(struct cpm_runtime *rt);

struct cpm_compiled_text {
    struct cpm_str bytes; /* UTF-8 */
    char *memory;         /* of `bytes`, which is taken (cpm_free); NULL: they stay for ever */
    JSStringRef wide;     /* the same, where `bytes` is more than ASCII; is taken. Or NULL */
    const char *url;
};

/* Whether a text of that length is kept, and cpm_compiled_evaluate is for it. */
bool cpm_compiled_wants(const struct cpm_runtime *rt, size_t len);
/* The value of a script, or NULL with *exception. */
JSValueRef cpm_compiled_evaluate(struct cpm_runtime *rt, const struct cpm_compiled_text *text,
                                 JSValueRef *exception);
/* Writes what is new, or tries an engine that is new. The last thing that a process does. */
void cpm_compiled_save(struct cpm_runtime *rt);

/* What a process of its own is told to do instead of a program, and does. It may crash. */
#define CPM_COMPILED_TRIAL "--cpm-compiled-trial"
bool cpm_compiled_trial(void);

#endif
