/* npm's words for a package that a registry does not have: the registry client puts them into its
 * error, whoever knows what was asked for says it more exactly. */
#ifndef CPM_SEMVER_PACKAGE_ABSENT_H
#define CPM_SEMVER_PACKAGE_ABSENT_H

#include "base/error.h"
#include "base/str.h"

/* What npm tells behind the first line of an E404 that a registry answered; it takes the place of
 * what stands there. Asked for was `name`, or "name@wanted"; where `name` could be no new package's
 * name, the reasons are told too. Without a name `wanted` is all that is known. Other errors stay
 * as they are. Returns err's code. */
int cpm_package_absent(struct cpm_error *err, struct cpm_str name, struct cpm_str wanted);

#endif
