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

static void ask(struct cpm_config *c)
{
    char *argv[] = {cpm_arena_strndup(c->arena, c->node, strlen(c->node)),
                    cpm_arena_strndup(c->arena, "--version", 9), NULL};
    int pipe_fd[2];
    posix_spawn_file_actions_t actions;
    if (pipe2(pipe_fd, O_CLOEXEC) != 0)
        return;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_fd[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int rc = posix_spawn(&c->asked.pid, c->node, &actions, NULL, argv, c->in.environ_);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_fd[1]);
    if (rc == 0)
        c->asked.answer = pipe_fd[0];
    else
        close(pipe_fd[0]);
}

static const char *hear(struct cpm_config *c)
{
    char out[ANSWER_MAX];
    struct cpm_str answer = cpm_str_n(out, read_answer(c->asked.answer, out, sizeof(out)));
    close(c->asked.answer);
    while (waitpid(c->asked.pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    answer = cpm_str_trim(answer);
    return is_version(answer) ? cpm_arena_strndup(c->arena, answer.ptr, answer.len) : "";
}

static const char *memo_folder(struct cpm_config *c)
{
    const char *cache = cpm_config_str(c, "cache");
    return cache ? cpm_path_join(c->arena, cache, "_cpm") : NULL;
}

static const char *memo_file(struct cpm_config *c)
{
    return cpm_path_join(c->arena, memo_folder(c), "node-version");
}

/* What stands before the version in a memo about the program of now. */
static const char *memo_key(struct cpm_config *c)
{
    struct stat st;
    if (!c->node || stat(c->node, &st) != 0)
        return NULL;
    return cpm_arena_printf(c->arena, "%s\t%lld\t%lld%09ld\t", c->node, (long long)st.st_size,
                            (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static const char *remembered(struct cpm_config *c)
{
    struct cpm_str memo;
    if (!memo_folder(c) || cpm_fs_read(memo_file(c), MEMO_MAX, c->arena, &memo, NULL) < 0 ||
        !cpm_str_starts(memo, c->asked.key))
        return NULL;
    memo = cpm_str_trim(cpm_str_sub(memo, strlen(c->asked.key), memo.len));
    return is_version(memo) ? cpm_arena_strndup(c->arena, memo.ptr, memo.len) : NULL;
}

static void remember(struct cpm_config *c)
{
    const char *line = cpm_arena_printf(c->arena, "%s%s\n", c->asked.key, c->node_version);
    if (memo_folder(c) && cpm_fs_mkdirs(memo_folder(c), 0700, NULL) == 0)
        cpm_fs_replace(memo_file(c), cpm_str(line), 0600, false, NULL);
}

void cpm_config_node_begin(struct cpm_config *c)
{
    if (c->node_version || c->asked.key)
        return;
    c->asked.key = memo_key(c);
    if (!c->asked.key)
        c->node_version = "";
    else if (!(c->node_version = remembered(c)))
        ask(c);
}

const char *cpm_config_node_version(struct cpm_config *c)
{
    cpm_config_node_begin(c);
    if (c->node_version)
        return c->node_version;
    c->node_version = c->asked.answer ? hear(c) : "";
    if (*c->node_version)
        remember(c);
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
