/* The record of an unfinished installation, node_modules/.cpm/journal: written before the first
 * change, renamed after the last. The installer writes it; the next run reads it. An installation
 * that ends leaves it, emptied, under the name "settled"; if not all of its folders are durable by
 * then, it counts as unfinished once the machine has been started anew. */
#ifndef CPM_INSTALL_JOURNAL_H
#define CPM_INSTALL_JOURNAL_H

#include "base/map.h"
#include "install/plan.h"

struct cpm_recovery {
    bool interrupted;     /* the last run did not end, or a power cut may have taken folders of it
                           * away: only folders are believed */
    struct cpm_map begun; /* locations that the unfinished run was to change */
    struct cpm_map
        redo; /* of these, locations it worked on, when their bytes may be lost (power cut) */
};

/* Looks for a journal and sweeps what a dead run left: the stage, temporary files in the project's
 * folder. Call with the project's lock held. */
int cpm_journal_recover(struct cpm_modules *m, struct cpm_arena *arena, struct cpm_recovery *out,
                        struct cpm_error *err);
void cpm_recovery_release(struct cpm_recovery *r);

/* Invalidates the state file and writes the journal, which still tells what an unfinished run
 * before this one had begun. Nothing that shows may change before it is durable too
 * (cpm_journal_sync). */
int cpm_journal_begin(const struct cpm_modules *m, const struct cpm_plan *plan,
                      const struct cpm_recovery *before, struct cpm_error *err);
int cpm_journal_sync(const struct cpm_modules *m, struct cpm_error *err);
/* What a run has made durable. */
enum cpm_synced {
    CPM_SYNCED_ALL,         /* the tree, also what earlier runs left for later */
    CPM_SYNCED_NAMES_LATER, /* not every folder yet */
    CPM_SYNCED_AS_BEFORE,   /* nothing had changed */
};
int cpm_journal_end(const struct cpm_modules *m, enum cpm_synced synced, struct cpm_error *err);
/* Takes a journal back under which nothing was changed. */
void cpm_journal_drop(const struct cpm_modules *m);

#endif
