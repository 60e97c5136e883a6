/* The steps of node-semver's Range.parseRange that rewrite text, in its order; ranges that need
 * none (nearly all) never come here. Each step reads one text and writes a new one. */
#include "semver/comparators.h"
#include "semver/scan.h"

struct writer {
    char *ptr;
    size_t len;
};

static void put(struct writer *w, struct cpm_str s)
{
    if (s.len)
        memcpy(w->ptr + w->len, s.ptr, s.len);
    w->len += s.len;
}

static struct cpm_str written(const struct writer *w)
{
    return cpm_str_n(w->ptr, w->len);
}

struct cpm_str cpm_range_squeeze(struct cpm_arena *arena, struct cpm_str text, bool builds)
{
    struct writer w = {cpm_arena_alloc(arena, text.len + 1), 0};
    const char *end = text.ptr + text.len;
    bool blank = false;
    struct cpm_str build;
    size_t n;

    for (const char *p = text.ptr; p < end;) {
        if ((n = cpm_scan_space(p, end))) {
            if (!blank)
                w.ptr[w.len++] = ' ';
            blank = true;
            p += n;
            continue;
        }
        blank = false;
        if (builds && *p == '+' && cpm_scan_build(p, end, &build) != p)
            p = build.ptr + build.len;
        else
            w.ptr[w.len++] = *p++;
    }
    return written(&w);
}

struct hyphen {
    struct cpm_partial from, to;
};

static bool find_hyphen(struct cpm_str text, bool loose, struct hyphen *out)
{
    const char *end = text.ptr + text.len;
    const char *p = text.ptr;

    if (p < end && *p == ' ')
        p++;
    p = cpm_partial_scan(p, end, loose, &out->from);
    if (!p || end - p < 4 || memcmp(p, " - ", 3) != 0)
        return false;
    p = cpm_partial_scan(p + 3, end, loose, &out->to);
    if (p && p < end && *p == ' ')
        p++;
    return p == end;
}

static struct cpm_str hyphen_floor(struct cpm_arena *arena, const struct cpm_partial *at, bool pre)
{
    const char *tail = pre ? "-0" : "";
    const char *text;

    if (at->wild[0])
        return CPM_STR_NONE;
    if (at->wild[1])
        text = cpm_arena_printf(arena, ">=%llu.0.0%s", (unsigned long long)at->n[0], tail);
    else if (at->wild[2])
        text = cpm_arena_printf(arena, ">=%llu.%llu.0%s", (unsigned long long)at->n[0],
                                (unsigned long long)at->n[1], tail);
    else
        text = cpm_arena_printf(arena, ">=%.*s%s", CPM_STR_ARG(at->text), at->pre.len ? "" : tail);
    return cpm_str(text);
}

static struct cpm_str hyphen_ceiling(struct cpm_arena *arena, const struct cpm_partial *at,
                                     bool pre)
{
    unsigned long long major = at->n[0], minor = at->n[1], patch = at->n[2];
    const char *text;

    if (at->wild[0])
        return CPM_STR_NONE;
    if (at->wild[1])
        text = cpm_arena_printf(arena, "<%llu.0.0-0", major + 1);
    else if (at->wild[2])
        text = cpm_arena_printf(arena, "<%llu.%llu.0-0", major, minor + 1);
    else if (at->pre.len)
        text = cpm_arena_printf(arena, "<=%llu.%llu.%llu-%.*s", major, minor, patch,
                                CPM_STR_ARG(at->pre));
    else if (pre)
        text = cpm_arena_printf(arena, "<%llu.%llu.%llu-0", major, minor, patch + 1);
    else
        text = cpm_arena_printf(arena, "<=%.*s", CPM_STR_ARG(at->text));
    return cpm_str(text);
}

static struct cpm_str spell_hyphen(struct cpm_arena *arena, struct cpm_str text, unsigned flags)
{
    bool pre = flags & CPM_SEMVER_INCLUDE_PRERELEASE;
    struct cpm_str from, to;
    struct hyphen h;

    if (!find_hyphen(text, flags & CPM_SEMVER_LOOSE, &h))
        return text;
    from = hyphen_floor(arena, &h.from, pre);
    to = hyphen_ceiling(arena, &h.to, pre);
    return cpm_scan_trim(
        cpm_str(cpm_arena_printf(arena, "%.*s %.*s", CPM_STR_ARG(from), CPM_STR_ARG(to))));
}

