/* Help from the command table: usage of one command, the overview, near misses. npm's form with our
 * name; nothing here reads files. */
#include "cli/commands.h"

#define TEXT_WIDTH 60 /* npm's width of the list of commands in a pipe */

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

void cpm_command_usage(const struct cpm_command *c, struct cpm_buf *out)
{
    cpm_buf_addf(out, "%s\n\nUsage:\n", c->summary);
    add_usage_lines(c, out);
    add_aliases(c, out);
    cpm_buf_addf(out, "\nRun \"cpm help %s\" for more info", c->name);
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

static void add_summaries(struct cpm_buf *out)
{
    for (const struct cpm_command *c = cpm_commands; c->name; c++)
        if (cpm_command_exists(c))
            cpm_buf_addf(out, "    %-16s %s\n", c->name, c->summary);
}

void cpm_overview(struct cpm_buf *out, const char *userconfig, bool long_form)
{
    cpm_buf_add_text(out, "cpm <command>\n\nUsage:\n\n"
                          "cpm install        install all the dependencies in your project\n"
                          "cpm install <foo>  add the <foo> dependency to your project\n"
                          "cpm test           run this project's tests\n"
                          "cpm run <foo>      run the script named <foo>\n"
                          "cpm <command> -h   quick help on <command>\n"
                          "cpm -l             display usage info for all commands\n"
                          "cpm help <term>    help on the command <term>\n\n"
                          "All commands:\n\n");
    if (long_form)
        add_summaries(out);
    else
        add_names(out);
    cpm_buf_addf(out,
                 "\nSpecify configs in the ini-formatted file:\n    %s\n"
                 "or on the command line via: cpm <command> --key=value\n\n"
                 "More configuration info: cpm help config\n\ncpm@%s",
                 userconfig, cpm_cli_version());
}

#define NEAR_MAX 3

struct near_words {
    struct cpm_buf *out;
    unsigned count;
};

static void near_add(struct near_words *near, const char *form, const char *word, const char *what)
{
    if (near->count++ >= NEAR_MAX)
        return;
    cpm_buf_addf(near->out, "\n  cpm %s%s # %s", form, word, what);
}

void cpm_unknown_command(struct cpm_buf *out, const char *typed, const char *const *scripts)
{
    struct cpm_buf lines = CPM_BUF_INIT(1 << 16);
    struct near_words near = {.out = &lines};
    for (const struct cpm_command *c = cpm_commands; c->name; c++)
        if (cpm_command_exists(c) && cpm_word_close(typed, c->name))
            near_add(&near, "", c->name, c->summary);
    for (; scripts && *scripts; scripts++)
        if (cpm_word_close(typed, *scripts))
            near_add(&near, "run ", *scripts, "run this package script");
    cpm_buf_addf(out, "Unknown command: \"%s\"\n", typed);
    if (near.count)
        cpm_buf_addf(out, "\n\nDid you mean %s?%s", near.count == 1 ? "this" : "one of these",
                     cpm_buf_text(&lines));
    cpm_buf_add_text(out, "\nTo see a list of supported cpm commands, run:\n  cpm help");
    cpm_buf_release(&lines);
}
