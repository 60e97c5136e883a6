/* bun.lock: JSON with comments and trailing commas. The keys of `packages` are places: "a/b" is the
 * b in a's node_modules, so a requirer's wish is found as node would find it. */
#include "lockfile/foreign.h"

#include "base/buf.h"
#include "base/json.h"

#define FILE_NAME "bun.lock"

struct bun {
    struct cpm_foreign *f;
    struct cpm_map places; /* "a/b" -> package; what is no registry's is an empty one */
};

/* Past a string, from its quote. */
static size_t string_length(struct cpm_str s)
{
    size_t i = 1;

    while (i < s.len && s.ptr[i] != '"')
        i += s.ptr[i] == '\\' ? 2 : 1;
    return i + 1 < s.len ? i + 1 : s.len;
}

/* Past white space and comments. */
static size_t blank_length(struct cpm_str s)
{
    size_t i = 0;

    while (i < s.len) {
        struct cpm_str rest = cpm_str_sub(s, i, s.len);
        size_t end;

        if (strchr(" \t\r\n", rest.ptr[0])) {
            i++;
            continue;
        }
        if (!cpm_str_starts(rest, "//") && !cpm_str_starts(rest, "/*"))
            break;
        end = cpm_str_find(rest, rest.ptr[1] == '/' ? "\n" : "*/");
        i = end == CPM_NPOS ? s.len : i + end + (rest.ptr[1] == '/' ? 1 : 2);
    }
    return i;
}

/* The text as strict JSON. */
static void strip(struct cpm_str text, struct cpm_buf *out)
{
    size_t i = 0;

    while (i < text.len) {
        struct cpm_str rest = cpm_str_sub(text, i, text.len);
        size_t n = blank_length(rest);

        if (n) {
            cpm_buf_add_char(out, memchr(rest.ptr, '\n', n) ? '\n' : ' ');
        } else if (rest.ptr[0] == '"') {
            n = string_length(rest);
            cpm_buf_add(out, rest.ptr, n);
        } else {
            size_t next = 1 + blank_length(cpm_str_sub(rest, 1, rest.len));

            n = 1;
            if (rest.ptr[0] != ',' || next >= rest.len || !strchr("]}", rest.ptr[next]))
                cpm_buf_add_char(out, rest.ptr[0]);
        }
        i += n;
    }
}

static struct cpm_str kept(const struct bun *b, struct cpm_str s)
{
    return cpm_arena_str(b->f->arena, s);
}

static const struct cpm_json *info_of(const struct cpm_json *package)
{
    CPM_JSON_EACH (package, v)
        if (cpm_json_is(v, CPM_JSON_OBJECT))
            return v;
    return NULL;
}

static struct cpm_str integrity_of(const struct cpm_json *package)
{
    struct cpm_str last = CPM_STR_NONE;

    CPM_JSON_EACH (package, v)
        last = cpm_json_str(v);
    return cpm_str_starts(last, "sha") ? last : CPM_STR_NONE;
}

static void add_place(struct bun *b, const struct cpm_json *package)
{
    struct cpm_str id = cpm_json_str(cpm_json_at(package, 0)), name, version;
    struct cpm_foreign_package *p = NULL;

    if (cpm_foreign_split(id, &name, &version))
        p = cpm_foreign_add(b->f, name, version, kept(b, integrity_of(package)));
    cpm_map_set(&b->places, kept(b, cpm_json_key(package)),
                p ? p : CPM_NEW(b->f->arena, struct cpm_foreign_package));
}

/* Without its last segment, which may be scoped; "" at the top. */
static struct cpm_str above(struct cpm_str place)
{
    size_t slash = cpm_str_rchr(place, '/');
    struct cpm_str up = slash == CPM_NPOS ? CPM_STR("") : cpm_str_sub(place, 0, slash);
    size_t before = cpm_str_rchr(up, '/');
    struct cpm_str last = before == CPM_NPOS ? up : cpm_str_sub(up, before + 1, up.len);

    if (!cpm_str_starts(last, "@"))
        return up;
    return before == CPM_NPOS ? CPM_STR("") : cpm_str_sub(up, 0, before);
}

static struct cpm_foreign_package *find(const struct bun *b, struct cpm_str from,
                                        struct cpm_str name)
{
    for (;; from = above(from)) {
        struct cpm_str place = from.len
                                   ? cpm_str(cpm_arena_printf(b->f->arena, "%.*s/%.*s",
                                                              CPM_STR_ARG(from), CPM_STR_ARG(name)))
                                   : name;
        struct cpm_foreign_package *p = cpm_map_get(&b->places, place);

        if (p || !from.len)
            return p && p->name.len ? p : NULL;
    }
}

static void add_edges(struct bun *b, struct cpm_str requirer, struct cpm_str place,
                      const struct cpm_json *groups)
{
    static const char *const names[] = {"dependencies", "devDependencies", "optionalDependencies",
                                        "peerDependencies"};

    for (size_t g = 0; g < sizeof(names) / sizeof(names[0]); g++)
        CPM_JSON_EACH (cpm_json_get(groups, cpm_str(names[g])), dep) {
            struct cpm_str name = kept(b, cpm_json_key(dep));

            cpm_foreign_edge(b->f, requirer, name, find(b, place, name));
        }
}

static int check(const struct cpm_json *doc, struct cpm_error *err)
{
    static const char *const refused[] = {"patchedDependencies", "catalog", "catalogs"};

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (cpm_json_count(cpm_json_get(doc, cpm_str(refused[i]))))
            return cpm_error_set(err, CPM_EUNSUPPORTED,
                                 FILE_NAME ": npm cannot express its '%s': take it out first",
                                 refused[i]);
    if (!cpm_json_is(cpm_json_get(doc, CPM_STR("packages")), CPM_JSON_OBJECT) &&
        !cpm_json_is(cpm_json_get(doc, CPM_STR("workspaces")), CPM_JSON_OBJECT))
        return cpm_error_set(err, CPM_EINVAL, FILE_NAME " holds no packages");
    return 0;
}

static void fill(struct bun *b, const struct cpm_json *doc)
{
    const struct cpm_json *packages = cpm_json_get(doc, CPM_STR("packages"));

    b->f->overrides = cpm_json_count(cpm_json_get(doc, CPM_STR("overrides"))) > 0;
    CPM_JSON_EACH (packages, p)
        add_place(b, p);
    CPM_JSON_EACH (cpm_json_get(doc, CPM_STR("workspaces")), w) {
        struct cpm_str folder = kept(b, cpm_json_key(w));

        add_edges(b, folder, folder.len ? kept(b, cpm_json_get_str(w, "name")) : folder, w);
    }
    CPM_JSON_EACH (packages, p)
        add_edges(b, kept(b, cpm_json_str(cpm_json_at(p, 0))), kept(b, cpm_json_key(p)),
                  info_of(p));
}

int cpm_foreign_read_bun(struct cpm_str text, struct cpm_foreign *out, struct cpm_error *err)
{
    struct bun b = {.f = out};
    struct cpm_buf strict = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_json *doc = NULL;
    int rc;

    strip(text, &strict);
    rc = cpm_json_parse(cpm_buf_str(&strict), FILE_NAME, CPM_JSON_LAST_WINS, &doc, err);
    if (rc == 0)
        rc = check(doc, err);
    if (rc == 0)
        fill(&b, doc);
    cpm_map_release(&b.places);
    cpm_json_free(doc);
    cpm_buf_release(&strict);
    return rc;
}
