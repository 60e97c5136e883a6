/* Faults in words: what failed, at which address (never with its credentials), and what can be
 * done. The table also says which faults may pass: a refused certificate will be refused again, and
 * a thousand requests that each ask again for an unknown host are a storm. */
#include "registry/http_multi.h"
#include "registry/http_url.h"

#include <errno.h>

static const struct fault {
    CURLcode code;
    int error;
    enum cpm_http_again again;
    const char *hint;
} faults[] = {
    {CURLE_COULDNT_RESOLVE_HOST, CPM_ENOTFOUND, CPM_HTTP_ONCE,
     "check the network, and the name in the registry's address"},
    {CURLE_COULDNT_RESOLVE_PROXY, CPM_ENETWORK, CPM_HTTP_NEVER,
     "check the settings proxy and https-proxy"},
    {CURLE_COULDNT_CONNECT, CPM_ENETWORK, CPM_HTTP_ONCE,
     "nothing answers there: check the registry's address, the proxy settings and the network"},
    {CURLE_PEER_FAILED_VERIFICATION, CPM_ENETWORK, CPM_HTTP_NEVER,
     "the server's certificate is not trusted: check the machine's clock, or name your authority "
     "with cafile"},
    {CURLE_SSL_CACERT_BADFILE, CPM_ENETWORK, CPM_HTTP_NEVER, "check the setting cafile"},
    {CURLE_SSL_CERTPROBLEM, CPM_ENETWORK, CPM_HTTP_NEVER,
     "check the client certificate (cert and key, or certfile and keyfile)"},
    {CURLE_SSL_CONNECT_ERROR, CPM_ENETWORK, CPM_HTTP_ONCE,
     "the TLS handshake failed: the server may want another TLS version or a client certificate"},
    {CURLE_URL_MALFORMAT, CPM_EUNSUPPORTEDPROTOCOL, CPM_HTTP_NEVER, "the address is no valid URL"},
    {CURLE_UNSUPPORTED_PROTOCOL, CPM_ENETWORK, CPM_HTTP_AGAIN,
     "what answers there does not speak HTTP"},
    {CURLE_OPERATION_TIMEDOUT, CPM_ETIMEDOUT, CPM_HTTP_AGAIN,
     "the setting fetch-timeout gives it more time"},
    {CURLE_PROXY, CPM_ENETWORK, CPM_HTTP_ONCE, "check the settings proxy and https-proxy"},
    {CURLE_OK, CPM_ENETWORK, CPM_HTTP_AGAIN, NULL}, /* any other; the last row */
};

static const struct fault *find_fault(CURLcode code)
{
    const struct fault *f = faults;

    while (f->code != code && f->code != CURLE_OK)
        f++;
    return f;
}

/* What the system said of the connection, and OpenSSL of the certificate (its X509_V_ERR_…), under
 * Node's names for it: scripts look for these. */
static const struct reason {
    long number;
    int error;
} system_reasons[] = {{ECONNREFUSED, CPM_ECONNREFUSED},
                      {ECONNRESET, CPM_ECONNRESET},
                      {EPIPE, CPM_ECONNRESET},
                      {EHOSTUNREACH, CPM_EHOSTUNREACH},
                      {ENETUNREACH, CPM_ENETUNREACH},
                      {ETIMEDOUT, CPM_ETIMEDOUT},
                      {0, CPM_ENETWORK}},
  certificate_reasons[] = {{9, CPM_ECERTNOTYET}, {10, CPM_ECERTEXPIRED}, {18, CPM_ECERTSELFSIGNED},
                           {19, CPM_ECERTCHAIN}, {20, CPM_ECERTLEAF},    {21, CPM_ECERTLEAF},
                           {0, CPM_ECERTHOST}}; /* the chain is good: the name was not */

static int find_reason(const struct reason *reasons, long number)
{
    while (reasons->number != number && reasons->number)
        reasons++;
    return reasons->error;
}

static int error_of(const struct cpm_http_call *call, const struct fault *f)
{
    CURL *easy = call->transfer->easy;
    long number = 0;

    if (f->code == CURLE_PEER_FAILED_VERIFICATION) {
        call->http->curl.easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &number);
        return find_reason(certificate_reasons, number);
    }
    if (f->error != CPM_ENETWORK)
        return f->error;
    call->http->curl.easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
    return find_reason(system_reasons, number);
}

/* "CONNECT tunnel failed, response 407" comes as a plain receive error. */
static bool is_proxy_refusal(const struct cpm_http_call *call)
{
    return cpm_str_find(cpm_str(call->transfer->error), "CONNECT") != CPM_NPOS;
}

