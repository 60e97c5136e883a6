/* What will be said is settled before anything is installed. Then, after all else, package.json
 * first and the lock second: npm's order. Each is replaced whole or not at all, and left
 * alone when its bytes stay. */
#include "install/flow_state.h"

#include "base/fs.h"
#include "base/path.h"
#include "look/graph.h"
#include "resolver/tree/rules.h"

enum { LOCK_MAX = 512 << 20 };

/* What a name means in a target's folder: its own node_modules first, then the root's. */
static const struct cpm_lock_entry *resolve(struct cpm_flow *f, struct cpm_str location,
                                            struct cpm_str name)
{
    const char *hoisted = cpm_arena_printf(f->arena, "node_modules/%.*s", CPM_STR_ARG(name));
    const char *own = cpm_arena_printf(f->arena, "%.*s/%s", CPM_STR_ARG(location), hoisted);
    const struct cpm_lock_entry *e = cpm_flow_entry(f, cpm_str(own));

    return e ? e : cpm_flow_entry(f, cpm_str(hoisted));
}

/* A bare name does not replace the wish that stands there, so that one is what is saved by. */
static void take_wish(struct cpm_flow *f, const struct cpm_target *target, struct cpm_request *r)
{
    const struct cpm_dep *dep =
        cpm_flow_wish(f, *target->manifest, cpm_names_get(f->names, r->name));
    struct cpm_spec spec;

    if (dep && !cpm_str_eq(cpm_name_str(dep->spec), r->spec.raw_spec) &&
        cpm_spec_resolve(f->arena, r->name, cpm_name_str(dep->spec), target->path, &spec, NULL) ==
            0)
        r->spec = spec;
}

/* npm's rule: what a rule of the root's makes of a workspace's wish is what is saved by. */
static void take_rule(struct cpm_flow *f, const struct cpm_target *target, struct cpm_request *r)
{
    const struct cpm_graph_node *at = NULL;
    struct cpm_graph graph;
    struct cpm_spec spec;

    if (!target->location.len || !f->project.root->raw[CPM_RAW_OVERRIDES].len)
        return;
    cpm_flow_graph(f, &graph);
    for (size_t i = 0; i < graph.count && !at; i++)
        if (cpm_str_eq(graph.nodes[i].entry->location, target->location))
            at = &graph.nodes[i];
    for (size_t i = 0; at && i < at->edge_count; i++)
        if (cpm_str_eq(at->edges[i].name, r->name) &&
            !cpm_str_eq(at->edges[i].spec, at->edges[i].raw) &&
            cpm_spec_resolve(f->arena, r->name, cpm_arena_str(f->arena, at->edges[i].spec),
                             target->path, &spec, NULL) == 0)
            r->spec = spec;
    cpm_graph_release(&graph);
}

static void save_request(struct cpm_flow *f, struct cpm_flow_request *own)
{
    struct cpm_request *r = &own->request;
    const struct cpm_target *target = own->target;
    const struct cpm_lock_entry *e = resolve(f, target->location, r->name);
    struct cpm_request_found found = {.where = target->path, .package_name = r->name};

    if (!e)
        return;                           /* an optional dependency that could not be had */
    if (f->opts->mode != CPM_FLOW_UPDATE) /* which asks for the wish itself */
        take_wish(f, target, r);
    take_rule(f, target, r);
    if (e->link) {
        e = cpm_flow_entry(f, e->resolved);
        for (size_t i = 0; target->location.len == 0 && i < f->project.workspaces.count; i++)
            found.workspace |= cpm_str_eq(cpm_name_str(f->project.workspaces.v[i].name), r->name);
    }
    if (e && e->manifest) {
        found.version = cpm_name_str(e->manifest->version);
        if (e->manifest->name)
            found.package_name = cpm_name_str(e->manifest->name);
    }
    cpm_request_save(f->arena, target->package, r, &found, &f->opts->request);
}

static struct cpm_str spec_among(const struct cpm_deps *deps, struct cpm_str name)
{
    for (uint32_t i = 0; i < deps->n; i++)
        if (cpm_str_eq(cpm_name_str(deps->v[i].name), name))
            return cpm_name_str(deps->v[i].spec);
    return CPM_STR_NONE;
}

/* An optional dependency that was just asked for stands among `dependencies` too, with the words
 * that were given where the group was named as well: npm writes its own memory of package.json
 * here, and only the next run's lock is without it. */
