/* cpm node, and cpm under the name of node: the embedded runtime, a shared object that is loaded
 * when JavaScript must run and not before. */
#include "cli/cmd_node.h"

#include "base/library.h"
#include "base/path.h"
#include "cli/commands.h"
#include "runtime/open/open.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool cpm_node_wanted(int argc, char **argv)
{
    static const char *const endings[] = {".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"};

    if (cpm_str_is(cpm_path_basename(cpm_str(argv[0])), "node"))
        return true;
    for (unsigned i = 0; argc > 1 && i < sizeof(endings) / sizeof(endings[0]); i++)
        if (argv[1][0] != '-' && cpm_str_ends(cpm_str(argv[1]), endings[i]))
            return true;
    return false;
}

static void say(const char *text)
{
    fprintf(stderr, "cpm error %s\n", text);
}

const char *cpm_node_bin(struct cpm_arena *arena)
{
    struct cpm_buf folder = CPM_BUF_INIT(PATH_MAX);
    char resolved[PATH_MAX];
    const char *found = NULL;

    if (cpm_library_folder(&folder)) {
        cpm_buf_add_text(&folder, "bin"); /* the folder's real path: node in it is a link */
        found = realpath(cpm_buf_text(&folder), resolved);
        cpm_buf_release(&folder);
    }
    if (!found || access(cpm_arena_printf(arena, "%s/node", found), X_OK) != 0)
        return NULL;
    return cpm_arena_printf(arena, "%s", found);
}

/* What a run is made of; `end` finds it by its first part. */
struct run {
    struct cpm_runtime_start start;
    struct cpm_opened opened;
};

static void __attribute__((noreturn)) end(const struct cpm_runtime_start *start, int code)
{
    struct run *run = (struct run *)start;

    fflush(stdout);
    cpm_open_after(&run->opened);
    _Exit(code);
}

static bool load(struct run *run, const struct cpm_buf *folder)
{
    run->opened = cpm_open(cpm_buf_text(folder));
    if (!run->opened.main)
        fprintf(stderr,
                "cpm error the JavaScript runtime cannot be loaded: %s\n"
                "cpm error It is the file %s%s, beside libjavascriptcoregtk-4.1-0 of the system.\n",
                dlerror(), cpm_buf_text(folder), CPM_RUNTIME_FILE);
    return run->opened.main != NULL;
}

int cpm_node_main(int argc, char **argv)
{
    struct cpm_buf folder = CPM_BUF_INIT(PATH_MAX);
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct run run;
    int code = 1;

    if (!cpm_library_folder(&folder)) {
        say("the program's own path is unknown: /proc is not mounted");
        goto out;
    }
    const char *bin = cpm_node_bin(&arena);
    if (!load(&run, &folder))
        goto out;
    run.start = (struct cpm_runtime_start){
        .version = CPM_RUNTIME_VERSION,
        .argc = argc,
        .argv = argv,
        .exec_path = cpm_arena_printf(&arena, "%s/node", bin ? bin : ""),
        .cpm_version = cpm_cli_version(),
        .say = say,
        .end = end,
    };
    code = run.opened.main(&run.start);
    end(&run.start, code); /* the engine's threads are not waited for */
out:
    cpm_buf_release(&folder);
    cpm_arena_release(&arena);
    return code;
}

int cpm_cmd_node(int argc, char **argv)
{
    return cpm_node_main(argc, argv);
}
