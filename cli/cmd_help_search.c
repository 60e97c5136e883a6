/* cpm help-search: the pages of the manual in which the terms stand, best first: by how many of the
 * terms, then by how often. */
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/embedded.h"
#include "cli/term.h"

#include <ctype.h>
#include <stdlib.h>

#define HITS_MAX    10
#define PAGES_MAX   256
#define WIDTH       80
#define CONTEXT_MAX 4 /* lines with --long */

struct hit {
    const struct cpm_embedded *page;
    struct cpm_str title; /* "install" */
    unsigned terms;       /* that stand in it */
    unsigned total;
};

static bool begins_nocase(const char *text, const char *term, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (tolower((unsigned char)text[i]) != tolower((unsigned char)term[i]))
            return false;
    return true;
}

/* The page's text as it reads: without requests and escapes. */
static void plain(const char *text, struct cpm_buf *out)
{
    cpm_buf_clear(out);
    for (const char *at = text; *at;) {
        bool request = (at == text || at[-1] == '\n') && *at == '.';
        if (request && strncmp(at, ".SH", 3) != 0 && strncmp(at, ".BR", 3) != 0)
            at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n');
        else if (request)
            at += 4;
        else if (strncmp(at, "\\(aq", 4) == 0)
            cpm_buf_add_char(out, '\''), at += 4;
        else if (at[0] == '\\' && at[1] == 'f' && at[2])
            at += 3;
        else if (at[0] == '\\' && at[1])
            cpm_buf_add_char(out, at[1] == 'e' ? '\\' : at[1]), at += 2;
        else
            cpm_buf_add_char(out, *at++);
    }
}

static unsigned count(const char *text, const char *term)
{
    size_t len = strlen(term), left = strlen(text);
    unsigned n = 0;
    for (; len && left >= len; text++, left--)
        n += begins_nocase(text, term, len);
    return n;
}

static int by_hits(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->terms != y->terms)
        return x->terms > y->terms ? -1 : 1;
    if (x->total != y->total)
        return x->total > y->total ? -1 : 1;
    return cpm_str_cmp(x->title, y->title);
}

static struct hit look(struct cpm_cli *cli, const struct cpm_embedded *page, struct cpm_buf *text)
{
    struct hit hit = {.page = page, .title = cpm_str(page->name)};
    hit.title.len = cpm_str_rchr(hit.title, '.');
    if (cpm_str_starts(hit.title, "cpm-"))
        hit.title = cpm_str_sub(hit.title, 4, hit.title.len);
    plain(page->text, text);
    for (int i = 0; i < cli->argc; i++) {
        unsigned n = count(cpm_buf_text(text), cli->argv[i]);
        hit.terms += n > 0;
        hit.total += n;
    }
    return hit;
}

static void add_context(struct cpm_cli *cli, const char *text, struct cpm_buf *out)
{
    struct cpm_str rest = cpm_str(text), line;
    unsigned shown = 0;
    for (int i = 0; i < WIDTH; i++)
        cpm_buf_add_char(out, '-');
    cpm_buf_add_char(out, '\n');
    while (shown < CONTEXT_MAX && cpm_str_split(&rest, '\n', &line)) {
        const char *one = cpm_arena_strndup(cli->arena, line.ptr, line.len);
        for (int i = 0; i < cli->argc; i++)
            if (count(one, cli->argv[i])) {
                cpm_buf_addf(out, "%s\n", one);
                shown++;
                break;
            }
    }
}

static void add_hit(struct cpm_cli *cli, const struct hit *hit, struct cpm_buf *text, bool context,
                    struct cpm_buf *out)
{
    struct cpm_buf counts = CPM_BUF_INIT(1 << 16);
    plain(hit->page->text, text);
    for (int i = 0; i < cli->argc; i++) {
        unsigned n = count(cpm_buf_text(text), cli->argv[i]);
        if (n)
            cpm_buf_addf(&counts, "%s%s:%u", counts.len ? " " : "", cli->argv[i], n);
    }
    int used = (int)(sizeof("cpm help ") - 1 + hit->title.len + counts.len);
    cpm_buf_addf(out, "%scpm help %.*s%*s%s\n", context ? "\n" : "", CPM_STR_ARG(hit->title),
                 used < WIDTH ? WIDTH - used : 1, "", cpm_buf_text(&counts));
    if (context)
        add_context(cli, cpm_buf_text(text), out);
    cpm_buf_release(&counts);
}

static void add_rule(struct cpm_buf *out)
{
    for (int i = 0; i < WIDTH; i++)
        cpm_buf_add_text(out, "—");
    cpm_buf_add_char(out, '\n');
}

static void print(struct cpm_cli *cli, const struct hit *hits, size_t n, struct cpm_buf *text)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    bool context = cpm_config_bool(cli->config, "long");
    cpm_buf_add_text(&out, n ? context ? "" : "Top hits for" : "No matches in help for:");
    for (int i = 0; i < cli->argc && (!n || !context); i++)
        cpm_buf_addf(&out, n ? " \"%s\"" : " %s", cli->argv[i]);
    cpm_buf_add_char(&out, '\n');
    if (n && !context)
        add_rule(&out);
    for (size_t i = 0; i < n && i < HITS_MAX; i++)
        add_hit(cli, &hits[i], text, context, &out);
    if (n && !context) {
        add_rule(&out);
        cpm_buf_add_text(&out, "(run with -l or --long to see more context)");
    }
    cpm_term_out(cli->term, cpm_buf_str(&out));
    cpm_buf_release(&out);
}

int cpm_cmd_help_search(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct hit hits[PAGES_MAX];
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    size_t n = 0;
    (void)exit_code;
    if (cli->argc == 0)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    for (const struct cpm_embedded *e = cpm_embedded; e->name && n < PAGES_MAX; e++) {
        struct hit hit = look(cli, e, &text);
        if (hit.terms &&
            (cpm_str_ends(cpm_str(e->name), ".1") || cpm_str_ends(cpm_str(e->name), ".7")))
            hits[n++] = hit;
    }
    qsort(hits, n, sizeof(hits[0]), by_hits);
    print(cli, hits, n, &text);
    cpm_buf_release(&text);
    return 0;
}
