/* npm's allow-git and its kind for what comes out of a lock: there is no solving that would ask.
 * The plan asks for each package that is to be put. */
#ifndef CPM_INSTALL_REFUSE_H
#define CPM_INSTALL_REFUSE_H

#include "install/install.h"

/* A repository or folder that nobody who may asks for: a registry's word alone makes no clone and
 * packs no folder. CPM_EUNSUPPORTED. */
int cpm_refuse_unasked(const struct cpm_lock *ideal, const struct cpm_lock_entry *entry,
                       struct cpm_error *err);
/* CPM_EALLOWGIT, CPM_EALLOWREMOTE or CPM_EALLOWFILE when the options forbid it. */
int cpm_refuse_source(const struct cpm_lock *ideal, const struct cpm_lock_entry *entry,
                      const struct cpm_install_options *opts, struct cpm_error *err);

#endif
