/* Every script is a job that comes after the one before it in its workspace, and the first of a
 * workspace after the last ones of those that it depends on. Output is told line by line, each line
 * behind the workspace's name; what has no line break yet waits. */
#include "cli/config/config.h"
#include "cli/run_events.h"
#include "cli/run_list.h"
#include "cli/script_host.h"
#include "cli/term.h"

#include <unistd.h>

#define LINE_MAX_ (1u << 20) /* a longer line is told in parts */

/* What a workspace has written since its last line break, on stdout and on stderr. */
struct lane {
    const char *name;
    struct cpm_buf waiting[2];
};

struct parallel {
    const struct cpm_run_event *e;
    struct cpm_script_job *jobs;
    size_t job_count;
    struct lane *lanes;
    size_t *last; /* by workspace: its last job, CPM_NPOS when it has none */
    int exit_code;
};

static void tell_line(struct parallel *p, struct lane *lane, bool err)
{
    struct cpm_buf line = CPM_BUF_INIT(LINE_MAX_ * 2);
    cpm_buf_addf(&line, "%s: ", lane->name);
    cpm_buf_add_str(&line, cpm_buf_str(&lane->waiting[err]));
    if (err) {
        cpm_term_err(p->e->cli->term, cpm_buf_str(&line));
    } else { /* as it would reach the terminal without us */
        cpm_buf_add_char(&line, '\n');
        cpm_term_put(p->e->cli->term, cpm_buf_str(&line));
        cpm_term_flush(p->e->cli->term);
    }
    cpm_buf_release(&line);
    cpm_buf_clear(&lane->waiting[err]);
}

static void on_output(void *data, struct cpm_script_job *job, bool err, struct cpm_str bytes)
{
    struct parallel *p = data;
    struct lane *lane = job->data;
    struct cpm_buf *waiting = &lane->waiting[err];
    while (bytes.len) {
        size_t end = cpm_str_chr(bytes, '\n');
        size_t take = end == CPM_NPOS ? bytes.len : end;
        if (take > LINE_MAX_ - waiting->len)
            take = LINE_MAX_ - waiting->len;
        cpm_buf_add_str(waiting, cpm_str_sub(bytes, 0, take));
        if (take == end || waiting->len == LINE_MAX_)
            tell_line(p, lane, err);
        bytes = cpm_str_sub(bytes, take + (take == end), bytes.len);
    }
}

static struct lane *lane_of(struct parallel *p, const struct cpm_script *script)
{
    for (size_t i = 0; i < p->job_count; i++)
        if (p->jobs[i].script.package == script->package)
            return p->jobs[i].data;
    return NULL;
}

static void on_begin(void *data, const struct cpm_script *script)
{
    struct parallel *p = data;
    struct lane *lane = lane_of(p, script);
    struct cpm_str rest = cpm_str(cpm_script_banner(p->e->cli->arena, script)), line;
    if (cpm_term_level(p->e->cli->term) == CPM_LOG_SILENT)
        return;
    while (cpm_str_split(&rest, '\n', &line))
        if (line.len)
            cpm_term_outf(p->e->cli->term, "%s: %.*s", lane->name, CPM_STR_ARG(line));
    cpm_term_flush(p->e->cli->term);
}

static void missing(struct parallel *p, const struct cpm_run_workspace *w)
{
    struct cpm_error fault = CPM_ERROR_INIT;
    const char *id = w->package.id ? w->package.id : w->name;
    if (cpm_config_bool(p->e->cli->config, "if-present"))
        return;
    cpm_run_missing(&w->package, p->e->event, id, &fault);
    cpm_term_log(p->e->cli->term, CPM_LOG_ERROR, NULL, "workspace %s\nlocation %s\n%s", id,
                 w->package.path, fault.text);
    p->exit_code = 1;
}

/* What the first job of a workspace comes after: through one without jobs, what that comes after.
 */
static size_t add_needs(struct parallel *p, const struct cpm_run_workspace *all,
                        const struct cpm_run_workspace *w, size_t *out, size_t n)
{
    for (size_t i = 0; i < w->after_count; i++) {
        size_t need = w->after[i];
        if (p->last[need] == CPM_NPOS)
            n = add_needs(p, all, &all[need], out, n);
        else if (n < p->job_count)
            out[n++] = p->last[need];
    }
    return n;
}

