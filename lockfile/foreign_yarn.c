/* yarn.lock, which says what stands for a wish: "name@range". Yarn 1 has a format of its own
 * (lockfile/yarn.h); since Yarn 2 it is YAML, with a protocol in each wish and no integrity that
 * others know. */
#include "lockfile/foreign.h"
#include "lockfile/yaml.h"
#include "lockfile/yarn.h"

#define FILE_NAME "yarn.lock"

static struct cpm_str without_npm(struct cpm_str range)
{
    return cpm_str_starts(range, "npm:") ? cpm_str_sub(range, 4, range.len) : range;
}

static void add_wish(struct cpm_foreign *f, struct cpm_str wish, struct cpm_foreign_package *p)
{
    if (p)
        cpm_map_set(&f->wishes, cpm_arena_str(f->arena, wish), p);
}

/* Yarn 1: `wanted` is a version, an alias's, or an address that is asked for itself. */
static void read_first(struct cpm_str text, struct cpm_foreign *out)
{
    static const char *const hosts[] = {NULL};
    struct cpm_yarn yarn;

    cpm_yarn_read(text, hosts, out->arena, &yarn);
    for (size_t i = 0; i < yarn.count; i++) {
        const struct cpm_yarn_entry *e = &yarn.entries[i];
        struct cpm_str name, range, real, rest;

        if (!cpm_foreign_split(e->wish, &name, &range))
            continue;
        if (cpm_str_starts(range, "npm:") && cpm_foreign_split(without_npm(range), &real, &rest))
            name = real;
        if (e->version.len)
            add_wish(out, e->wish, cpm_foreign_add(out, name, e->version, e->integrity));
    }
}

/* "real@npm:1.0.0" */
static struct cpm_foreign_package *resolution(struct cpm_foreign *f, const struct cpm_yaml *entry)
{
    struct cpm_str name, range;

    if (!cpm_foreign_split(cpm_yaml_text(entry, "resolution"), &name, &range))
        return NULL;
    if (cpm_str_starts(range, "patch:")) /* Yarn's own ones: what is patched stands there */
        return cpm_foreign_add(f, name, cpm_yaml_text(entry, "version"), CPM_STR_NONE);
    return cpm_str_starts(range, "npm:")
               ? cpm_foreign_add(f, name, cpm_yaml_text(entry, "version"), CPM_STR_NONE)
               : NULL;
}

/* The wish as a package.json says it, which need not name npm's protocol. */
static void add_wishes(struct cpm_foreign *f, struct cpm_str list, struct cpm_foreign_package *p)
{
    struct cpm_str wish, name, range;

    while (list.ptr && cpm_str_split(&list, ',', &wish)) {
        wish = cpm_str_trim(wish);
        add_wish(f, wish, p);
        if (!cpm_foreign_split(wish, &name, &range))
            continue;
        range = without_npm(range);
        add_wish(
            f,
            cpm_str(cpm_arena_printf(f->arena, "%.*s@%.*s", CPM_STR_ARG(name), CPM_STR_ARG(range))),
            p);
    }
}

static int check_entry(const struct cpm_yaml *entry, struct cpm_error *err)
{
    struct cpm_str name, range;

    if (!cpm_foreign_split(cpm_yaml_text(entry, "resolution"), &name, &range) ||
        !cpm_str_starts(range, "patch:") || cpm_str_find(range, "builtin<") != CPM_NPOS)
        return 0;
    return cpm_error_set(err, CPM_EUNSUPPORTED,
                         FILE_NAME ": '%.*s' is patched, which npm cannot express: take the patch "
                                   "out first",
                         CPM_STR_ARG(name));
}

static int read_berry(struct cpm_str text, struct cpm_foreign *out, struct cpm_error *err)
{
    struct cpm_yaml *doc;
    int rc = cpm_yaml_parse(text, FILE_NAME, out->arena, &doc, err);

    if (rc < 0)
        return rc;
    CPM_YAML_EACH(doc, entry)
    {
        if (cpm_str_is(entry->key, "__metadata"))
            continue;
        if ((rc = check_entry(entry, err)) < 0)
            return rc;
        add_wishes(out, entry->key, resolution(out, entry));
    }
    return 0;
}

int cpm_foreign_read_yarn(struct cpm_str text, struct cpm_foreign *out, struct cpm_error *err)
{
    if (cpm_str_find(text, "__metadata:") != CPM_NPOS)
        return read_berry(text, out, err);
    if (cpm_str_find(text, "<<<<<<<") != CPM_NPOS)
        return cpm_error_set(err, CPM_EINVAL,
                             FILE_NAME ": it has merge conflicts: resolve them first");
    read_first(text, out);
    return 0;
}
