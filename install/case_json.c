/* What the solver reads of a package, as JSON: the readers of lockfile/ and registry/ give the same
 * structs back. Of a version whose manifest was not read only what choosing asks stays. */
#include "install/case.h"

#include "lockfile/package.h"

#include <stdlib.h>
#include <time.h>

static const struct {
    enum cpm_raw_field field;
    const char *key;
} raw_keys[] = {
    {CPM_RAW_ENGINES, "engines"},
    {CPM_RAW_OS, "os"},
    {CPM_RAW_CPU, "cpu"},
    {CPM_RAW_LIBC, "libc"},
    {CPM_RAW_LICENSE, "license"},
    {CPM_RAW_FUNDING, "funding"},
    {CPM_RAW_BIN, "bin"},
    {CPM_RAW_DEPRECATED, "deprecated"},
    {CPM_RAW_PEER_META, "peerDependenciesMeta"},
    {CPM_RAW_BUNDLE, "bundleDependencies"},
    {CPM_RAW_WORKSPACES, "workspaces"},
    {CPM_RAW_OVERRIDES, "overrides"},
};

struct cpm_json *cpm_case_lines(struct cpm_str text)
{
    struct cpm_json *lines = cpm_json_new_array();
    struct cpm_str line;

    while (text.ptr && cpm_str_split(&text, '\n', &line))
        cpm_json_add(lines, cpm_json_new_str(line));
    return lines;
}

static void add_raw(struct cpm_json *out, const char *key, struct cpm_str raw)
{
    struct cpm_json *value;

    if (raw.len && cpm_json_parse(raw, key, CPM_JSON_LAST_WINS, &value, NULL) == 0)
        cpm_json_set(out, cpm_str(key), value);
}

static void add_deps(struct cpm_json *out, enum cpm_dep_group group, const struct cpm_deps *deps)
{
    struct cpm_json *map;

    if (!deps->present && !deps->n)
        return;
    map = cpm_json_new_object();
    for (uint32_t i = 0; i < deps->n; i++)
        cpm_json_set(map, cpm_name_str(deps->v[i].name),
                     cpm_json_new_str(cpm_name_str(deps->v[i].spec)));
    cpm_json_set(out, cpm_str(cpm_dep_group_key(group)), map);
}

static void add_dist(struct cpm_json *out, const struct cpm_manifest *m)
{
    struct cpm_json *dist = cpm_json_new_object();

    cpm_json_set_str(dist, "tarball", m->tarball);
    if (m->integrity.len)
        cpm_json_set_str(dist, "integrity", m->integrity);
    cpm_json_set(out, CPM_STR("dist"), dist);
}

struct cpm_json *cpm_case_manifest_json(const struct cpm_manifest *m)
{
    struct cpm_json *out = cpm_json_new_object();

    if (m->name)
        cpm_json_set_str(out, "name", cpm_name_str(m->name));
    if (m->version)
        cpm_json_set_str(out, "version", cpm_name_str(m->version));
    for (enum cpm_dep_group g = 0; g < CPM_DEPS_COUNT; g++)
        add_deps(out, g, &m->deps[g]);
    for (size_t i = 0; i < sizeof(raw_keys) / sizeof(raw_keys[0]); i++)
        add_raw(out, raw_keys[i].key, m->raw[raw_keys[i].field]);
    if (m->has_install_script)
        cpm_json_set(out, CPM_STR("hasInstallScript"), cpm_json_new_bool(true));
    if (m->has_shrinkwrap)
        cpm_json_set(out, CPM_STR("_hasShrinkwrap"), cpm_json_new_bool(true));
    if (m->tarball.len)
        add_dist(out, m);
    return out;
}

static struct cpm_json *unread_json(const struct cpm_packument_facts *f)
{
    struct cpm_json *out = cpm_json_new_object(), *engines = cpm_json_new_object();

    if (f->deprecated)
        cpm_json_set_str(out, "deprecated", CPM_STR("deprecated"));
    if (f->engines_node.len)
        cpm_json_set_str(engines, "node", f->engines_node);
    if (f->engines_npm.len)
        cpm_json_set_str(engines, "npm", f->engines_npm);
    if (cpm_json_count(engines))
        cpm_json_set(out, CPM_STR("engines"), engines);
    else
        cpm_json_free(engines);
    return out;
}

struct listed {
    uint32_t order, index;
};

static int by_order(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;

    return x->order < y->order ? -1 : x->order > y->order;
}

static struct listed *in_document_order(const struct cpm_packument *p, struct cpm_arena *arena)
{
    uint32_t count = cpm_packument_count(p);
    struct listed *v = CPM_NEW_ARRAY(arena, struct listed, count + 1);
    struct cpm_packument_facts facts;

    for (uint32_t i = 0; i < count; i++) {
        cpm_packument_facts(p, i, &facts);
        v[i] = (struct listed){facts.order, i};
    }
    qsort(v, count, sizeof(*v), by_order);
    return v;
}

static struct cpm_json *date_json(int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    char text[40] = "";

    gmtime_r(&seconds, &utc);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return cpm_json_new_str(cpm_str(text));
}

static void add_versions(struct cpm_json *out, const struct cpm_case_packument *c,
                         struct cpm_names *names, struct cpm_arena *arena)
{
    const struct listed *listed = in_document_order(c->packument, arena);
    struct cpm_json *versions = cpm_json_new_object(), *time = cpm_json_new_object();

    for (uint32_t i = 0; i < cpm_packument_count(c->packument); i++) {
        struct cpm_packument_facts facts;
        uint32_t index = listed[i].index;

        cpm_packument_facts(c->packument, index, &facts);
        cpm_json_set(versions, facts.text,
                     c->read[index] ? cpm_case_manifest_json(
                                          cpm_packument_manifest(c->packument, index, names, arena))
                                    : unread_json(&facts));
        if (facts.time != CPM_TIME_NONE)
            cpm_json_set(time, facts.text, date_json(facts.time));
    }
    cpm_json_set(out, CPM_STR("versions"), versions);
    if (cpm_json_count(time))
        cpm_json_set(out, CPM_STR("time"), time);
    else
        cpm_json_free(time);
}

struct cpm_json *cpm_case_packument_json(const struct cpm_case_packument *c,
                                         struct cpm_names *names, struct cpm_arena *arena)
{
    struct cpm_json *out = cpm_json_new_object(), *tags = cpm_json_new_object();

    cpm_json_set_str(out, "name", cpm_packument_name(c->packument));
    for (uint32_t i = 0; i < cpm_packument_tag_count(c->packument); i++) {
        struct cpm_str version, tag = cpm_packument_tag_at(c->packument, i, &version);

        cpm_json_set(tags, tag, cpm_json_new_str(version));
    }
    cpm_json_set(out, CPM_STR("dist-tags"), tags);
    add_versions(out, c, names, arena);
    return out;
}
