/* cpm node, and cpm under the name of node: the embedded runtime, a shared object that is loaded
 * when JavaScript must run and not before. */
#include "cli/cmd_node.h"

#include "base/buf.h"
#include "base/path.h"
#include "cli/commands.h"
#include "runtime/start.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LATE_MAX = 8 };

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

static void __attribute__((noreturn)) end(int code)
{
    fflush(stdout);
    _Exit(code);
}

/* LIBDIR/cpm as seen from the program, a '/' behind it; false when it cannot be told. */
static bool runtime_folder(struct cpm_buf *out)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self));
    size_t slash = len > 0 ? cpm_str_rchr(cpm_str_n(self, (size_t)len), '/') : CPM_NPOS;

    if (slash == CPM_NPOS)
        return false;
    cpm_buf_add(out, self, slash + 1);
    cpm_buf_add_text(out, CPM_RUNTIME_FROM_BIN "/");
    return true;
}

const char *cpm_node_bin(struct cpm_arena *arena)
{
    struct cpm_buf folder = CPM_BUF_INIT(PATH_MAX);
    char resolved[PATH_MAX];
    const char *found = NULL;

    if (runtime_folder(&folder)) {
        cpm_buf_add_text(&folder, "bin"); /* the folder's real path: node in it is a link */
        found = realpath(cpm_buf_text(&folder), resolved);
        cpm_buf_release(&folder);
    }
    if (!found || access(cpm_arena_printf(arena, "%s/node", found), X_OK) != 0)
        return NULL;
    return cpm_arena_printf(arena, "%s", found);
}

/* Opens the stand-ins of libraries that the engine is linked with and seldom calls: the linker then
 * takes them for the libraries, which have the same names (runtime/late). */
static unsigned open_late(struct cpm_buf *folder, void **opened)
{
    struct cpm_str names = cpm_str(CPM_RUNTIME_LATE), name;
    size_t len = folder->len;
    unsigned count = 0;

    while (count < LATE_MAX && cpm_str_split(&names, ':', &name) && name.len > 0) {
        cpm_buf_add_text(folder, "late/");
        cpm_buf_add_str(folder, name);
        opened[count] = dlopen(cpm_buf_text(folder), RTLD_LAZY | RTLD_LOCAL);
        count += opened[count] != NULL;
        folder->len = len;
    }
    return count;
}

/* An engine that is newer than this build may want more of a library than its stand-in has. */
static void *open_runtime(struct cpm_buf *folder)
{
    void *late[LATE_MAX], *library;
    unsigned count = open_late(folder, late);

    cpm_buf_add_text(folder, CPM_RUNTIME_FILE);
    library = dlopen(cpm_buf_text(folder), RTLD_NOW | RTLD_GLOBAL);
    if (library || count == 0)
        return library;
    while (count > 0)
        dlclose(late[--count]);
    return dlopen(cpm_buf_text(folder), RTLD_NOW | RTLD_GLOBAL);
}

/* Makes the path of the runtime of its folder's. */
static cpm_runtime_main_fn *load(struct cpm_buf *path)
{
    void *library = open_runtime(path);
    cpm_runtime_main_fn *run =
        library ? (cpm_runtime_main_fn *)dlsym(library, CPM_RUNTIME_ENTRY) : NULL;

    if (!run)
        fprintf(stderr,
                "cpm error the JavaScript runtime cannot be loaded: %s\n"
                "cpm error It is the file %s, beside libjavascriptcoregtk-4.1-0 of the system.\n",
                dlerror(), cpm_buf_text(path));
    return run;
}

int cpm_node_main(int argc, char **argv)
{
    struct cpm_buf file = CPM_BUF_INIT(PATH_MAX);
    struct cpm_arena arena = CPM_ARENA_INIT;
    int code = 1;

    if (!runtime_folder(&file)) {
        say("the program's own path is unknown: /proc is not mounted");
        goto out;
    }
    const char *bin = cpm_node_bin(&arena);
    cpm_runtime_main_fn *run = load(&file);
    if (!run)
        goto out;
    struct cpm_runtime_start start = {
        .version = CPM_RUNTIME_VERSION,
        .argc = argc,
        .argv = argv,
        .exec_path = cpm_arena_printf(&arena, "%s/node", bin ? bin : ""),
        .cpm_version = cpm_cli_version(),
        .say = say,
        .end = end,
    };
    code = run(&start);
    end(code); /* the engine's threads are not waited for */
out:
    cpm_buf_release(&file);
    cpm_arena_release(&arena);
    return code;
}

int cpm_cmd_node(int argc, char **argv)
{
    return cpm_node_main(argc, argv);
}