static bool is_prefix(char c)
{
    return c == 'v' || c == '=' || c == ' ';
}

static const char *skip_digits(const char *p, const char *end, bool loose)
{
    uint64_t value;

    if (!loose && p < end && *p == '0')
        return p + 1;
    return cpm_scan_number(p, end, &value);
}

/* As much of a loose full version as stands here: p itself when none does. */
static const char *skip_full(const char *p, const char *end)
{
    const char *at = p;
    struct cpm_str ids;

    for (int i = 0; i < 3; i++) {
        const char *to = skip_digits(at, end, true);

        if (to == at || (i < 2 && (to == end || *to != '.')))
            return p;
        at = i < 2 ? to + 1 : to;
    }
    return cpm_scan_build(cpm_scan_prerelease(at, end, true, &ids), end, &ids);
}

static const char *skip_version(const char *p, const char *end)
{
    const char *at = skip_full(p, end);
    struct cpm_str ids;

    if (at != p)
        return at;
    for (int i = 0; i < 3; i++) {
        const char *from = i ? at + 1 : at;
        const char *to;

        if (i && (at == end || *at != '.'))
            return at;
        if (from < end && cpm_scan_is(*from, CPM_SCAN_WILD))
            to = from + 1;
        else
            to = skip_digits(from, end, false);
        if (to == from)
            return at;
        at = to;
    }
    return cpm_scan_build(cpm_scan_prerelease(at, end, false, &ids), end, &ids);
}

/* The blank between an operator and what follows, beginning at a match of node-semver's
 * comparator pattern; NULL when there is none. */
static const char *blank_behind_op(const char *p, const char *end)
{
    if (p < end && *p == ' ')
        p++;
    if (p < end && (*p == '<' || *p == '>'))
        p++;
    if (p < end && *p == '=')
        p++;
    return p < end && *p == ' ' ? p : NULL;
}

/* "> 1.2.3" to ">1.2.3", only where a version follows. */
static struct cpm_str join_operators(struct cpm_arena *arena, struct cpm_str text)
{
    struct writer w = {cpm_arena_alloc(arena, text.len + 1), 0};
    const char *end = text.ptr + text.len;
    const char *copied = text.ptr;
    const char *p = text.ptr;

    while (p < end) {
        const char *from = p;
        const char *blank;

        if (*p == '<' || *p == '>') {
            p++;
        } else if (!is_prefix(*p) && !cpm_scan_is(*p, CPM_SCAN_DIGIT | CPM_SCAN_WILD)) {
            p++;
            continue;
        }
        while (p < end && is_prefix(*p))
            p++;
        if (p == end || !cpm_scan_is(*p, CPM_SCAN_DIGIT | CPM_SCAN_WILD))
            continue;
        blank = blank_behind_op(from, end);
        if (blank) {
            put(&w, cpm_str_n(copied, (size_t)(blank - copied)));
            copied = blank + 1;
        }
        p = skip_version(p, end);
    }
    put(&w, cpm_str_n(copied, (size_t)(end - copied)));
    return written(&w);
}

/* "~ 1", "~> 1" and "^ 1" to "~1", "~1" and "^1". */
static struct cpm_str join_tildes(struct cpm_arena *arena, struct cpm_str text)
{
    struct writer w = {cpm_arena_alloc(arena, text.len + 1), 0};
    const char *end = text.ptr + text.len;

    for (const char *p = text.ptr; p < end;) {
        const char *next = p + 1;

        w.ptr[w.len++] = *p;
        if (*p == '~' && next + 1 < end && *next == '>' && next[1] == ' ')
            next++;
        if ((*p == '~' || *p == '^') && next < end && *next == ' ')
            next++;
        p = next;
    }
    return written(&w);
}

struct cpm_str cpm_range_tidy(struct cpm_arena *arena, struct cpm_str text, unsigned flags)
{
    text = cpm_range_squeeze(arena, text, true);
    text = spell_hyphen(arena, text, flags);
    text = join_operators(arena, text);
    return join_tildes(arena, text);
}
