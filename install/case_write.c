/* Everything is put into one document, which is scrubbed as a whole: no text can slip past. */
#include "install/case.h"

#include "base/fs.h"
#include "base/path.h"
#include "resolver/tree/conflict.h"
#include "resolver/tree/platform.h"

#include <limits.h>
#include <stddef.h>

#define CASE_MAX (256u << 20)

#define FLAG(name, field)                                                                          \
    {                                                                                              \
        name, offsetof(struct cpm_tree_options, field)                                             \
    }
const struct cpm_case_flag cpm_case_flags[] = {
    FLAG("legacyPeerDeps", legacy_peer_deps),
    FLAG("strictPeerDeps", strict_peer_deps),
    FLAG("force", force),
    FLAG("preferDedupe", prefer_dedupe),
    FLAG("engineStrict", engine_strict),
    FLAG("global", global),
    FLAG("save", save),
    FLAG("installLinks", install_links),
    FLAG("complete", complete),
    FLAG("unpacks", unpacks),
    FLAG("prune", prune),
    FLAG("updateAll", update_all),
    FLAG("omitRegistryResolved", omit_registry_resolved),
    {NULL, 0},
};

static void set_text(struct cpm_json *out, const char *key, const char *text)
{
    if (text && *text)
        cpm_json_set_str(out, key, cpm_str(text));
}

static void set_flag(struct cpm_json *out, const char *key, bool on)
{
    if (on)
        cpm_json_set(out, cpm_str(key), cpm_json_new_bool(true));
}

static void set_list(struct cpm_json *out, const char *key, struct cpm_json *list)
{
    if (cpm_json_count(list))
        cpm_json_set(out, cpm_str(key), list);
    else
        cpm_json_free(list);
}

static struct cpm_json *options_json(const struct cpm_tree_options *o)
{
    struct cpm_json *out = cpm_json_new_object(), *omit = cpm_json_new_array();
    struct cpm_platform here = cpm_platform_here();

    for (const struct cpm_case_flag *f = cpm_case_flags; f->name; f++)
        cpm_json_set(out, cpm_str(f->name),
                     cpm_json_new_bool(*(const bool *)((const char *)o + f->at)));
    cpm_json_set(out, CPM_STR("strategy"), cpm_json_new_number((double)o->strategy));
    cpm_json_set(out, CPM_STR("lockfileVersion"), cpm_json_new_number(o->lockfile_version));
    set_text(out, "os", o->os ? o->os : here.os);
    set_text(out, "cpu", o->cpu ? o->cpu : here.cpu);
    set_text(out, "libc", o->libc ? o->libc : here.libc);
    set_text(out, "nodeVersion", o->node_version);
    set_text(out, "npmVersion", o->npm_version);
    if (o->pick.default_tag.len)
        cpm_json_set_str(out, "tag", o->pick.default_tag);
    if (o->pick.before != CPM_TIME_NONE)
        cpm_json_set(out, CPM_STR("before"), cpm_json_new_number((double)o->pick.before));
    for (const char *const *v = o->omit; v && *v; v++)
        cpm_json_add(omit, cpm_json_new_str(cpm_str(*v)));
    set_list(out, "omit", omit);
    return out;
}

static struct cpm_json *workspaces_json(const struct cpm_tree_input *in)
{
    struct cpm_json *list = cpm_json_new_array();

    for (size_t i = 0; i < in->workspace_count; i++) {
        struct cpm_json *one = cpm_json_new_object();

        cpm_json_set_str(one, "name", cpm_name_str(in->workspaces[i].name));
        cpm_json_set_str(one, "location", in->workspaces[i].location);
        cpm_json_set(one, CPM_STR("package"), cpm_case_manifest_json(in->workspaces[i].manifest));
        cpm_json_add(list, one);
    }
    return list;
}

static void add_request(struct cpm_json *out, const struct cpm_tree_input *in)
{
    struct cpm_json *adds = cpm_json_new_array(), *updates = cpm_json_new_array();
    struct cpm_json *pins = cpm_json_new_array();

    for (size_t i = 0; i < in->add_count; i++) {
        struct cpm_json *one = cpm_json_new_object();

        cpm_json_set_str(one, "name", cpm_name_str(in->adds[i].name));
        cpm_json_set_str(one, "workspace", in->adds[i].workspace);
        cpm_json_add(adds, one);
    }
    for (size_t i = 0; i < in->update_count; i++)
        cpm_json_add(updates, cpm_json_new_str(cpm_name_str(in->updates[i])));
    for (size_t i = 0; i < in->pin_count; i++) {
        struct cpm_json *one = cpm_json_new_object();

        cpm_json_set_str(one, "wish", in->pins[i].wish);
        cpm_json_set_str(one, "wanted", in->pins[i].wanted);
        cpm_json_set_str(one, "integrity", in->pins[i].integrity);
        cpm_json_add(pins, one);
    }
    set_list(out, "adds", adds);
    set_list(out, "updates", updates);
    set_list(out, "pins", pins);
    set_flag(out, "removals", in->has_removals);
    set_flag(out, "devEngines", in->has_dev_engines);
}

