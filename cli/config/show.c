/* npm's three views of the configuration. Order is part of them: JSON goes from the command line
 * down and through each level as it was filled; the list goes from the defaults up, sorted. */
#include "cli/config/show.h"

#include "base/collate.h"
#include "base/fs.h"
#include "base/path.h"
#include "cli/config/expand.h"
#include "cli/config/internal.h"

#include <stdlib.h>

#define PACKAGE_JSON_MAX (16u << 20)

static bool is_protected(struct cpm_str key)
{
    static const char *const names[] = {"auth",    "authToken", "certfile", "email",
                                        "keyfile", "password",  "username"};
    size_t colon = cpm_str_rchr(key, ':');
    struct cpm_str last =
        cpm_str_starts(key, "//") && colon != CPM_NPOS ? cpm_str_sub(key, colon + 1, key.len) : key;
    if (cpm_str_starts(key, "_") ||
        (cpm_str_starts(key, "//") && cpm_str_find(key, ":_") != CPM_NPOS))
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (cpm_str_is(last, names[i]))
            return true;
    return false;
}

static struct cpm_value redacted(struct cpm_arena *arena, struct cpm_value v)
{
    if (v.kind == CPM_VALUE_STRING)
        v.text = cpm_config_redact(arena, v.text);
    if (v.kind != CPM_VALUE_LIST)
        return v;
    struct cpm_value list = cpm_value_list();
    for (size_t i = 0; i < v.count; i++)
        cpm_value_push(arena, &list, redacted(arena, v.items[i]));
    return list;
}

static bool is_private(struct cpm_arena *arena, struct cpm_str key, const struct cpm_value *v)
{
    if (is_protected(key))
        return true;
    struct cpm_value shown = v ? redacted(arena, *v) : cpm_value_null();
    return v && !cpm_value_same(v, &shown) && v->kind != CPM_VALUE_NUMBER;
}

bool cpm_config_print(const struct cpm_config *c, const char *key, struct cpm_buf *out)
{
    const struct cpm_value *v = cpm_config_seen(c, cpm_str(key));
    if (is_private(c->arena, cpm_str(key), v))
        return false;
    cpm_value_print(v, out);
    return true;
}

static bool set_above(const struct cpm_config *c, int where, struct cpm_str key)
{
    for (int above = CPM_CONFIG_CLI; above > where; above--)
        if (cpm_level_own(c->seen, (enum cpm_config_source)above, key))
            return true;
    return false;
}

void cpm_config_print_json(const struct cpm_config *c, struct cpm_buf *out)
{
    const char *before = "{\n  ";
    for (int where = CPM_CONFIG_CLI; where >= 0; where--)
        for (size_t i = 0; i < c->seen[where].count; i++) {
            const struct cpm_field *f = &c->seen[where].v[i];
            if (set_above(c, where, f->key) || is_private(c->arena, f->key, &f->value) ||
                f->value.kind == CPM_VALUE_UNDEFINED)
                continue;
            cpm_buf_add_text(out, before);
            before = ",\n  ";
            struct cpm_value key = {.kind = CPM_VALUE_STRING, .text = f->key};
            cpm_value_json(&key, 1, out);
            cpm_buf_add_text(out, ": ");
            cpm_value_json(&f->value, 1, out);
        }
    cpm_buf_add_text(out, "\n}");
}

static int by_key(const void *a, const void *b)
{
    return cpm_collate(((const struct cpm_field *)a)->key, ((const struct cpm_field *)b)->key);
}

static struct cpm_fields sorted(struct cpm_arena *arena, const struct cpm_fields *from)
{
    struct cpm_fields out = {.v = CPM_NEW_ARRAY(arena, struct cpm_field, from->count + 1),
                             .count = from->count};
    if (from->count) {
        memcpy(out.v, from->v, from->count * sizeof(*out.v));
        qsort(out.v, out.count, sizeof(*out.v), by_key);
    }
    return out;
}

static void print_field(struct cpm_arena *arena, const struct cpm_field *f, struct cpm_buf *out)
{
    cpm_buf_addf(out, "%.*s = ", CPM_STR_ARG(f->key));
    if (is_protected(f->key)) {
        cpm_buf_add_text(out, "(protected)");
    } else {
        struct cpm_value shown = redacted(arena, f->value);
        cpm_value_json(&shown, CPM_JSON_ONE_LINE, out);
    }
}

