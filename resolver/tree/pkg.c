/* Names, specs and packages, each made once: a spec per (name, text), read once a text; a package
 * per version of a packument. Specs that mean a path depend on the requirer's folder too and are
 * kept by that. */
#include "resolver/tree/solver.h"

#include "base/mem.h"
#include "resolver/tree/depvalid.h"
#include "resolver/tree/picked.h"
#include "semver/package_absent.h"

struct cpm_parsed {
    struct cpm_spec spec;         /* the first member: fetch gets from it to its `picked` */
    const struct cpm_error *err;  /* NULL: it parsed */
    const struct cpm_pkg *picked; /* of a registry spec, once that was asked for */
    bool local;                   /* means a path: parse it for each folder */
};

struct cpm_by_name *cpm_solver_new_name(struct cpm_solver *s, const struct cpm_name *name)
{
    if (name->id >= s->by_name_size) {
        size_t size = s->by_name_size ? s->by_name_size : 1024;

        while (size <= name->id)
            size *= 2;
        s->by_name = cpm_realloc(s->by_name, size, sizeof(struct cpm_by_name *));
        memset(s->by_name + s->by_name_size, 0,
               (size - s->by_name_size) * sizeof(struct cpm_by_name *));
        s->by_name_size = size;
    }
    return s->by_name[name->id] = CPM_NEW(&s->work, struct cpm_by_name);
}

static const struct cpm_name *fold_of(struct cpm_solver *s, const struct cpm_name *name)
{
    char *lower = cpm_arena_strndup(&s->work, name->text, name->len);
    bool upper = false;

    for (size_t i = 0; i < name->len; i++)
        if (lower[i] >= 'A' && lower[i] <= 'Z') {
            lower[i] = (char)(lower[i] - 'A' + 'a');
            upper = true;
        }
    return upper ? cpm_names_get(s->names, cpm_str_n(lower, name->len)) : name;
}

const struct cpm_name *cpm_solver_fold(struct cpm_solver *s, const struct cpm_name *name)
{
    struct cpm_by_name *side = cpm_solver_name(s, name);

    if (!side->fold)
        side->fold = fold_of(s, name);
    return side->fold;
}

static const struct cpm_error *keep_error(struct cpm_solver *s, const struct cpm_error *err)
{
    struct cpm_error *copy = CPM_NEW(&s->work, struct cpm_error);

    *copy = *err;
    return copy;
}

static struct cpm_parsed *parse(struct cpm_solver *s, const struct cpm_name *name,
                                const struct cpm_name *spec, const char *folder)
{
    struct cpm_parsed *p = CPM_NEW(&s->work, struct cpm_parsed);
    struct cpm_by_name *side = cpm_solver_name(s, spec);
    struct cpm_error err = CPM_ERROR_INIT;
    int rc = side->like
                 ? cpm_spec_resolve_like(&s->work, cpm_name_str(name), side->like, &p->spec, &err)
                 : cpm_spec_resolve(&s->work, cpm_name_str(name), cpm_name_str(spec), folder,
                                    &p->spec, &err);

    if (rc < 0)
        p->err = keep_error(s, &err);
    else if (p->spec.registry && p->spec.type != CPM_SPEC_ALIAS)
        side->like = &p->spec;
    p->local = !p->err && (p->spec.type == CPM_SPEC_FILE || p->spec.type == CPM_SPEC_DIRECTORY);
    return p;
}

static struct cpm_parsed *parsed_at(struct cpm_solver *s, const struct cpm_name *name,
                                    const struct cpm_name *spec, struct cpm_str where)
{
    struct cpm_str key = cpm_str(
        cpm_arena_printf(&s->work, "%s@%s\n%.*s", name->text, spec->text, CPM_STR_ARG(where)));
    struct cpm_parsed *p = cpm_map_get(&s->places, key);

    if (!p) {
        p = parse(s, name, spec,
                  where.len ? cpm_arena_strndup(&s->work, where.ptr, where.len) : NULL);
        cpm_map_set(&s->places, key, p);
    }
    return p;
}

