/* CMake reads the version from include/cpm/version.h and defines CPM_VERSION for every file. */
#include "cpm/version.h"

const char *cpm_version(void)
{
    return CPM_VERSION;
}