static enum cpm_config_source source_of(const struct cpm_config *c, struct cpm_str key)
{
    int where = CPM_CONFIG_CLI;
    while (where > 0 && !cpm_level_own(c->seen, (enum cpm_config_source)where, key))
        where--;
    return (enum cpm_config_source)where;
}

static void print_level(const struct cpm_config *c, enum cpm_config_source where,
                        struct cpm_buf *out)
{
    struct cpm_fields fields = sorted(c->arena, &c->seen[where]);
    if (fields.count == 0)
        return;
    cpm_buf_addf(out, "; \"%s\" config from %s\n\n", cpm_config_source_name(where),
                 c->sources[where].name);
    for (size_t i = 0; i < fields.count; i++) {
        enum cpm_config_source source = source_of(c, fields.v[i].key);

        if (fields.v[i].value.kind == CPM_VALUE_UNDEFINED)
            continue;
        cpm_buf_add_text(out, source == where ? "" : "; ");
        print_field(c->arena, &fields.v[i], out);
        if (source != where)
            cpm_buf_addf(out, " ; overridden by %s", cpm_config_source_name(source));
        cpm_buf_add_char(out, '\n');
    }
    cpm_buf_add_char(out, '\n');
}

static void print_proxies(const struct cpm_config *c, struct cpm_buf *out)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "proxy", "no_proxy"};
    bool found[4] = {false}, any = false;
    for (char *const *e = c->in.environ_; e && *e; e++)
        for (size_t i = 0; i < 4; i++) {
            struct cpm_str name = cpm_str_n(*e, strcspn(*e, "="));
            if (found[i] || !cpm_str_eq_nocase(name, cpm_str(names[i])))
                continue;
            struct cpm_value v = {.kind = CPM_VALUE_STRING};
            v.text = cpm_config_redact(c->arena, cpm_str(*e + name.len + 1));
            cpm_buf_addf(out, "%s; %.*s = ", any ? "" : "; environment-related config\n\n",
                         CPM_STR_ARG(name));
            cpm_value_json(&v, CPM_JSON_ONE_LINE, out);
            cpm_buf_add_char(out, '\n');
            found[i] = any = true;
        }
    if (any)
        cpm_buf_add_char(out, '\n');
}

static void print_places(struct cpm_config *c, struct cpm_buf *out)
{
    cpm_buf_addf(out,
                 "; node bin location = %s\n; node version = %s\n; cpm local prefix = %s\n"
                 "; cpm version = %s\n; cwd = %s\n; HOME = %s\n"
                 "; Run `cpm config ls -l` to show all defaults.\n\n",
                 c->node ? c->node : "", cpm_config_node_version(c), c->local_prefix, CPM_VERSION,
                 c->in.cwd, c->home);
}

static void print_publish(const struct cpm_config *c, struct cpm_buf *out)
{
    struct cpm_str text;
    struct cpm_json *doc = NULL;
    const char *path = cpm_path_join(c->arena, c->local_prefix, "package.json");
    if (cpm_config_global_mode(c) ||
        cpm_fs_read(path, PACKAGE_JSON_MAX, c->arena, &text, NULL) != 0 ||
        cpm_json_parse(text, path, CPM_JSON_LAST_WINS, &doc, NULL) != 0)
        return;
    const struct cpm_json *publish = cpm_json_get(doc, CPM_STR("publishConfig"));
    if (cpm_json_is(publish, CPM_JSON_OBJECT)) {
        struct cpm_value v = cpm_value_from_json(c->arena, publish);
        struct cpm_fields fields = sorted(c->arena, v.fields);
        cpm_buf_addf(out, "; \"publishConfig\" from %s\n", path);
        cpm_buf_add_text(out, "; This set of config values will be used at publish-time.\n\n");
        for (size_t i = 0; i < fields.count; i++) {
            print_field(c->arena, &fields.v[i], out);
            cpm_buf_add_char(out, '\n');
        }
    }
    cpm_json_free(doc);
}

void cpm_config_print_list(struct cpm_config *c, bool long_form, struct cpm_buf *out)
{
    for (int where = long_form ? CPM_CONFIG_DEFAULT : CPM_CONFIG_BUILTIN; where <= CPM_CONFIG_CLI;
         where++)
        print_level(c, (enum cpm_config_source)where, out);
    if (!long_form) {
        print_proxies(c, out);
        print_places(c, out);
    }
    print_publish(c, out);
}
