/* What an install did, counted as npm counts it. The flow fills it, the cli words it; the state
 * file keeps it, so that an unchanged project prints the same lines without reading a tree. */
#ifndef CPM_INSTALL_SUMMARY_H
#define CPM_INSTALL_SUMMARY_H

#include "install/install.h"

struct cpm_summary {
    size_t added, removed, changed;
    size_t audited;  /* packages of the tree, the root too; 0: not audited */
    size_t standing; /* with a filter: what node_modules holds, folders and the root too; else 0 */
    size_t funding;  /* packages with a valid `funding`, each name@version once */
    const struct cpm_install_change *changes;
    size_t change_count;
};

/* Counts what the lock has on disk (not inert, not the root, no link) and somebody needs. */
size_t cpm_summary_count_funding(const struct cpm_lock *lock);
void cpm_summary_count_changes(struct cpm_summary *summary);

/* "\nadded 2 packages, and audited 9 packages in 3s\n\n2 packages are looking for funding\n
 *   run `PROGRAM fund` for details\n"; program NULL: nothing of funding. */
void cpm_summary_write(const struct cpm_summary *summary, uint64_t elapsed_ms, const char *program,
                       struct cpm_buf *out);
/* "312ms", "3s", "2m": npm's short form. */
void cpm_duration_write(uint64_t ms, struct cpm_buf *out);

#endif
