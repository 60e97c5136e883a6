/* One pass over the words. A short form is put in place of itself and read again; an option whose
 * value is the next word takes that along. Which options these are is npx's guess: what is not
 * known as a switch has a value unless the next word looks like an option. */
#include "cli/cpx.h"

#include "cli/config/definitions.h"

#define EXPANSIONS 8 /* words that the short forms of one word can become */

struct words {
    struct cpm_arena *arena;
    char **in; /* what is still to be read */
    int left;
    struct cpm_cpx *out;
    int removed;
};

static bool is_one_of(const char *const *list, struct cpm_str key)
{
    for (; *list; list++)
        if (cpm_str_is(key, *list))
            return true;
    return false;
}

static const char *const removed_switches[] = {"always-spawn", "ignore-existing",
                                               "shell-auto-fallback", NULL};
static const char *const removed_options[] = {"npm", "node-arg", "n", NULL};

static bool is_removed(struct cpm_str key)
{
    return is_one_of(removed_switches, key) || is_one_of(removed_options, key);
}

/* Takes no value. */
static bool is_switch(struct cpm_str key)
{
    static const char *const others[] = {"no-install", "quiet", "q", "version",
                                         "v",          "help",  "h", NULL};
    const struct cpm_definition *d = cpm_definition_find(key);

    return is_one_of(others, key) || is_one_of(removed_switches, key) ||
           (d && cpm_str_find(cpm_str(d->types), "Boolean") != CPM_NPOS);
}

static bool has_value(struct cpm_str key)
{
    static const char *const options[] = {"package", "p", "cache", "userconfig",
                                          "call",    "c", "shell", NULL};

    return is_one_of(options, key) || is_one_of(removed_options, key);
}

static const struct cpm_shorthand *find_short(struct cpm_str key)
{
    for (size_t i = 0; i < cpm_shorthand_count; i++)
        if (cpm_str_is(key, cpm_shorthands[i].name))
            return &cpm_shorthands[i];
    return NULL;
}

static void put(struct words *w, const char *word)
{
    w->out->argv[w->out->argc++] = cpm_arena_strndup(w->arena, word, strlen(word));
}

/* "-q" becomes "--loglevel warn"; its own value, if any, stands behind as a word. */
static void put_expansion(struct words *w, const struct cpm_shorthand *s, struct cpm_str value)
{
    struct cpm_str rest = cpm_str(s->expansion), word;

    while (cpm_str_split(&rest, ' ', &word))
        put(w, cpm_arena_str(w->arena, word).ptr);
    if (value.ptr)
        put(w, cpm_arena_str(w->arena, value).ptr);
}

static void put_option(struct words *w, const char *word, struct cpm_str key, struct cpm_str value)
{
    const struct cpm_shorthand *s = is_removed(key) ? NULL : find_short(key);
    const char *sign = value.ptr ? "=" : "";

    if (cpm_str_is(key, "p"))
        put(w, cpm_arena_printf(w->arena, "--package%s%.*s", sign, CPM_STR_ARG(value)));
    else if (cpm_str_is(key, "shell"))
        put(w, cpm_arena_printf(w->arena, "--script-shell%s%.*s", sign, CPM_STR_ARG(value)));
    else if (cpm_str_is(key, "no-install"))
        put(w, "--yes=false");
    else if (s)
        put_expansion(w, s, value);
    else if (is_removed(key))
        w->out->removed[w->removed++] = cpm_arena_str(w->arena, key).ptr;
    else
        put(w, word);
}

/* The key by which npx decides whether the next word belongs to the option. */
static struct cpm_str full_key(struct cpm_str key)
{
    const struct cpm_shorthand *s;
    struct cpm_str first;

    while (!cpm_str_is(key, "p") && !is_removed(key) && (s = find_short(key))) {
        struct cpm_str rest = cpm_str(s->expansion);

        cpm_str_split(&rest, ' ', &first);
        if (rest.len)
            return CPM_STR("version"); /* its value came along */
        key = cpm_str_sub(first, 2, first.len);
    }
    return key;
}

static void take_value(struct words *w, struct cpm_str key)
{
    const char *next = w->left ? *w->in : "";
    struct cpm_str full = full_key(key);

    if (!w->left || is_switch(full) || !(has_value(full) || next[0] != '-'))
        return;
    if (!is_removed(full))
        put(w, next);
    w->in++;
    w->left--;
}

static void read_option(struct words *w, const char *word)
{
    struct cpm_str key = cpm_str(word), value = CPM_STR_NONE;

    while (key.len && key.ptr[0] == '-')
        key = cpm_str_sub(key, 1, key.len);
    size_t sign = cpm_str_chr(key, '=');
    if (sign != CPM_NPOS) {
        value = cpm_str_sub(key, sign + 1, key.len);
        key.len = sign;
    }
    put_option(w, word, key, value);
    if (!value.ptr)
        take_value(w, key);
}

void cpm_cpx_read(struct cpm_arena *arena, int argc, char **argv, struct cpm_cpx *out)
{
    struct words w = {.arena = arena, .in = argv + 1, .left = argc > 0 ? argc - 1 : 0, .out = out};

    out->argc = 0;
    out->argv = CPM_NEW_ARRAY(arena, char *, (size_t)w.left *EXPANSIONS + 4);
    out->removed = CPM_NEW_ARRAY(arena, const char *, (size_t)w.left + 1);
    put(&w, argv[0]);
    put(&w, "exec");
    for (bool options = true; w.left > 0;) {
        const char *word = *w.in++;

        w.left--;
        if (options && word[0] == '-' && strcmp(word, "--") != 0) {
            read_option(&w, word);
            continue;
        }
        if (options && word[0] != '-')
            put(&w, "--");
        options = false;
        put(&w, word);
    }
}
