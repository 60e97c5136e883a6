/* Files of their own for a package whose scripts will run: what is hard-linked to the store is
 * copied, or a script would write into every project. */
#ifndef CPM_INSTALL_DETACH_H
#define CPM_INSTALL_DETACH_H

#include "base/error.h"

/* Copies each regular file of the package's folder that has other names, in place; links are not
 * followed, node_modules below it is another package's. Done twice it does nothing. */
int cpm_detach_package(const char *folder, struct cpm_error *err);

#endif
