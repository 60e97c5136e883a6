/* The words are rewritten in place while they are read (a shorthand becomes its expansion, --a=b
 * two words), as nopt splices its array: that is what decides which word is a value. */
#include "cli/config/nopt.h"

struct parser {
    struct cpm_nopt *n;
    const char **words;
    size_t count, cap;
    size_t at; /* the word being read */
};

static bool dashes_only(const char *word)
{
    return word && word[0] == '-' && word[1] == '-' && word[strspn(word, "-")] == '\0';
}

static void emit(const struct cpm_nopt *n, struct cpm_nopt_note note)
{
    if (n->note)
        n->note(n->data, &note);
}

/* Replaces the word at `i` by `count` words. */
static bool splice(struct parser *p, size_t i, const char *const *words, size_t count)
{
    if (p->count + count > CPM_NOPT_WORDS)
        return false;
    if (p->count + count > p->cap) {
        size_t cap = (p->count + count) * 2;
        const char **grown = CPM_NEW_ARRAY(p->n->ctx.arena, const char *, cap);
        memcpy(grown, p->words, p->count * sizeof(*grown));
        p->words = grown;
        p->cap = cap;
    }
    memmove(p->words + i + count, p->words + i + 1, (p->count - i - 1) * sizeof(*p->words));
    if (count)
        memcpy(p->words + i, words, count * sizeof(*words));
    p->count += count - 1;
    return true;
}

/* The key that is this word or the only one that begins with it; NULL when there is none. */
static const char *known_key(const struct cpm_nopt *n, const char *word)
{
    const char *found = NULL;
    size_t length = strlen(word), matches = 0;
    for (size_t i = 0; i < n->definition_count; i++) {
        if (strncmp(n->definitions[i].key, word, length) != 0)
            continue;
        if (n->definitions[i].key[length] == '\0')
            return n->definitions[i].key;
        found = n->definitions[i].key;
        matches++;
    }
    return matches == 1 && length ? found : NULL;
}

static const struct cpm_shorthand *exact_short(const struct cpm_nopt *n, struct cpm_str word)
{
    for (size_t i = 0; i < n->shorthand_count; i++)
        if (cpm_str_is(word, n->shorthands[i].name))
            return &n->shorthands[i];
    return NULL;
}

static const struct cpm_shorthand *abbreviated_short(const struct cpm_nopt *n, const char *word)
{
    const struct cpm_shorthand *found = NULL;
    size_t matches = 0;
    for (size_t i = 0; i < n->shorthand_count; i++)
        if (cpm_str_starts(cpm_str(n->shorthands[i].name), word)) {
            found = &n->shorthands[i];
            matches++;
        }
    return matches == 1 && *word ? found : NULL;
}

/* -gfD: every letter is a shorthand. The empty word is none of them, and so becomes nothing. */
static const char *glued_shorts(const struct cpm_nopt *n, const char *word)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);
    for (size_t i = 0; word[i]; i++) {
        const struct cpm_shorthand *s = exact_short(n, cpm_str_n(word + i, 1));
        if (!s) {
            cpm_buf_release(&out);
            return NULL;
        }
        cpm_buf_addf(&out, "%s%s", i ? " " : "", s->expansion);
    }
    const char *words = cpm_arena_strndup(n->ctx.arena, cpm_buf_text(&out), out.len);
    cpm_buf_release(&out);
    return words;
}

const char *cpm_nopt_short(const struct cpm_nopt *n, const char *arg)
{
    const char *word = arg + strspn(arg, "-");
    const char *key = known_key(n, word);
    if (key && strcmp(key, word) == 0)
        return NULL;
    const struct cpm_shorthand *exact = exact_short(n, cpm_str(word));
    if (exact)
        return exact->expansion;
    const char *glued = glued_shorts(n, word);
    if (glued)
        return glued;
    const struct cpm_shorthand *s = key ? NULL : abbreviated_short(n, word);
    if (!s)
        return NULL;
    emit(n, (struct cpm_nopt_note){CPM_NOPT_ABBREVIATED, .word = word, .other = s->name});
    return s->expansion;
}

static bool expand_short(struct parser *p, const char *expansion)
{
    struct cpm_str rest = cpm_str(expansion), word;
    const char *words[64];
    size_t count = 0;
    while (rest.len && cpm_str_split(&rest, ' ', &word) && count < 64)
        words[count++] = cpm_arena_strndup(p->n->ctx.arena, word.ptr, word.len);
    return splice(p, p->at, words, count);
}

