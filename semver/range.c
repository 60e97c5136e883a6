/* Nearly every range is tidy: words parted by one blank, no build, no blank behind an operator. A
 * look at the character classes on the way to the next "||" tells, and only an untidy set pays for
 * rewriting. Comparators gather in a buffer on the stack and are copied once, with the bytes of
 * their prereleases, into one piece of the arena. */
#include "semver/comparators.h"

#include "base/buf.h"
#include "semver/scan.h"

#include <assert.h>
#include <stdalign.h>

/* Of the stack, for a range that is asked once. */
enum { ROOM = 2048 };

/* The end of the set that begins at p; *tidy tells whether its words can be read as they stand. */
static const char *scan_set(const char *p, const char *end, bool *tidy)
{
    unsigned before = 0;
    unsigned seen = 0;

    for (; p < end; p++) {
        unsigned class = cpm_scan_classes[(unsigned char)*p];

        if (*p == '|' && p + 1 < end && p[1] == '|')
            break;
        seen |= class & CPM_SCAN_ODD;
        if (*p == ' ')
            seen |= before & CPM_SCAN_OP;
        else if (*p == '-' && before & CPM_SCAN_SPACE)
            seen |= CPM_SCAN_ODD; /* perhaps a hyphen range */
        before = class;
    }
    *tidy = !seen;
    return p;
}

/* A word that means any version counts only at the ends: between others node-semver loses it. That
 * shows in loose ranges, where the others may be no comparators. */
static void add_words(struct cpm_comparators *list, struct cpm_str text)
{
    const char *end = text.ptr + text.len;
    const char *from = text.ptr;

    for (const char *p = from;; p++) {
        if (p < end && *p != ' ')
            continue;
        list->blank = false;
        cpm_comparators_add_word(list, cpm_str_n(from, (size_t)(p - from)));
        if (list->blank && (from == text.ptr || p == end))
            list->any = true;
        if (p == end)
            return;
        from = p + 1;
    }
}

/* A set that holds the null comparator is just that; ANY stands only alone. */
static void close_set(struct cpm_comparators *list)
{
    static const struct cpm_version none;

    for (size_t i = list->first; i < list->count; i++) {
        if (!cpm_comparator_is_null(&list->comps[i]))
            continue;
        list->comps[list->first] = list->comps[i];
        list->count = list->first + 1;
    }
    if (list->any && list->count == list->first)
        cpm_comparators_add(list, CPM_OP_ANY, &none);
    if (list->count > list->first)
        list->comps[list->count - 1].last = true;
    list->first = list->count;
    list->any = false;
}

static void read_sets(struct cpm_comparators *list, struct cpm_str text)
{
    const char *end = text.ptr + text.len;
    const char *p = text.ptr;
    bool tidy;

    for (;;) {
        const char *to = scan_set(p, end, &tidy);
        struct cpm_str set = cpm_scan_trim(cpm_str_n(p, (size_t)(to - p)));

        add_words(list, tidy ? set : cpm_range_tidy(list->arena, set, list->flags));
        close_set(list);
        if (to == end)
            return;
        p = to + 2;
        list->sets++;
    }
}

/* Of several sets: null ones go while another is left, and one of any makes the range any. */
static void reduce_sets(struct cpm_comparators *list)
{
    struct cpm_comparator *out = list->comps;
    struct cpm_comparator *end = list->comps + list->count;
    struct cpm_comparator *next;

    for (struct cpm_comparator *c = list->comps; c < end; c = next) {
        next = (struct cpm_comparator *)cpm_comparators_next(c);
        if (cpm_comparator_is_null(c) && (out > list->comps || next < end))
            continue;
        if (c->op == CPM_OP_ANY) {
            list->comps[0] = *c;
            out = list->comps + 1;
            break;
        }
        memmove(out, c, (size_t)(next - c) * sizeof(*c));
        out += next - c;
    }
    list->count = (size_t)(out - list->comps);
}