enum cpm_http_again cpm_http_fault(const struct cpm_http_call *call, CURLcode code,
                                   struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const char *url = cpm_url_bare(&arena, cpm_str(call->url_now));
    const char *words =
        call->transfer->error[0] ? call->transfer->error : call->http->curl.easy_strerror(code);
    const struct fault *f = find_fault(code);
    enum cpm_http_again again = f->again;

    if (call->fault == CPM_ETOOBIG) {
        cpm_error_set(err, CPM_ETOOBIG, "%s %s: the answer is larger than the limit of %zu bytes",
                      call->method, url, call->max);
        again = CPM_HTTP_NEVER;
    } else if (is_proxy_refusal(call)) {
        cpm_error_set(err, CPM_ENETWORK,
                      "%s %s failed: %s; the proxy refused: check the settings proxy, https-proxy "
                      "and noproxy",
                      call->method, url, words);
        again = CPM_HTTP_ONCE;
    } else {
        cpm_error_set(err, error_of(call, f), "%s %s failed: %s%s%s", call->method, url, words,
                      f->hint ? "; " : "", f->hint ? f->hint : "");
    }
    cpm_arena_release(&arena);
    return again;
}

int cpm_http_stall_error(const struct cpm_http_call *call, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    cpm_error_set(err, CPM_ETIMEDOUT,
                  "%s %s failed: no byte came for %.1f seconds (%zu before); the server or the "
                  "network is stuck",
                  call->method, cpm_url_bare(&arena, cpm_str(call->url_now)),
                  call->http->opts->stall_ms / 1000.0, call->answer.len);
    cpm_arena_release(&arena);
    return CPM_ETIMEDOUT;
}

/* The reason in the status line, or HTTP's usual one (HTTP/2 sends none). */
static const char *reason(struct cpm_arena *arena, const struct cpm_http_call *call)
{
    static const struct {
        int status;
        const char *words;
    } usual[] = {
        {400, "Bad Request"},        {401, "Unauthorized"},
        {403, "Forbidden"},          {404, "Not Found"},
        {405, "Method Not Allowed"}, {408, "Request Timeout"},
        {409, "Conflict"},           {410, "Gone"},
        {429, "Too Many Requests"},  {500, "Internal Server Error"},
        {502, "Bad Gateway"},        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    struct cpm_str rest = cpm_buf_str(&call->header_text), line = CPM_STR_NONE, word;

    if (rest.len)
        cpm_str_split(&rest, '\n', &line);
    line = cpm_str_trim(line);
    if (line.len) {
        cpm_str_split(&line, ' ', &word);
        cpm_str_split(&line, ' ', &word);
    }
    if (line.len)
        return cpm_arena_strndup(arena, line.ptr, line.len);
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        if (usual[i].status == call->http_status)
            return usual[i].words;
    return "";
}

/* The answer's {"error": "…"}, as npm shows it. */
static struct cpm_str body_error(struct cpm_arena *arena, const struct cpm_http_call *call)
{
    struct cpm_str key, text = CPM_STR_NONE;
    struct cpm_jsonread r;

    cpm_jsonread_init(&r, cpm_buf_str(&call->answer), "answer", arena);
    if (!cpm_jsonread_object(&r))
        return CPM_STR_NONE;
    while (cpm_jsonread_key(&r, &key))
        if (cpm_str_is(key, "error"))
            cpm_jsonread_str(&r, &text);
        else
            cpm_jsonread_skip(&r);
    return cpm_str_sub(text, 0, 160);
}

static int status_code(const struct cpm_http_call *call)
{
    switch (call->http_status) {
    case 400:
        return CPM_E400;
    case 409:
        return CPM_E409;
    case 401:
        return cpm_str_find(call->header.authenticate, "OTP") != CPM_NPOS ||
                       cpm_str_find(call->header.authenticate, "otp") != CPM_NPOS
                   ? CPM_EOTP
                   : CPM_E401;
    case 403:
        return CPM_E403;
    case 404:
        return CPM_E404;
    default:
        return CPM_EHTTP;
    }
}

/* npm's words for an E401, by the first way in that the server offers. */
static const char *login_words(const struct cpm_http_call *call)
{
    if (cpm_str_find(call->header.authenticate, "Bearer") != CPM_NPOS)
        return "Unable to authenticate, your authentication token seems to be invalid.";
    if (cpm_str_find(call->header.authenticate, "Basic") != CPM_NPOS)
        return "Incorrect or missing password.";
    return NULL;
}

int cpm_http_status_error(const struct cpm_http_call *call, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_str more = body_error(&arena, call);
    int code = status_code(call);
    const char *login = code == CPM_E401 ? login_words(call) : NULL;
    const char *answer = cpm_arena_printf(
        &arena, "%d %s - %s %s%s%.*s", call->http_status, reason(&arena, call), call->method,
        cpm_url_bare(&arena, cpm_str(call->url_now)), more.len ? " - " : "", CPM_STR_ARG(more));

    if (code == CPM_EOTP)
        cpm_error_set(err, code, "OTP required for authentication");
    else if (login)
        cpm_error_set(err, code,
                      "%s\n%s\nTo correct this please try logging in again with:\n  cpm login",
                      login, answer);
    else
        cpm_error_set(err, code, "%s", answer);
    cpm_arena_release(&arena);
    return code;
}
