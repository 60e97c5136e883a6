/* The table is filled from names; the library stays loaded to the end of the process, because
 * unloading it and what it brought takes longer than anything it could free. */
#include "registry/http_curl.h"

#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

static bool find(void *library, const char *name, void *slot)
{
    void *function = dlsym(library, name);

    memcpy(slot, &function, sizeof(function));
    return function != NULL;
}

#define SONAME "libcurl.so.4"

void cpm_curl_preload(void)
{
    cpm_library_open(SONAME, RTLD_NOW | RTLD_LOCAL);
}

int cpm_curl_load(struct cpm_curl *api, struct cpm_error *err)
{
    void *library = cpm_library_open(SONAME, RTLD_NOW | RTLD_LOCAL);
    const char *missing = NULL;

    if (!library)
        return cpm_error_set(err, CPM_EUNSUPPORTED,
                             "the network needs libcurl, which cannot be loaded (%s); install the "
                             "package libcurl4",
                             dlerror());
#define CPM_CURL_FIND(name)                                                                        \
    if (!find(library, "curl_" #name, &api->name))                                                 \
        missing = "curl_" #name;
    CPM_CURL_FUNCTIONS(CPM_CURL_FIND)
#undef CPM_CURL_FIND
    if (missing)
        return cpm_error_set(err, CPM_EUNSUPPORTED, SONAME " has no %s", missing);
    if (api->global_init(CURL_GLOBAL_DEFAULT) != 0)
        return cpm_error_set(err, CPM_EUNSUPPORTED, "libcurl could not be initialised");
    return 0;
}
