/* The keys stand in npm's order. A relationship is told once a package, however many names lead to
 * the same version. */
#include "look/sbom_parts.h"

#define DOCUMENT "SPDXRef-DOCUMENT"

static struct cpm_str none(void)
{
    return CPM_STR("NOASSERTION");
}

static struct cpm_str id_of(const struct cpm_sbom *sbom, const struct cpm_graph_node *n)
{
    struct cpm_str name = cpm_sbom_name(n);
    char *plain =
        cpm_arena_printf(sbom->graph->arena, "SPDXRef-Package-%.*s-%.*s",
                         CPM_STR_ARG(cpm_str_sub(name, cpm_str_starts(name, "@"), name.len)),
                         CPM_STR_ARG(cpm_sbom_version(n)));
    for (char *c = plain; c < plain + strlen("SPDXRef-Package-") + name.len && *c; c++)
        if (*c == '/')
            *c = '.';
    return cpm_str(plain);
}

/* A workspace lies where its link does. */
static struct cpm_str place_of(const struct cpm_sbom *sbom, const struct cpm_graph_node *n)
{
    const struct cpm_graph *g = sbom->graph;
    for (size_t i = 0; n->workspace && i < g->count; i++)
        if (g->nodes[i].target == n && &g->nodes[i] != n)
            return g->nodes[i].entry->location;
    return n->entry->location;
}

static struct cpm_str or_none(struct cpm_str text)
{
    return text.len ? text : none();
}

static struct cpm_json *purl_reference(struct cpm_str purl)
{
    struct cpm_json *list = cpm_json_new_array(), *one = cpm_json_new_object();
    cpm_json_set_str(one, "referenceCategory", CPM_STR("PACKAGE-MANAGER"));
    cpm_json_set_str(one, "referenceType", CPM_STR("purl"));
    cpm_json_set_str(one, "referenceLocator", purl);
    cpm_json_add(list, one);
    return list;
}

