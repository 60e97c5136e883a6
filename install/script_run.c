/* A batch has a loop of its own, so that waiting for scripts needs nothing of the caller's. The
 * shell is found in our PATH, never in the script's, whose first folders belong to dependencies.
 * A job is over when its process has gone and both of its pipes have ended. */
#include "base/mem.h"
#include "install/script.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#define CAPTURE_MAX (16u << 20)
#define READ_SIZE   (64u << 10)
#define SIGNALS     3

struct run {
    struct cpm_script_job *job;
    struct batch *batch;
    struct cpm_arena arena;
    uv_process_t process;
    uv_pipe_t pipes[2];
    unsigned open; /* handles that are not closed yet */
    bool begun, running;
};

struct batch {
    struct cpm_script_batch *req;
    uv_loop_t loop;
    uv_signal_t signals[SIGNALS];
    struct run *runs; /* one a job */
    size_t active;
    char *read_buffer;
};

static const char *find_in_path(struct cpm_arena *arena, const char *program)
{
    const char *path = getenv("PATH");
    if (strchr(program, '/'))
        return program;
    struct cpm_str rest = cpm_str(path && *path ? path : "/usr/bin:/bin"), part;
    while (cpm_str_split(&rest, ':', &part)) {
        const char *full = cpm_arena_printf(arena, "%.*s/%s", CPM_STR_ARG(part), program);
        if (part.len && access(full, X_OK) == 0)
            return full;
    }
    return program;
}

static const char *find_shell(struct cpm_arena *arena, const struct cpm_script_options *opts)
{
    return opts->shell && *opts->shell ? find_in_path(arena, opts->shell) : "/bin/sh";
}

static char *unconst(const char *text)
{
    return (char *)(uintptr_t)text; /* argv is never written */
}

static void shell_argv(struct cpm_arena *arena, const struct cpm_script *script,
                       const struct cpm_script_options *opts, char *argv[4])
{
    argv[0] = unconst(opts->shell && *opts->shell ? opts->shell : "sh");
    argv[1] = unconst("-c");
    argv[2] = unconst(cpm_script_line(arena, script));
    argv[3] = NULL;
}

/* Returns when the file is nothing that the kernel can run: a shell can. */
static void become_program(struct cpm_arena *arena, const struct cpm_script *script, char **env)
{
    char **argv = CPM_NEW_ARRAY(arena, char *, script->arg_count + 2);
    argv[0] = unconst(script->program);
    for (size_t i = 0; i < script->arg_count; i++)
        argv[i + 1] = unconst(script->args[i]);
    execve(script->program, argv, env);
}

int cpm_script_exec(struct cpm_arena *arena, const struct cpm_script *script,
                    const struct cpm_script_options *opts, struct cpm_error *err)
{
    char *argv[4];
    const char *shell = find_shell(arena, opts);
    shell_argv(arena, script, opts, argv);
    char **env = cpm_script_environ(arena, script, opts);
    if (chdir(script->package->path) != 0)
        return cpm_error_sys(err, errno, "could not enter '%s'", script->package->path);
    signal(SIGPIPE, SIG_DFL);
    if (script->program)
        become_program(arena, script, env);
    execve(shell, argv, env);
    return cpm_error_sys(err, errno, "could not run the shell '%s'", argv[0]);
}

static void begin_jobs(struct batch *b);

static void on_handle_closed(uv_handle_t *handle)
{
    struct run *run = handle->data;
    if (--run->open > 0)
        return;
    struct batch *b = run->batch;
    cpm_arena_release(&run->arena);
    run->job->done = true;
    run->running = false;
    b->active--;
    begin_jobs(b);
}

static void note_failure(struct run *run)
{
    if (!run->job->optional && !run->batch->req->failed)
        run->batch->req->failed = run->job;
}

