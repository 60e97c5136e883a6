/* Help from the command table: usage of one command, the overview, near misses. npm's form with our
 * name; nothing here reads files. */
#include "cli/commands.h"
#include "cli/config/definitions.h"

#define OPTIONS_WIDTH 80
#define TEXT_WIDTH    60 /* npm's width of the list of commands in a pipe */

static void add_usage_lines(const struct cpm_command *c, struct cpm_buf *out)
{
    struct cpm_str rest = cpm_str(c->usage ? c->usage : ""), line;
    if (rest.len == 0) {
        cpm_buf_addf(out, "cpm %s\n", c->name);
        return;
    }
    while (cpm_str_split(&rest, '\n', &line))
        cpm_buf_addf(out, "cpm %s %.*s\n", c->name, CPM_STR_ARG(line));
}

static void add_aliases(const struct cpm_command *c, struct cpm_buf *out)
{
    struct cpm_str rest = cpm_str(c->aliases ? c->aliases : ""), alias;
    if (rest.len == 0)
        return;
    const char *before = cpm_str_chr(rest, ' ') == CPM_NPOS ? "\nalias: " : "\naliases: ";
    while (cpm_str_split(&rest, ' ', &alias)) {
        cpm_buf_addf(out, "%s%.*s", before, CPM_STR_ARG(alias));
        before = ", ";
    }
    cpm_buf_add_char(out, '\n');
}

/* "[--save-dev|--save-peer]": keys that exclude each other stand together. */
static void add_synopsis(const struct cpm_definition *d, struct cpm_buf *out)
{
    struct cpm_str rest = cpm_str(d->exclusive ? d->exclusive : ""), key;
    cpm_buf_addf(out, "[%s", d->usage);
    while (cpm_str_split(&rest, ' ', &key)) {
        const struct cpm_definition *other = cpm_definition_find(key);
        if (other)
            cpm_buf_addf(out, "|%s", other->usage);
    }
    cpm_buf_add_char(out, ']');
}

/* The synopses of all options, wrapped. */
static void add_synopses(struct cpm_str params, struct cpm_buf *out)
{
    struct cpm_buf one = CPM_BUF_INIT(1 << 16);
    struct cpm_str key;
    size_t width = 0;
    while (cpm_str_split(&params, ' ', &key)) {
        const struct cpm_definition *d = cpm_definition_find(key);
        if (!d)
            continue;
        cpm_buf_clear(&one);
        add_synopsis(d, &one);
        bool wrap = width + one.len > OPTIONS_WIDTH;
        cpm_buf_addf(out, "%s%s", width == 0 ? "" : wrap ? "\n" : " ", cpm_buf_text(&one));
        width = wrap || width == 0 ? one.len : width + 1 + one.len;
    }
    cpm_buf_release(&one);
    cpm_buf_add_char(out, '\n');
}

/* "g" of --global; NULL when the key has no letter. */
static const char *letter_of(const char *key)
{
    for (size_t i = 0; i < cpm_shorthand_count; i++) {
        const struct cpm_shorthand *s = &cpm_shorthands[i];
        if (s->name[1] == '\0' && strcmp(s->expansion + 2, key) == 0)
            return s->name;
    }
    return NULL;
}

static void add_descriptions(struct cpm_str rest, struct cpm_buf *out)
{
    struct cpm_str key;
    while (cpm_str_split(&rest, ' ', &key)) {
        const struct cpm_definition *d = cpm_definition_find(key);
        const char *letter = d ? letter_of(d->key) : NULL;
        if (d)
            cpm_buf_addf(out, "\n  %s%s%s--%s\n    %s\n", letter ? "-" : "", letter ? letter : "",
                         letter ? "|" : "", d->key, d->summary);
    }
    cpm_buf_add_char(out, '\n');
}

static void add_usage(const struct cpm_command *c, bool describe, struct cpm_buf *out)
{
    cpm_buf_addf(out, "%s\n\nUsage:\n", c->summary);
    add_usage_lines(c, out);
    if (c->params && *c->params) {
        cpm_buf_add_text(out, "\nOptions:\n");
        add_synopses(cpm_str(c->params), out);
        if (describe)
            add_descriptions(cpm_str(c->params), out);
    }
    add_aliases(c, out);
    cpm_buf_addf(out, "\nRun \"cpm help %s\" for more info", c->name);
}

void cpm_command_usage(const struct cpm_command *c, struct cpm_buf *out)
{
    add_usage(c, true, out);
}

