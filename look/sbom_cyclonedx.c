/* The keys stand in npm's order. A package is a library, whatever the root is. */
#include "look/graph_bundle.h"
#include "look/sbom_parts.h"
#include "look/spdx_license.h"

static struct cpm_str ref_of(const struct cpm_sbom *sbom, const struct cpm_graph_node *n)
{
    return CPM_CONCAT(sbom->graph->arena, cpm_sbom_name(n), CPM_STR("@"), cpm_sbom_version(n));
}

static void add_property(struct cpm_json *list, const char *name, bool holds)
{
    if (!holds)
        return;
    struct cpm_json *property = cpm_json_new_object();
    cpm_json_set_str(property, "name", cpm_str(name));
    cpm_json_set_str(property, "value", CPM_STR("true"));
    cpm_json_add(list, property);
}

static struct cpm_json *properties(const struct cpm_sbom *sbom, const struct cpm_graph_node *n)
{
    const struct cpm_json *private = cpm_json_get(cpm_sbom_package(sbom, n), CPM_STR("private"));
    struct cpm_json *list = cpm_json_new_array();
    add_property(list, "cdx:npm:package:development", n->dev);
    add_property(list, "cdx:npm:package:private",
                 cpm_json_is(private, CPM_JSON_BOOL) && cpm_json_bool(private));
    add_property(list, "cdx:npm:package:extraneous", n->extraneous);
    add_property(list, "cdx:npm:package:bundled", cpm_graph_bundler(sbom->graph, n) != NULL);
    return list;
}

static void add_reference(struct cpm_json *list, const char *type, const struct cpm_json *url)
{
    if (!cpm_json_truthy(url))
        return;
    struct cpm_json *reference = cpm_json_new_object();
    cpm_json_set_str(reference, "type", cpm_str(type));
    cpm_json_set(reference, CPM_STR("url"), cpm_json_copy(url));
    cpm_json_add(list, reference);
}

static struct cpm_json *references(const struct cpm_sbom *sbom, const struct cpm_graph_node *n)
{
    const struct cpm_json *package = cpm_sbom_package(sbom, n);
    struct cpm_json *list = cpm_json_new_array();
    struct cpm_json *resolved = cpm_json_new_str(cpm_sbom_resolved(n));
    add_reference(list, "distribution", resolved);
    add_reference(list, "vcs",
                  cpm_json_get(cpm_json_get(package, CPM_STR("repository")), CPM_STR("url")));
    add_reference(list, "website", cpm_json_get(package, CPM_STR("homepage")));
    add_reference(list, "issue-tracker",
                  cpm_json_get(cpm_json_get(package, CPM_STR("bugs")), CPM_STR("url")));
    cpm_json_free(resolved);
    return list;
}

static void add_hashes(struct cpm_json *to, const struct cpm_sbom *sbom,
                       const struct cpm_graph_node *n)
{
    static const struct {
        const char *algo, *name;
    } names[] = {{"sha1", "SHA-1"}, {"sha256", "SHA-256"}, {"sha384", "SHA-384"}};
    const char *name = "SHA-512", *hex;
    struct cpm_str algo;
    if (!cpm_sbom_hash(sbom, n, &algo, &hex))
        return;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (cpm_str_is(algo, names[i].algo))
            name = names[i].name;
    struct cpm_json *list = cpm_json_new_array(), *hash = cpm_json_new_object();
    cpm_json_set_str(hash, "alg", cpm_str(name));
    cpm_json_set_str(hash, "content", cpm_str(hex));
    cpm_json_add(list, hash);
    cpm_json_set(to, CPM_STR("hashes"), list);
}

static void add_licenses(struct cpm_json *to, const struct cpm_json *package)
{
    struct cpm_json *license = cpm_sbom_license(package);
    struct cpm_str id;
    enum cpm_spdx_kind kind = cpm_spdx_license(cpm_json_str(license), &id);
    if (kind != CPM_SPDX_NONE) {
        struct cpm_json *list = cpm_json_new_array(), *one = cpm_json_new_object();
        if (kind == CPM_SPDX_LICENSE) {
            struct cpm_json *named = cpm_json_new_object();
            cpm_json_set_str(named, "id", id);
            cpm_json_set(one, CPM_STR("license"), named);
        } else {
            cpm_json_set_str(one, "expression", cpm_json_str(license));
        }
        cpm_json_add(list, one);
        cpm_json_set(to, CPM_STR("licenses"), list);
    }
    cpm_json_free(license);
}

/* npm reads `dev` of a lock as `devOptional` too, and leaves it so. */
static bool is_optional(const struct cpm_sbom *sbom, const struct cpm_graph_node *n)
{
    return n->optional || n->dev_optional || (sbom->lock_only && n->dev);
}

