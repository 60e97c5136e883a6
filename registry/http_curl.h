/* libcurl, loaded when the first request needs it: it brings some twenty shared objects, which a
 * command without network must not pay for. CURL's types stay in registry/http*. */
#ifndef CPM_REGISTRY_HTTP_CURL_H
#define CPM_REGISTRY_HTTP_CURL_H

#include "base/error.h"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#define CPM_CURL_FUNCTIONS(X)                                                                      \
    X(global_init)                                                                                 \
    X(easy_init)                                                                                   \
    X(easy_setopt)                                                                                 \
    X(easy_getinfo)                                                                                \
    X(easy_reset)                                                                                  \
    X(easy_cleanup)                                                                                \
    X(easy_strerror)                                                                               \
    X(multi_init)                                                                                  \
    X(multi_setopt)                                                                                \
    X(multi_add_handle)                                                                            \
    X(multi_remove_handle)                                                                         \
    X(multi_socket_action)                                                                         \
    X(multi_assign)                                                                                \
    X(multi_info_read)                                                                             \
    X(multi_cleanup)                                                                               \
    X(slist_append)                                                                                \
    X(slist_free_all)

struct cpm_curl { /* curl_easy_init is api.easy_init */
#define CPM_CURL_MEMBER(name) typeof(curl_##name) *name;
    CPM_CURL_FUNCTIONS(CPM_CURL_MEMBER)
#undef CPM_CURL_MEMBER
};

/* Error: CPM_EUNSUPPORTED when the library is not there or too old. It is never unloaded. */
int cpm_curl_load(struct cpm_curl *api, struct cpm_error *err);
/* Has the library ready before that is called: some ms of work for another thread. */
void cpm_curl_preload(void);

#endif
