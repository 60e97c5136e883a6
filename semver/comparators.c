/* node-semver rewrites text with patterns, caret to tilde to x-range to comparator; here a word is
 * read once into a partial version, and the table of what each operator means builds the
 * comparators at once. What the patterns do with text that is no partial version is kept too: a
 * star anywhere in it is dropped, and what is left must be a plain comparator. */
#include "semver/comparators.h"
#include "semver/scan.h"

const struct cpm_str cpm_lowest_pre = {"0", 1};

static bool is_lowest(struct cpm_str pre)
{
    uint64_t value;

    return pre.len && cpm_scan_small_number(pre, &value) && value == 0;
}

bool cpm_comparator_is_null(const struct cpm_comparator *c)
{
    return c->op == CPM_OP_LT && !(c->version.major | c->version.minor | c->version.patch) &&
           is_lowest(c->version.prerelease);
}

static struct cpm_comparator *grow(struct cpm_comparators *list)
{
    struct cpm_comparator *more = CPM_NEW_ARRAY(list->arena, struct cpm_comparator, list->cap * 2);

    memcpy(more, list->comps, list->count * sizeof(*more));
    list->cap *= 2;
    return more;
}

void cpm_comparators_add(struct cpm_comparators *list, enum cpm_op op, const struct cpm_version *v)
{
    struct cpm_comparator *c;

    for (size_t i = list->first; i < list->count; i++)
        if (list->comps[i].op == op && list->comps[i].version.major == v->major &&
            cpm_version_cmp(&list->comps[i].version, v) == 0)
            return;
    if (list->count == list->cap)
        list->comps = grow(list);
    c = &list->comps[list->count++];
    c->version = *v;
    c->version.build = CPM_STR_NONE;
    c->op = op;
    c->last = false;
}

/* M.m.p-pre of a partial; `plus` names the part that is raised by one, with zeros behind it. */
static struct cpm_version corner(const struct cpm_partial *at, int plus, struct cpm_str pre)
{
    struct cpm_version v = {at->n[0], at->n[1], at->n[2], pre, CPM_STR_NONE};

    if (at->wild[1] || plus == 0)
        v.minor = 0;
    if (at->wild[1] || at->wild[2] || plus == 0 || plus == 1)
        v.patch = 0;
    v.major += plus == 0;
    v.minor += plus == 1;
    v.patch += plus == 2;
    return v;
}

static const char *fault_of(const struct cpm_version *v, struct cpm_str text)
{
    if (text.len > CPM_SEMVER_MAX_LEN)
        return "version is longer than 256 characters";
    if (v->major > CPM_SEMVER_MAX_SAFE)
        return "Invalid major version";
    if (v->minor > CPM_SEMVER_MAX_SAFE)
        return "Invalid minor version";
    return v->patch > CPM_SEMVER_MAX_SAFE ? "Invalid patch version" : NULL;
}

static void add_corner(struct cpm_comparators *list, enum cpm_op op, struct cpm_version v,
                       struct cpm_str text)
{
    const char *fault = fault_of(&v, text);

    if (!fault) {
        cpm_comparators_add(list, op, &v);
        return;
    }
    if (!list->failed)
        list->bad_version = fault;
    list->failed = true;
}

/* The lower end. ">=0.0.0", when spelled just so, is any version: ">=0.0.0-0" where prereleases
 * are included. */
static void add_floor(struct cpm_comparators *list, const struct cpm_partial *at,
                      struct cpm_str pre)
{
    struct cpm_version v = corner(at, -1, pre);
    bool lowest =
        list->flags & CPM_SEMVER_INCLUDE_PRERELEASE ? cpm_str_eq(pre, cpm_lowest_pre) : !pre.len;

    if (lowest && at->zero[0] && !v.minor && !v.patch && at->canonical)
        list->any = true;
    else
        add_corner(list, CPM_OP_GE, v, at->main);
}

static void add_ceiling(struct cpm_comparators *list, const struct cpm_partial *at, int plus)
{
    add_corner(list, CPM_OP_LT, corner(at, plus, cpm_lowest_pre), at->main);
}

/* The prerelease of a lower end that a wild card left open. */
static struct cpm_str open_pre(const struct cpm_comparators *list)
{
    return list->flags & CPM_SEMVER_INCLUDE_PRERELEASE ? cpm_lowest_pre : CPM_STR_NONE;
}

/* Which part a caret lets not change, less one: the first that is not zero. */
static int caret_step(const struct cpm_partial *at)
{
    if (at->wild[1] || !at->zero[0])
        return 0;
    return at->wild[2] || !at->zero[1] ? 1 : 2;
}

static void add_span(struct cpm_comparators *list, struct cpm_partial *at, int step)
{
    bool open = at->wild[1] || at->wild[2];

    if (at->wild[0]) {
        list->blank = true;
        return;
    }
    /* node-semver writes the floor out anew, so a v in front or a zero before a digit of a wild
     * part do not hide that it is ">=0.0.0". */
    at->canonical = at->zero[0] && (at->wild[1] || at->zero[1]) && (open || at->zero[2]);
    add_floor(list, at, open ? open_pre(list) : at->pre);
    add_ceiling(list, at, step);
}

/* ">1" is ">=2.0.0", "<=1.2" is "<1.3.0-0": an operator on a partial version. */
static void add_open(struct cpm_comparators *list, enum cpm_op op, struct cpm_partial *at)
{
    int step = at->wild[1] ? 0 : 1;

    at->canonical = at->zero[0] && (at->wild[1] || at->zero[1]);
    switch (op) {
    case CPM_OP_GT:
        add_corner(list, CPM_OP_GE, corner(at, step, open_pre(list)), at->main);
        break;
    case CPM_OP_LE:
        add_ceiling(list, at, step);
        break;
    case CPM_OP_LT:
        add_ceiling(list, at, -1);
        break;
    case CPM_OP_GE:
        add_floor(list, at, open_pre(list));
        break;
    default:
        add_span(list, at, step);
    }
}

