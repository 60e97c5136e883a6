/* cpm semver: node-semver's own command line. The versions that are valid and satisfy every range,
 * sorted, one a line; exit 1 when there are none. */
#include "cli/cmd_semver.h"

#include "semver/coerce.h"
#include "semver/inc.h"
#include "semver/range.h"

#include <stdio.h>
#include <stdlib.h>

enum { HELP = 1 };

struct request {
    struct cpm_arena arena;
    struct cpm_str *versions, *ranges;
    size_t version_count, range_count;
    unsigned flags;
    bool reverse, coerce, rightmost;
    bool inc;
    struct cpm_inc how;
    const char *inc_option;
    struct cpm_str doubtful; /* what followed --inc and is no release type */
};

/* The arguments, "--a=b" split in two as it is met. */
struct args {
    char **argv;
    int argc, at;
    const char *pending; /* the part behind the = */
};

static const char *next_arg(struct args *a)
{
    const char *text = a->pending;

    a->pending = NULL;
    if (!text && a->at < a->argc)
        text = a->argv[a->at++];
    return text;
}

static const char *peek_arg(const struct args *a)
{
    if (a->pending)
        return a->pending;
    return a->at < a->argc ? a->argv[a->at] : NULL;
}

static bool is_one_of(const char *arg, const char *names)
{
    struct cpm_str rest = cpm_str(names), name;

    while (cpm_str_split(&rest, ' ', &name))
        if (cpm_str_is(name, arg))
            return true;
    return false;
}

static void take_inc(struct request *r, struct args *a, const char *option)
{
    const char *word = peek_arg(a);

    r->inc = true;
    r->inc_option = option;
    r->how.release = CPM_RELEASE_PATCH;
    r->doubtful = CPM_STR_NONE;
    if (word && cpm_release_parse(cpm_str(word), &r->how.release) &&
        r->how.release != CPM_RELEASE_PRE) {
        next_arg(a);
        return;
    }
    r->how.release = CPM_RELEASE_PATCH;
    r->doubtful = cpm_str(word);
}

static void take_base(struct request *r, struct args *a)
{
    const char *word = next_arg(a);

    r->how.base = CPM_INC_ZERO;
    if (word && strcmp(word, "false") == 0)
        r->how.base = CPM_INC_NONE;
    else if (word && strtod(word, NULL) != 0)
        r->how.base = CPM_INC_ONE;
}

/* Options with a value; false when it is none of them. */
static bool take_valued(struct request *r, struct args *a, const char *option)
{
    if (is_one_of(option, "-v --version"))
        r->versions[r->version_count++] = cpm_str(next_arg(a));
    else if (is_one_of(option, "-i --inc --increment"))
        take_inc(r, a, option);
    else if (is_one_of(option, "--preid"))
        r->how.identifier = cpm_str(next_arg(a));
    else if (is_one_of(option, "-r --range"))
        r->ranges[r->range_count++] = cpm_str(next_arg(a));
    else if (is_one_of(option, "-n"))
        take_base(r, a);
    else
        return false;
    return true;
}

static bool take_switch(struct request *r, const char *option)
{
    if (is_one_of(option, "-rv -rev --rev --reverse"))
        r->reverse = true;
    else if (is_one_of(option, "-l --loose"))
        r->flags |= CPM_SEMVER_LOOSE;
    else if (is_one_of(option, "-p --include-prerelease"))
        r->flags |= CPM_SEMVER_INCLUDE_PRERELEASE;
    else if (is_one_of(option, "-c --coerce"))
        r->coerce = true;
    else if (is_one_of(option, "--rtl"))
        r->rightmost = true;
    else if (is_one_of(option, "--ltr"))
        r->rightmost = false;
    else
        return false;
    return true;
}

/* HELP when help is asked for. */
static int read_args(struct request *r, struct args *a)
{
    const char *arg;

    if (a->at == a->argc)
        return HELP;
    while ((arg = next_arg(a))) {
        const char *equals = strchr(arg, '=');

        if (equals) {
            a->pending = equals + 1;
            arg = cpm_arena_strndup(&r->arena, arg, (size_t)(equals - arg));
        }
        if (is_one_of(arg, "-h --help -?"))
            return HELP;
        if (!take_switch(r, arg) && !take_valued(r, a, arg))
            r->versions[r->version_count++] = cpm_str(arg);
    }
    return 0;
}

struct found {
    struct cpm_str text;
    struct cpm_version version;
    size_t at;
};

static void warn_of_doubtful(const struct request *r)
{
    struct cpm_version v;
    bool named = false;

    for (size_t i = 0; r->doubtful.ptr && i < r->version_count; i++)
        named = named || cpm_str_eq(r->versions[i], r->doubtful);
    if (r->inc && named && !cpm_version_parse(r->doubtful, r->flags, &v))
        fprintf(stderr,
                "Invalid value for %s; defaulting to 'patch'. This may become a failure in future "
                "major versions.\n",
                r->inc_option);
}

