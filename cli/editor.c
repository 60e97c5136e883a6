/* An editor that fails is told, so that nobody takes the old text for the new one. */
#include "cli/editor.h"

#include "base/child.h"
#include "cli/config/config.h"
#include "cli/term.h"

#define WORDS_MAX 32

int cpm_editor_run(struct cpm_cli *cli, const char *path, struct cpm_error *err)
{
    const char *editor = cpm_config_str(cli->config, "editor"), *argv[WORDS_MAX + 2];
    struct cpm_str rest = cpm_str(editor && *editor ? editor : "vi"), word;
    size_t n = 0;
    while (n < WORDS_MAX && cpm_str_split(&rest, ' ', &word))
        if (word.len)
            argv[n++] = cpm_arena_strndup(cli->arena, word.ptr, word.len);
    argv[n++] = path;
    argv[n] = NULL;
    struct cpm_child child = {.argv = argv, .inherit = true};
    cpm_term_flush(cli->term);
    int rc = cpm_child_run(&child, err);
    cpm_child_release(&child);
    if (rc == 0 && child.exit_code)
        return cpm_error_set(err, CPM_EUNKNOWN, "editor process exited with code: %d",
                             child.exit_code);
    return rc;
}