static const struct cpm_manifest *remembered(struct cpm_flow *f, const struct cpm_target *target)
{
    const struct cpm_manifest *saved = *target->manifest;
    const struct cpm_deps *prod = &saved->deps[CPM_DEPS_PROD];
    struct cpm_dep *v = CPM_NEW_ARRAY(f->arena, struct cpm_dep, prod->n + f->request_count + 1);
    struct cpm_manifest *m = CPM_NEW(f->arena, struct cpm_manifest);
    uint32_t n = prod->n;

    if (n)
        memcpy(v, prod->v, n * sizeof(*v));
    for (size_t i = 0; i < f->request_count; i++) {
        struct cpm_str name = f->requests[i].request.name, spec = f->requests[i].optional;

        if (f->requests[i].target != target || !f->requests[i].is_optional)
            continue;
        if (f->opts->request.save_type == CPM_SAVE_INFER)
            spec = spec_among(&saved->deps[CPM_DEPS_OPTIONAL], name);
        v[n++] =
            (struct cpm_dep){cpm_names_get(f->names, name), cpm_names_get(f->names, spec), false};
    }
    *m = *saved;
    m->deps[CPM_DEPS_PROD] = (struct cpm_deps){.v = v, .n = n, .present = n > 0};
    return n > prod->n ? m : saved;
}

/* The lock's entry of a package.json follows what was saved. */
static void refresh_entry(struct cpm_flow *f, const struct cpm_target *target)
{
    struct cpm_lock *ideal = cpm_flow_ideal(f);

    for (size_t i = 0; i < ideal->count; i++)
        if (cpm_str_eq(ideal->entries[i].location, target->location))
            ideal->entries[i].manifest = remembered(f, target);
}

/* Of a workspace's dev group too, as npm 6 made no difference there. */
static const struct cpm_json *saved_spec_of(const struct cpm_target *target, struct cpm_str name)
{
    const struct cpm_json *spec = NULL;

    for (enum cpm_dep_group g = CPM_DEPS_PROD; g <= CPM_DEPS_PEER && !spec; g++)
        spec =
            cpm_json_get(cpm_json_get(target->package->doc, cpm_str(cpm_dep_group_key(g))), name);
    return spec;
}

static bool is_folder(const struct cpm_json *old, struct cpm_str location)
{
    struct cpm_str version = cpm_json_get_str(old, "version");

    return cpm_str_starts(version, "file:") &&
           cpm_str_eq(cpm_str_sub(version, 5, version.len), location);
}

/* What `$NAME` means by npm's order of the groups; NULL: nothing by now. */
static const struct cpm_json *referred(const struct cpm_flow *f, struct cpm_str name)
{
    const struct cpm_json *doc = f->project.package.doc, *spec = NULL;

    for (size_t g = 0; g < sizeof(cpm_rule_groups) / sizeof(*cpm_rule_groups) && !spec; g++)
        spec =
            cpm_json_get(cpm_json_get(doc, cpm_str(cpm_dep_group_key(cpm_rule_groups[g]))), name);
    return spec;
}

static void say_references(const struct cpm_flow *f, struct cpm_json *section)
{
    CPM_JSON_EACH (section, entry) {
        struct cpm_json *requires = cpm_json_get(entry, CPM_STR("requires"));
        struct cpm_json *wish = requires ? cpm_json_first(requires) : NULL, *next;

        for (; wish; wish = next) {
            struct cpm_str text = cpm_json_str(wish);
            const struct cpm_json *spec;

            next = cpm_json_next(wish);
            if (!cpm_str_starts(text, "$"))
                continue;
            spec = referred(f, cpm_str_sub(text, 1, CPM_NPOS));
            if (spec)
                cpm_json_set(requires, cpm_json_key(wish), cpm_json_copy(spec));
        }
        say_references(f, cpm_json_get(entry, CPM_STR("dependencies")));
    }
}

/* The section that npm 6 reads repeats a workspace's wishes, and those that rules refer to; the
 * solver wrote it before the saved ranges were known. */