static int component(const struct cpm_sbom *sbom, const struct cpm_graph_node *n,
                     struct cpm_json **out, struct cpm_error *err)
{
    const struct cpm_json *package = cpm_sbom_package(sbom, n);
    const struct cpm_json *author = cpm_json_get(package, CPM_STR("author"));
    struct cpm_json *doc = *out = cpm_json_new_object();
    struct cpm_str purl = CPM_STR("");
    int rc = cpm_sbom_purl(sbom, n, &purl, err);
    cpm_json_set_str(doc, "bom-ref", ref_of(sbom, n));
    cpm_json_set_str(doc, "type", n->is_root ? sbom->type : CPM_STR("library"));
    cpm_json_set_str(doc, "name", n->name);
    cpm_json_set_str(doc, "version", cpm_sbom_version(n));
    cpm_json_set_str(doc, "scope",
                     is_optional(sbom, n) ? CPM_STR("optional") : CPM_STR("required"));
    cpm_sbom_copy(doc, "author",
                  cpm_json_is(author, CPM_JSON_OBJECT) ? cpm_json_get(author, CPM_STR("name"))
                                                       : author);
    cpm_sbom_copy(doc, "description", cpm_json_get(package, CPM_STR("description")));
    cpm_json_set_str(doc, "purl", purl);
    cpm_json_set(doc, CPM_STR("properties"), properties(sbom, n));
    cpm_json_set(doc, CPM_STR("externalReferences"), references(sbom, n));
    add_hashes(doc, sbom, n);
    add_licenses(doc, package);
    return rc;
}

static struct cpm_json *dependency(const struct cpm_sbom *sbom, const struct cpm_graph_node *n)
{
    struct cpm_json *doc = cpm_json_new_object(), *list = cpm_json_new_array();
    struct cpm_map seen = CPM_MAP_INIT;
    for (size_t i = 0; i < n->edge_count; i++) {
        const struct cpm_graph_node *to = n->edges[i].to;
        struct cpm_str ref = to ? ref_of(sbom, to) : CPM_STR_NONE;
        if (cpm_sbom_has(sbom, to) && !cpm_map_set(&seen, ref, &seen))
            cpm_json_add(list, cpm_json_new_str(ref));
    }
    cpm_map_release(&seen);
    cpm_json_set_str(doc, "ref", ref_of(sbom, n));
    cpm_json_set(doc, CPM_STR("dependsOn"), list);
    return doc;
}

static struct cpm_json *list_of(struct cpm_json *one)
{
    struct cpm_json *list = cpm_json_new_array();
    cpm_json_add(list, one);
    return list;
}

/* Takes the root's component. */
static struct cpm_json *about(const struct cpm_sbom *sbom, struct cpm_json *root)
{
    struct cpm_json *doc = cpm_json_new_object(), *phase = cpm_json_new_object();
    struct cpm_json *tool = cpm_json_new_object();
    cpm_json_set_str(doc, "timestamp", cpm_str(sbom->time));
    cpm_json_set_str(phase, "phase", sbom->lock_only ? CPM_STR("pre-build") : CPM_STR("build"));
    cpm_json_set(doc, CPM_STR("lifecycles"), list_of(phase));
    cpm_json_set_str(tool, "vendor", CPM_STR("cpm"));
    cpm_json_set_str(tool, "name", CPM_STR("cli"));
    cpm_json_set_str(tool, "version", sbom->version);
    cpm_json_set(doc, CPM_STR("tools"), list_of(tool));
    cpm_json_set(doc, CPM_STR("component"), root);
    return doc;
}

int cpm_sbom_cyclonedx(const struct cpm_sbom *sbom, struct cpm_json **out, struct cpm_error *err)
{
    struct cpm_json *doc = cpm_json_new_object(), *root = NULL;
    struct cpm_json *components = cpm_json_new_array(), *dependencies = cpm_json_new_array();
    const char *serial = cpm_arena_printf(sbom->graph->arena, "urn:uuid:%s", sbom->uuid);
    size_t count;
    const struct cpm_graph_node **nodes = cpm_sbom_unique(sbom, ref_of, &count);
    int rc = component(sbom, nodes[0], &root, err);
    for (size_t i = 1; i < count && rc == 0; i++) {
        struct cpm_json *one;
        rc = component(sbom, nodes[i], &one, err);
        cpm_json_add(components, one);
    }
    for (size_t i = 0; i < count; i++)
        cpm_json_add(dependencies, dependency(sbom, nodes[i]));
    cpm_json_set_str(doc, "$schema", CPM_STR("http://cyclonedx.org/schema/bom-1.5.schema.json"));
    cpm_json_set_str(doc, "bomFormat", CPM_STR("CycloneDX"));
    cpm_json_set_str(doc, "specVersion", CPM_STR("1.5"));
    cpm_json_set_str(doc, "serialNumber", cpm_str(serial));
    cpm_json_set(doc, CPM_STR("version"), cpm_json_new_number(1));
    cpm_json_set(doc, CPM_STR("metadata"), about(sbom, root));
    cpm_json_set(doc, CPM_STR("components"), components);
    cpm_json_set(doc, CPM_STR("dependencies"), dependencies);
    if (rc == 0)
        *out = doc;
    else
        cpm_json_free(doc);
    return rc;
}
