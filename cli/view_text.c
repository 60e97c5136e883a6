/* Tags stand by the time of what they name, `latest` first. Colours are npm's. */
#include "cli/view_text.h"

#include "base/arena.h"
#include "cli/relative_time.h"
#include "cli/term.h"
#include "registry/isotime.h"

#include <stdlib.h>
#include <time.h>

#define DEPS_MAX 24
#define TAGS_MAX 5

struct view {
    struct cpm_cli *cli;
    struct cpm_buf out;
    bool color;
};

enum style { BLUE, CYAN, GREEN, RED, DIM, TITLE };

static void add_styled(struct view *v, enum style style, struct cpm_str text)
{
    static const char *const on[] = {"\033[34m", "\033[36m", "\033[32m",
                                     "\033[31m", "\033[2m",  "\033[4m\033[36m"};
    static const char *const off[] = {"\033[39m", "\033[39m", "\033[39m",
                                      "\033[39m", "\033[22m", "\033[39m\033[24m"};
    if (v->color)
        cpm_buf_add_text(&v->out, on[style]);
    cpm_sanitize(&v->out, text);
    if (v->color)
        cpm_buf_add_text(&v->out, off[style]);
}

static void add(struct view *v, const char *text)
{
    cpm_buf_add_text(&v->out, text);
}

static void add_number(struct view *v, size_t n)
{
    add_styled(v, CYAN, cpm_str(cpm_arena_printf(v->cli->arena, "%zu", n)));
}

struct cpm_str cpm_view_person(struct cpm_arena *arena, const struct cpm_json *person)
{
    struct cpm_str name = cpm_json_get_str(person, "name");
    struct cpm_str email = cpm_json_get_str(person, "email"), url = cpm_json_get_str(person, "url");
    return cpm_str(cpm_arena_printf(arena, "%.*s%s%.*s%s%s%.*s%s", CPM_STR_ARG(name),
                                    email.len ? " <" : "", CPM_STR_ARG(email), email.len ? ">" : "",
                                    url.len ? " (" : "", CPM_STR_ARG(url), url.len ? ")" : ""));
}

static void add_title(struct view *v, const struct cpm_json *m, size_t versions)
{
    const struct cpm_json *license = cpm_json_get(m, CPM_STR("license"));
    struct cpm_str text = cpm_json_is(license, CPM_JSON_STRING) ? cpm_json_str(license)
                                                                : cpm_json_get_str(license, "type");
    size_t deps = cpm_json_count(cpm_json_get(m, CPM_STR("dependencies")));
    text = text.len ? text : CPM_STR("Proprietary");
    const char *id =
        cpm_arena_printf(v->cli->arena, "%.*s@%.*s", CPM_STR_ARG(cpm_json_get_str(m, "name")),
                         CPM_STR_ARG(cpm_json_get_str(m, "version")));
    add(v, "\n");
    add_styled(v, TITLE, cpm_str(id));
    add(v, " | ");
    add_styled(v, cpm_str_eq_nocase(text, CPM_STR("proprietary")) ? RED : GREEN, text);
    add(v, " | deps: ");
    if (deps)
        add_number(v, deps);
    else
        add_styled(v, CYAN, CPM_STR("none"));
    add(v, " | versions: ");
    add_number(v, versions);
    add(v, "\n");
}

