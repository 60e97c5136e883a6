/* Backtracking over the pattern's text, with what stands behind an extglob handed down as a list of
 * frames. "!(a)b" is the one that needs it: it takes any text so that b follows, unless "ab" would
 * take the whole rest. A budget of steps ends patterns that would try for ever: they match nothing.
 */
#include "registry/publish/segment.h"

#define STEPS_MAX 200000
#define DEPTH_MAX 400

struct frame { /* the pattern goes on at p, then with `next` */
    const char *p, *end;
    const struct frame *next;
    /* Of "*(a|b)" and "+(a|b)": once more from `again`, unless nothing was taken since `mark`. */
    const char *again, *again_end;
    const char *mark;
};

struct match {
    const char *end; /* of the name */
    unsigned steps, depth;
};

static bool match_at(struct match *m, const struct frame *f, const char *s);

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static size_t char_size(const char *s, const char *end)
{
    unsigned char c = (unsigned char)*s;
    size_t want = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    return want < (size_t)(end - s) ? want : (size_t)(end - s);
}

static uint32_t char_at(const char *s, const char *end)
{
    size_t n = char_size(s, end);
    uint32_t c = n == 1   ? (unsigned char)*s
                 : n == 2 ? (unsigned char)*s & 0x1fu
                 : n == 3 ? (unsigned char)*s & 0xfu
                          : (unsigned char)*s & 7u;
    for (size_t i = 1; i < n; i++)
        c = c << 6 | ((unsigned char)s[i] & 0x3fu);
    return c < 128 ? lower((unsigned char)c) : c;
}

static bool is_extglob(const char *p, const char *end)
{
    return p + 1 < end && p[1] == '(' && strchr("!?*+@", *p);
}

/* Behind the bracket expression at p, or NULL when it is none and '[' is a plain character. */
static const char *class_end(const char *p, const char *end)
{
    const char *q = p + 1;
    if (q < end && (*q == '!' || *q == '^'))
        q++;
    for (bool first = true; q < end; first = false) {
        if (*q == ']' && !first)
            return q + 1;
        if (*q == '[' && q + 1 < end && q[1] == ':') {
            const char *close = memmem(q + 2, (size_t)(end - q - 2), ":]", 2);
            q = close ? close + 2 : q + 1;
        } else if (*q == '\\' && q + 1 < end) {
            q += 1 + char_size(q + 1, end);
        } else {
            q += char_size(q, end);
        }
    }
    return NULL;
}

/* Behind the ')' that closes the extglob whose '(' stands at p[1]; NULL when there is none. */
static const char *extglob_end(const char *p, const char *end)
{
    unsigned depth = 0;
    for (const char *q = p; q < end; q++) {
        if (*q == '\\') {
            q++;
        } else if (*q == '[') {
            const char *close = class_end(q, end);
            if (!close)
                return NULL;
            q = close - 1;
        } else if (is_extglob(q, end)) {
            depth++;
            q++;
        } else if (*q == ')' && --depth == 0) {
            return q + 1;
        }
    }
    return NULL;
}

static bool between(uint32_t c, uint32_t from, uint32_t to)
{
    return c >= from && c <= to;
}

/* Letters outside of ASCII count as letters of both cases. */
static bool in_posix(struct cpm_str name, uint32_t c)
{
    bool letter = between(c, 'a', 'z') || c >= 0xaa, digit = between(c, '0', '9');
    bool space = c == ' ' || between(c, '\t', '\r');
    if (cpm_str_is(name, "alpha") || cpm_str_is(name, "lower") || cpm_str_is(name, "upper"))
        return letter;
    if (cpm_str_is(name, "alnum"))
        return letter || digit;
    if (cpm_str_is(name, "word"))
        return letter || digit || c == '_';
    if (cpm_str_is(name, "digit"))
        return digit;
    if (cpm_str_is(name, "xdigit"))
        return digit || between(c, 'a', 'f');
    if (cpm_str_is(name, "space"))
        return space;
    if (cpm_str_is(name, "blank"))
        return c == ' ' || c == '\t';
    if (cpm_str_is(name, "cntrl"))
        return c < 32 || between(c, 127, 159);
    if (cpm_str_is(name, "ascii"))
        return c < 128;
    if (cpm_str_is(name, "print"))
        return c >= 32 && !between(c, 127, 159);
    if (cpm_str_is(name, "graph"))
        return c > 32 && !between(c, 127, 160);
    return cpm_str_is(name, "punct") && between(c, 33, 126) && !letter && !digit &&
           !strchr("$+<=>^`|~", (int)c);
}

/* One character of a bracket expression, an escape resolved. */
static uint32_t class_char(const char **q, const char *end)
{
    if (**q == '\\' && *q + 1 < end)
        (*q)++;
    uint32_t c = char_at(*q, end);
    *q += char_size(*q, end);
    return c;
}

