/* The document that was edited is not what is written: the file's text is parsed again and receives
 * only the dependency groups, so that keys an operation added for its own use never reach the file.
 * (npm's update-dependencies.) */
#include "lockfile/package.h"

#include "base/collate.h"
#include "base/fs.h"
#include "base/mem.h"

#include <stdlib.h>

static const char *const group_keys[CPM_DEPS_COUNT] = {
    [CPM_DEPS_PROD] = "dependencies",
    [CPM_DEPS_DEV] = "devDependencies",
    [CPM_DEPS_OPTIONAL] = "optionalDependencies",
    [CPM_DEPS_PEER] = "peerDependencies",
    [CPM_DEPS_ACCEPT] = "acceptDependencies",
};

/* The order in which npm puts groups that were not in the file. */
static const enum cpm_dep_group saved_groups[] = {CPM_DEPS_PROD, CPM_DEPS_OPTIONAL, CPM_DEPS_DEV,
                                                  CPM_DEPS_PEER};

/* reading */

int cpm_package_parse(struct cpm_str text, const char *file, struct cpm_package *out,
                      struct cpm_error *err)
{
    int rc;

    *out = (struct cpm_package){.file = file, .text = text, .exists = true};
    rc = cpm_json_parse(text, file, 0, &out->doc, err);
    if (rc == 0 && !cpm_json_is(out->doc, CPM_JSON_OBJECT)) {
        cpm_package_release(out);
        rc = cpm_error_set(err, CPM_EJSONPARSE, "%s:1:1: must be an object", file);
    }
    if (rc == CPM_EJSONPARSE)
        return cpm_error_prefix(err, "Invalid package.json: ");
    cpm_json_style_detect(text, &out->style);
    return rc;
}

int cpm_package_read(const char *file, struct cpm_arena *arena, struct cpm_package *out,
                     struct cpm_error *err)
{
    struct cpm_error cause = CPM_ERROR_INIT;
    struct cpm_str text;
    int rc = cpm_fs_read(file, CPM_PACKAGE_MAX, arena, &text, &cause);

    if (rc == 0)
        return cpm_package_parse(text, file, out, err);
    *out = (struct cpm_package){.file = file};
    if (rc != CPM_ENOENT) {
        if (err)
            *err = cause;
        return rc;
    }
    out->doc = cpm_json_new_object();
    cpm_json_style_detect(CPM_STR("{}"), &out->style);
    return 0;
}

void cpm_package_release(struct cpm_package *package)
{
    cpm_json_free(package->doc);
    package->doc = NULL;
}

/* editing */

const char *cpm_dep_group_key(enum cpm_dep_group group)
{
    return group_keys[group];
}

static struct cpm_json *find_group(const struct cpm_json *doc, enum cpm_dep_group group)
{
    struct cpm_json *map = cpm_json_get(doc, cpm_str(group_keys[group]));

    return cpm_json_is(map, CPM_JSON_OBJECT) ? map : NULL;
}

static struct cpm_json *get_group(struct cpm_json *doc, enum cpm_dep_group group)
{
    if (!find_group(doc, group))
        cpm_json_set(doc, cpm_str(group_keys[group]), cpm_json_new_object());
    return find_group(doc, group);
}

void cpm_package_set_dep(struct cpm_package *package, enum cpm_dep_group group, struct cpm_str name,
                         struct cpm_str spec)
{
    cpm_json_set(get_group(package->doc, group), name, cpm_json_new_str(spec));
}

bool cpm_package_del_dep(struct cpm_package *package, enum cpm_dep_group group, struct cpm_str name)
{
    struct cpm_json *map = find_group(package->doc, group);
    bool gone = map && cpm_json_del(map, name);

    if (gone && !cpm_json_first(map))
        cpm_json_del(package->doc, cpm_str(group_keys[group]));
    return gone;
}

/* saving */

static int by_name(const void *a, const void *b)
{
    const struct cpm_json *x = *(struct cpm_json *const *)a, *y = *(struct cpm_json *const *)b;

    return cpm_collate(cpm_json_key(x), cpm_json_key(y));
}

/* A copy of the map in npm's order; an empty one for NULL. */
static struct cpm_json *sorted_copy(const struct cpm_json *map)
{
    struct cpm_json *copy = cpm_json_new_object();
    size_t count = cpm_json_count(map), n = 0;
    struct cpm_json **members = cpm_alloc(count * sizeof(struct cpm_json *));

    CPM_JSON_EACH (map, member)
        members[n++] = member;
    if (n)
        qsort(members, n, sizeof(struct cpm_json *), by_name);
    for (size_t i = 0; i < n; i++)
        cpm_json_set(copy, cpm_json_key(members[i]), cpm_json_copy(members[i]));
    cpm_free(members);
    return copy;
}

