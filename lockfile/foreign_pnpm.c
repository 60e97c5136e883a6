/* pnpm-lock.yaml. Version 9 has packages and snapshots apart, version 6 both in one and a '/' in
 * front of keys. A version may carry its peers in brackets: "18.2.0(react@18.2.0)". */
#include "lockfile/foreign.h"
#include "lockfile/yaml.h"

#define FILE_NAME "pnpm-lock.yaml"

static struct cpm_str without_peers(struct cpm_str version)
{
    size_t bracket = cpm_str_chr(version, '(');

    return bracket == CPM_NPOS ? version : cpm_str_sub(version, 0, bracket);
}

static struct cpm_str without_slash(struct cpm_str key)
{
    return cpm_str_starts(key, "/") ? cpm_str_sub(key, 1, key.len) : key;
}

/* "4.18.2", or "real@1.0.0" of an alias; NULL for a link, a folder, a tarball. */
static struct cpm_foreign_package *target(struct cpm_foreign *f, struct cpm_str name,
                                          struct cpm_str version)
{
    struct cpm_str real, rest;

    version = without_peers(without_slash(version));
    if (cpm_str_find(version, ":") != CPM_NPOS)
        return NULL;
    if (cpm_foreign_split(version, &real, &rest))
        return cpm_foreign_add(f, real, rest, CPM_STR_NONE);
    return cpm_foreign_add(f, name, version, CPM_STR_NONE);
}

static void add_group(struct cpm_foreign *f, struct cpm_str requirer, const struct cpm_yaml *group)
{
    CPM_YAML_EACH(group, dep)
    {
        struct cpm_str version =
            dep->type == CPM_YAML_MAP ? cpm_yaml_text(dep, "version") : dep->text;

        cpm_foreign_edge(f, requirer, dep->key, target(f, dep->key, version));
    }
}

static int check_importer(const struct cpm_yaml *importer, struct cpm_error *err)
{
    static const char *const groups[] = {"dependencies", "devDependencies", "optionalDependencies"};

    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
        CPM_YAML_EACH(cpm_yaml_get(importer, groups[g]), dep)
    if (cpm_str_starts(cpm_yaml_text(dep, "specifier"), "catalog:"))
        return cpm_error_set(err, CPM_EUNSUPPORTED,
                             FILE_NAME ": '%.*s' comes from a catalog, which npm does not "
                                       "have: write its range into package.json",
                             CPM_STR_ARG(dep->key));
    return 0;
}

static void add_importer(struct cpm_foreign *f, struct cpm_str folder,
                         const struct cpm_yaml *importer)
{
    add_group(f, folder, cpm_yaml_get(importer, "dependencies"));
    add_group(f, folder, cpm_yaml_get(importer, "devDependencies"));
    add_group(f, folder, cpm_yaml_get(importer, "optionalDependencies"));
}

static void add_packages(struct cpm_foreign *f, const struct cpm_yaml *packages)
{
    CPM_YAML_EACH(packages, p)
    {
        struct cpm_str id = without_peers(without_slash(p->key)), name, version;
        struct cpm_str integrity = cpm_yaml_text(cpm_yaml_get(p, "resolution"), "integrity");

        if (!cpm_foreign_split(id, &name, &version))
            continue;
        cpm_foreign_add(f, name, version, integrity);
        add_group(f, id, cpm_yaml_get(p, "dependencies"));
        add_group(f, id, cpm_yaml_get(p, "optionalDependencies"));
    }
}

static bool is_there(const struct cpm_yaml *doc, const char *key)
{
    const struct cpm_yaml *v = cpm_yaml_get(doc, key);

    return v && v->first;
}

static int check_document(const struct cpm_yaml *doc, struct cpm_error *err)
{
    struct cpm_str version = cpm_yaml_text(doc, "lockfileVersion");

    if (!cpm_str_starts(version, "6.") && !cpm_str_starts(version, "9."))
        return cpm_error_set(err, CPM_ELOCKFILEVERSION,
                             FILE_NAME ": lockfileVersion '%.*s' is not read; 6 and 9 are. Let a "
                                       "current pnpm rewrite it",
                             CPM_STR_ARG(version));
    if (is_there(doc, "patchedDependencies"))
        return cpm_error_set(err, CPM_EUNSUPPORTED,
                             FILE_NAME ": it has patched dependencies, which npm cannot express: "
                                       "take them out first");
    return 0;
}

int cpm_foreign_read_pnpm(struct cpm_str text, struct cpm_foreign *out, struct cpm_error *err)
{
    const struct cpm_yaml *importers;
    struct cpm_yaml *doc;
    int rc = cpm_yaml_parse(text, FILE_NAME, out->arena, &doc, err);

    if (rc == 0)
        rc = check_document(doc, err);
    if (rc < 0)
        return rc;
    out->overrides = is_there(doc, "overrides");
    importers = cpm_yaml_get(doc, "importers");
    if (!importers && (rc = check_importer(doc, err)) == 0)
        add_importer(out, CPM_STR(""), doc);
    CPM_YAML_EACH(importers, one)
    {
        bool root = cpm_str_is(one->key, ".");

        if (rc == 0 && (rc = check_importer(one, err)) == 0)
            add_importer(out, root ? CPM_STR("") : one->key, one);
    }
    add_packages(out, cpm_yaml_get(doc, "packages"));
    add_packages(out, cpm_yaml_get(doc, "snapshots"));
    return rc;
}
