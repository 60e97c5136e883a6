/* Facts that Node told of an installed tree, asked again: lines "from TAB require|import TAB
 * specifier TAB answer", paths relative to the tree's root, "!CODE" for an error.
 *
 *     resolve_facts ROOT FACTS.tsv [NODE_MODULES]
 *
 * A NODE_MODULES gets an index, and it is used. */
#include "base/arena.h"
#include "base/fs.h"
#include "cpm/resolver.h"

#include <stdio.h>
#include <stdlib.h>

struct fact {
    struct cpm_str from, mode, specifier, answer;
};

static bool read_fact(struct cpm_str *rest, struct fact *fact)
{
    struct cpm_str line;

    if (!rest->len || !cpm_str_split(rest, '\n', &line) || !line.len)
        return false;
    return cpm_str_split(&line, '\t', &fact->from) && cpm_str_split(&line, '\t', &fact->mode) &&
           cpm_str_split(&line, '\t', &fact->specifier) &&
           cpm_str_split(&line, '\t', &fact->answer);
}

/* The recorder wrote an undefined specifier as nothing. import takes it as the word. */
static const char *specifier_of(struct cpm_arena *arena, const struct fact *fact, bool import)
{
    if (fact->specifier.len)
        return cpm_arena_strndup(arena, fact->specifier.ptr, fact->specifier.len);
    return import ? "undefined" : NULL;
}

/* What Node's answer would have been written as. */
static const char *written(struct cpm_arena *arena, const struct cpm_resolution *r,
                           const char *root)
{
    size_t n = strlen(root);

    if (r->code)
        return cpm_arena_printf(arena, "!%s", r->code);
    if (strncmp(r->path, root, n) == 0 && r->path[n] == '/')
        return r->path + n + 1;
    return r->path;
}

static bool agrees(struct cpm_resolver *resolver, const char *root, const struct fact *fact)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    bool import = cpm_str_is(fact->mode, "import");
    const char *specifier = specifier_of(&arena, fact, import), *got;
    bool same;

    got =
        written(&arena,
                cpm_resolver_resolve(
                    resolver, import ? CPM_RESOLVE_IMPORT : CPM_RESOLVE_REQUIRE, specifier,
                    cpm_arena_printf(&arena, "%s%s%.*s", fact->from.ptr[0] == '/' ? "" : root,
                                     fact->from.ptr[0] == '/' ? "" : "/", CPM_STR_ARG(fact->from))),
                root);
    same = cpm_str_is(fact->answer, got);
    if (!same)
        printf("%.*s %.*s '%.*s': %s, node says %.*s\n", CPM_STR_ARG(fact->from),
               CPM_STR_ARG(fact->mode), CPM_STR_ARG(fact->specifier), got,
               CPM_STR_ARG(fact->answer));
    cpm_arena_release(&arena);
    return same;
}

int main(int argc, char **argv)
{
    struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = {.code = 0};
    struct cpm_resolver *resolver;
    struct cpm_str text;
    struct fact fact;
    size_t all = 0, wrong = 0;
    const char *root = argc >= 3 ? realpath(argv[1], NULL) : NULL;

    if (!root || cpm_fs_read(argv[2], 256u << 20, &arena, &text, &err) < 0) {
        fprintf(stderr, "resolve_facts ROOT FACTS.tsv: %s\n", err.text);
        return 2;
    }
    options.index = argc > 3 ? realpath(argv[3], NULL) : NULL;
    if (options.index && cpm_resolver_index_write(options.index, &err) < 0) {
        fprintf(stderr, "resolve_facts: %s\n", err.text);
        return 2;
    }
    resolver = cpm_resolver_new(&options, NULL);
    for (; read_fact(&text, &fact); all++)
        wrong += !agrees(resolver, root, &fact);
    printf("%zu facts, %zu differences\n", all, wrong);
    cpm_resolver_free(resolver);
    cpm_arena_release(&arena);
    free((void *)root);
    free((void *)options.index);
    return wrong || !all ? 1 : 0;
}