static void put_group(struct cpm_json *result, const struct cpm_json *doc, enum cpm_dep_group group)
{
    struct cpm_str key = cpm_str(group_keys[group]);
    struct cpm_json *map = sorted_copy(find_group(doc, group));

    if (group == CPM_DEPS_PROD)
        CPM_JSON_EACH (find_group(doc, CPM_DEPS_OPTIONAL), optional)
            cpm_json_del(map, cpm_json_key(optional));
    if (cpm_json_first(map)) {
        cpm_json_set(result, key, map);
        return;
    }
    cpm_json_free(map);
    cpm_json_del(result, key);
}

/* A name that the file had among dependencies and peers stays in both, with the peer's spec. */
static void keep_peers_in_prod(struct cpm_json *result, const struct cpm_json *original)
{
    const struct cpm_json *prod = find_group(original, CPM_DEPS_PROD);
    const struct cpm_json *new_peers = find_group(result, CPM_DEPS_PEER);

    if (!prod || !new_peers)
        return;
    CPM_JSON_EACH (find_group(original, CPM_DEPS_PEER), peer) {
        struct cpm_str name = cpm_json_key(peer);
        struct cpm_json *spec = cpm_json_get(new_peers, name);

        if (spec && cpm_json_get(prod, name))
            cpm_json_set(get_group(result, CPM_DEPS_PROD), name, cpm_json_copy(spec));
    }
}

static void put_bundle(struct cpm_json *result, const struct cpm_json *doc)
{
    struct cpm_str key = CPM_STR("bundleDependencies");
    struct cpm_json *bundle = cpm_json_get(doc, key);

    if (bundle)
        cpm_json_set(result, key, cpm_json_copy(bundle));
    else
        cpm_json_del(result, key);
}

static void put_groups(struct cpm_json *result, const struct cpm_json *doc,
                       const struct cpm_json *original)
{
    for (size_t i = 0; i < sizeof(saved_groups) / sizeof(saved_groups[0]); i++)
        put_group(result, doc, saved_groups[i]);
    keep_peers_in_prod(result, original);
}

void cpm_package_order_deps(struct cpm_package *package)
{
    struct cpm_json *old = cpm_json_copy(package->doc);

    put_groups(package->doc, old, old);
    cpm_json_free(old);
}

/* What the file is to hold; the caller frees it. */
static struct cpm_json *merged(const struct cpm_package *package)
{
    struct cpm_json *original = NULL, *result;

    if (package->exists) /* it was parsed before, so it is JSON */
        cpm_json_parse(package->text, package->file, 0, &original, NULL);
    result = original ? cpm_json_copy(original) : cpm_json_new_object();
    put_groups(result, package->doc, original);
    put_bundle(result, package->doc);
    cpm_json_free(original);
    return result;
}

static void write_doc(const struct cpm_package *package, const struct cpm_json *doc,
                      struct cpm_buf *out)
{
    cpm_json_write(doc, cpm_str(package->style.indent), cpm_str(package->style.newline), out);
    cpm_buf_add_text(out, package->style.newline); /* nothing when minified */
}

void cpm_package_text(const struct cpm_package *package, struct cpm_buf *out)
{
    struct cpm_json *result = merged(package);

    write_doc(package, result, out);
    cpm_json_free(result);
}

static struct cpm_str bare(struct cpm_str text)
{
    if (cpm_str_starts(text, "\xEF\xBB\xBF"))
        text = cpm_str_sub(text, 3, text.len);
    return cpm_str_trim(text);
}

static int save_text(const struct cpm_package *package, const struct cpm_buf *text, bool durable,
                     struct cpm_error *err)
{
    if (text->overflow)
        return cpm_error_set(err, CPM_ETOOBIG, "%s: larger than %u bytes", package->file,
                             CPM_PACKAGE_MAX);
    if (package->exists && cpm_str_eq(bare(cpm_buf_str(text)), bare(package->text)))
        return 0;
    return cpm_fs_replace(package->file, cpm_buf_str(text), 0, durable, err);
}

int cpm_package_save(const struct cpm_package *package, bool durable, struct cpm_error *err)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_PACKAGE_MAX);

    cpm_package_text(package, &text);
    int rc = save_text(package, &text, durable, err);
    cpm_buf_release(&text);
    return rc;
}

int cpm_package_save_whole(const struct cpm_package *package, bool durable, struct cpm_error *err)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);

    write_doc(package, package->doc, &text);
    int rc = save_text(package, &text, durable, err);
    cpm_buf_release(&text);
    return rc;
}