static void add_jobs(struct parallel *p, const struct cpm_run_workspace *all, size_t i,
                     bool ordered)
{
    struct cpm_arena *arena = p->e->cli->arena;
    struct cpm_script scripts[CPM_RUN_EVENTS];
    p->last[i] = CPM_NPOS;
    if (!cpm_run_has(p->e, &all[i].package)) {
        missing(p, &all[i]);
        return;
    }
    size_t n = cpm_run_collect(p->e, &all[i].package, scripts);
    for (size_t s = 0; s < n; s++) {
        struct cpm_script_job *job = &p->jobs[p->job_count];
        size_t *after = CPM_NEW_ARRAY(arena, size_t, p->job_count + 1);
        *job = (struct cpm_script_job){.script = scripts[s], .after = after, .data = &p->lanes[i]};
        if (s > 0)
            after[job->after_count++] = p->last[i];
        else if (ordered)
            job->after_count = add_needs(p, all, &all[i], after, 0);
        p->last[i] = p->job_count++;
    }
}

static void report(struct parallel *p, struct cpm_script_job *job)
{
    const struct lane *lane = job->data;
    struct cpm_term *term = p->e->cli->term;
    const char *place = cpm_arena_printf(p->e->cli->arena, "workspace %s\nlocation %s", lane->name,
                                         job->script.package->path);
    if (job->skipped) {
        cpm_term_log(term, CPM_LOG_WARN, "run",
                     "'%s' of %s was not run: what it comes after failed", job->script.event,
                     lane->name);
    } else if (job->exit_code) {
        cpm_term_log(term, CPM_LOG_ERROR, NULL,
                     "Lifecycle script `%s` failed with error:", job->script.event);
        cpm_script_host_report(p->e->cli, job, place);
        p->exit_code = job->exit_code;
    }
}

static void end(struct parallel *p, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int err = 0; err < 2; err++) {
            if (p->lanes[i].waiting[err].len)
                tell_line(p, &p->lanes[i], err);
            cpm_buf_release(&p->lanes[i].waiting[err]);
        }
    for (size_t i = 0; i < p->job_count; i++) {
        report(p, &p->jobs[i]);
        cpm_script_job_release(&p->jobs[i]);
    }
}

/* In order as many as there are processors; without order all, since they may be servers. */
static unsigned at_once(bool ordered, size_t count)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    return !ordered ? (unsigned)count : cpus > 2 ? (unsigned)cpus : 2;
}

int cpm_run_parallel(const struct cpm_run_event *e, const struct cpm_script_options *opts,
                     const struct cpm_run_workspace *all, size_t count, int *exit_code,
                     struct cpm_error *err)
{
    struct cpm_arena *arena = e->cli->arena;
    const char *raw = cpm_config_raw(e->cli->config, "topological");
    bool ordered = !raw || strcmp(raw, "false") != 0;
    struct parallel p = {.e = e};
    p.jobs = CPM_NEW_ARRAY(arena, struct cpm_script_job, count * CPM_RUN_EVENTS + 1);
    p.lanes = CPM_NEW_ARRAY(arena, struct lane, count + 1);
    p.last = CPM_NEW_ARRAY(arena, size_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        p.lanes[i] = (struct lane){.name = all[i].name ? all[i].name : "."};
        cpm_buf_init(&p.lanes[i].waiting[0], LINE_MAX_);
        cpm_buf_init(&p.lanes[i].waiting[1], LINE_MAX_);
        add_jobs(&p, all, i, ordered);
    }
    struct cpm_script_batch batch = {.jobs = p.jobs,
                                     .count = p.job_count,
                                     .parallel = at_once(ordered, count),
                                     .keep_going = true,
                                     .output = on_output,
                                     .opts = opts,
                                     .begin = on_begin,
                                     .data = &p};
    int rc = cpm_script_run(&batch, err);
    end(&p, count);
    *exit_code = p.exit_code;
    return rc == CPM_ELIFECYCLE ? 0 : rc;
}
