/* cpm help: the overview, or a page of the manual, shown by man (or as plain text where there is no
 * man); with several terms, or one without a page, a search. */
#include "base/child.h"
#include "base/fs.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/embedded.h"
#include "cli/term.h"

#include <stdlib.h>
#include <unistd.h>

/* "install", "i", "7 config", "cpm-install", "package.json"; section 0 is any. NULL: no such page.
 */
static const struct cpm_embedded *find_page(struct cpm_cli *cli, const char *term, char section)
{
    const struct cpm_command *c = cpm_command_find(term);
    const char *word = c && cpm_command_exists(c) ? c->name : term;
    if (strcmp(term, "npmrc") == 0) { /* npm's names of pages */
        word = "config";
        section = '7';
    } else if (strcmp(term, "npm") == 0 || strcmp(term, "npx") == 0) {
        word = term[2] == 'm' ? "cpm" : "cpx";
    }
    for (const struct cpm_embedded *e = cpm_embedded; e->name; e++) {
        struct cpm_str name = cpm_str(e->name);
        size_t dot = cpm_str_rchr(name, '.');
        struct cpm_str title = cpm_str_sub(name, 0, dot);
        bool is_page = strcmp(e->name + dot, ".1") == 0 || strcmp(e->name + dot, ".7") == 0;
        if (!is_page || (section && e->name[dot + 1] != section))
            continue;
        if (cpm_str_is(title, word) || cpm_str_is(title, term) ||
            cpm_str_is(title, cpm_arena_printf(cli->arena, "cpm-%s", word)))
            return e;
    }
    return NULL;
}

static int write_page(const struct cpm_embedded *page, char path[], struct cpm_error *err)
{
    int fd = mkstemps(path, 2);
    if (fd < 0)
        return cpm_error_set(err, CPM_EIO, "'%s' cannot be made", path);
    size_t size = strlen(page->text);
    int rc = write(fd, page->text, size) == (ssize_t)size
                 ? 0
                 : cpm_error_set(err, CPM_EIO, "'%s' cannot be written", path);
    close(fd);
    return rc;
}

/* False when there is no man that could show it. */
static bool show_page(struct cpm_cli *cli, const struct cpm_embedded *page, int *exit_code)
{
    char path[] = "/tmp/cpm-help-XXXXXX.1";
    const char *const argv[] = {"man", path, NULL};
    struct cpm_child child = {.argv = argv, .inherit = true};
    cpm_term_flush(cli->term);
    bool shown = write_page(page, path, NULL) == 0 && cpm_child_run(&child, NULL) == 0;
    cpm_fs_remove(path, NULL);
    cpm_child_release(&child);
    if (shown)
        *exit_code = child.exit_code;
    return shown;
}

static int search(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    cli->command = "help-search";
    return cpm_cmd_help_search(cli, exit_code, err);
}

static int help_term(struct cpm_cli *cli, char section, int *exit_code, struct cpm_error *err)
{
    const struct cpm_command *c = cpm_command_find(cli->argv[0]);
    const struct cpm_embedded *page = find_page(cli, cli->argv[0], section);
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    if (!page)
        return search(cli, exit_code, err);
    if (show_page(cli, page, exit_code))
        return 0;
    if (c && cpm_command_exists(c))
        cpm_command_usage(c, &text);
    else
        cpm_buf_add_text(&text, page->text);
    cpm_term_out(cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return 0;
}

int cpm_cmd_help(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    char section = 0;
    if (cli->argc > 0 && strlen(cli->argv[0]) == 1 && *cli->argv[0] >= '1' &&
        *cli->argv[0] <= '9') {
        section = *cli->argv[0];
        cli->argv++;
        cli->argc--;
    }
    if (cli->argc > 1)
        return search(cli, exit_code, err);
    if (cli->argc == 1)
        return help_term(cli, section, exit_code, err);
    cpm_overview_print(cli);
    return 0;
}
