/* What the installer leaves for the state file (install/install.h: cpm_install_mark_current). */
#ifndef CPM_INSTALL_STATE_H
#define CPM_INSTALL_STATE_H

#include "install/modules.h"

/* `watch`: folders outside the root's node_modules whose change means that something is to be done,
 * one a line. */
int cpm_state_prepare(const struct cpm_modules *m, struct cpm_str watch, struct cpm_error *err);

#endif
