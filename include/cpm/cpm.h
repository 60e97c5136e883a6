/* All of libcpm's public interface. Include this one, or only the parts you use. */
#ifndef CPM_CPM_H
#define CPM_CPM_H

#include "cpm/error.h"
#include "cpm/lockfile.h"
#include "cpm/resolver.h"
#include "cpm/semver.h"
#include "cpm/tree.h"
#include "cpm/version.h"

#endif