/* p to `end` is "[…]". Ranges the wrong way round hold nothing. */
static bool in_class(const char *p, const char *end, uint32_t c)
{
    const char *q = p + 1, *last = end - 1;
    bool negated = *q == '!' || *q == '^', found = false;
    if (negated)
        q++;
    while (q < last) {
        const char *close = NULL;
        if (*q == '[' && q + 1 < last && q[1] == ':')
            close = memmem(q + 2, (size_t)(last - q - 2), ":]", 2);
        if (close) {
            found |= in_posix(cpm_str_n(q + 2, (size_t)(close - q - 2)), c);
            q = close + 2;
            continue;
        }
        uint32_t from = class_char(&q, last), to = from;
        if (q + 1 < last && *q == '-') {
            q++;
            to = class_char(&q, last);
        }
        found |= between(c, from, to);
    }
    return found != negated;
}

/* True when one of the alternatives in [body, end) matches, the frame `then` behind it. */
static bool match_any(struct match *m, struct cpm_str body, const struct frame *then, const char *s)
{
    const char *p = body.ptr, *end = p + body.len;
    unsigned depth = 0;
    for (const char *q = p;; q++) {
        if (q >= end || (*q == '|' && depth == 0)) {
            const char *stop = q < end ? q : end;
            if (match_at(m, &(struct frame){.p = p, .end = stop, .next = then}, s))
                return true;
            if (q >= end)
                return false;
            p = q + 1;
        } else if (*q == '\\') {
            q++;
        } else if (*q == '[') {
            const char *close = class_end(q, end);
            q = close ? close - 1 : q;
        } else if (is_extglob(q, end)) {
            depth++;
            q++;
        } else if (*q == ')' && depth) {
            depth--;
        }
    }
}

static bool match_not(struct match *m, struct cpm_str body, const struct frame *after,
                      const char *s)
{
    if (match_any(m, body, after, s))
        return false;
    for (const char *t = body.len ? s : s + 1; t <= m->end; t++)
        if (match_at(m, after, t))
            return true;
    return false;
}

static bool match_extglob(struct match *m, const struct frame *f, const char *close, const char *s)
{
    struct frame after = {.p = close, .end = f->end, .next = f->next};
    struct cpm_str body = cpm_str_n(f->p + 2, (size_t)(close - f->p - 3));
    struct frame repeat = after;
    repeat.again = body.ptr;
    repeat.again_end = body.ptr + body.len;
    repeat.mark = s;
    switch (*f->p) {
    case '!':
        return match_not(m, body, &after, s);
    case '@':
        return match_any(m, body, &after, s);
    case '?':
        return match_at(m, &after, s) || match_any(m, body, &after, s);
    case '*':
        return match_at(m, &after, s) || match_any(m, body, &repeat, s);
    default:
        return match_any(m, body, &repeat, s);
    }
}

static bool match_star(struct match *m, struct frame f, const char *s)
{
    while (f.p < f.end && *f.p == '*' && !is_extglob(f.p, f.end))
        f.p++;
    for (; s <= m->end; s++)
        if (match_at(m, &f, s))
            return true;
    return false;
}

/* The frame is used up: the next one, or once more the alternatives that it repeats. */
static bool match_next(struct match *m, const struct frame *f, const char *s)
{
    const struct frame *next = f->next;
    if (!next)
        return s == m->end;
    struct frame plain = *next;
    plain.again = NULL;
    if (match_at(m, &plain, s))
        return true;
    if (!next->again || s == next->mark)
        return false;
    struct frame once_more = *next;
    once_more.mark = s;
    struct cpm_str body = cpm_str_n(next->again, (size_t)(next->again_end - next->again));
    return match_any(m, body, &once_more, s);
}

static bool match_from(struct match *m, struct frame f, const char *s)
{
    for (; f.p < f.end; m->steps++) {
        const char *close = is_extglob(f.p, f.end) ? extglob_end(f.p, f.end) : NULL;
        if (close)
            return match_extglob(m, &f, close, s);
        if (*f.p == '*')
            return match_star(m, f, s);
        if (s >= m->end)
            return false;
        close = *f.p == '[' ? class_end(f.p, f.end) : NULL;
        if (close ? !in_class(f.p, close, char_at(s, m->end)) : false)
            return false;
        if (close || *f.p == '?') {
            f.p = close ? close : f.p + 1;
            s += char_size(s, m->end);
            continue;
        }
        if (*f.p == '\\' && f.p + 1 < f.end)
            f.p++;
        if (lower((unsigned char)*f.p++) != lower((unsigned char)*s++))
            return false;
    }
    return match_next(m, &f, s);
}

static bool match_at(struct match *m, const struct frame *f, const char *s)
{
    if (++m->steps > STEPS_MAX || m->depth >= DEPTH_MAX)
        return false;
    m->depth++;
    bool matched = match_from(m, *f, s);
    m->depth--;
    return matched;
}

bool cpm_segment_match(struct cpm_str glob, struct cpm_str name)
{
    struct match m = {.end = name.ptr + name.len};
    size_t stars = 0;
    while (stars < glob.len && glob.ptr[stars] == '*')
        stars++;
    if (stars && stars == glob.len) /* alone, it wants something */
        return name.len > 0;
    struct frame whole = {.p = glob.ptr, .end = glob.ptr + glob.len};
    return match_at(&m, &whole, name.ptr);
}