static void add_about(struct view *v, const struct cpm_json *packument, const struct cpm_json *m)
{
    const struct cpm_json *site = cpm_json_get(m, CPM_STR("homepage"));
    struct cpm_str url =
        cpm_json_is(site, CPM_JSON_OBJECT) ? cpm_json_get_str(site, "url") : cpm_json_str(site);
    struct cpm_str description = cpm_json_get_str(m, "description");
    struct cpm_str deprecated = cpm_json_get_str(m, "deprecated");
    const struct cpm_json *keywords = cpm_json_get(packument, CPM_STR("keywords"));
    if (description.len) {
        cpm_sanitize(&v->out, description);
        add(v, "\n");
    }
    if (url.len) {
        add_styled(v, BLUE, url);
        add(v, "\n");
    }
    if (deprecated.len) {
        add(v, "\n");
        add_styled(v, RED, CPM_STR("DEPRECATED"));
        add(v, cpm_term_unicode(v->cli->term) ? " ⚠️  - " : "!! - ");
        cpm_sanitize(&v->out, deprecated);
        add(v, "\n");
    }
    if (!cpm_json_is(keywords, CPM_JSON_ARRAY) || !cpm_json_count(keywords))
        return;
    add(v, "\nkeywords: ");
    CPM_JSON_EACH (keywords, k) {
        add(v, k == cpm_json_first(keywords) ? "" : ", ");
        add_styled(v, CYAN, cpm_json_str(k));
    }
    add(v, "\n");
}

static void add_bins(struct view *v, const struct cpm_json *m)
{
    const struct cpm_json *bins = cpm_json_get(m, CPM_STR("bin"));
    if (!cpm_json_is(bins, CPM_JSON_OBJECT) || !cpm_json_count(bins))
        return;
    add(v, "\nbin: ");
    CPM_JSON_EACH (bins, bin) {
        add(v, bin == cpm_json_first(bins) ? "" : ", ");
        add_styled(v, CYAN, cpm_json_key(bin));
    }
    add(v, "\n");
}

static struct cpm_str size_text(struct view *v, double n)
{
    struct cpm_arena *arena = v->cli->arena;
    if (n < 1000)
        return cpm_str(cpm_arena_printf(arena, "%.0f B", n));
    if (n < 999950)
        return cpm_str(cpm_arena_printf(arena, "%.1f kB", n / 1000));
    if (n < 999950000)
        return cpm_str(cpm_arena_printf(arena, "%.1f MB", n / 1000000));
    return cpm_str(cpm_arena_printf(arena, "%.1f GB", n / 1000000000));
}

static void add_dist(struct view *v, const struct cpm_json *m)
{
    static const struct {
        const char *key;
        enum style style;
    } rows[] = {{"tarball", BLUE}, {"shasum", GREEN}, {"integrity", GREEN}};
    const struct cpm_json *dist = cpm_json_get(m, CPM_STR("dist"));
    double unpacked = cpm_json_number(cpm_json_get(dist, CPM_STR("unpackedSize")));
    add(v, "\ndist\n");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cpm_str text = cpm_json_get_str(dist, rows[i].key);
        if (!text.len && strcmp(rows[i].key, "shasum") == 0)
            text = CPM_STR("undefined"); /* npm asks only whether there is an integrity */
        if (!text.len)
            continue;
        cpm_buf_addf(&v->out, ".%s: ", rows[i].key);
        add_styled(v, rows[i].style, text);
        add(v, "\n");
    }
    if (unpacked > 0) {
        add(v, ".unpackedSize: ");
        add_styled(v, BLUE, size_text(v, unpacked));
        add(v, "\n");
    }
}

static void add_more(struct view *v, size_t count, size_t shown)
{
    if (count <= shown)
        return;
    add_styled(v, DIM,
               cpm_str(cpm_arena_printf(v->cli->arena, "(...and %zu more.)", count - shown)));
    add(v, "\n");
}

static void add_deps(struct view *v, const struct cpm_json *m)
{
    const struct cpm_json *deps = cpm_json_get(m, CPM_STR("dependencies"));
    size_t n = 0;
    if (!cpm_json_count(deps))
        return;
    add(v, "\ndependencies:\n");
    CPM_JSON_EACH (deps, dep) {
        if (n++ >= DEPS_MAX)
            break;
        add(v, n > 1 ? ", " : "");
        add_styled(v, BLUE, cpm_json_key(dep));
        add(v, ": ");
        cpm_sanitize(&v->out, cpm_json_str(dep));
    }
    add(v, "\n");
    add_more(v, cpm_json_count(deps), DEPS_MAX);
}

