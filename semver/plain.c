/* Ranges of whole versions, "^1.2.3" or ">=1.2.3 <2.0.0 || 3.0.0-rc.1", go from text to comparators
 * in one pass. It gives up at the first thing that needs a closer look: a wild card, a missing
 * part, a blank behind an operator, a hyphen range, the same operator twice in a set, and the 0.0.0
 * that makes a comparator ANY or the null one. Comparators are filled where they stay. */
#include "semver/plain.h"
#include "semver/comparators.h"

enum { CARET = '^', TILDE = '~' };

static const char *read_sign(const char *p, const char *end, char *sign, enum cpm_op *op)
{
    bool equal = end - p > 1 && p[1] == '=';

    *op = CPM_OP_EQ;
    *sign = '\0';
    switch (*p) {
    case CARET:
    case TILDE:
        *op = CPM_OP_GE;
        *sign = *p;
        return p + 1;
    case '<':
        *op = equal ? CPM_OP_LE : CPM_OP_LT;
        return p + 1 + equal;
    case '>':
        *op = equal ? CPM_OP_GE : CPM_OP_GT;
        return p + 1 + equal;
    case '=':
        return p + 1;
    default:
        return p;
    }
}

/* The comparator to fill next; NULL when there is no room, or one that may be equal stands in its
 * set already. */
static struct cpm_comparator *next_slot(struct cpm_comparators *list, enum cpm_op op)
{
    struct cpm_comparator *c = &list->comps[list->count];

    if (list->count == list->cap)
        return NULL;
    for (size_t i = list->first; i < list->count; i++)
        if (list->comps[i].op == op)
            return NULL;
    c->op = op;
    c->last = false;
    return c;
}

static bool add_ceiling(struct cpm_comparators *list, char sign, const struct cpm_version *v)
{
    struct cpm_comparator *c = next_slot(list, CPM_OP_LT);

    if (!c)
        return false;
    list->count++;
    c->version = (struct cpm_version){.prerelease = cpm_lowest_pre};
    if (sign == CARET && v->major) {
        c->version.major = v->major + 1;
    } else if (sign == TILDE || v->minor) {
        c->version.major = v->major;
        c->version.minor = v->minor + 1;
    } else {
        c->version.patch = v->patch + 1;
    }
    return true;
}

static bool is_zero(const struct cpm_version *v)
{
    return !(v->major | v->minor | v->patch);
}

static const char *read_word(struct cpm_comparators *list, const char *p, const char *end)
{
    struct cpm_comparator *c;
    enum cpm_op op;
    char sign;

    p = read_sign(p, end, &sign, &op);
    c = next_slot(list, op);
    if (!c || !(p = cpm_plain_version(p, end, false, &c->version)))
        return NULL;
    if (is_zero(&c->version) && (op == CPM_OP_GE || op == CPM_OP_LT))
        return NULL;
    list->count++;
    return !sign || add_ceiling(list, sign, &c->version) ? p : NULL;
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && *p == ' ')
        p++;
    return p;
}

static void close_set(struct cpm_comparators *list)
{
    list->comps[list->count - 1].last = true;
    list->first = list->count;
}

bool cpm_comparators_read_plain(struct cpm_comparators *list, struct cpm_str text)
{
    const char *end = text.ptr + text.len;
    const char *p = text.ptr;

    if (text.len > CPM_SEMVER_MAX_LEN)
        return false;
    while (p < end) {
        p = read_word(list, p, end);
        if (!p)
            return false;
        p = skip_blanks(p, end);
        if (end - p > 2 && p[0] == '|' && p[1] == '|') {
            close_set(list);
            p = skip_blanks(p + 2, end);
        }
    }
    if (list->first == list->count)
        return false;
    close_set(list);
    return true;
}