static struct cpm_str coerced(struct request *r, struct cpm_str text)
{
    struct cpm_version v;

    if (!r->coerce || !cpm_version_coerce(&r->arena, text, r->rightmost, r->flags, &v))
        return text;
    return cpm_str(cpm_version_text(&r->arena, &v));
}

static size_t find_valid(struct request *r, struct found *found)
{
    size_t count = 0;

    for (size_t i = 0; i < r->version_count; i++) {
        found[count].text = coerced(r, r->versions[i]);
        found[count].at = i;
        count += cpm_version_parse(found[count].text, r->flags, &found[count].version);
    }
    return count;
}

static size_t keep_satisfying(struct request *r, struct cpm_str text, struct found *found,
                              size_t count)
{
    const struct cpm_range *range = cpm_range_parse(&r->arena, text, r->flags);
    size_t kept = 0;

    for (size_t i = 0; range && i < count; i++)
        if (cpm_range_satisfies(range, &found[i].version, r->flags))
            found[kept++] = found[i];
    return kept;
}

static int cmp_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int r = cpm_version_cmp(&x->version, &y->version);

    return r ? r : (x->at > y->at) - (x->at < y->at);
}

static int cmp_reverse(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int r = cpm_version_cmp(&y->version, &x->version);

    return r ? r : (x->at > y->at) - (x->at < y->at);
}

static void print_one(struct request *r, const struct found *f)
{
    const char *text = cpm_version_clean(&r->arena, f->text, r->flags);
    struct cpm_version v;

    if (r->inc) {
        bool ok = text && cpm_version_parse(cpm_str(text), r->flags, &v) &&
                  cpm_version_inc(&r->arena, &v, &r->how, NULL) == 0;

        text = ok ? cpm_version_text(&r->arena, &v) : NULL;
    }
    printf("%s\n", text ? text : "null"); /* as node prints what cannot be raised */
}

static int print_found(struct request *r)
{
    struct found *found = CPM_NEW_ARRAY(&r->arena, struct found, r->version_count + 1);
    size_t count;

    warn_of_doubtful(r);
    r->how.flags = r->flags;
    count = find_valid(r, found);
    if (count && r->inc && (count != 1 || r->range_count)) {
        fprintf(stderr, "--inc can only be used on a single version with no range\n");
        return 1;
    }
    for (size_t i = 0; i < r->range_count; i++)
        count = keep_satisfying(r, r->ranges[i], found, count);
    if (!count)
        return 1;
    qsort(found, count, sizeof(*found), r->reverse ? cmp_reverse : cmp_found);
    for (size_t i = 0; i < count; i++)
        print_one(r, &found[i]);
    return 0;
}

static int print_help(void)
{
    puts("Usage: cpm semver [options] <version> [<version> [...]]\n"
         "Prints valid versions sorted by SemVer precedence\n"
         "\n"
         "Options:\n"
         "-r --range <range>\n"
         "        Print versions that match the specified range.\n"
         "\n"
         "-i --increment [<level>]\n"
         "        Increment a version by the specified level: major, minor, patch,\n"
         "        premajor, preminor, prepatch, prerelease, or release. Default is\n"
         "        'patch'. Only one version may be specified.\n"
         "\n"
         "--preid <identifier>\n"
         "        Identifier for premajor, preminor, prepatch and prerelease.\n"
         "\n"
         "-n <base>\n"
         "        First number of a prerelease: 0 (default), 1, or false for none.\n"
         "\n"
         "-l --loose\n"
         "        Interpret versions and ranges loosely.\n"
         "\n"
         "-p --include-prerelease\n"
         "        Always include prerelease versions in range matching.\n"
         "\n"
         "-c --coerce\n"
         "        Coerce a string into SemVer if possible (does not imply --loose).\n"
         "\n"
         "--rtl, --ltr\n"
         "        Coerce from the right, or from the left (default).\n"
         "\n"
         "-rv --reverse\n"
         "        Print in descending order.\n"
         "\n"
         "Exits with 0 if any valid version satisfies all ranges, else with 1.");
    return 0;
}

int cpm_cmd_semver(int argc, char **argv)
{
    struct request r = {.arena = CPM_ARENA_INIT};
    struct args a = {.argv = argv, .argc = argc, .at = 1};
    /* "--version=1=2=3" gives one version for each = it holds. */
    size_t most = (size_t)argc;
    int rc;

    for (int i = 1; i < argc; i++)
        for (const char *p = argv[i]; (p = strchr(p, '=')); p++)
            most++;
    r.versions = CPM_NEW_ARRAY(&r.arena, struct cpm_str, most + 1);
    r.ranges = CPM_NEW_ARRAY(&r.arena, struct cpm_str, most + 1);
    rc = read_args(&r, &a) == HELP ? print_help() : print_found(&r);
    cpm_arena_release(&r.arena);
    return rc;
}