static struct cpm_str upper(struct cpm_arena *arena, struct cpm_str text)
{
    char *out = cpm_arena_strndup(arena, text.ptr ? text.ptr : "", text.len);
    for (char *c = out; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return cpm_str_n(out, text.len);
}

static void add_checksum(struct cpm_json *to, const struct cpm_sbom *sbom,
                         const struct cpm_graph_node *n)
{
    struct cpm_str algo;
    const char *hex;
    if (!cpm_sbom_hash(sbom, n, &algo, &hex))
        return;
    struct cpm_json *list = cpm_json_new_array(), *one = cpm_json_new_object();
    cpm_json_set_str(one, "algorithm", upper(sbom->graph->arena, algo));
    cpm_json_set_str(one, "checksumValue", cpm_str(hex));
    cpm_json_add(list, one);
    cpm_json_set(to, CPM_STR("checksums"), list);
}

static int package(const struct cpm_sbom *sbom, const struct cpm_graph_node *n,
                   struct cpm_json **out, struct cpm_error *err)
{
    const struct cpm_json *about = cpm_sbom_package(sbom, n);
    struct cpm_json *doc = *out = cpm_json_new_object();
    struct cpm_json *license = cpm_sbom_license(about);
    struct cpm_str purl = CPM_STR("");
    int rc = cpm_sbom_purl(sbom, n, &purl, err);
    cpm_json_set_str(doc, "name", cpm_sbom_name(n));
    cpm_json_set_str(doc, "SPDXID", id_of(sbom, n));
    cpm_json_set_str(doc, "versionInfo", cpm_sbom_version(n));
    cpm_json_set_str(doc, "packageFileName", place_of(sbom, n));
    cpm_sbom_copy(doc, "description", cpm_json_get(about, CPM_STR("description")));
    if (n->is_root && sbom->type.len)
        cpm_json_set_str(doc, "primaryPackagePurpose", upper(sbom->graph->arena, sbom->type));
    cpm_json_set_str(doc, "downloadLocation", or_none(cpm_sbom_resolved(n)));
    cpm_json_set(doc, CPM_STR("filesAnalyzed"), cpm_json_new_bool(false));
    cpm_json_set_str(doc, "homepage", none());
    cpm_sbom_copy(doc, "homepage", cpm_json_get(about, CPM_STR("homepage")));
    cpm_json_set(doc, CPM_STR("licenseDeclared"), license ? license : cpm_json_new_str(none()));
    cpm_json_set(doc, CPM_STR("externalRefs"), purl_reference(purl));
    add_checksum(doc, sbom, n);
    return rc;
}

static struct cpm_json *relationship(struct cpm_str element, struct cpm_str related,
                                     const char *type)
{
    struct cpm_json *doc = cpm_json_new_object();
    cpm_json_set_str(doc, "spdxElementId", element);
    cpm_json_set_str(doc, "relatedSpdxElement", related);
    cpm_json_set_str(doc, "relationshipType", cpm_str(type));
    return doc;
}

static const char *relation_of(const struct cpm_graph_edge *e)
{
    return e->type == CPM_GRAPH_PEER       ? "PREREQUISITE_FOR"
           : e->type == CPM_GRAPH_OPTIONAL ? "OPTIONAL_DEPENDENCY_OF"
           : e->type == CPM_GRAPH_DEV      ? "DEV_DEPENDENCY_OF"
                                           : "DEPENDENCY_OF";
}

static void add_relationships(struct cpm_json *list, const struct cpm_sbom *sbom,
                              const struct cpm_graph_node *n)
{
    struct cpm_map seen = CPM_MAP_INIT;
    for (size_t i = 0; i < n->edge_count; i++) {
        const struct cpm_graph_edge *e = &n->edges[i];
        if (!cpm_sbom_has(sbom, e->to))
            continue;
        const char *type = relation_of(e);
        struct cpm_str element = id_of(sbom, e->to);
        struct cpm_str key = CPM_CONCAT(sbom->graph->arena, element, CPM_STR("|"), cpm_str(type));
        if (!cpm_map_set(&seen, key, &seen))
            cpm_json_add(list, relationship(element, id_of(sbom, n), type));
    }
    cpm_map_release(&seen);
}

static struct cpm_json *relationships(const struct cpm_sbom *sbom)
{
    const struct cpm_graph *g = sbom->graph;
    struct cpm_json *list = cpm_json_new_array();
    struct cpm_str root = id_of(sbom, g->root);
    bool *seen = CPM_NEW_ARRAY(g->arena, bool, g->count + 1);
    cpm_json_add(list, relationship(CPM_STR(DOCUMENT), root, "DESCRIBES"));
    for (size_t i = 0; i < sbom->count; i++) {
        const struct cpm_graph_node *n = sbom->nodes[i]->target;
        if (!seen[cpm_graph_index(g, n)])
            add_relationships(list, sbom, n);
        seen[cpm_graph_index(g, n)] = true;
    }
    for (size_t i = 0; i < sbom->count; i++)
        if (sbom->nodes[i]->extraneous)
            cpm_json_add(list,
                         relationship(id_of(sbom, sbom->nodes[i]), root, "OPTIONAL_DEPENDENCY_OF"));
    return list;
}

static struct cpm_json *creation(const struct cpm_sbom *sbom)
{
    struct cpm_json *doc = cpm_json_new_object(), *creators = cpm_json_new_array();
    struct cpm_str tool = CPM_CONCAT(sbom->graph->arena, CPM_STR("Tool: cpm/cli-"), sbom->version);
    cpm_json_add(creators, cpm_json_new_str(tool));
    cpm_json_set_str(doc, "created", cpm_str(sbom->time));
    cpm_json_set(doc, CPM_STR("creators"), creators);
    return doc;
}

/* npm's escapedName: the slash of a scope is no part of the path. */
static const char *address(const struct cpm_sbom *sbom)
{
    const struct cpm_graph_node *root = sbom->graph->root;
    struct cpm_str id = cpm_str(root->id);
    struct cpm_str name = cpm_str_sub(id, 0, cpm_str_rchr(id, '@'));
    size_t slash = cpm_str_chr(name, '/');
    struct cpm_str scope = cpm_str_sub(name, 0, slash == CPM_NPOS ? 0 : slash);
    struct cpm_str rest = cpm_str_sub(name, slash == CPM_NPOS ? 0 : slash + 1, name.len);
    return cpm_arena_printf(sbom->graph->arena, "http://spdx.org/spdxdocs/%.*s%s%.*s-%.*s-%s",
                            CPM_STR_ARG(scope), scope.len ? "%2f" : "", CPM_STR_ARG(rest),
                            CPM_STR_ARG(cpm_sbom_version(root)), sbom->uuid);
}

int cpm_sbom_spdx(const struct cpm_sbom *sbom, struct cpm_json **out, struct cpm_error *err)
{
    struct cpm_json *doc = cpm_json_new_object(), *describes = cpm_json_new_array();
    struct cpm_json *packages = cpm_json_new_array();
    size_t count;
    const struct cpm_graph_node **nodes = cpm_sbom_unique(sbom, id_of, &count);
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        struct cpm_json *one;
        rc = package(sbom, nodes[i], &one, err);
        cpm_json_add(packages, one);
    }
    cpm_json_add(describes, cpm_json_new_str(id_of(sbom, nodes[0])));
    cpm_json_set_str(doc, "spdxVersion", CPM_STR("SPDX-2.3"));
    cpm_json_set_str(doc, "dataLicense", CPM_STR("CC0-1.0"));
    cpm_json_set_str(doc, "SPDXID", CPM_STR(DOCUMENT));
    cpm_json_set_str(doc, "name", cpm_str(nodes[0]->id));
    cpm_json_set_str(doc, "documentNamespace", cpm_str(address(sbom)));
    cpm_json_set(doc, CPM_STR("creationInfo"), creation(sbom));
    cpm_json_set(doc, CPM_STR("documentDescribes"), describes);
    cpm_json_set(doc, CPM_STR("packages"), packages);
    cpm_json_set(doc, CPM_STR("relationships"), relationships(sbom));
    if (rc == 0)
        *out = doc;
    else
        cpm_json_free(doc);
    return rc;
}
