/* cpm search: one question to the registry's search, its answer as npm shows it. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/net.h"
#include "cli/print_json.h"
#include "cli/search_text.h"
#include "registry/endpoints.h"
#include "registry/isotime.h"

#include <stdlib.h>

struct search {
    struct cpm_cli *cli;
    struct cpm_net net;
    struct cpm_search_style style;
    struct cpm_str excludes;
};

/* What decides the order of the results; texts, because --searchopts may say anything. */
struct ranking {
    const char *from, *quality, *popularity, *maintenance;
};

static const struct {
    const char *name;
    struct ranking ranking;
} rankings[] = {
    {"optimal", {NULL, "0.65", "0.98", "0.5"}},
    {"quality", {NULL, "1", "0", "0"}},
    {"popularity", {NULL, "0", "1", "0"}},
    {"maintenance", {NULL, "0", "0", "1"}},
};

static const char **ranking_slot(struct ranking *r, struct cpm_str key)
{
    return cpm_str_is(key, "from")          ? &r->from
           : cpm_str_is(key, "quality")     ? &r->quality
           : cpm_str_is(key, "popularity")  ? &r->popularity
           : cpm_str_is(key, "maintenance") ? &r->maintenance
                                            : NULL;
}

static void sort_by(struct ranking *r, struct cpm_str name)
{
    for (size_t i = 0; i < sizeof(rankings) / sizeof(rankings[0]); i++) {
        if (cpm_str_is(name, rankings[i].name)) {
            const char *from = r->from;
            *r = rankings[i].ranking;
            r->from = from;
        }
    }
}

/* --searchopts is a query string. */
static struct ranking read_ranking(struct search *s)
{
    struct ranking r = rankings[0].ranking;
    struct cpm_str rest = cpm_str(cpm_config_str(s->cli->config, "searchopts")), part;
    struct cpm_str sort = CPM_STR_NONE;
    r.from = "0";
    while (rest.len && cpm_str_split(&rest, '&', &part)) {
        size_t at = cpm_str_chr(part, '=');
        struct cpm_str value = at == CPM_NPOS ? CPM_STR("") : cpm_str_sub(part, at + 1, part.len);
        struct cpm_str key = cpm_str_sub(part, 0, at);
        const char **slot = ranking_slot(&r, key);
        if (slot)
            *slot = cpm_arena_str(s->cli->arena, value).ptr;
        if (cpm_str_is(key, "sortBy"))
            sort = value;
    }
    sort_by(&r, sort);
    return r;
}

/* application/x-www-form-urlencoded, as URLSearchParams writes it. */
static void add_param(struct cpm_buf *url, const char *name, struct cpm_str value)
{
    cpm_buf_addf(url, "%c%s=", cpm_str_chr(cpm_buf_str(url), '?') == CPM_NPOS ? '?' : '&', name);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr("*-._", c));
        if (plain || c == ' ')
            cpm_buf_add_char(url, plain ? (char)c : '+');
        else
            cpm_buf_addf(url, "%%%02X", c);
    }
}

static const char *question(struct search *s)
{
    struct cpm_buf url = CPM_BUF_INIT(1 << 20), text = CPM_BUF_INIT(1 << 20);
    struct ranking r = read_ranking(s);
    for (int i = 0; i < s->cli->argc; i++)
        if (*s->cli->argv[i])
            cpm_buf_addf(&text, "%s%s", text.len ? " " : "",
                         cpm_search_lower(s->cli->arena, cpm_str(s->cli->argv[i])).ptr);
    cpm_buf_add_text(&url, CPM_ENDPOINT_SEARCH);
    add_param(&url, "text", cpm_buf_str(&text));
    add_param(&url, "size", cpm_str(cpm_config_str(s->cli->config, "searchlimit")));
    add_param(&url, "from", cpm_str(r.from));
    add_param(&url, "quality", cpm_str(r.quality));
    add_param(&url, "popularity", cpm_str(r.popularity));
    add_param(&url, "maintenance", cpm_str(r.maintenance));
    const char *whole = cpm_arena_strndup(s->cli->arena, cpm_buf_text(&url), url.len);
    cpm_buf_release(&url);
    cpm_buf_release(&text);
    return whole;
}

static int by_length(const void *a, const void *b)
{
    const struct cpm_str *x = a, *y = b;
    if (x->len != y->len)
        return x->len < y->len ? -1 : 1;
    return x->ptr < y->ptr ? -1 : x->ptr > y->ptr; /* as they were given */
}