static void refresh_legacy(struct cpm_flow *f)
{
    struct cpm_lock *ideal = cpm_flow_ideal(f);
    struct cpm_buf text = CPM_BUF_INIT(LOCK_MAX);
    struct cpm_json *doc = NULL;
    bool refers = cpm_str_find(ideal->legacy, "\"$") != CPM_NPOS;

    if (!ideal->legacy.len || (!refers && !f->request_count) ||
        cpm_json_parse(ideal->legacy, "", 0, &doc, NULL) < 0)
        return;
    for (size_t i = 0; i < f->request_count; i++) {
        const struct cpm_target *target = f->requests[i].target;
        struct cpm_str name = f->requests[i].request.name;

        CPM_JSON_EACH (doc, old) {
            struct cpm_json *requires = cpm_json_get(old, CPM_STR("requires"));

            if (cpm_json_get(requires, name) && is_folder(old, target->location))
                cpm_json_set(requires, name, cpm_json_copy(saved_spec_of(target, name)));
        }
    }
    if (refers)
        say_references(f, doc);
    cpm_json_write(doc, CPM_STR(""), CPM_STR(""), &text);
    ideal->legacy = cpm_arena_str(f->arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
    cpm_json_free(doc);
}

/* What nobody asked to change keeps its order, too. */
static bool is_touched(const struct cpm_flow *f, const struct cpm_target *target)
{
    for (size_t i = 0; i < f->request_count; i++)
        if (f->requests[i].target == target)
            return true;
    return f->removed;
}

/* In memory only. */
int cpm_flow_settle(struct cpm_flow *f, struct cpm_error *err)
{
    int rc = 0;

    if (!cpm_flow_saves(f) || !f->opts->save)
        return 0;
    if (f->opts->mode == CPM_FLOW_UPDATE)
        rc = cpm_flow_request_updated(f, err);
    if (rc < 0 || (!f->request_count && !f->removed))
        return rc;
    for (size_t i = 0; i < f->request_count; i++)
        save_request(f, &f->requests[i]);
    rc = cpm_project_refresh(&f->project, err);
    for (size_t i = 0; i < f->project.target_count && rc == 0; i++)
        refresh_entry(f, &f->project.targets[i]);
    return rc;
}

static int save_packages(struct cpm_flow *f, struct cpm_error *err)
{
    int rc = 0;

    for (size_t i = 0; i < f->project.target_count && rc == 0; i++)
        if (is_touched(f, &f->project.targets[i]))
            rc = cpm_package_save(f->project.targets[i].package, !f->opts->install.no_sync, err);
    return rc;
}

/* An old lock that becomes new was told of before its packages were asked for. */
static void tell_conversion(const struct cpm_flow *f, int to)
{
    const struct cpm_lock *lock = f->input.lock;
    int from = lock && !f->opts->tree.update_all ? lock->original_version : 0;

    if (from && from != to && (!lock->old || f->opts->lockfile_version))
        cpm_flow_warn(
            f, "shrinkwrap",
            cpm_str(cpm_arena_printf(
                f->arena, "Converting lock file (%s) from v%d -> v%d",
                cpm_path_relative(f->arena, f->opts->cwd, f->project.lock_file), from, to)));
}

static int save_lock(struct cpm_flow *f, struct cpm_error *err)
{
    struct cpm_lock *ideal = cpm_flow_ideal(f);
    const struct cpm_json_style *style = &f->project.package.style;
    struct cpm_buf text = CPM_BUF_INIT(LOCK_MAX);
    int rc = 0;

    tell_conversion(f, ideal->lockfile_version);
    rc = cpm_lock_write(ideal, f->opts->format_lock ? style : NULL, &text, err);
    if (rc == 0 && !cpm_str_eq(cpm_buf_str(&text), f->project.lock_text))
        rc = cpm_fs_replace(f->project.lock_file, cpm_buf_str(&text), 0, !f->opts->install.no_sync,
                            err);
    cpm_buf_release(&text);
    return rc;
}

static int save_yarn(struct cpm_flow *f, struct cpm_error *err)
{
    const struct cpm_workspaces *from = &f->project.workspaces;
    struct cpm_graph_workspace *to =
        CPM_NEW_ARRAY(f->arena, struct cpm_graph_workspace, from->count + 1);

    if (!f->yarn.text.len)
        return 0;
    for (size_t i = 0; i < from->count; i++)
        to[i] = (struct cpm_graph_workspace){
            cpm_name_str(from->v[i].name),
            cpm_path_join(f->arena, f->opts->path,
                          cpm_arena_str(f->arena, from->v[i].location).ptr)};
    return cpm_yarn_file_write(&f->yarn, cpm_flow_ideal(f), to, from->count,
                               !f->opts->install.no_sync, err);
}

/* npm's rule: an update writes the lock even without --save. */
bool cpm_flow_saves(const struct cpm_flow *f)
{
    bool updates = f->opts->tree.update_all || f->input.update_count;

    return !f->opts->global && (f->opts->save || updates);
}

static void write_back(struct cpm_flow *f, const char *file, bool existed, struct cpm_str text)
{
    struct cpm_str now;

    if (!existed)
        cpm_fs_remove(file, NULL);
    else if (cpm_fs_read(file, LOCK_MAX, f->arena, &now, NULL) < 0 || !cpm_str_eq(now, text))
        cpm_fs_replace(file, text, 0, !f->opts->install.no_sync, NULL);
}

/* One of the files could not be written: the others say again what they did. */
static void take_back(struct cpm_flow *f)
{
    const struct cpm_project *p = &f->project;

    for (size_t i = 0; i < p->target_count && f->opts->save; i++)
        if (is_touched(f, &p->targets[i]))
            write_back(f, p->targets[i].package->file, p->targets[i].package->exists,
                       p->targets[i].package->text);
    if (f->opts->package_lock)
        write_back(f, p->lock_file, p->lock_text.len, p->lock_text);
}

int cpm_flow_save(struct cpm_flow *f, struct cpm_error *err)
{
    int rc = cpm_flow_check_signal(f, err);

    if (rc < 0 || !cpm_flow_saves(f))
        return rc;
    if (f->opts->save)
        rc = save_packages(f, err);
    if (rc == 0 && f->opts->save)
        refresh_legacy(f);
    if (rc == 0 && f->opts->package_lock)
        rc = save_lock(f, err);
    if (rc == 0 && f->opts->package_lock)
        rc = save_yarn(f, err);
    if (rc < 0)
        take_back(f);
    return rc;
}

static int write_entry(struct cpm_str location, const struct cpm_manifest *m, struct cpm_buf *out)
{
    struct cpm_lock_entry entry = {.location = location, .manifest = m};
    struct cpm_lock one = {.lockfile_version = 3, .entries = &entry, .count = 1};

    return cpm_lock_write(&one, NULL, out, NULL);
}

/* Does the lock say of this package.json what stands there now? npm writes what it remembers. */
static bool lock_has(const struct cpm_target *target, const struct cpm_manifest *written,
                     const struct cpm_manifest *now)
{
    struct cpm_buf old = CPM_BUF_INIT(LOCK_MAX), new = CPM_BUF_INIT(LOCK_MAX);
    bool same = write_entry(target->location, written, &old) == 0 &&
                write_entry(target->location, now, &new) == 0 &&
                cpm_str_eq(cpm_buf_str(&old), cpm_buf_str(&new));

    cpm_buf_release(&old);
    cpm_buf_release(&new);
    return same;
}

static const struct cpm_manifest *manifest_at(const struct cpm_project *p, struct cpm_str location)
{
    for (size_t i = 0; i < p->workspaces.count; i++)
        if (cpm_str_eq(p->workspaces.v[i].location, location))
            return p->workspaces.v[i].manifest;
    return p->root;
}

/* Otherwise the next run has to put it right. */
static bool lock_has_saved(struct cpm_flow *f, const struct cpm_project *now)
{
    bool same = true;

    for (size_t i = 0; i < f->project.target_count && same; i++) {
        const struct cpm_target *target = &f->project.targets[i];
        const struct cpm_lock_entry *e = cpm_flow_entry(f, target->location);

        same = !is_touched(f, target) || !e ||
               lock_has(target, e->manifest, manifest_at(now, target->location));
    }
    return same;
}

/* A range that was just saved may be one that `overrides` forbids: the next run has to see. */
static bool may_break_rule(const struct cpm_flow *f, const struct cpm_project *now)
{
    return f->request_count && now->root->raw[CPM_RAW_OVERRIDES].len;
}

/* Such a lock is completed from the registry again by every run, and brought to the newer version.
 */
static bool leaves_old_lock(struct cpm_flow *f)
{
    return f->opts->mode == CPM_FLOW_CI ? f->project.lock.old
                                        : cpm_flow_ideal(f)->lockfile_version == 1;
}

int cpm_flow_remember(struct cpm_flow *f, struct cpm_error *err)
{
    struct cpm_project now = {.path = f->opts->path, .names = f->names, .arena = f->arena};
    const char *note = cpm_arena_printf(f->arena, "%zu", f->out->summary.funding);
    const char *print;
    int rc;

    if (f->opts->lock_only || f->opts->global || !f->opts->package_lock)
        return 0;
    if ((!cpm_flow_saves(f) && f->opts->mode != CPM_FLOW_CI) || f->gather.result.unfinished ||
        f->install.left_out)
        return 0; /* the next run has to write what this one did not */
    if (leaves_old_lock(f))
        return 0;
    rc = cpm_project_load(&now, err);
    if (rc == 0 && !may_break_rule(f, &now) && lock_has_saved(f, &now)) {
        print = cpm_project_fingerprint(&now, f->opts->fingerprint);
        rc = cpm_install_mark_current(f->opts->path, cpm_str(print), cpm_str(note), err);
    }
    cpm_project_release(&now);
    return rc;
}