struct option {
    const char *key;
    const char *next; /* the word behind it, or NULL */
    bool had_equals;
    bool negated, no; /* --no- was there; an odd number of them */
    bool known, list;
    struct cpm_types types;
};

static void read_type(struct parser *p, struct option *o)
{
    for (size_t i = 0; i < p->n->definition_count && !o->known; i++)
        if (strcmp(p->n->definitions[i].key, o->key) == 0) {
            cpm_types_parse(p->n->definitions[i].types, &o->types);
            o->known = true;
        }
    o->list = o->known && cpm_types_has(&o->types, CPM_TYPE_ARRAY);
}

/* An unknown key given twice is a list. */
static void store(struct parser *p, struct option *o, struct cpm_value value)
{
    struct cpm_arena *arena = p->n->ctx.arena;
    struct cpm_str key = cpm_str(o->key);
    struct cpm_value *old = cpm_fields_find(&p->n->options, key);
    if (!o->list && (o->known || !old)) {
        cpm_fields_set(arena, &p->n->options, key, value);
        return;
    }
    struct cpm_value list = old ? *old : cpm_value_list();
    if (list.kind != CPM_VALUE_LIST) {
        list = cpm_value_list();
        cpm_value_push(arena, &list, *old);
    }
    cpm_value_push(arena, &list, value);
    cpm_fields_set(arena, &p->n->options, key, list);
}

static bool is_truth(const char *word)
{
    return word && (strcmp(word, "true") == 0 || strcmp(word, "false") == 0);
}

static bool null_allowed(const struct option *o)
{
    struct cpm_value null = cpm_value_null();
    return o->known && cpm_types_literal(&o->types, &null);
}

static bool takes_no_value(const struct option *o)
{
    if (o->negated || !o->known)
        return o->negated || !o->had_equals;
    return cpm_types_has(&o->types, CPM_TYPE_BOOLEAN) ||
           (o->next && strcmp(o->next, "false") == 0 && null_allowed(o));
}

/* [Boolean, "bar"]: the word behind may be the value after all. */
static bool other_value(struct parser *p, const struct option *o, struct cpm_value *value)
{
    struct cpm_value text = cpm_value_str(p->n->ctx.arena, cpm_str(o->next));
    double number;
    bool option = o->next[0] == '-' && o->next[1] && o->next[1] != '-';
    bool long_option = o->next[0] == '-' && o->next[1] == '-' && o->next[strspn(o->next, "-")];
    if (cpm_types_literal(&o->types, &text))
        *value = text;
    else if (strcmp(o->next, "null") == 0 && null_allowed(o))
        *value = cpm_value_null();
    else if (!long_option && cpm_types_has(&o->types, CPM_TYPE_NUMBER) &&
             cpm_js_number(text.text, &number))
        *value = cpm_value_number(number);
    else if (!option && cpm_types_has(&o->types, CPM_TYPE_STRING))
        *value = text;
    else
        return false;
    return true;
}

static void read_flag(struct parser *p, struct option *o)
{
    struct cpm_value value = cpm_value_bool(!o->no);
    if (is_truth(o->next)) {
        value = cpm_value_bool((strcmp(o->next, "true") == 0) != o->no);
        p->at++;
    } else if (o->next && o->known && o->types.count > 1 && other_value(p, o, &value)) {
        p->at++;
    }
    store(p, o, value);
}

static void read_value(struct parser *p, struct option *o)
{
    const char *next = o->next;
    bool only_text = o->known && o->types.count == 1 && cpm_types_has(&o->types, CPM_TYPE_STRING);
    bool taken = true;
    if (only_text && !next) {
        next = "";
    } else if (only_text && next[0] == '-' && next[1] && !dashes_only(next) &&
               strspn(next, "-") <= 2) {
        next = "";
        taken = false;
    }
    if (dashes_only(next)) {
        next = NULL;
        taken = false;
    }
    store(p, o, next ? cpm_value_str(p->n->ctx.arena, cpm_str(next)) : cpm_value_bool(true));
    p->at += taken;
}

static void note_unknown(const struct parser *p, const struct option *o)
{
    const char *next = o->next;
    bool hangs = !o->had_equals && next && next[0] && next[0] != '-' && !is_truth(next);
    emit(p->n,
         (struct cpm_nopt_note){CPM_NOPT_UNKNOWN, .word = o->key, .other = hangs ? next : NULL});
}