static void on_process_gone(uv_process_t *process, int64_t status, int sig)
{
    struct run *run = process->data;
    run->job->signal = sig;
    run->job->exit_code = sig ? 128 + sig : (int)status;
    run->running = false;
    if (run->job->exit_code)
        note_failure(run);
    uv_close((uv_handle_t *)process, on_handle_closed);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct run *run = handle->data;
    (void)suggested;
    *buf = uv_buf_init(run->batch->read_buffer, READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct run *run = stream->data;
    const struct cpm_script_batch *req = run->batch->req;
    bool is_out = (uv_pipe_t *)stream == &run->pipes[0];
    if (n > 0 && req->output)
        req->output(req->data, run->job, !is_out, cpm_str_n(buf->base, (size_t)n));
    else if (n > 0)
        cpm_buf_add(is_out ? &run->job->out : &run->job->err, buf->base, (size_t)n);
    else if (n < 0)
        uv_close((uv_handle_t *)stream, on_handle_closed);
}

static void open_pipes(struct run *run, uv_stdio_container_t stdio[3])
{
    stdio[0].flags = UV_IGNORE;
    for (int i = 0; i < 2; i++) {
        uv_pipe_init(&run->batch->loop, &run->pipes[i], 0);
        run->pipes[i].data = run;
        stdio[i + 1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
        stdio[i + 1].data.stream = (uv_stream_t *)&run->pipes[i];
        run->open++;
    }
}

static void begin_reading(struct run *run)
{
    for (int i = 0; i < 2; i++)
        uv_read_start((uv_stream_t *)&run->pipes[i], on_alloc, on_read);
}

static void close_unstarted(struct run *run, bool inherit)
{
    run->job->exit_code = 127;
    note_failure(run);
    uv_close((uv_handle_t *)&run->process, on_handle_closed);
    for (int i = 0; !inherit && i < 2; i++)
        uv_close((uv_handle_t *)&run->pipes[i], on_handle_closed);
}

static void begin_job(struct batch *b, struct run *run, struct cpm_script_job *job)
{
    const struct cpm_script_options *opts = b->req->opts;
    bool inherit = b->req->inherit;
    uv_stdio_container_t stdio[3];
    char *argv[4];
    run->job = job;
    run->batch = b;
    run->process.data = run;
    run->open = 1;
    shell_argv(&run->arena, &job->script, opts, argv);
    uv_process_options_t spawn = {
        .file = find_shell(&run->arena, opts),
        .args = argv,
        .env = cpm_script_environ(&run->arena, &job->script, opts),
        .cwd = job->script.package->path,
        .exit_cb = on_process_gone,
        .stdio_count = 3,
        .stdio = stdio,
    };
    if (inherit)
        for (int i = 0; i < 3; i++)
            stdio[i] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = i};
    else
        open_pipes(run, stdio);
    b->active++;
    int rc = uv_spawn(&b->loop, &run->process, &spawn);
    if (rc < 0) {
        cpm_buf_addf(&job->err, "%s: %s\n", spawn.file, uv_strerror(rc));
        close_unstarted(run, inherit);
        return;
    }
    run->running = true;
    if (!inherit)
        begin_reading(run);
}

/* Whether what a job comes after has ended; *failed tells that one of it did not end well. */
static bool is_due(const struct batch *b, const struct cpm_script_job *job, bool *failed)
{
    bool due = true;
    *failed = false;
    for (size_t i = 0; i < job->after_count; i++) {
        const struct cpm_script_job *before = &b->req->jobs[job->after[i]];
        due = due && (before->done || before->skipped);
        *failed = *failed || before->skipped || (before->done && before->exit_code);
    }
    return due;
}

static void begin_jobs(struct batch *b)
{
    struct cpm_script_batch *req = b->req;
    unsigned limit = req->inherit || req->parallel == 0 ? 1 : req->parallel;
    for (size_t i = 0; i < req->count && b->active < limit; i++) {
        struct cpm_script_job *job = &req->jobs[i];
        bool failed;
        if (b->runs[i].begun || job->skipped || !is_due(b, job, &failed))
            continue;
        if (req->failed && !req->keep_going)
            break;
        job->skipped = failed;
        if (failed)
            continue;
        b->runs[i].begun = true;
        if (req->begin)
            req->begin(req->data, &job->script);
        begin_job(b, &b->runs[i], job);
    }
}

static void on_signal(uv_signal_t *handle, int sig)
{
    struct batch *b = handle->data;
    for (size_t i = 0; i < b->req->count; i++)
        if (b->runs[i].running)
            uv_process_kill(&b->runs[i].process, sig);
}

static void guard_signals(struct batch *b)
{
    static const int sigs[SIGNALS] = {SIGINT, SIGTERM, SIGHUP};
    for (int i = 0; i < SIGNALS; i++) {
        uv_signal_init(&b->loop, &b->signals[i]);
        b->signals[i].data = b;
        uv_signal_start(&b->signals[i], on_signal, sigs[i]);
        uv_unref((uv_handle_t *)&b->signals[i]);
    }
}

static int report(const struct cpm_script_job *job, struct cpm_error *err)
{
    struct cpm_str command = job->script.command;
    if (job->signal)
        return cpm_error_set(
            err, CPM_ELIFECYCLE, "path %s\ncommand failed\nsignal SIG%s\ncommand sh -c %.*s",
            job->script.package->path, sigabbrev_np(job->signal), CPM_STR_ARG(command));
    return cpm_error_set(err, CPM_ELIFECYCLE, "path %s\ncommand failed\ncommand sh -c %.*s",
                         job->script.package->path, CPM_STR_ARG(command));
}

int cpm_script_run(struct cpm_script_batch *req, struct cpm_error *err)
{
    struct batch b = {.req = req};
    req->failed = NULL;
    int rc = uv_loop_init(&b.loop);
    if (rc < 0)
        return cpm_error_sys(err, -rc, "could not make an event loop");
    b.runs = cpm_calloc(req->count + 1, sizeof(*b.runs));
    b.read_buffer = cpm_alloc(READ_SIZE);
    for (size_t i = 0; i < req->count; i++) {
        cpm_arena_init(&b.runs[i].arena);
        cpm_buf_init(&req->jobs[i].out, CAPTURE_MAX);
        cpm_buf_init(&req->jobs[i].err, CAPTURE_MAX);
    }
    guard_signals(&b);
    begin_jobs(&b);
    uv_run(&b.loop, UV_RUN_DEFAULT);
    for (int i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&b.signals[i], NULL);
    uv_run(&b.loop, UV_RUN_DEFAULT);
    uv_loop_close(&b.loop);
    cpm_free(b.runs);
    cpm_free(b.read_buffer);
    return req->failed ? report(req->failed, err) : 0;
}

void cpm_script_job_release(struct cpm_script_job *job)
{
    cpm_buf_release(&job->out);
    cpm_buf_release(&job->err);
}
