/* The table is filled once, by whoever asks first: the thread that loads ahead, or the one that
 * must have it. The library stays loaded to the end of the process, because unloading it and what
 * it brought takes longer than anything it could free. */
#include "registry/http_curl.h"

#include "base/library.h"

#include <pthread.h>

#define SONAME "libcurl.so.4"

static struct {
    struct cpm_curl api;
    CURLcode initialised;
    char fault[CPM_LIBRARY_FAULT]; /* "": none */
} lib;
static pthread_once_t lib_once = PTHREAD_ONCE_INIT;

static void load(void)
{
#define X(name) {"curl_" #name, &lib.api.name},
    static const struct cpm_library_function functions[] = {CPM_CURL_FUNCTIONS(X)};
#undef X

    if (cpm_library_load(SONAME, functions, sizeof(functions) / sizeof(functions[0]), lib.fault))
        lib.initialised = lib.api.global_init(CURL_GLOBAL_DEFAULT);
}

void cpm_curl_preload(void)
{
    pthread_once(&lib_once, load);
}

int cpm_curl_load(struct cpm_curl *api, struct cpm_error *err)
{
    cpm_curl_preload();
    if (lib.fault[0])
        return cpm_error_set(
            err, CPM_EUNSUPPORTED,
            "the network needs libcurl: " SONAME " %s; install the package libcurl4", lib.fault);
    if (lib.initialised != CURLE_OK)
        return cpm_error_set(err, CPM_EUNSUPPORTED, "libcurl could not be initialised");
    *api = lib.api;
    return 0;
}
