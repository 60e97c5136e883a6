/* npm's allow-git and its kind for what comes out of a lock: there is no solving that would ask.
 * The plan asks for each package that is to be put. */
#ifndef CPM_INSTALL_REFUSE_H
#define CPM_INSTALL_REFUSE_H

#include "install/install.h"

/* CPM_EALLOWGIT, CPM_EALLOWREMOTE or CPM_EALLOWFILE when the options forbid it. */
int cpm_refuse_source(const struct cpm_lock *ideal, const struct cpm_lock_entry *entry,
                      const struct cpm_install_options *opts, struct cpm_error *err);

#endif
