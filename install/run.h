/* One installation under way: what its phases share. Internal to install/install.c, units.c and
 * finish.c, stage.c, clean.c and undo.c. */
#ifndef CPM_INSTALL_RUN_H
#define CPM_INSTALL_RUN_H

#include "base/shelf.h"
#include "install/fetch.h"
#include "install/journal.h"
#include "install/undo.h"

struct cpm_run;

/* Work on another thread, and what follows on the loop. */
struct cpm_run_task {
    uv_work_t work;
    struct cpm_run *run;
    int (*on_worker)(struct cpm_run *run, struct cpm_error *err);
    void (*then)(struct cpm_run *run);
    int status;
    struct cpm_error err;
};

struct cpm_run {
    struct cpm_install_request *req;
    struct cpm_modules modules;
    struct cpm_shelf shelf; /* of the stage */
    struct cpm_recovery recovery;
    struct cpm_plan plan;
    struct cpm_undo undo;
    struct cpm_arena arena; /* of the run; what the request gives back is in req->arena */
    struct cpm_run_task task;
    uv_timer_t timer; /* waits for the project's lock; its end is the run's end */
    uint64_t waited_ms;
    unsigned threads, umask;
    int64_t settled;     /* seconds: the time that linked folders get (install/module_index.h) */
    _Atomic bool copied; /* bytes were written, not only names */
    bool planned, failed, told_busy;
    bool placing;  /* nothing is left to fetch: units are put in place */
    bool left_out; /* an optional package could not be had */
    bool holding;  /* links into .store wait for the packages */
    /* units */
    struct cpm_store_fetch *fetches; /* one a node; used when the store lacks the package */
    uint32_t next_fetch;             /* nodes before this one were looked at */
    unsigned fetching, linking;
    bool syncing; /* the journal */
    bool writing; /* what the store got so far */
    uv_work_t write;
    uint64_t written; /* bytes added to the store when it began last */
    int32_t *ready;   /* units whose packages are all in the store, a queue */
    uint32_t ready_begin, ready_end;
    uint32_t packages, put, fetched, linked_units; /* for events */
    uint64_t added_before;
    /* the journal's sync runs beside the staging; nothing is put in place before its end */
    uv_mutex_t journal_lock;
    bool journal_synced;
    int opened; /* what came of it, once the tree may change */
    /* the hidden lock was written beside the staging; its bytes are durable; it is outdated */
    bool hidden_written, hidden_synced, hidden_stale;
    struct cpm_module_index *index; /* under way, or NULL */
    /* warnings of workers, told on the loop */
    uv_mutex_t lock;
    struct cpm_warning *warnings;
};

struct cpm_warning {
    struct cpm_warning *next;
    struct cpm_str package;
    const char *text;
};

/* Begins `on_worker`; `then` is called on the loop when it went well, else the run ends. */
void cpm_run_begin(struct cpm_run *run, int (*on_worker)(struct cpm_run *, struct cpm_error *),
                   void (*then)(struct cpm_run *));
/* Any thread; the text is copied. */
void cpm_run_warn(void *run, struct cpm_str package, const char *text);
void cpm_run_tell_warnings(struct cpm_run *run);
void cpm_run_event(struct cpm_run *run, enum cpm_install_event_type type, size_t count,
                   size_t total, struct cpm_str name);
/* Keeps the first fault. */
void cpm_run_fail(struct cpm_run *run, int status, const struct cpm_error *err);
/* Nothing is under way any more: gives the request back. */
void cpm_run_end(struct cpm_run *run);

/* Returns once the journal is durable. Any thread. */
int cpm_run_journal_sync(struct cpm_run *run, struct cpm_error *err);
/* The same, and then the tree may change: before the first change that shows. Any thread. */
int cpm_run_open_tree(struct cpm_run *run, struct cpm_error *err);

/* The tree changes, not only what describes it: a last sync will come. */
bool cpm_run_changes(const struct cpm_run *run);

/* clean.c: npm ci's beginning: everything leaves node_modules (for the stage). */
int cpm_run_clean(struct cpm_run *run, struct cpm_error *err);
/* The end: the stage goes, with all that was moved there. */
void cpm_run_discard(struct cpm_run *run);

/* stage.c: makes a unit below the stage; *damaged: the node whose store entry is not as it was
 * unpacked, with CPM_EINTEGRITY. Any thread. */
int cpm_run_stage(struct cpm_run *run, int32_t unit, int32_t *damaged, struct cpm_error *err);
/* Puts one that is staged in its place. Any thread. */
int cpm_run_place(struct cpm_run *run, int32_t unit, struct cpm_error *err);
bool cpm_run_may_run_scripts(const struct cpm_run *run, struct cpm_str location);

/* units.c: fetches and puts every unit in place, then goes on with cpm_run_finish. */
void cpm_run_units(struct cpm_run *run);
/* Begins what can begin, and ends the phase when nothing is under way. */
void cpm_run_pump(struct cpm_run *run);
/* writeback.c: has the disk begin with what was added to the store, once that is a lot. */
void cpm_run_write_early(struct cpm_run *run);
/* finish.c: removals, commands, sync, hidden lock. */
void cpm_run_finish(struct cpm_run *run);

#endif