/* Prereleases that came from the text are copied behind the comparators. */
static void keep_prereleases(struct cpm_range *range)
{
    char *text = (char *)(range->comps + range->count);

    for (size_t i = 0; i < range->count; i++) {
        struct cpm_str *pre = &range->comps[i].version.prerelease;

        if (!pre->len || pre->ptr == cpm_lowest_pre.ptr)
            continue;
        memcpy(text, pre->ptr, pre->len);
        pre->ptr = text;
        text += pre->len;
    }
}

static struct cpm_range *make_range(struct cpm_comparators *list)
{
    size_t size = list->count * sizeof(list->comps[0]);
    size_t bytes = 0;
    struct cpm_range *range;

    for (size_t i = 0; i < list->count; i++)
        if (list->comps[i].version.prerelease.ptr != cpm_lowest_pre.ptr)
            bytes += list->comps[i].version.prerelease.len;
    range = cpm_arena_alloc(list->arena, sizeof(*range) + size + bytes);
    range->flags = list->flags;
    range->count = list->count;
    memcpy(range->comps, list->comps, size);
    if (bytes)
        keep_prereleases(range);
    return range;
}

static void init_list(struct cpm_comparators *list, struct cpm_arena *arena, unsigned flags)
{
    list->arena = arena;
    list->flags = flags;
    list->comps = list->local;
    list->cap = sizeof(list->local) / sizeof(list->local[0]);
    list->count = list->first = 0;
    list->sets = 1;
    list->any = list->failed = false;
    list->bad_comparator = CPM_STR_NONE;
    list->bad_version = NULL;
}

static bool read_range(struct cpm_comparators *list, struct cpm_arena *arena, struct cpm_str text,
                       unsigned flags)
{
    text = cpm_scan_trim(text);
    init_list(list, arena, flags);
    if (cpm_comparators_read_plain(list, text))
        return true;
    init_list(list, arena, flags);
    read_sets(list, text);
    if (list->failed || !list->count)
        return false;
    if (list->sets > 1)
        reduce_sets(list);
    return true;
}

const struct cpm_range *cpm_range_parse(struct cpm_arena *arena, struct cpm_str text,
                                        unsigned flags)
{
    struct cpm_comparators list;

    return read_range(&list, arena, text, flags) ? make_range(&list) : NULL;
}

int cpm_range_read(struct cpm_arena *arena, struct cpm_str text, unsigned flags,
                   const struct cpm_range **out, struct cpm_error *err)
{
    struct cpm_comparators list;

    if (read_range(&list, arena, text, flags)) {
        *out = make_range(&list);
        return 0;
    }
    if (list.bad_version)
        return cpm_error_set(err, CPM_EINVALIDRANGE, "%s", list.bad_version);
    if (list.failed)
        return cpm_error_set(err, CPM_EINVALIDRANGE, "Invalid comparator: %.*s",
                             CPM_STR_ARG(list.bad_comparator));
    text = cpm_range_squeeze(arena, cpm_scan_trim(text), false);
    return cpm_error_set(err, CPM_EINVALIDRANGE, "Invalid SemVer Range: %.*s", CPM_STR_ARG(text));
}

static bool same_main(const struct cpm_version *a, const struct cpm_version *b)
{
    return a->major == b->major && a->minor == b->minor && a->patch == b->patch;
}

/* A prerelease, which most sets do not let in at all. */
static bool is_welcome(const struct cpm_comparator *c, const struct cpm_version *v)
{
    while (!c->version.prerelease.len || !same_main(&c->version, v))
        if ((c++)->last)
            return false;
    return true;
}

bool cpm_comparators_satisfied(const struct cpm_comparator *c, const struct cpm_version *v,
                               bool include_prerelease)
{
    if (v->prerelease.len && !include_prerelease && !is_welcome(c, v))
        return false;
    for (; cpm_comparator_test(c, v); c++)
        if (c->last)
            return true;
    return false;
}

