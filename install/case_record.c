/* Stands between the solver and what it asks, and writes down each answer once. */
#include "install/case.h"

void cpm_case_record_init(struct cpm_case_record *r, struct cpm_arena *arena)
{
    *r = (struct cpm_case_record){.arena = arena};
}

void cpm_case_record_release(struct cpm_case_record *r)
{
    cpm_map_release(&r->packuments);
    cpm_map_release(&r->manifests);
    cpm_map_release(&r->contents);
}

static int record_packument(void *data, const struct cpm_name *name,
                            const struct cpm_packument **out, struct cpm_error *err)
{
    struct cpm_case_record *r = data;
    int rc = r->inner->packument(r->inner->data, name, out, err);
    struct cpm_case_packument *known;

    if (rc < 0 || cpm_map_get(&r->packuments, cpm_name_str(name)))
        return rc;
    known = CPM_NEW(r->arena, struct cpm_case_packument);
    known->packument = *out;
    known->read =
        CPM_NEW_ARRAY(r->arena, bool, cpm_packument_count(*out) + cpm_packument_extra(*out) + 1);
    cpm_map_set(&r->packuments, cpm_name_str(name), known);
    return rc;
}

static int record_manifest(void *data, const struct cpm_spec *spec, struct cpm_tree_manifest *out,
                           struct cpm_error *err)
{
    struct cpm_case_record *r = data;
    int rc = r->inner->manifest(r->inner->data, spec, out, err);
    struct cpm_tree_manifest *known;

    if (rc < 0 || cpm_map_get(&r->manifests, spec->fetch))
        return rc;
    known = CPM_NEW(r->arena, struct cpm_tree_manifest);
    *known = *out;
    known->resolved = cpm_arena_str(r->arena, out->resolved);
    known->integrity = cpm_arena_str(r->arena, out->integrity);
    cpm_map_set(&r->manifests, cpm_arena_str(r->arena, spec->fetch), known);
    return rc;
}

static int record_contents(void *data, const struct cpm_tree_tarball *tarball,
                           const struct cpm_lock **out, struct cpm_error *err)
{
    struct cpm_case_record *r = data;
    int rc = r->inner->contents(r->inner->data, tarball, out, err);
    const struct cpm_manifest *m = tarball->manifest;

    if (rc == 0 && *out && m->name && m->version)
        cpm_map_set(&r->contents,
                    cpm_str(cpm_arena_printf(r->arena, "%s@%s", m->name->text, m->version->text)),
                    (void *)*out);
    return rc;
}

static void record_version(void *data, const struct cpm_packument *p, uint32_t index)
{
    const struct cpm_case_record *r = data;
    struct cpm_case_packument *known = cpm_map_get(&r->packuments, cpm_packument_name(p));

    if (known && known->packument == p)
        known->read[index] = true;
}

struct cpm_tree_source cpm_case_source(void *record, const struct cpm_tree_source *inner)
{
    struct cpm_case_record *r = record;

    r->inner = inner;
    return (struct cpm_tree_source){.data = r,
                                    .packument = record_packument,
                                    .manifest = record_manifest,
                                    .contents = inner->contents ? record_contents : NULL,
                                    .reads = record_version};
}