static void add_person(struct view *v, const struct cpm_json *person)
{
    struct cpm_str email = cpm_json_get_str(person, "email");
    add_styled(v, BLUE, cpm_json_get_str(person, "name"));
    if (email.len) {
        add(v, " <");
        add_styled(v, DIM, email);
        add(v, ">");
    }
}

static void add_maintainers(struct view *v, const struct cpm_json *packument)
{
    const struct cpm_json *list = cpm_json_get(packument, CPM_STR("maintainers"));
    if (!cpm_json_is(list, CPM_JSON_ARRAY) || !cpm_json_count(list))
        return;
    add(v, "\nmaintainers:\n");
    CPM_JSON_EACH (list, person) {
        add(v, "- ");
        add_person(v, person);
        add(v, "\n");
    }
}

struct tag {
    struct cpm_str name, version;
    int64_t time;
};

static int by_time(const void *a, const void *b)
{
    const struct tag *x = a, *y = b;
    if (x->time != y->time)
        return x->time > y->time ? -1 : 1;
    return -cpm_str_cmp(x->name, y->name);
}

static void add_tags(struct view *v, const struct cpm_json *packument)
{
    const struct cpm_json *tags = cpm_json_get(packument, CPM_STR("dist-tags"));
    const struct cpm_json *times = cpm_json_get(packument, CPM_STR("time"));
    size_t n = 0;
    struct tag *list = CPM_NEW_ARRAY(v->cli->arena, struct tag, cpm_json_count(tags) + 1);
    CPM_JSON_EACH (tags, tag) {
        struct tag *t = &list[n++];
        *t = (struct tag){cpm_json_key(tag), cpm_json_str(tag), 0};
        if (cpm_str_is(t->name, "latest"))
            t->time = INT64_MAX;
        else if (!cpm_isotime_parse(cpm_json_str(cpm_json_get(times, t->version)), &t->time))
            t->time = 0;
    }
    qsort(list, n, sizeof(*list), by_time);
    add(v, "\ndist-tags:\n");
    for (size_t i = 0; i < n && i < TAGS_MAX; i++) {
        add_styled(v, BLUE, list[i].name);
        add(v, ": ");
        cpm_sanitize(&v->out, list[i].version);
        add(v, "\n");
    }
    add_more(v, n, TAGS_MAX);
}

static void add_publisher(struct view *v, const struct cpm_json *packument,
                          const struct cpm_json *m)
{
    const struct cpm_json *user = cpm_json_get(m, CPM_STR("_npmUser"));
    const struct cpm_json *times = cpm_json_get(packument, CPM_STR("time"));
    struct cpm_str text = cpm_json_str(cpm_json_get(times, cpm_json_get_str(m, "version")));
    struct timespec now;
    int64_t ms;
    if (!user && !times)
        return;
    add(v, "\npublished");
    if (text.len && cpm_isotime_parse(text, &ms)) {
        clock_gettime(CLOCK_REALTIME, &now);
        add(v, " ");
        add_styled(v, CYAN,
                   cpm_str(cpm_relative_time(v->cli->arena, ms,
                                             now.tv_sec * 1000 + now.tv_nsec / 1000000)));
    }
    if (user) {
        add(v, " by ");
        add_person(v, user);
    }
    add(v, "\n");
}

void cpm_view_text(struct cpm_cli *cli, const struct cpm_json *packument,
                   const struct cpm_json *manifest, size_t versions)
{
    struct view v = {.cli = cli, .color = cpm_term_color(cli->term)};
    cpm_buf_init(&v.out, 64u << 20);
    add_title(&v, manifest, versions);
    add_about(&v, packument, manifest);
    add_bins(&v, manifest);
    add_dist(&v, manifest);
    add_deps(&v, manifest);
    add_maintainers(&v, packument);
    add_tags(&v, packument);
    add_publisher(&v, packument, manifest);
    cpm_term_put(cli->term, cpm_buf_str(&v.out));
    cpm_buf_release(&v.out);
}