static void add_names(struct cpm_buf *out)
{
    size_t width = 0;
    for (const struct cpm_command *c = cpm_commands; c->name; c++) {
        size_t length = strlen(c->name);
        if (!cpm_command_exists(c))
            continue;
        if (width && width + length + 2 < TEXT_WIDTH) {
            cpm_buf_add_text(out, ", ");
            width += 2;
        } else {
            cpm_buf_add_text(out, width ? ",\n    " : "    ");
            width = 0;
        }
        cpm_buf_add_text(out, c->name);
        width += length;
    }
    cpm_buf_add_char(out, '\n');
}

/* Every command's usage, behind its name. */
static void add_usages(struct cpm_buf *out)
{
    struct cpm_buf usage = CPM_BUF_INIT(1 << 16);
    int widest = 0;
    for (const struct cpm_command *c = cpm_commands; c->name; c++)
        if (cpm_command_exists(c) && (int)strlen(c->name) > widest)
            widest = (int)strlen(c->name);
    for (const struct cpm_command *c = cpm_commands; c->name; c++) {
        const char *word = c->name;
        struct cpm_str rest, line;
        if (!cpm_command_exists(c))
            continue;
        cpm_buf_clear(&usage);
        add_usage(c, false, &usage);
        rest = cpm_buf_str(&usage);
        for (; rest.len && cpm_str_split(&rest, '\n', &line); word = "")
            cpm_buf_addf(out, "    %-*s %.*s\n", widest, word, CPM_STR_ARG(line));
        if (c[1].name)
            cpm_buf_add_char(out, '\n');
    }
    cpm_buf_release(&usage);
}

void cpm_overview(struct cpm_buf *out, const struct cpm_overview_options *o)
{
    cpm_buf_add_text(out, "cpm <command>\n\nUsage:\n\n"
                          "cpm install        install all the dependencies in your project\n"
                          "cpm install <foo>  add the <foo> dependency to your project\n"
                          "cpm test           run this project's tests\n"
                          "cpm run <foo>      run the script named <foo>\n"
                          "cpm <command> -h   quick help on <command>\n"
                          "cpm -l             display usage info for all commands\n"
                          "cpm help <term>    search for help on <term>\n"
                          "cpm help cpm       more involved overview\n\n"
                          "All commands:\n\n");
    if (o->long_form)
        add_usages(out);
    else
        add_names(out);
    cpm_buf_addf(out,
                 "\nSpecify configs in the ini-formatted file:\n    %s\n"
                 "or on the command line via: cpm <command> --key=value\n\n"
                 "More configuration info: cpm help config\n"
                 "Configuration fields: cpm help 7 config\n\ncpm@%s %s",
                 o->userconfig, cpm_cli_version(), o->program);
}

#define NEAR_MAX 3

struct near_words {
    struct cpm_buf *out;
    unsigned count;
};

static void near_add(struct near_words *near, const char *word, const char *what)
{
    if (near->count++ < NEAR_MAX)
        cpm_buf_addf(near->out, "\n  cpm %s # %s", word, what);
}

static void near_add_script(struct near_words *near, const char *script)
{
    if (near->count++ < NEAR_MAX)
        cpm_buf_addf(near->out, "\n  cpm run %s # run the \"%s\" package script", script, script);
}

/* npm takes start, stop, test and restart for commands only. */
static bool is_command_script(const char *script)
{
    const struct cpm_command *c = cpm_command_find(script);
    return c && c->run == cpm_cmd_lifecycle && strcmp(c->name, script) == 0;
}

void cpm_unknown_command(struct cpm_buf *out, const char *typed, const char *const *scripts)
{
    struct cpm_buf lines = CPM_BUF_INIT(1 << 16);
    struct near_words near = {.out = &lines};
    for (const struct cpm_command *c = cpm_commands; c->name; c++)
        if (cpm_command_exists(c) && cpm_word_close(typed, c->name))
            near_add(&near, c->name, c->summary);
    for (; scripts && *scripts; scripts++)
        if (cpm_word_close(typed, *scripts) && !is_command_script(*scripts))
            near_add_script(&near, *scripts);
    cpm_buf_addf(out, "Unknown command: \"%s\"\n", typed);
    if (near.count)
        cpm_buf_addf(out, "\n\nDid you mean %s?%s", near.count == 1 ? "this" : "one of these",
                     cpm_buf_text(&lines));
    cpm_buf_add_text(out, "\nTo see a list of supported cpm commands, run:\n  cpm help");
    cpm_buf_release(&lines);
}
