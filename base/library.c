#include "base/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

bool cpm_library_load(const char *soname, const struct cpm_library_function *functions,
                      size_t count, char fault[CPM_LIBRARY_FAULT])
{
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

    if (!library) {
        snprintf(fault, CPM_LIBRARY_FAULT, "is not installed");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        void *function = dlsym(library, functions[i].name);

        if (!function) {
            snprintf(fault, CPM_LIBRARY_FAULT, "lacks %s", functions[i].name);
            return false;
        }
        memcpy(functions[i].slot, &function, sizeof(function));
    }
    return true;
}