static void read_option(struct parser *p, const char *word, bool had_equals)
{
    struct option o = {.had_equals = had_equals};
    word += strspn(word, "-");
    while (strncasecmp(word, "no-", 3) == 0) {
        o.negated = true;
        o.no = !o.no;
        word += 3;
    }
    const char *full = known_key(p->n, word);
    if (full && strcmp(full, word) != 0)
        emit(p->n, (struct cpm_nopt_note){CPM_NOPT_ABBREVIATED, .word = word, .other = full});
    o.key = full ? full : word;
    o.next = p->at + 1 < p->count ? p->words[p->at + 1] : NULL;
    read_type(p, &o);
    if (!o.known)
        note_unknown(p, &o);
    if (takes_no_value(&o))
        read_flag(p, &o);
    else
        read_value(p, &o);
}

/* One word that begins with '-'. False when there are too many words. */
static bool read_dashed(struct parser *p)
{
    const char *word = p->words[p->at];
    const char *equals = strchr(word, '=');
    if (equals) {
        const char *halves[] = {cpm_arena_strndup(p->n->ctx.arena, word, (size_t)(equals - word)),
                                equals + 1};
        if (!splice(p, p->at, halves, 2))
            return false;
        word = halves[0];
    }
    const char *expansion = cpm_nopt_short(p->n, word);
    if (expansion) {
        bool same = cpm_str_is(cpm_str_n(expansion, strcspn(expansion, " ")), word);
        if (!expand_short(p, expansion))
            return false;
        if (!same) {
            p->at--;
            return true;
        }
    }
    read_option(p, word, equals != NULL);
    return true;
}

struct invalid_note {
    const struct cpm_nopt *n;
    const char *key;
    const struct cpm_types *types;
};

static void note_invalid(void *data, const struct cpm_value *value)
{
    struct invalid_note *note = data;
    emit(note->n, (struct cpm_nopt_note){CPM_NOPT_INVALID, .word = note->key, .value = value,
                                         .types = note->types});
}

/* "null", "true" and the like as unknown keys read them. */
static struct cpm_value clean_unknown(struct cpm_value v)
{
    if (v.kind != CPM_VALUE_STRING)
        return v;
    v.text = cpm_str_trim(v.text);
    if (cpm_value_is(&v, "null"))
        return cpm_value_null();
    if (cpm_value_is(&v, "true") || cpm_value_is(&v, "false"))
        return cpm_value_bool(v.text.len == 4);
    return v;
}

static void clean_all(struct cpm_nopt *n)
{
    struct cpm_fields kept = {.v = NULL};
    for (size_t i = 0; i < n->options.count; i++) {
        struct cpm_field f = n->options.v[i];
        struct option o = {.key = f.key.ptr};
        struct parser p = {.n = n};
        read_type(&p, &o);
        struct invalid_note note = {n, o.key, &o.types};
        if (!o.known)
            f.value = clean_unknown(f.value);
        else if (!cpm_types_clean(&n->ctx, &o.types, &f.value, note_invalid, &note))
            continue;
        cpm_fields_set(n->ctx.arena, &kept, f.key, f.value);
    }
    n->options = kept;
}

int cpm_nopt_parse(struct cpm_nopt *n, const char *const *args, size_t count, struct cpm_error *err)
{
    struct parser p = {.n = n, .count = count, .cap = count + 1};
    if (count > CPM_NOPT_WORDS)
        return cpm_error_set(err, CPM_ETOOBIG, "more than %u arguments", CPM_NOPT_WORDS);
    p.words = CPM_NEW_ARRAY(n->ctx.arena, const char *, p.cap);
    if (count)
        memcpy(p.words, args, count * sizeof(*args));
    const char **remain = NULL;
    size_t used = 0, cap = 0;
    bool options = true;
    n->rest = -1;
    for (p.at = 0; p.at < p.count; p.at++) {
        const char *word = p.words[p.at];
        if (options && dashes_only(word)) {
            options = false;
            n->rest = (int)used;
            continue;
        }
        if (options && word[0] == '-' && word[1]) {
            if (!read_dashed(&p))
                return cpm_error_set(err, CPM_ETOOBIG, "too many arguments");
            continue;
        }
        if (used + 1 >= cap) {
            const char **grown = CPM_NEW_ARRAY(n->ctx.arena, const char *, cap = cap * 2 + 16);
            if (used)
                memcpy(grown, remain, used * sizeof(*grown));
            remain = grown;
        }
        remain[used++] = word;
    }
    n->remain = remain ? remain : CPM_NEW_ARRAY(n->ctx.arena, const char *, 1);
    n->remain_count = (int)used;
    if (n->rest < 0)
        n->rest = n->remain_count;
    clean_all(n);
    return 0;
}