static struct cpm_parsed *parsed(struct cpm_solver *s, const struct cpm_name *name,
                                 const struct cpm_name *text)
{
    struct cpm_parsed *p = cpm_pairs_get(&s->specs, name, text);

    if (!p) {
        p = parse(s, name, text, s->opts->path);
        cpm_pairs_set(&s->specs, name, text, p);
    }
    return p;
}

static struct cpm_parsed *parsed_wish(struct cpm_solver *s, const struct cpm_want *want)
{
    if (!want->parsed)
        ((struct cpm_want *)want)->parsed = parsed(s, want->name, want->spec);
    return want->parsed;
}

const struct cpm_spec *cpm_edge_parse_as(struct cpm_solver *s, const struct cpm_edge *e,
                                         const struct cpm_name *name, const struct cpm_name *text,
                                         struct cpm_error *err)
{
    bool wish = name == e->want->name && text == e->want->spec;
    struct cpm_parsed *p = wish ? parsed_wish(s, e->want) : parsed(s, name, text);

    if (p->local)
        p = parsed_at(s, name, text, cpm_edge_where(s, e));
    if (p->err && err)
        *err = *p->err;
    return p->err ? NULL : &p->spec;
}

const struct cpm_spec *cpm_edge_parse(struct cpm_solver *s, const struct cpm_edge *e,
                                      const struct cpm_name *text, struct cpm_error *err)
{
    return cpm_edge_parse_as(s, e, e->want->name, text, err);
}

struct cpm_pkg *cpm_pkg_new(struct cpm_solver *s, const struct cpm_manifest *m)
{
    struct cpm_pkg *pkg = CPM_NEW(&s->work, struct cpm_pkg);

    pkg->manifest = m;
    pkg->name = m->name;
    pkg->version = m->version;
    pkg->parsed_ok =
        m->version && cpm_version_parse(cpm_name_str(m->version), CPM_SEMVER_LOOSE, &pkg->parsed);
    pkg->resolved = m->tarball;
    pkg->integrity = m->integrity;
    s->bundles |= m->bundle_count > 0;
    return pkg;
}

struct cpm_pkg *cpm_pkg_failed(struct cpm_solver *s, const struct cpm_error *err)
{
    struct cpm_pkg *pkg = CPM_NEW(&s->work, struct cpm_pkg);

    pkg->failure = keep_error(s, err);
    return pkg;
}

static struct cpm_tree_need *add_need(struct cpm_solver *s)
{
    if (s->need_count == s->need_cap) {
        s->need_cap = s->need_cap ? s->need_cap * 2 : 64;
        s->needs = cpm_realloc(s->needs, s->need_cap, sizeof(*s->needs));
    }
    s->needs[s->need_count] = (struct cpm_tree_need){.name = NULL};
    return &s->needs[s->need_count++];
}

/* Memory is slow: what is asked for now is picked from after a while, and until then it comes near,
 * a step at each of the next questions. */
static void fetch_ahead(struct cpm_solver *s, const struct cpm_packument *p)
{
    unsigned n = s->soon_count++;

    s->soon[n % CPM_SOON] = p;
    for (unsigned step = 0; step < CPM_PACKUMENT_STEPS && step <= n; step++)
        cpm_packument_fetch_step(s->soon[(n - step) % CPM_SOON], step);
}

static void ask_packument(struct cpm_solver *s, const struct cpm_name *name)
{
    struct cpm_by_name *side = cpm_solver_name(s, name);
    struct cpm_error err = CPM_ERROR_INIT;
    int code;

    if (side->asked)
        return;
    side->asked = true;
    code = s->source->packument(s->source->data, name, &side->packument, &err);
    if (code == CPM_EAGAIN) {
        side->pending = true;
        add_need(s)->name = name;
    } else if (code < 0) {
        side->failure = cpm_pkg_failed(s, &err)->failure;
    } else {
        fetch_ahead(s, side->packument);
    }
}

