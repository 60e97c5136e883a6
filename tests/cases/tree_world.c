#include "cases/tree_world.h"

#include "base/digest.h"
#include "base/mem.h"

struct world_packument {
    struct cpm_packument *packument;
    bool arrived;
};

void world_init(struct world *w)
{
    *w = (struct world){.names = cpm_names_new()};
    cpm_arena_init(&w->arena);
}

void world_release(struct world *w)
{
    CPM_MAP_EACH (&w->packuments, e) {
        cpm_packument_free(((struct world_packument *)e->value)->packument);
    }
    cpm_map_release(&w->packuments);
    cpm_map_release(&w->folders);
    cpm_map_release(&w->given);
    cpm_map_release(&w->contents);
    cpm_names_free(w->names);
    cpm_arena_release(&w->arena);
}

int world_add_packument(struct world *w, struct cpm_str name, struct cpm_str json,
                        struct cpm_error *err)
{
    struct world_packument *p = CPM_NEW(&w->arena, struct world_packument);
    int code = cpm_packument_build(json, name, true, &p->packument, err);

    if (code == 0)
        cpm_map_set(&w->packuments, cpm_arena_str(&w->arena, name), p);
    return code;
}

struct cpm_str world_json_text(struct world *w, const struct cpm_json *value)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_str kept;

    cpm_json_write(value, CPM_STR(""), CPM_STR("\n"), &text);
    kept = cpm_arena_str(&w->arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return kept;
}

struct cpm_json *world_dist(struct world *w, struct cpm_str name, struct cpm_str version,
                            const char *base)
{
    struct cpm_json *dist = cpm_json_new_object();
    unsigned char digest[CPM_DIGEST_MAX];
    struct cpm_error err;
    size_t slash = cpm_str_rchr(name, '/');
    struct cpm_str last = slash == CPM_NPOS ? name : cpm_str_sub(name, slash + 1, name.len);
    struct cpm_str id =
        cpm_str(cpm_arena_printf(&w->arena, "%.*s@%.*s", CPM_STR_ARG(name), CPM_STR_ARG(version)));

    cpm_json_set_str(
        dist, "tarball",
        cpm_str(cpm_arena_printf(&w->arena, "%s%.*s/-/%.*s-%.*s.tgz", base, CPM_STR_ARG(name),
                                 CPM_STR_ARG(last), CPM_STR_ARG(version))));
    if (cpm_digest_of(CPM_SHA512, id, digest, &err) == 0)
        cpm_json_set_str(dist, "integrity", cpm_str(cpm_sri_text(&w->arena, CPM_SHA512, digest)));
    return dist;
}

static void add_version(struct world *w, struct cpm_json *doc, const struct cpm_json *m,
                        const char *base)
{
    struct cpm_str id = cpm_json_key(m);
    size_t at = cpm_str_rchr(id, '@');
    struct cpm_str name = cpm_str_sub(id, 0, at), version = cpm_str_sub(id, at + 1, id.len);
    struct cpm_json *own = cpm_json_copy(m);

    cpm_json_set_str(own, "name", name);
    cpm_json_set_str(own, "version", version);
    if (!cpm_json_get(own, CPM_STR("dist")))
        cpm_json_set(own, CPM_STR("dist"), world_dist(w, name, version, base));
    cpm_json_set(cpm_json_get(doc, CPM_STR("time")), version,
                 cpm_json_new_str(cpm_json_get(own, CPM_STR("_time"))
                                      ? cpm_json_get_str(own, "_time")
                                      : CPM_STR("2020-01-01T00:00:00.000Z")));
    cpm_json_del(own, CPM_STR("_time"));
    cpm_json_set(cpm_json_get(doc, CPM_STR("versions")), version, own);
    cpm_json_set_str(cpm_json_get(doc, CPM_STR("dist-tags")), "latest", version);
}

static struct cpm_json *new_doc(struct cpm_str name)
{
    struct cpm_json *doc = cpm_json_new_object();

    cpm_json_set_str(doc, "name", name);
    cpm_json_set(doc, CPM_STR("dist-tags"), cpm_json_new_object());
    cpm_json_set(doc, CPM_STR("versions"), cpm_json_new_object());
    cpm_json_set(doc, CPM_STR("time"), cpm_json_new_object());
    return doc;
}

static void set_tags(struct cpm_json *doc, const struct cpm_json *tags)
{
    CPM_JSON_EACH (tags, t) {
        cpm_json_set(cpm_json_get(doc, CPM_STR("dist-tags")), cpm_json_key(t), cpm_json_copy(t));
    }
}