static void add_wild(struct cpm_comparators *list, enum cpm_op op)
{
    static const struct cpm_version zero;
    struct cpm_version nothing = zero;

    nothing.prerelease = cpm_lowest_pre;
    if (op == CPM_OP_GT || op == CPM_OP_LT)
        cpm_comparators_add(list, CPM_OP_LT, &nothing);
    else
        list->blank = true;
}

static struct cpm_str read_op(struct cpm_str word, enum cpm_op *op)
{
    char c = word.len ? word.ptr[0] : '\0';
    bool equal = word.len > 1 && word.ptr[1] == '=';

    *op = CPM_OP_EQ;
    if (c == '=')
        return cpm_str_sub(word, 1, word.len);
    if (c != '<' && c != '>')
        return word;
    if (c == '<')
        *op = equal ? CPM_OP_LE : CPM_OP_LT;
    else
        *op = equal ? CPM_OP_GE : CPM_OP_GT;
    return cpm_str_sub(word, equal ? 2 : 1, word.len);
}

static void fail_comparator(struct cpm_comparators *list, struct cpm_str word)
{
    if (list->flags & CPM_SEMVER_LOOSE)
        return; /* loose ranges pass over what is no comparator */
    if (!list->failed)
        list->bad_comparator = word;
    list->failed = true;
}

/* Without its first star and the operator before that. */
static struct cpm_str drop_star(struct cpm_comparators *list, struct cpm_str word)
{
    size_t star = cpm_str_chr(word, '*');
    size_t from = star;
    char *text;

    if (star == CPM_NPOS)
        return word;
    if (from > 0 && word.ptr[from - 1] == '=')
        from--;
    if (from > 0 && (word.ptr[from - 1] == '<' || word.ptr[from - 1] == '>'))
        from--;
    text = cpm_arena_strndup(list->arena, word.ptr, word.len);
    memmove(text + from, text + star + 1, word.len - star - 1);
    return cpm_str_n(text, word.len - (star + 1 - from));
}

static bool is_full(struct cpm_str text, bool loose)
{
    const char *end = text.ptr + text.len;
    struct cpm_partial at;

    return cpm_partial_scan(text.ptr, end, loose, &at) == end && !at.wild[0] && !at.wild[1] &&
           !at.wild[2];
}

/* A word that is no partial version, or one whose wild cards stand in the wrong order. */
static void add_odd_word(struct cpm_comparators *list, struct cpm_str word)
{
    struct cpm_str left = drop_star(list, word);
    enum cpm_op op;

    if (left.len == word.len)
        fail_comparator(list, word);
    else if (!left.len)
        list->blank = true;
    else if (is_full(read_op(left, &op), list->flags & CPM_SEMVER_LOOSE))
        cpm_comparators_add_word(list, left);
    else
        fail_comparator(list, left);
}

/* M.m.p whole, with at most an operator. Strict ones take one v and no = in front. */
static void add_full(struct cpm_comparators *list, enum cpm_op op, struct cpm_partial *at,
                     struct cpm_str word)
{
    size_t prefix = (size_t)(at->main.ptr - at->text.ptr);

    if (!(list->flags & CPM_SEMVER_LOOSE) && (prefix > 1 || (prefix && at->text.ptr[0] == '=')))
        fail_comparator(list, word);
    else if (at->text.len > CPM_SEMVER_MAX_LEN)
        add_corner(list, op, corner(at, -1, at->pre), at->text);
    else if (op == CPM_OP_GE)
        add_floor(list, at, at->pre);
    else
        add_corner(list, op, corner(at, -1, at->pre), at->main);
}

static bool bad_order(const struct cpm_partial *at)
{
    return (at->wild[0] && !at->wild[1]) || (at->wild[1] && !at->wild[2]);
}

static void add_x_range(struct cpm_comparators *list, struct cpm_str word)
{
    enum cpm_op op;
    struct cpm_str rest = read_op(word, &op);
    const char *end = rest.ptr + rest.len;
    struct cpm_partial at;

    if (cpm_partial_scan(rest.ptr, end, list->flags & CPM_SEMVER_LOOSE, &at) != end ||
        bad_order(&at))
        add_odd_word(list, word);
    else if (at.wild[0])
        add_wild(list, op);
    else if (at.wild[1] || at.wild[2])
        add_open(list, op, &at);
    else
        add_full(list, op, &at, word);
}

static void add_caret_or_tilde(struct cpm_comparators *list, struct cpm_str word)
{
    bool tilde = word.ptr[0] == '~';
    struct cpm_str rest = cpm_str_sub(word, 1, word.len);
    const char *end = word.ptr + word.len;
    struct cpm_partial at;

    if (tilde && rest.len && rest.ptr[0] == '>')
        rest = cpm_str_sub(rest, 1, rest.len);
    if (cpm_partial_scan(rest.ptr, end, list->flags & CPM_SEMVER_LOOSE, &at) != end)
        fail_comparator(list, drop_star(list, word));
    else
        add_span(list, &at, !tilde ? caret_step(&at) : at.wild[1] ? 0 : 1);
}

void cpm_comparators_add_word(struct cpm_comparators *list, struct cpm_str word)
{
    if (!word.len)
        list->blank = true;
    else if (word.ptr[0] == '^' || word.ptr[0] == '~')
        add_caret_or_tilde(list, word);
    else
        add_x_range(list, word);
}