/* The words in one piece of memory, so that equally long ones keep their order by address. */
static void read_words(struct search *s)
{
    struct cpm_arena *arena = s->cli->arena;
    struct cpm_str *words = CPM_NEW_ARRAY(arena, struct cpm_str, (size_t)s->cli->argc + 1);
    struct cpm_buf all = CPM_BUF_INIT(1 << 20);
    for (int i = 0; i < s->cli->argc; i++)
        cpm_buf_addf(&all, "%s\n", s->cli->argv[i]);
    struct cpm_str rest = cpm_search_lower(arena, cpm_buf_str(&all)), word;
    while (rest.len && cpm_str_split(&rest, '\n', &word))
        if (word.len)
            words[s->style.word_count++] = word;
    cpm_buf_release(&all);
    if (s->style.word_count)
        qsort(words, s->style.word_count, sizeof(*words), by_length);
    s->style.words = words;
}

static void normalize_date(struct cpm_json *package)
{
    struct cpm_json *date = cpm_json_get(package, CPM_STR("date"));
    char text[CPM_ISOTIME_SIZE];
    int64_t ms;
    if (!cpm_json_truthy(date))
        return;
    if (cpm_isotime_parse(cpm_json_str(date), &ms))
        cpm_isotime_text(ms, text);
    else
        text[0] = '\0';
    cpm_json_set(package, CPM_STR("date"),
                 *text ? cpm_json_new_str(cpm_str(text)) : cpm_json_new_null());
}

/* npm's lines between the results are kept: whoever reads line by line finds what he is used to. */
static void print_json(struct search *s, const struct cpm_json *package, size_t before)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 24);
    cpm_buf_add_text(&text, before ? "\n,\n\n" : "[\n\n");
    cpm_json_write(package, CPM_STR(""), CPM_STR(""), &text);
    cpm_term_out(s->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

static void print(struct search *s, const struct cpm_json *package)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 24);
    if (cpm_config_bool(s->cli->config, "parseable"))
        cpm_search_write_columns(&s->style, package, &text);
    else
        cpm_search_write(&s->style, package, &text);
    cpm_buf_add_char(&text, '\n');
    cpm_term_put(s->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

static void print_nothing(struct search *s)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    cpm_buf_add_text(&text, "No matches found for");
    for (int i = 0; i < s->cli->argc; i++) {
        cpm_buf_add_char(&text, ' ');
        cpm_json_quote(&text, cpm_str(s->cli->argv[i]));
    }
    cpm_term_out(s->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

static void show(struct search *s, const struct cpm_json *answer)
{
    bool json = cpm_term_json(s->cli->term);
    size_t count = 0;
    CPM_JSON_EACH (cpm_json_get(answer, CPM_STR("objects")), object) {
        struct cpm_json *package = cpm_json_get(object, CPM_STR("package"));
        normalize_date(package);
        if (!cpm_json_is(package, CPM_JSON_OBJECT) ||
            cpm_search_is_excluded(s->cli->arena, package, s->excludes))
            continue;
        if (json)
            print_json(s, package, count);
        else
            print(s, package);
        count++;
    }
    if (json)
        cpm_term_out(s->cli->term, count ? CPM_STR("]\n") : CPM_STR("\n[]\n"));
    else if (count == 0 && !cpm_config_bool(s->cli->config, "parseable"))
        print_nothing(s);
}

static int run(struct search *s, struct cpm_error *err)
{
    const struct cpm_config *config = s->cli->config;
    read_words(s);
    if (s->style.word_count == 0)
        return cpm_error_set(err, CPM_EUNKNOWN, "search must be called with arguments");
    s->excludes = cpm_search_lower(s->cli->arena, cpm_str(cpm_config_str(config, "searchexclude")));
    s->style.color = cpm_term_color(s->cli->term);
    s->style.description = cpm_config_bool(config, "description");
    struct cpm_net_call call = {.url = question(s)};
    int rc = cpm_net_open(s->cli, &s->net, err);
    if (rc == 0)
        rc = cpm_net_exchange(&s->net, &call, err);
    if (rc == 0 && !call.json)
        rc = cpm_error_set(err, CPM_EHTTP, "the registry's answer to the search is no JSON");
    if (rc == 0)
        show(s, call.json);
    cpm_json_free(call.json);
    return rc;
}

int cpm_cmd_search(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct search s = {.cli = cli, .style = {.arena = cli->arena}};
    (void)exit_code;
    int rc = run(&s, err);
    cpm_net_close(&s.net);
    return rc;
}
