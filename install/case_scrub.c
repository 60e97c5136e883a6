/* An address loses its user and its query and gets another host: the registry's becomes
 * registry.example.org, the well-known git hosts stay (specs of them have a meaning of their own),
 * any other becomes hostN.example.org, one N for each. Folders: the project's and HOME. */
#include "install/case.h"

#include "base/mem.h"

#include <stdlib.h>

#define TEXT_MAX (64u << 20)

struct scrub {
    struct cpm_str registry, registry_host, project, home;
    struct cpm_arena arena;
    struct cpm_map hosts; /* host -> its new name */
};

static bool is_git_host(struct cpm_str host)
{
    static const char *const known[] = {"github.com",      "gitlab.com", "bitbucket.org",
                                        "gist.github.com", "git.sr.ht",  "codeload.github.com"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (cpm_str_is(host, known[i]))
            return true;
    return false;
}

static struct cpm_str new_host(struct scrub *s, struct cpm_str host)
{
    char *name;

    if (is_git_host(host) || cpm_str_ends(host, ".example.org"))
        return host;
    if (cpm_str_eq(host, s->registry_host))
        return CPM_STR("registry.example.org");
    name = cpm_map_get(&s->hosts, host);
    if (!name) {
        name = cpm_arena_printf(&s->arena, "host%zu.example.org", s->hosts.count + 1);
        cpm_map_set(&s->hosts, cpm_arena_str(&s->arena, host), name);
    }
    return cpm_str(name);
}

/* Up to what ends an address in a text: a quote, a blank, a bracket. */
static size_t address_length(struct cpm_str text)
{
    size_t n = 0;

    while (n < text.len && !strchr(" \t\r\n\"'<>()`,;", text.ptr[n]))
        n++;
    return n;
}

static size_t first_of(struct cpm_str s, const char *set)
{
    size_t n = 0;

    while (n < s.len && !strchr(set, s.ptr[n]))
        n++;
    return n;
}

/* `rest` begins behind "://" (or at "git@"). Gives the bytes that were read. */
static size_t add_address(struct scrub *s, struct cpm_str rest, struct cpm_buf *out)
{
    struct cpm_str all = cpm_str_sub(rest, 0, address_length(rest));
    size_t end = first_of(all, "/?#");
    struct cpm_str authority = cpm_str_sub(all, 0, end), path = cpm_str_sub(all, end, all.len);
    size_t at = cpm_str_rchr(authority, '@'), query = cpm_str_chr(path, '?');
    struct cpm_str host = at == CPM_NPOS ? authority : cpm_str_sub(authority, at + 1, all.len);
    struct cpm_str port = cpm_str_sub(host, first_of(host, ":"), host.len);

    if (cpm_str_starts(authority, "git@"))
        cpm_buf_add_text(out, "git@");
    cpm_buf_add_str(out, new_host(s, cpm_str_sub(host, 0, host.len - port.len)));
    if (port.len > 1 && (port.ptr[1] < '0' || port.ptr[1] > '9')) /* "git@host:user/name" */
        cpm_buf_add_str(out, port);
    cpm_buf_add_str(out, query == CPM_NPOS ? path : cpm_str_sub(path, 0, query));
    if (query != CPM_NPOS) { /* what stands behind '#' names a commit */
        size_t hash = cpm_str_chr(path, '#');

        cpm_buf_add_str(out, hash == CPM_NPOS ? CPM_STR_NONE : cpm_str_sub(path, hash, path.len));
    }
    return all.len;
}

static bool takes(struct cpm_str rest, struct cpm_str what)
{
    return what.len && rest.len >= what.len && memcmp(rest.ptr, what.ptr, what.len) == 0;
}

/* Gives the bytes that were read. */
static size_t add_next(struct scrub *s, struct cpm_str rest, struct cpm_buf *out)
{
    if (takes(rest, s->registry)) {
        cpm_buf_add_text(out, CPM_CASE_REGISTRY);
        return s->registry.len;
    }
    if (takes(rest, s->project)) {
        cpm_buf_add_text(out, CPM_CASE_PROJECT);
        return s->project.len;
    }
    if (takes(rest, s->home)) {
        cpm_buf_add_text(out, "/home/user");
        return s->home.len;
    }
    if (cpm_str_starts(rest, "://")) {
        cpm_buf_add_text(out, "://");
        return 3 + add_address(s, cpm_str_sub(rest, 3, rest.len), out);
    }
    if (cpm_str_starts(rest, "git@"))
        return add_address(s, rest, out);
    cpm_buf_add_char(out, *rest.ptr);
    return 1;
}

static void scrub_text(struct scrub *s, struct cpm_str text, struct cpm_buf *out)
{
    for (size_t i = 0; i < text.len;)
        i += add_next(s, cpm_str_sub(text, i, text.len), out);
}

static struct cpm_json *scrubbed(struct scrub *s, const struct cpm_json *value)
{
    struct cpm_buf text = CPM_BUF_INIT(TEXT_MAX);
    struct cpm_json *out;

    if (cpm_json_is(value, CPM_JSON_STRING)) {
        scrub_text(s, cpm_json_str(value), &text);
        out = cpm_json_new_str(text.len ? cpm_buf_str(&text) : CPM_STR(""));
    } else if (cpm_json_is(value, CPM_JSON_ARRAY)) {
        out = cpm_json_new_array();
        CPM_JSON_EACH (value, v)
            cpm_json_add(out, scrubbed(s, v));
    } else if (cpm_json_is(value, CPM_JSON_OBJECT)) {
        out = cpm_json_new_object();
        CPM_JSON_EACH (value, v) {
            cpm_buf_clear(&text);
            scrub_text(s, cpm_json_key(v), &text);
            cpm_json_set(out, text.len ? cpm_buf_str(&text) : CPM_STR(""), scrubbed(s, v));
        }
    } else {
        out = cpm_json_copy(value);
    }
    cpm_buf_release(&text);
    return out;
}

static struct cpm_str host_of(struct cpm_str address)
{
    size_t at = cpm_str_find(address, "://");
    struct cpm_str rest = at == CPM_NPOS ? address : cpm_str_sub(address, at + 3, address.len);
    struct cpm_str authority = cpm_str_sub(rest, 0, first_of(rest, "/?#"));
    size_t user = cpm_str_rchr(authority, '@');

    authority = user == CPM_NPOS ? authority : cpm_str_sub(authority, user + 1, authority.len);
    return cpm_str_sub(authority, 0, first_of(authority, ":"));
}

/* A folder that is worth a replacement: "/" would be every path. */
static struct cpm_str folder(const char *path)
{
    return path && path[0] == '/' && path[1] ? cpm_str(path) : CPM_STR_NONE;
}

struct cpm_json *cpm_case_scrub(struct cpm_json *doc, const char *registry, const char *project)
{
    struct scrub s = {.registry = cpm_str(registry),
                      .registry_host = host_of(cpm_str(registry)),
                      .project = folder(project),
                      .home = folder(getenv("HOME")),
                      .arena = CPM_ARENA_INIT};
    struct cpm_json *out = scrubbed(&s, doc);

    cpm_map_release(&s.hosts);
    cpm_arena_release(&s.arena);
    cpm_json_free(doc);
    return out;
}