int world_add_packages(struct world *w, const struct cpm_json *packages, const char *base,
                       const struct cpm_json *tags, struct cpm_error *err)
{
    struct cpm_json *docs = cpm_json_new_object();
    int code = 0;

    CPM_JSON_EACH (packages, m) {
        struct cpm_str id = cpm_json_key(m), name = cpm_str_sub(id, 0, cpm_str_rchr(id, '@'));

        if (!cpm_json_get(docs, name))
            cpm_json_set(docs, name, new_doc(name));
        add_version(w, cpm_json_get(docs, name), m, base);
    }
    CPM_JSON_EACH (docs, doc) {
        set_tags(doc, cpm_json_get(tags, cpm_json_key(doc)));
        if (code == 0)
            code = world_add_packument(w, cpm_json_key(doc), world_json_text(w, doc), err);
    }
    cpm_json_free(docs);
    return code;
}

const struct cpm_manifest *world_manifest(struct world *w, struct cpm_str json)
{
    struct cpm_manifest_source src = {
        .names = w->names, .arena = &w->arena, .from = CPM_MANIFEST_DIRECTORY};
    struct cpm_manifest *m = CPM_NEW(&w->arena, struct cpm_manifest);
    struct cpm_jsonread r;

    cpm_jsonread_init(&r, json, "package.json", &w->arena);
    return cpm_manifest_read(&r, &src, m) == 0 ? m : NULL;
}

static int give_packument(void *data, const struct cpm_name *name, const struct cpm_packument **out,
                          struct cpm_error *err)
{
    struct world *w = data;
    struct world_packument *p = cpm_map_get(&w->packuments, cpm_name_str(name));

    if (!p)
        return cpm_error_set(err, CPM_E404, "404 Not Found - %s", name->text);
    if (!p->arrived && !w->eager)
        return CPM_EAGAIN;
    *out = p->packument;
    return 0;
}

static int give_manifest(void *data, const struct cpm_spec *spec, struct cpm_tree_manifest *out,
                         struct cpm_error *err)
{
    struct world *w = data;
    const struct cpm_tree_manifest *given = cpm_map_get(&w->given, spec->fetch);

    if (given) {
        *out = *given;
        return 0;
    }
    out->manifest = cpm_map_get(&w->folders, spec->fetch);
    if (!out->manifest)
        return cpm_error_set(err, CPM_ENOENT, "nothing at '%.*s'", CPM_STR_ARG(spec->fetch));
    if (spec->type == CPM_SPEC_DIRECTORY || spec->type == CPM_SPEC_FILE)
        out->resolved = cpm_str(cpm_arena_printf(&w->arena, "file:%.*s", CPM_STR_ARG(spec->fetch)));
    else
        out->resolved = cpm_arena_str(&w->arena, spec->fetch);
    return 0;
}

static int give_contents(void *data, const struct cpm_tree_tarball *tarball,
                         const struct cpm_lock **out, struct cpm_error *err)
{
    struct world *w = data;

    (void)err;
    *out = cpm_map_get(&w->contents,
                       cpm_str(cpm_arena_printf(&w->arena, "%s@%s", tarball->manifest->name->text,
                                                tarball->manifest->version->text)));
    return 0;
}

struct cpm_tree_source world_source(struct world *w)
{
    return (struct cpm_tree_source){.data = w,
                                    .packument = give_packument,
                                    .manifest = give_manifest,
                                    .contents = w->contents.count ? give_contents : NULL};
}

static bool arrive(struct world *w, const struct cpm_tree_result *out)
{
    bool news = false;

    for (size_t i = 0; i < out->need_count; i++) {
        struct world_packument *p =
            out->needs[i].name ? cpm_map_get(&w->packuments, cpm_name_str(out->needs[i].name))
                               : NULL;

        news |= p && !p->arrived;
        if (p)
            p->arrived = true;
    }
    return news;
}

int world_solve(struct world *w, struct cpm_tree_input *in, const struct cpm_tree_options *opts,
                struct cpm_tree_result *out, struct cpm_error *err)
{
    struct cpm_tree_source source = world_source(w);
    int code;

    in->names = w->names;
    in->arena = &w->arena;
    for (;;) {
        w->rounds++;
        code = cpm_tree_solve(in, opts, &source, out, err);
        if (code != CPM_EAGAIN)
            return code;
        if (!arrive(w, out))
            return cpm_error_set(err, CPM_EAGAIN, "needs nothing that could come");
    }
}

const char *world_entry_text(struct world *w, const struct cpm_lock_entry *e)
{
    if (e->link)
        return cpm_arena_printf(&w->arena, "-> %.*s", CPM_STR_ARG(e->resolved));
    return cpm_arena_printf(
        &w->arena, "%s%s%s%s%s%s", e->manifest->version ? e->manifest->version->text : "",
        e->extraneous ? " extraneous" : "", !e->extraneous && e->dev ? " dev" : "",
        !e->extraneous && e->optional ? " optional" : "",
        !e->extraneous && e->dev_optional ? " devOptional" : "",
        !e->extraneous && e->peer ? " peer" : "");
}
