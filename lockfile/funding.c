/* A URL counts when the WHATWG parser would find a host in it, which takes "https:host" and
 * "HTTPS:\\host", too. */
#include "lockfile/funding.h"

static bool host_is_valid(struct cpm_str host)
{
    size_t at = cpm_str_rchr(host, '@');
    if (at != CPM_NPOS)
        host = cpm_str_sub(host, at + 1, host.len);
    if (host.len == 0 || host.ptr[0] == ':')
        return false;
    for (size_t i = 0; i < host.len; i++)
        if ((unsigned char)host.ptr[i] <= ' ' || strchr("<>^|%", host.ptr[i]))
            return false;
    return true;
}

static bool url_is_valid(struct cpm_str url)
{
    url = cpm_str_trim(url);
    size_t at = cpm_str_chr(url, ':');
    struct cpm_str scheme = cpm_str_sub(url, 0, at == CPM_NPOS ? 0 : at);
    if (!cpm_str_eq_nocase(scheme, CPM_STR("https")) && !cpm_str_eq_nocase(scheme, CPM_STR("http")))
        return false;
    for (at++; at < url.len && (url.ptr[at] == '/' || url.ptr[at] == '\\');)
        at++;
    size_t end = at;
    while (end < url.len && !memchr("/\\?#", url.ptr[end], 4))
        end++;
    return host_is_valid(cpm_str_sub(url, at, end - at));
}

static bool one_is_valid(const struct cpm_json *funding)
{
    return url_is_valid(cpm_json_is(funding, CPM_JSON_STRING) ? cpm_json_str(funding)
                                                              : cpm_json_get_str(funding, "url"));
}

bool cpm_funding_is_valid(const struct cpm_json *funding)
{
    if (!cpm_json_is(funding, CPM_JSON_ARRAY))
        return one_is_valid(funding);
    CPM_JSON_EACH (funding, f)
        if (!one_is_valid(f))
            return false;
    return true;
}

bool cpm_funding_text_is_valid(struct cpm_str raw)
{
    struct cpm_json *doc = NULL;
    if (raw.len == 0 || cpm_json_parse(raw, "funding", CPM_JSON_LAST_WINS, &doc, NULL) < 0)
        return false;
    bool valid = cpm_funding_is_valid(doc);
    cpm_json_free(doc);
    return valid;
}

static struct cpm_json *normalize_one(const struct cpm_json *funding)
{
    if (!cpm_json_is(funding, CPM_JSON_STRING))
        return cpm_json_copy(funding);
    struct cpm_json *object = cpm_json_new_object();
    cpm_json_set(object, CPM_STR("url"), cpm_json_copy(funding));
    return object;
}

struct cpm_json *cpm_funding_normalize(const struct cpm_json *funding)
{
    if (!cpm_json_truthy(funding))
        return NULL;
    if (!cpm_json_is(funding, CPM_JSON_ARRAY))
        return normalize_one(funding);
    struct cpm_json *list = cpm_json_new_array();
    CPM_JSON_EACH (funding, f)
        cpm_json_add(list, normalize_one(f));
    return list;
}
