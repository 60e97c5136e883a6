#include "cli/browser.h"

#include "cli/config/config.h"
#include "cli/print_json.h"

#include <sys/wait.h>
#include <unistd.h>

#define NOT_FOUND 127

/* NOT_FOUND when there is no such program. */
static int start_browser(const char *program, const char *url)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        execlp(program, program, url, (char *)NULL);
        _exit(NOT_FOUND);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return NOT_FOUND;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void print_page(struct cpm_cli *cli, const char *title, const char *url)
{
    if (cpm_term_json(cli->term)) {
        struct cpm_json *doc = cpm_json_new_object();
        cpm_json_set_str(doc, "title", cpm_str(title));
        cpm_json_set_str(doc, "url", cpm_str(url));
        cpm_print_json(cli->term, doc);
    } else {
        cpm_term_outf(cli->term, "%s:\n%s", title, url);
    }
}

int cpm_browser_open(struct cpm_cli *cli, const char *title, const char *url, struct cpm_error *err)
{
    const char *browser = cpm_config_raw(cli->config, "browser");
    if (browser && strcmp(browser, "false") == 0) {
        print_page(cli, title, url);
        return 0;
    }
    /* never a path, an option or a script: the text comes from a stranger's package.json */
    if (!cpm_str_starts(cpm_str(url), "https://") && !cpm_str_starts(cpm_str(url), "http://"))
        return cpm_error_set(err, CPM_EUNKNOWN, "Invalid URL: %s", url);
    bool any = !browser || !*browser || strcmp(browser, "true") == 0;
    cpm_term_flush(cli->term);
    int code = start_browser(any ? "xdg-open" : browser, url);
    if (code == NOT_FOUND)
        print_page(cli, title, url);
    else if (code != 0)
        return cpm_error_set(err, CPM_EUNKNOWN, "the browser ended with %d; the page is %s", code,
                             url);
    return 0;
}
