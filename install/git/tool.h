/* git as a program for git dependencies: run with npm's environment and with nothing in the way
 * that a repository or a surrounding git could slip in (hooks, templates, GIT_DIR). The clone and
 * the listing of refs use it; on workers. */
#ifndef CPM_INSTALL_GIT_TOOL_H
#define CPM_INSTALL_GIT_TOOL_H

#include "base/arena.h"
#include "base/error.h"

struct cpm_git_tool {
    struct cpm_arena *arena;
    const char *program;
    const char *const *env; /* of every run, over ours */
};

/* `program`: configuration's git; NULL or "": in PATH. CPM_ENOGIT when there is none. */
int cpm_git_tool_open(struct cpm_arena *arena, const char *program, struct cpm_git_tool *out,
                      struct cpm_error *err);

struct cpm_git_call {
    const char *const *args; /* behind the options that are always given; NULL-ended */
    const char *cwd;         /* NULL: "/" */
    bool quiet;              /* its failure is an answer: err is left alone */
};
/* *out (may be NULL): what it wrote, in the arena. CPM_EGIT with npm's words, err->sys being git's
 * exit code. What a lost connection ends is tried three times. */
int cpm_git_tool_run(const struct cpm_git_tool *git, const struct cpm_git_call *call,
                     struct cpm_str *out, struct cpm_error *err);

#endif
