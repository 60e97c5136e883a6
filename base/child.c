/* Both streams are drained as they fill, so that a child that writes much never waits for us. */
#include "base/child.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define CHUNK 65536

struct pipes {
    int out[2], err[2];
};

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void pipes_release(struct pipes *p)
{
    for (int i = 0; i < 2; i++) {
        shut(&p->out[i]);
        shut(&p->err[i]);
    }
}

static bool same_key(const char *a, const char *b)
{
    size_t len = strcspn(a, "=");
    return strncmp(a, b, len) == 0 && (b[len] == '=' || !b[len]);
}

static bool is_replaced(const char *line, const char *const *env)
{
    for (; *env; env++)
        if (same_key(line, *env))
            return true;
    return false;
}

/* The process's environment under the given lines; to be freed (the array alone). */
static char **environment(const char *const *env)
{
    size_t count = 0, n = 0;
    for (char **line = environ; *line; line++)
        count++;
    for (const char *const *line = env; *line; line++)
        count++;
    char **out = cpm_alloc((count + 1) * sizeof(char *));
    for (char **line = environ; *line; line++)
        if (!is_replaced(*line, env))
            out[n++] = *line;
    for (; *env; env++)
        if (strchr(*env, '='))
            out[n++] = (char *)*env;
    out[n] = NULL;
    return out;
}

static int start(const struct cpm_child *c, const struct pipes *p, pid_t *pid)
{
    char **env = c->env ? environment(c->env) : environ;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (c->cwd)
        posix_spawn_file_actions_addchdir_np(&actions, c->cwd);
    if (!c->inherit) {
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, p->out[1], STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, p->err[1], STDERR_FILENO);
    }
    int sys = posix_spawnp(pid, c->argv[0], &actions, NULL, (char *const *)c->argv, env);
    posix_spawn_file_actions_destroy(&actions);
    if (env != environ)
        cpm_free(env);
    return sys;
}

/* False at the end of the stream. What passes the buffer's maximum is dropped. */
static bool drain(int fd, struct cpm_buf *out)
{
    char chunk[CHUNK];
    ssize_t n = read(fd, chunk, sizeof(chunk));
    if (n > 0)
        cpm_buf_add(out, chunk, (size_t)n);
    return n > 0 || (n < 0 && errno == EINTR);
}

static void collect(struct cpm_child *c, struct pipes *p)
{
    struct pollfd fds[] = {{.fd = p->out[0], .events = POLLIN},
                           {.fd = p->err[0], .events = POLLIN}};
    struct cpm_buf *bufs[] = {&c->out, &c->err};
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return;
        for (int i = 0; i < 2; i++)
            if (fds[i].fd >= 0 && fds[i].revents && !drain(fds[i].fd, bufs[i]))
                fds[i].fd = -1;
    }
}

static void wait_for(struct cpm_child *c, pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    c->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    c->exit_code = c->signal ? 128 + c->signal : WEXITSTATUS(status);
}

int cpm_child_run(struct cpm_child *c, struct cpm_error *err)
{
    struct pipes p = {{-1, -1}, {-1, -1}};
    pid_t pid;
    int rc = 0;
    cpm_buf_init(&c->out, CPM_CHILD_OUTPUT_MAX);
    cpm_buf_init(&c->err, CPM_CHILD_OUTPUT_MAX);
    if (!c->inherit && (pipe2(p.out, O_CLOEXEC) != 0 || pipe2(p.err, O_CLOEXEC) != 0))
        rc = cpm_error_sys(err, errno, "no pipe to '%s'", c->argv[0]);
    int sys = rc == 0 ? start(c, &p, &pid) : 0;
    if (sys)
        rc = cpm_error_sys(err, sys, "'%s' could not be started", c->argv[0]);
    shut(&p.out[1]);
    shut(&p.err[1]);
    if (rc == 0 && !c->inherit)
        collect(c, &p);
    if (rc == 0)
        wait_for(c, pid);
    pipes_release(&p);
    return rc;
}

void cpm_child_release(struct cpm_child *c)
{
    cpm_buf_release(&c->out);
    cpm_buf_release(&c->err);
}
