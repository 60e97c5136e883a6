/* The version of node is needed for `engines` and the user agent. Starting node costs 40 ms, so the
 * answer is kept in one line of a cache file: "path<TAB>size<TAB>mtime in ns<TAB>version". */
#include "base/fs.h"
#include "base/path.h"
#include "cli/config/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MAX  64
#define MEMO_MAX    8192
#define ANSWER_TIME 10000 /* ms */

static bool is_version(struct cpm_str s)
{
    if (s.len < 2 || s.ptr[0] != 'v')
        return false;
    for (size_t i = 1; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || (unsigned char)s.ptr[i] > '~')
            return false;
    return true;
}

/* One line from the child, waited for with a limit. */
static size_t read_answer(int fd, char *out, size_t size)
{
    size_t used = 0;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    while (used < size && poll(&wait, 1, ANSWER_TIME) > 0) {
        ssize_t n = read(fd, out + used, size - used);
        if (n <= 0 && errno != EINTR)
            break;
        if (n > 0)
            used += (size_t)n;
        if (n == 0)
            break;
    }
    return used;
}

static const char *ask(struct cpm_config *c)
{
    char out[ANSWER_MAX];
    char *argv[] = {cpm_arena_strndup(c->arena, c->node, strlen(c->node)),
                    cpm_arena_strndup(c->arena, "--version", 9), NULL};
    int pipe_fd[2];
    pid_t pid = -1;
    posix_spawn_file_actions_t actions;
    if (pipe2(pipe_fd, O_CLOEXEC) != 0)
        return "";
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_fd[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int rc = posix_spawn(&pid, c->node, &actions, NULL, argv, c->in.environ_);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_fd[1]);
    size_t used = rc == 0 ? read_answer(pipe_fd[0], out, sizeof(out)) : 0;
    close(pipe_fd[0]);
    while (rc == 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    struct cpm_str answer = cpm_str_trim(cpm_str_n(out, used));
    return is_version(answer) ? cpm_arena_strndup(c->arena, answer.ptr, answer.len) : "";
}

const char *cpm_config_node_version(struct cpm_config *c)
{
    struct stat st;
    struct cpm_str memo;
    if (c->node_version)
        return c->node_version;
    c->node_version = "";
    if (!c->node || stat(c->node, &st) != 0)
        return "";
    const char *cache = cpm_config_str(c, "cache");
    const char *dir = cpm_path_join(c->arena, cache ? cache : "", "_cpm");
    const char *file = cpm_path_join(c->arena, dir, "node-version");
    const char *key =
        cpm_arena_printf(c->arena, "%s\t%lld\t%lld%09ld\t", c->node, (long long)st.st_size,
                         (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    if (cpm_fs_read(file, MEMO_MAX, c->arena, &memo, NULL) == 0 && cpm_str_starts(memo, key)) {
        struct cpm_str version = cpm_str_trim(cpm_str_sub(memo, strlen(key), memo.len));
        if (is_version(version)) {
            c->node_version = cpm_arena_strndup(c->arena, version.ptr, version.len);
            return c->node_version;
        }
    }
    c->node_version = ask(c);
    if (*c->node_version && cache && cpm_fs_mkdirs(dir, 0700, NULL) == 0)
        cpm_fs_replace(file, cpm_str(cpm_arena_printf(c->arena, "%s%s\n", key, c->node_version)),
                       0600, false, NULL);
    return c->node_version;
}

const char *cpm_config_node_path(const struct cpm_config *c)
{
    return c->node;
}

const char *cpm_config_npm_version(const struct cpm_config *c)
{
    (void)c;
    return CPM_NPM_COMPATIBLE;
}