static const struct cpm_name *packument_name(struct cpm_solver *s, const struct cpm_name *name,
                                             const struct cpm_spec *spec)
{
    return spec->type == CPM_SPEC_ALIAS ? cpm_names_get(s->names, spec->sub->name) : name;
}

static struct cpm_pkg *pkg_of_version(struct cpm_solver *s, struct cpm_by_name *side,
                                      uint32_t index)
{
    struct cpm_pkg *pkg = side->loaded;

    while (pkg && pkg->index != index)
        pkg = pkg->next_loaded;
    if (!pkg) {
        if (s->source->reads)
            s->source->reads(s->source->data, side->packument, index);
        pkg = cpm_pkg_new(s, cpm_tree_manifest(s->in, side->packument, index));
        pkg->index = index;
        pkg->next_loaded = side->loaded;
        side->loaded = pkg;
        s->loaded_count++;
    }
    return pkg;
}

/* The packument could not be had: told with what is asked for. */
static struct cpm_pkg *failed_for(struct cpm_solver *s, const struct cpm_error *failure,
                                  const struct cpm_spec *spec)
{
    struct cpm_error err = *failure;

    cpm_package_absent(&err, spec->name, spec->raw_spec);
    return cpm_pkg_failed(s, &err);
}

static struct cpm_pkg *pick(struct cpm_solver *s, const struct cpm_name *name,
                            const struct cpm_spec *spec)
{
    const struct cpm_name *real = packument_name(s, name, spec);
    struct cpm_pick_options opts = s->opts->pick;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_by_name *side;
    uint32_t index;

    ask_packument(s, real);
    side = cpm_solver_name(s, real);
    if (side->pending)
        return NULL;
    if (side->failure)
        return failed_for(s, side->failure, spec->type == CPM_SPEC_ALIAS ? spec->sub : spec);
    opts.avoid = cpm_solver_name(s, name)->avoid;
    if (cpm_pick(side->packument, spec->type == CPM_SPEC_ALIAS ? spec->sub : spec, &opts, &index,
                 &err) < 0)
        return cpm_pkg_failed(s, &err);
    return pkg_of_version(s, side, index);
}

/* Copied to where it outlives the solve: parsed again, at the folder that it meant. */
static void need_spec(struct cpm_solver *s, const struct cpm_name *name,
                      const struct cpm_spec *spec)
{
    struct cpm_spec *kept = CPM_NEW(s->keep, struct cpm_spec);
    bool local = spec->type == CPM_SPEC_FILE || spec->type == CPM_SPEC_DIRECTORY;
    struct cpm_str text =
        local ? cpm_str(cpm_arena_printf(s->keep, "file:%.*s", CPM_STR_ARG(spec->fetch)))
              : cpm_arena_str(s->keep, spec->raw_spec);

    if (cpm_spec_resolve(s->keep, cpm_name_str(name), text, s->opts->path, kept, s->err) < 0)
        return;
    add_need(s)->spec = kept;
}

void cpm_need_contents(struct cpm_solver *s, const struct cpm_tree_tarball *tarball)
{
    struct cpm_tree_tarball *kept = CPM_NEW(s->keep, struct cpm_tree_tarball);

    kept->manifest = tarball->manifest;
    kept->resolved = cpm_arena_str(s->keep, tarball->resolved);
    kept->integrity = cpm_arena_str(s->keep, tarball->integrity);
    add_need(s)->tarball = kept;
}

int cpm_folder_manifest(struct cpm_solver *s, const struct cpm_name *name,
                        const struct cpm_spec *spec, struct cpm_tree_manifest *out)
{
    struct cpm_error err = CPM_ERROR_INIT;
    int code = s->source->manifest(s->source->data, spec, out, &err);

    if (code == CPM_EAGAIN)
        need_spec(s, name, spec);
    return code;
}

