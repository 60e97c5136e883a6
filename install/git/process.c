/* A loop of its own for each run, so that waiting needs nothing of the caller's. Over when the
 * process has gone and both pipes have ended. */
#include "install/git/process.h"

#include "base/mem.h"

#include <uv.h>

#define OUT_MAX   (64u << 20)
#define ERR_MAX   (64u << 10)
#define READ_SIZE (64u << 10)

struct run {
    struct cpm_process *process;
    uv_process_t handle;
    uv_pipe_t pipes[2];
    char *chunk;
};

static void on_exit_seen(uv_process_t *handle, int64_t status, int sig)
{
    struct run *run = handle->data;

    run->process->exit_code = sig ? 128 + sig : (int)status;
    uv_close((uv_handle_t *)handle, NULL);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct run *run = handle->data;

    (void)suggested;
    *buf = uv_buf_init(run->chunk, READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct run *run = stream->data;
    bool is_out = (uv_pipe_t *)stream == &run->pipes[0];

    if (n > 0)
        cpm_buf_add(is_out ? &run->process->out : &run->process->err, buf->base, (size_t)n);
    else if (n < 0)
        uv_close((uv_handle_t *)stream, NULL);
}

static int start(struct run *run, uv_loop_t *loop)
{
    struct cpm_process *p = run->process;
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}};
    uv_process_options_t options = {
        .file = p->file,
        .args = (char **)(uintptr_t)p->args, /* argv is never written */
        .env = (char **)(uintptr_t)p->env,
        .cwd = p->cwd,
        .exit_cb = on_exit_seen,
        .stdio_count = 3,
        .stdio = stdio,
    };
    int rc;

    for (int i = 0; i < 2; i++) {
        uv_pipe_init(loop, &run->pipes[i], 0);
        run->pipes[i].data = run;
        stdio[i + 1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
        stdio[i + 1].data.stream = (uv_stream_t *)&run->pipes[i];
    }
    run->handle.data = run;
    rc = uv_spawn(loop, &run->handle, &options);
    if (rc < 0)
        uv_close((uv_handle_t *)&run->handle, NULL);
    for (int i = 0; i < 2; i++)
        if (rc < 0)
            uv_close((uv_handle_t *)&run->pipes[i], NULL);
        else
            uv_read_start((uv_stream_t *)&run->pipes[i], on_alloc, on_read);
    return rc;
}

int cpm_process_run(struct cpm_process *process, struct cpm_error *err)
{
    struct run run = {.process = process};
    uv_loop_t loop;
    int rc = uv_loop_init(&loop);

    cpm_buf_init(&process->out, OUT_MAX);
    cpm_buf_init(&process->err, ERR_MAX);
    if (rc < 0)
        return cpm_error_sys(err, -rc, "make an event loop");
    run.chunk = cpm_alloc(READ_SIZE);
    rc = start(&run, &loop);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    cpm_free(run.chunk);
    return rc < 0 ? cpm_error_sys(err, -rc, "run '%s'", process->file) : 0;
}

void cpm_process_release(struct cpm_process *process)
{
    cpm_buf_release(&process->out);
    cpm_buf_release(&process->err);
}
