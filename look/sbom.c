#include "look/sbom_parts.h"

#include "semver/percent.h"
#include "semver/spec.h"

const struct cpm_json *cpm_sbom_package(const struct cpm_sbom *sbom,
                                        const struct cpm_graph_node *node)
{
    return sbom->packages[cpm_graph_index(sbom->graph, node->target)];
}

struct cpm_str cpm_sbom_name(const struct cpm_graph_node *node)
{
    struct cpm_str name = cpm_name_str(node->manifest->name);
    if (!name.len && node->entry->name)
        name = cpm_name_str(node->entry->name);
    return name.len ? name : CPM_STR("null");
}

bool cpm_sbom_has(const struct cpm_sbom *sbom, const struct cpm_graph_node *node)
{
    return node && sbom->picked[cpm_graph_index(sbom->graph, node)];
}

struct cpm_str cpm_sbom_resolved(const struct cpm_graph_node *node)
{
    return node->target == node ? node->entry->resolved : CPM_STR("");
}

static bool is_git(struct cpm_arena *arena, struct cpm_str resolved)
{
    struct cpm_spec spec;
    return resolved.len && cpm_spec_parse(arena, resolved, NULL, &spec, NULL) == 0 &&
           spec.type == CPM_SPEC_GIT;
}

int cpm_sbom_purl(const struct cpm_sbom *sbom, const struct cpm_graph_node *node,
                  struct cpm_str *out, struct cpm_error *err)
{
    struct cpm_arena *arena = sbom->graph->arena;
    struct cpm_str resolved = cpm_sbom_resolved(node);
    struct cpm_spec spec;
    int rc = cpm_spec_parse(arena, cpm_str(node->id), NULL, &spec, err);
    if (rc == 0)
        rc = cpm_spec_purl(arena, spec.type == CPM_SPEC_ALIAS ? spec.sub : &spec, NULL, out, err);
    if (rc == 0 && is_git(arena, resolved))
        *out =
            CPM_CONCAT(arena, *out, CPM_STR("?vcs_url="), cpm_percent_component(arena, resolved));
    return rc;
}

static const struct cpm_json *license_name(const struct cpm_json *license)
{
    bool is_object = cpm_json_is(license, CPM_JSON_OBJECT) || cpm_json_is(license, CPM_JSON_ARRAY);
    const struct cpm_json *name = is_object ? cpm_json_get(license, CPM_STR("type")) : license;
    return cpm_json_truthy(name) ? name : NULL;
}

struct cpm_json *cpm_sbom_license(const struct cpm_json *package)
{
    const struct cpm_json *license = cpm_json_get(package, CPM_STR("license"));
    const struct cpm_json *several = cpm_json_get(package, CPM_STR("licenses"));
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    struct cpm_json *joined = NULL;
    if (cpm_json_truthy(license)) {
        license = license_name(license);
        return license ? cpm_json_copy(license) : NULL;
    }
    if (!cpm_json_is(several, CPM_JSON_ARRAY))
        return NULL;
    CPM_JSON_EACH (several, each)
        if (cpm_json_is(license_name(each), CPM_JSON_STRING))
            cpm_buf_addf(&text, "%s%.*s", text.len ? " OR " : "",
                         CPM_STR_ARG(cpm_json_str(license_name(each))));
    if (text.len)
        joined = cpm_json_new_str(cpm_buf_str(&text));
    cpm_buf_release(&text);
    return joined;
}

bool cpm_sbom_hash(const struct cpm_sbom *sbom, const struct cpm_graph_node *node,
                   struct cpm_str *algo, const char **hex)
{
    struct cpm_str text = node->entry->integrity, digest, bytes;
    size_t blank = cpm_str_chr(text, ' ');
    text = cpm_str_sub(text, 0, blank);
    size_t dash = cpm_str_chr(text, '-');
    if (dash == CPM_NPOS)
        return false;
    *algo = cpm_str_sub(text, 0, dash);
    digest = cpm_str_sub(text, dash + 1, text.len);
    digest = cpm_str_sub(digest, 0, cpm_str_chr(digest, '?'));
    if (!cpm_base64_decode(sbom->graph->arena, digest, &bytes))
        return false;
    *hex = cpm_hex(sbom->graph->arena, (const unsigned char *)bytes.ptr, bytes.len);
    return true;
}

void cpm_sbom_copy(struct cpm_json *to, const char *key, const struct cpm_json *value)
{
    if (cpm_json_truthy(value))
        cpm_json_set(to, cpm_str(key), cpm_json_copy(value));
}

const struct cpm_graph_node **cpm_sbom_unique(const struct cpm_sbom *sbom,
                                              struct cpm_str (*id)(const struct cpm_sbom *,
                                                                   const struct cpm_graph_node *),
                                              size_t *count)
{
    struct cpm_map seen = CPM_MAP_INIT;
    const struct cpm_graph_node **v =
        CPM_NEW_ARRAY(sbom->graph->arena, const struct cpm_graph_node *, sbom->count + 1);
    *count = 0;
    v[(*count)++] = sbom->graph->root;
    for (size_t i = 0; i < sbom->count; i++) {
        const struct cpm_graph_node *n = sbom->nodes[i];
        if (!n->is_root && n->target == n && !cpm_map_set(&seen, id(sbom, n), &seen))
            v[(*count)++] = n;
    }
    cpm_map_release(&seen);
    return v;
}
