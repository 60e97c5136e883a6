/* The inside of a range, shared by the files that parse it, ask it and compare it with another. A
 * range is one array of comparators; `last` ends each set of those that must all hold, and one set
 * that holds is enough. Normal form: no set is empty, ANY stands alone in its set, equal ones
 * within a set are one. */
#ifndef CPM_SEMVER_COMPARATORS_H
#define CPM_SEMVER_COMPARATORS_H

#include "semver/range.h"

enum cpm_op { CPM_OP_ANY, CPM_OP_EQ, CPM_OP_LT, CPM_OP_LE, CPM_OP_GT, CPM_OP_GE };

struct cpm_comparator {
    struct cpm_version version; /* without build; zero for ANY */
    enum cpm_op op;
    bool last;
};

struct cpm_range {
    unsigned flags; /* it was parsed with */
    size_t count;
    struct cpm_comparator comps[]; /* then the bytes of their prereleases */
};

/* Comparators on their way into a range. `arena` holds them when `local` is too small. */
struct cpm_comparators {
    struct cpm_arena *arena;
    unsigned flags;
    struct cpm_comparator *comps;
    size_t count, cap;
    size_t first; /* where the set being filled begins */
    size_t sets;  /* read, with those that hold nothing */
    bool any;     /* the set being filled holds ANY, which is not stored */
    bool blank;   /* the word just read means any version */
    /* The first fault: the text of a comparator that is none (loose ranges only skip it), or the
     * words for a version in it that none can be. */
    struct cpm_str bad_comparator;
    const char *bad_version;
    bool failed;
    struct cpm_comparator local[6];
};

/* Reads a whole range when it is of the plainest kind. False: it is not, and the list holds
 * anything. */
bool cpm_comparators_read_plain(struct cpm_comparators *list, struct cpm_str text);
/* Reads one blank-free word: "^1.2", "<2", "1.x". */
void cpm_comparators_add_word(struct cpm_comparators *list, struct cpm_str word);
void cpm_comparators_add(struct cpm_comparators *list, enum cpm_op op,
                         const struct cpm_version *version);

/* node-semver's rewriting of a set that is not tidy: builds dropped, white space reduced, hyphen
 * ranges spelled as two comparators, operators moved to their version. New in the arena. */
struct cpm_str cpm_range_tidy(struct cpm_arena *arena, struct cpm_str text, unsigned flags);

/* Its first step: white space to single blanks and, when asked, builds away. */
struct cpm_str cpm_range_squeeze(struct cpm_arena *arena, struct cpm_str text, bool builds);

/* A version with parts left out or wild: [v=\s]* M(.m(.p(-pre)?)?)? */
struct cpm_partial {
    uint64_t n[3];
    bool wild[3];    /* x, X, * or missing */
    bool present[3]; /* false: missing */
    bool zero[3];    /* spelled "0" */
    bool canonical;  /* no leading zeros, no v or = in front */
    struct cpm_str pre;
    struct cpm_str text; /* all of it */
    struct cpm_str main; /* without v and = in front */
};
/* Where it ends, or NULL. */
const char *cpm_partial_scan(const char *p, const char *end, bool loose, struct cpm_partial *out);

/* ">=1.2.3-0"; "" for ANY. */
const char *cpm_comparator_text(struct cpm_arena *arena, const struct cpm_comparator *c);
/* Whether the version lies on the right side, prerelease or not. */
static inline bool cpm_comparator_test(const struct cpm_comparator *c, const struct cpm_version *v)
{
    int r;

    if (c->op == CPM_OP_ANY)
        return true;
    r = cpm_version_cmp(v, &c->version);
    switch (c->op) {
    case CPM_OP_LT:
        return r < 0;
    case CPM_OP_LE:
        return r <= 0;
    case CPM_OP_GT:
        return r > 0;
    case CPM_OP_GE:
        return r >= 0;
    default:
        return r == 0;
    }
}
/* The lowest prerelease, "0": a static text, so that ranges share it. */
extern const struct cpm_str cpm_lowest_pre;
/* True for the comparator that nothing satisfies, "<0.0.0-0". */
bool cpm_comparator_is_null(const struct cpm_comparator *c);
/* The set [c, …last] against a version, with node-semver's rule for prereleases: only beside a
 * comparator of the same major.minor.patch that has one. */
bool cpm_comparators_satisfied(const struct cpm_comparator *c, const struct cpm_version *v,
                               bool include_prerelease);
/* The comparator behind the set that begins here. */
static inline const struct cpm_comparator *cpm_comparators_next(const struct cpm_comparator *c)
{
    while (!c->last)
        c++;
    return c + 1;
}

#endif