static struct cpm_pkg *fetch_other(struct cpm_solver *s, const struct cpm_name *name,
                                   const struct cpm_spec *spec)
{
    struct cpm_tree_manifest found = {0};
    struct cpm_error err = CPM_ERROR_INIT;
    int code = s->source->manifest(s->source->data, spec, &found, &err);
    struct cpm_pkg *pkg;

    if (code == CPM_EAGAIN) {
        need_spec(s, name, spec);
        return NULL;
    }
    if (code < 0)
        return cpm_pkg_failed(s, &err);
    pkg = cpm_pkg_new(s, found.manifest);
    pkg->resolved = found.resolved;
    pkg->integrity = found.integrity;
    pkg->shrinkwrap = found.shrinkwrap;
    return pkg;
}

static const struct cpm_tree_pin *find_pin(struct cpm_solver *s, struct cpm_str wish)
{
    for (size_t i = s->pins.count ? s->in->pin_count : 0; i < s->in->pin_count; i++)
        cpm_map_set(&s->pins, s->in->pins[i].wish, (void *)&s->in->pins[i]);
    return s->in->pin_count ? cpm_map_get(&s->pins, wish) : NULL;
}

static bool is_other(struct cpm_str a, struct cpm_str b)
{
    return cpm_str_starts(a, "sha512-") && cpm_str_starts(b, "sha512-") && !cpm_str_eq(a, b);
}

static const struct cpm_pkg *fetch_picked(struct cpm_solver *s, const struct cpm_name *name,
                                          struct cpm_parsed *p)
{
    if (!p->picked)
        p->picked = pick(s, name, &p->spec);
    return p->picked;
}

/* npm keys by the text alone: a relative path means what it meant first. */
static const struct cpm_pkg *fetch_keyed(struct cpm_solver *s, const struct cpm_name *name,
                                         const struct cpm_spec *spec)
{
    struct cpm_pkg *pkg = cpm_map_get(&s->fetched, spec->raw);

    if (!pkg && (pkg = fetch_other(s, name, spec)))
        cpm_map_set(&s->fetched, spec->raw, pkg);
    return pkg;
}

/* Registry specs are all made by `parse`. */
static const struct cpm_pkg *fetch(struct cpm_solver *s, const struct cpm_name *name,
                                   const struct cpm_spec *spec)
{
    const struct cpm_pkg *pkg = spec->registry ? fetch_picked(s, name, (struct cpm_parsed *)spec)
                                               : fetch_keyed(s, name, spec);

    if (!pkg)
        s->pending = true;
    return pkg;
}

/* What the pin names instead of what was wished for; its bytes must be those of the pin. */
static const struct cpm_pkg *fetch_pinned(struct cpm_solver *s, const struct cpm_name *name,
                                          const struct cpm_tree_pin *pin)
{
    const struct cpm_parsed *p = parsed(s, name, cpm_names_get(s->names, pin->wanted));
    struct cpm_error err = CPM_ERROR_INIT;
    const struct cpm_pkg *pkg;

    if (p->err)
        return cpm_pkg_failed(s, p->err);
    pkg = fetch(s, name, &p->spec);
    if (!pkg || pkg->failure || !is_other(pkg->integrity, pin->integrity))
        return pkg;
    cpm_error_set(&err, CPM_EINTEGRITY, "the lock that pins '%.*s' wants %.*s, but there is %.*s",
                  CPM_STR_ARG(pin->wish), CPM_STR_ARG(pin->integrity), CPM_STR_ARG(pkg->integrity));
    return cpm_pkg_failed(s, &err);
}

const struct cpm_pkg *cpm_pkg_fetch(struct cpm_solver *s, const struct cpm_name *name,
                                    const struct cpm_spec *spec)
{
    const struct cpm_tree_pin *pin = find_pin(s, spec->raw);

    return pin ? fetch_pinned(s, name, pin) : fetch(s, name, spec);
}

void cpm_pkg_ask(struct cpm_solver *s, const struct cpm_edge *e)
{
    const struct cpm_parsed *p = parsed_wish(s, e->want);

    if (!p->err && p->spec.registry && !p->picked)
        ask_packument(s, packument_name(s, e->want->name, &p->spec));
}
