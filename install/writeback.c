#include "install/run.h"
#include "install/store_entry.h"

#include <unistd.h>

/* The sync at the end of a run waits for one thread of the kernel that writes file after file.
 * Begun early and now and then again, most of that happens beside the unpacking. A slow disk is not
 * asked more often than it answers: the next round begins after the one before it. */

#define STEP (1u << 20) /* bytes that are worth a round */

static void write_work(uv_work_t *work)
{
    const struct cpm_run *run = work->data;

    syncfs(cpm_store_fd(run->req->store)); /* a fault comes again from the last sync */
}

static void write_done(uv_work_t *work, int status)
{
    struct cpm_run *run = work->data;

    (void)status;
    run->writing = false;
    cpm_run_pump(run);
}

void cpm_run_write_early(struct cpm_run *run)
{
    uint64_t added = cpm_store_added(run->req->store);

    if (run->writing || run->req->opts.no_sync || added < run->written + STEP)
        return;
    run->written = added;
    run->writing = true;
    run->write.data = run;
    uv_queue_work(run->req->loop, &run->write, write_work, write_done);
}
