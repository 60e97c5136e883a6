/* Line by line: a line at the margin that ends in ':' begins an entry and lists its wishes; lines
 * with two spaces are its fields, with four the dependencies, which npm does not use here. */
#include "lockfile/yarn.h"

#include "base/grow.h"
#include "base/mem.h"
#include "lockfile/tgz_name.h"

struct reading {
    const char *const *hosts;
    struct cpm_arena *arena;
    struct cpm_yarn *out;
    size_t cap;
    size_t first; /* of the entry that is being read */
    struct cpm_str version, resolved, integrity;
};

static struct cpm_str unquoted(struct cpm_str word)
{
    word = cpm_str_trim(word);
    if (word.len >= 2 && word.ptr[0] == '"' && word.ptr[word.len - 1] == '"')
        return cpm_str_sub(word, 1, word.len - 2);
    return word;
}

/* Which of the registry's names the address has, or NULL; *rest is what follows it. */
static const char *const *host_of(const struct reading *r, struct cpm_str url, struct cpm_str *rest)
{
    struct cpm_str part;

    *rest = url;
    if (!cpm_str_starts(url, "https://") && !cpm_str_starts(url, "http://"))
        return NULL;
    cpm_str_split(rest, '/', &part);
    cpm_str_split(rest, '/', &part);
    cpm_str_split(rest, '/', &part);
    for (const char *const *h = r->hosts; *h; h++)
        if (cpm_str_is(part, *h))
            return h;
    return NULL;
}

static struct cpm_str at_first_host(const struct reading *r)
{
    struct cpm_str rest;
    const char *const *host = host_of(r, r->resolved, &rest);

    if (!host || host == r->hosts)
        return r->resolved;
    return cpm_str(cpm_arena_printf(r->arena, "https://%s/%.*s", r->hosts[0], CPM_STR_ARG(rest)));
}

static struct cpm_str name_of(struct cpm_str wish)
{
    size_t at = cpm_str_find(cpm_str_sub(wish, 1, wish.len), "@");

    return at == CPM_NPOS ? wish : cpm_str_sub(wish, 0, at + 1);
}

static struct cpm_str wanted(const struct reading *r, struct cpm_str wish)
{
    struct cpm_str name = name_of(wish), tgz_name, tgz_version, rest;

    if (!host_of(r, r->resolved, &rest) ||
        !cpm_tgz_name(r->arena, name, r->resolved, &tgz_name, &tgz_version))
        return r->resolved;
    if (cpm_str_eq(tgz_name, name) && cpm_str_eq(tgz_version, r->version))
        return r->version;
    return cpm_str(cpm_arena_printf(r->arena, "npm:%.*s@%.*s", CPM_STR_ARG(tgz_name),
                                    CPM_STR_ARG(tgz_version)));
}

/* An entry without version or address says nothing. */
static void end_entry(struct reading *r)
{
    bool useful = r->version.len && r->resolved.len;

    for (size_t i = r->first; useful && i < r->out->count; i++) {
        r->out->entries[i].wanted = wanted(r, r->out->entries[i].wish);
        r->out->entries[i].version = r->version;
        r->out->entries[i].integrity = r->integrity;
        r->out->entries[i].resolved = at_first_host(r);
    }
    if (!useful)
        r->out->count = r->first;
    r->first = r->out->count;
    r->version = r->resolved = r->integrity = CPM_STR_NONE;
}

static void begin_entry(struct reading *r, struct cpm_str wishes)
{
    struct cpm_str wish;

    end_entry(r);
    while (cpm_str_split(&wishes, ',', &wish)) {
        r->out->entries = cpm_arena_grow(r->arena, r->out->entries, r->out->count, &r->cap,
                                         sizeof(*r->out->entries));
        wish = unquoted(wish);
        if (wish.len)
            r->out->entries[r->out->count++] = (struct cpm_yarn_entry){.wish = wish};
    }
}

static bool read_field(struct reading *r, struct cpm_str line)
{
    struct cpm_str key, value = cpm_str_trim(line), url;

    if (!cpm_str_split(&value, ' ', &key))
        return false;
    value = unquoted(value);
    if (cpm_str_is(key, "version"))
        r->version = value;
    else if (cpm_str_is(key, "integrity"))
        r->integrity = value;
    else if (cpm_str_is(key, "resolved") && cpm_str_split(&value, '#', &url))
        r->resolved = url; /* behind it, an old digest */
    return true;
}

static bool read_line(struct reading *r, struct cpm_str line)
{
    if (cpm_str_starts(line, "#"))
        return true;
    if (!line.len) {
        end_entry(r);
        return true;
    }
    if (line.ptr[0] != ' ') {
        if (!cpm_str_ends(line, ":"))
            return false;
        begin_entry(r, cpm_str_sub(line, 0, line.len - 1));
        return true;
    }
    if (!cpm_str_starts(line, "  "))
        return false;
    return cpm_str_starts(line, "    ") || cpm_str_ends(line, ":") || read_field(r, line);
}

void cpm_yarn_read(struct cpm_str text, const char *const *hosts, struct cpm_arena *arena,
                   struct cpm_yarn *out)
{
    struct reading r = {.hosts = hosts, .arena = arena, .out = out};
    struct cpm_str line;

    *out = (struct cpm_yarn){0};
    while (cpm_str_split(&text, '\n', &line)) {
        if (cpm_str_ends(line, "\r"))
            line.len--;
        if (!read_line(&r, line))
            break;
    }
    end_entry(&r);
}