static struct cpm_json *lock_lines(const struct cpm_lock *lock)
{
    const struct cpm_json_style style = {.indent = "  ", .newline = "\n"};
    struct cpm_buf text = CPM_BUF_INIT(CASE_MAX);
    struct cpm_json *lines = NULL;

    if (cpm_lock_write(lock, &style, &text, NULL) == 0)
        lines = cpm_case_lines(cpm_buf_str(&text));
    cpm_buf_release(&text);
    return lines ? lines : cpm_json_new_null();
}

static void add_world(struct cpm_json *out, const struct cpm_case *c)
{
    const struct cpm_case_record *r = c->record;
    struct cpm_json *packuments = cpm_json_new_object(), *manifests = cpm_json_new_object();
    struct cpm_json *contents = cpm_json_new_object();

    CPM_MAP_EACH (&r->packuments, e)
        cpm_json_set(packuments, e->key,
                     cpm_case_packument_json(e->value, c->input->names, r->arena));
    CPM_MAP_EACH (&r->manifests, e) {
        const struct cpm_tree_manifest *m = e->value;
        struct cpm_json *one = cpm_json_new_object();

        cpm_json_set(one, CPM_STR("package"), cpm_case_manifest_json(m->manifest));
        cpm_json_set_str(one, "resolved", m->resolved);
        cpm_json_set_str(one, "integrity", m->integrity);
        cpm_json_set(manifests, e->key, one);
    }
    CPM_MAP_EACH (&r->contents, e)
        cpm_json_set(contents, e->key, lock_lines(e->value));
    cpm_json_set(out, CPM_STR("packuments"), packuments);
    set_list(out, "manifests", manifests);
    set_list(out, "contents", contents);
}

static struct cpm_json *result_json(const struct cpm_case *c)
{
    struct cpm_json *out = cpm_json_new_object();
    struct cpm_buf text = CPM_BUF_INIT(CASE_MAX);

    if (!c->error->code) {
        cpm_json_set(out, CPM_STR("lock"), lock_lines(&c->result->lock));
        return out;
    }
    cpm_json_set_str(out, "error", cpm_str(cpm_error_name(c->error->code)));
    if (c->error->code == CPM_ERESOLVE && c->result->conflict) {
        cpm_conflict_explain(c->result->conflict, INT_MAX, &text);
        cpm_json_set(out, CPM_STR("report"), cpm_case_lines(cpm_buf_str(&text)));
    }
    cpm_buf_release(&text);
    return out;
}

static struct cpm_json *case_json(const struct cpm_case *c)
{
    struct cpm_json *out = cpm_json_new_object();
    const struct cpm_tree_input *in = c->input;

    cpm_json_set_str(out, "about", CPM_STR("what this case is about, in a sentence"));
    cpm_json_set(out, CPM_STR("options"), options_json(c->options));
    cpm_json_set(out, CPM_STR("package"), cpm_case_manifest_json(in->root));
    set_list(out, "workspaces", workspaces_json(in));
    add_request(out, in);
    if (in->lock)
        cpm_json_set(out, CPM_STR("lock"),
                     c->lock_text.len ? cpm_case_lines(c->lock_text) : lock_lines(in->lock));
    set_flag(out, "lockIsActual", in->lock_is_actual);
    add_world(out, c);
    cpm_json_set(out, CPM_STR("result"), result_json(c));
    return out;
}

int cpm_case_write(const struct cpm_case *c, const char *file, struct cpm_error *err)
{
    struct cpm_json *doc = cpm_case_scrub(case_json(c), c->registry, c->options->path);
    struct cpm_buf text = CPM_BUF_INIT(CASE_MAX);
    int rc;

    cpm_json_write(doc, CPM_STR("  "), CPM_STR("\n"), &text);
    cpm_buf_add_char(&text, '\n');
    rc = text.overflow ? cpm_error_set(err, CPM_ETOOBIG, "the case is larger than 256 MB")
                       : cpm_fs_replace(file, cpm_buf_str(&text), 0, false, err);
    if (rc < 0)
        cpm_error_prefix(err, "could not write the case '%s': ", file);
    cpm_buf_release(&text);
    cpm_json_free(doc);
    return rc;
}