static bool one_satisfied(const struct cpm_comparator *c, size_t count, const struct cpm_version *v,
                          unsigned flags)
{
    const struct cpm_comparator *end = c + count;

    for (; c < end; c = cpm_comparators_next(c))
        if (cpm_comparators_satisfied(c, v, flags & CPM_SEMVER_INCLUDE_PRERELEASE))
            return true;
    return false;
}

bool cpm_range_satisfies(const struct cpm_range *range, const struct cpm_version *v, unsigned flags)
{
    return one_satisfied(range->comps, range->count, v, range->flags | flags);
}

bool cpm_range_holds(struct cpm_str range, const struct cpm_version *v, unsigned flags)
{
    alignas(max_align_t) char room[ROOM];
    struct cpm_comparators list;
    struct cpm_arena arena;
    bool holds;

    cpm_arena_init_in(&arena, room, sizeof(room));
    holds =
        read_range(&list, &arena, range, flags) && one_satisfied(list.comps, list.count, v, flags);
    cpm_arena_release(&arena);
    return holds;
}

static bool is_floor(const struct cpm_comparator *c)
{
    return c->op == CPM_OP_GE || c->op == CPM_OP_GT || c->op == CPM_OP_EQ;
}

static bool is_ceiling(const struct cpm_comparator *c)
{
    return c->op == CPM_OP_LE || c->op == CPM_OP_LT || c->op == CPM_OP_EQ;
}

static const struct cpm_version lowest = {0, 0, 0, {NULL, 0}, {NULL, 0}};
static const struct cpm_version highest = {
    UINT64_MAX, UINT64_MAX, UINT64_MAX, {NULL, 0}, {NULL, 0}};

void cpm_range_span(const struct cpm_range *range, struct cpm_version *low,
                    struct cpm_version *high)
{
    const struct cpm_version *from = &lowest, *to = &highest; /* of the set being read */

    *low = highest;
    *high = lowest;
    for (const struct cpm_comparator *c = range->comps; c < range->comps + range->count; c++) {
        if (is_floor(c) && cpm_version_cmp_main(&c->version, from) > 0)
            from = &c->version;
        if (is_ceiling(c) && cpm_version_cmp_main(&c->version, to) < 0)
            to = &c->version;
        if (!c->last)
            continue;
        if (cpm_version_cmp_main(from, low) < 0)
            *low = *from;
        if (cpm_version_cmp_main(to, high) > 0)
            *high = *to;
        from = &lowest;
        to = &highest;
    }
}

bool cpm_range_is_any(const struct cpm_range *range)
{
    return range->comps[0].op == CPM_OP_ANY;
}

const char *cpm_comparator_text(struct cpm_arena *arena, const struct cpm_comparator *c)
{
    static const char *const ops[] = {"", "", "<", "<=", ">", ">="};

    if (c->op == CPM_OP_ANY)
        return "";
    return cpm_arena_printf(arena, "%s%s", ops[c->op], cpm_version_text(arena, &c->version));
}

const char *cpm_range_text(struct cpm_arena *arena, const struct cpm_range *range)
{
    struct cpm_arena scratch = CPM_ARENA_INIT;
    struct cpm_buf buf = CPM_BUF_INIT(range->count * (CPM_SEMVER_MAX_LEN + 32) + 32);
    const char *sep = "";
    const char *text;

    for (size_t i = 0; i < range->count; i++) {
        cpm_buf_add_text(&buf, sep);
        cpm_buf_add_text(&buf, cpm_comparator_text(&scratch, &range->comps[i]));
        sep = range->comps[i].last ? "||" : " ";
    }
    assert(!buf.overflow);
    text = cpm_arena_strndup(arena, buf.ptr, buf.len);
    cpm_buf_release(&buf);
    cpm_arena_release(&scratch);
    return text;
}
