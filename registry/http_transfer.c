/* One try of a call: everything that libcurl is told about it, and what comes back. Redirects and
 * netrc are libcurl's traps (credentials of one host sent to another), so both are off here. */
#include "registry/http_multi.h"
#include "registry/http_url.h"

#include "base/mem.h"

#define HEADERS_MAX  (256u << 10)
#define BAD_BODY_MAX (64u << 10) /* of an error answer: for its message */
#define RESERVE_MAX  (32u << 20) /* what a Content-Length alone may allocate */

#define SET(call, option, value)                                                                   \
    ((call)->http->curl.easy_setopt((call)->transfer->easy, (option), (value)))

/* headers out */

static void add_header(struct cpm_http_call *call, const char *line)
{
    struct cpm_http_transfer *t = call->transfer;
    struct curl_slist *list = call->http->curl.slist_append(t->headers, line);

    if (list)
        t->headers = list;
}

static void add_headerf(struct cpm_http_call *call, const char *name, const char *value)
{
    struct cpm_buf line = CPM_BUF_INIT(64u << 10);

    cpm_buf_addf(&line, "%s: %s", name, value);
    add_header(call, cpm_buf_text(&line));
    cpm_buf_release(&line);
}

static void add_authorization(struct cpm_http_call *call, const char *kind, const char *secret)
{
    struct cpm_buf line = CPM_BUF_INIT(64u << 10);

    cpm_buf_addf(&line, "Authorization: %s %s", kind, secret);
    add_header(call, cpm_buf_text(&line));
    cpm_buf_release(&line);
}

static bool has_header(const struct cpm_http_call *call, const char *name)
{
    size_t len = strlen(name);

    for (const char *const *h = call->headers; h && *h; h++)
        if (cpm_str_eq_nocase(cpm_str_n(*h, strnlen(*h, len)), cpm_str_n(name, len)))
            return true;
    return false;
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return false;
    return true;
}

static int add_auth(struct cpm_http_call *call, struct cpm_error *err)
{
    const struct cpm_auth_entry *entry;
    const char *secret;
    struct cpm_http_url url;

    if (!call->auth || !cpm_http_url_parse(cpm_str(call->url_now), &url))
        return 0;
    entry = cpm_auth_find(call->http->opts, &url);
    if (!entry)
        return 0;
    if (entry->certfile && entry->keyfile) {
        SET(call, CURLOPT_SSLCERT, entry->certfile);
        SET(call, CURLOPT_SSLKEY, entry->keyfile);
    }
    secret = entry->token ? entry->token : entry->basic;
    if (!secret)
        return 0;
    if (!is_plain(secret))
        return cpm_error_set(err, CPM_EINVALIDAUTH,
                             "the credential for '%s' has a control character in it", entry->nerf);
    add_authorization(call, entry->token ? "Bearer" : "Basic", secret);
    return 0;
}

static int set_headers(struct cpm_http_call *call, struct cpm_error *err)
{
    const struct cpm_registry_options *opts = call->http->opts;

    if (call->accept)
        add_headerf(call, "Accept", call->accept);
    if (call->gzip)
        add_header(call, "Accept-Encoding: gzip");
    if (call->fresh)
        add_header(call, "Cache-Control: no-cache");
    if (opts->npm_command && is_plain(opts->npm_command))
        add_headerf(call, "npm-command", opts->npm_command);
    add_header(call, "Expect:");
    if (call->body.len && !has_header(call, "Content-Type:"))
        add_header(call, "Content-Type: application/json");
    for (const char *const *h = call->headers; h && *h; h++)
        add_header(call, *h);
    if (add_auth(call, err) < 0)
        return err ? err->code : CPM_EINVALIDAUTH;
    SET(call, CURLOPT_HTTPHEADER, call->transfer->headers);
    return 0;
}

/* what comes in */

static bool stop(struct cpm_http_call *call, int fault)
{
    call->fault = fault;
    return false;
}

static curl_off_t content_length(const struct cpm_http_call *call)
{
    curl_off_t length = -1;

    call->http->curl.easy_getinfo(call->transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
                                  &length);
    return length;
}

static int status_now(const struct cpm_http_call *call)
{
    long status = 0;

    call->http->curl.easy_getinfo(call->transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

/* A length that passes the limit ends a good answer before its first byte. */
static bool is_too_long(const struct cpm_http_call *call)
{
    return status_now(call) / 100 == 2 && content_length(call) > (curl_off_t)call->max;
}

static void begin_body(struct cpm_http_call *call)
{
    curl_off_t length = content_length(call);

    call->http_status = status_now(call);
    if (call->http_status / 100 != 2)
        return;
    if (length > 0)
        cpm_buf_reserve(&call->answer,
                        (size_t)length < RESERVE_MAX ? (size_t)length + 1 : RESERVE_MAX);
    if (call->begin)
        call->begin(call);
}

static bool take_body(struct cpm_http_call *call, const char *bytes, size_t len)
{
    if (call->fault)
        return false;
    if (call->http_status / 100 != 2) {
        if (call->answer.len + len <= BAD_BODY_MAX)
            cpm_buf_add(&call->answer, bytes, len);
        return true;
    }
    if (call->answer.len + len > call->max)
        return stop(call, CPM_ETOOBIG);
    cpm_buf_add(&call->answer, bytes, len);
    if (call->bytes)
        call->bytes(call, bytes, len);
    return true;
}

static size_t on_body(char *bytes, size_t one, size_t len, void *data)
{
    struct cpm_http_call *call = data;

    (void)one;
    call->last_byte = uv_now(call->http->loop);
    call->http->stats->bytes += len;
    if (call->http_status == 0)
        begin_body(call);
    return take_body(call, bytes, len) ? len : 0;
}

static size_t on_header(char *line, size_t one, size_t len, void *data)
{
    struct cpm_http_call *call = data;

    (void)one;
    call->last_byte = uv_now(call->http->loop);
    if (cpm_str_starts(cpm_str_n(line, len), "HTTP/"))
        cpm_buf_clear(&call->header_text);
    if (call->header_text.len + len > HEADERS_MAX) {
        stop(call, CPM_ETOOBIG);
        return 0;
    }
    cpm_buf_add(&call->header_text, line, len);
    if (len <= 2 && is_too_long(call)) {
        stop(call, CPM_ETOOBIG);
        return 0;
    }
    return len;
}

static int on_progress(void *data, curl_off_t all, curl_off_t now, curl_off_t up_all, curl_off_t up)
{
    struct cpm_http_call *call = data;

    (void)all;
    (void)now;
    (void)up_all;
    if (up > 0 && up < (curl_off_t)call->body.len)
        call->last_byte = uv_now(call->http->loop);
    return 0;
}

/* headers of the answer */

static void read_header(struct cpm_http_headers *h, struct cpm_str name, struct cpm_str value)
{
    const struct {
        const char *name;
        struct cpm_str *slot;
    } known[] = {
        {"etag", &h->etag},
        {"last-modified", &h->last_modified},
        {"cache-control", &h->cache_control},
        {"content-encoding", &h->encoding},
        {"retry-after", &h->retry_after},
        {"www-authenticate", &h->authenticate},
        {"npm-notice", &h->notice},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (cpm_str_eq_nocase(name, cpm_str(known[i].name)))
            *known[i].slot = value;
}

void cpm_http_read_headers(struct cpm_http_call *call)
{
    struct cpm_str rest = cpm_buf_str(&call->header_text), line;

    call->header = (struct cpm_http_headers){.etag = CPM_STR_NONE};
    while (rest.len && cpm_str_split(&rest, '\n', &line)) {
        size_t colon = cpm_str_chr(line, ':');

        if (colon != CPM_NPOS)
            read_header(&call->header, cpm_str_sub(line, 0, colon),
                        cpm_str_trim(cpm_str_sub(line, colon + 1, line.len)));
    }
}

/* options */

static void set_request(struct cpm_http_call *call)
{
    SET(call, CURLOPT_URL, call->url_now);
    SET(call, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(call, CURLOPT_FOLLOWLOCATION, 0L);
    SET(call, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(call, CURLOPT_NOSIGNAL, 1L);
    SET(call, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(call, CURLOPT_PIPEWAIT, strncmp(call->url_now, "https:", 6) == 0 ? 1L : 0L);
    SET(call, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(call, CURLOPT_BUFFERSIZE, 128L << 10);
    if (strcmp(call->method, "HEAD") == 0)
        SET(call, CURLOPT_NOBODY, 1L);
    if (call->body.len) {
        SET(call, CURLOPT_POSTFIELDS, call->body.ptr);
        SET(call, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
        SET(call, CURLOPT_NOPROGRESS, 0L);
        SET(call, CURLOPT_XFERINFOFUNCTION, on_progress);
        SET(call, CURLOPT_XFERINFODATA, call);
    }
    if (call->body.len || (strcmp(call->method, "GET") != 0 && strcmp(call->method, "HEAD") != 0))
        SET(call, CURLOPT_CUSTOMREQUEST, call->method);
}

static void set_callbacks(struct cpm_http_call *call)
{
    SET(call, CURLOPT_WRITEFUNCTION, on_body);
    SET(call, CURLOPT_WRITEDATA, call);
    SET(call, CURLOPT_HEADERFUNCTION, on_header);
    SET(call, CURLOPT_HEADERDATA, call);
    SET(call, CURLOPT_PRIVATE, call);
    SET(call, CURLOPT_ERRORBUFFER, call->transfer->error);
}

static void set_blob(struct cpm_http_call *call, CURLoption option, const char *pem)
{
    struct curl_blob blob;

    if (!pem)
        return;
    blob.data = (void *)(uintptr_t)pem; /* libcurl copies it */
    blob.len = strlen(pem);
    blob.flags = CURL_BLOB_COPY;
    SET(call, option, &blob);
}

static void set_network(struct cpm_http_call *call)
{
    const struct cpm_registry_options *o = call->http->opts;
    bool https = strncmp(call->url_now, "https:", 6) == 0;
    const char *first = https ? o->https_proxy : o->proxy,
               *other = https ? o->proxy : o->https_proxy;

    /* Empty texts keep libcurl from looking at the environment, which is configuration's matter. */
    SET(call, CURLOPT_PROXY, first ? first : other ? other : "");
    SET(call, CURLOPT_NOPROXY, o->noproxy ? o->noproxy : "");
    SET(call, CURLOPT_USERAGENT, o->user_agent ? o->user_agent : "cpm/" CPM_VERSION);
    SET(call, CURLOPT_TIMEOUT_MS, (long)o->timeout_ms);
    SET(call, CURLOPT_CONNECTTIMEOUT_MS, (long)o->stall_ms);
    SET(call, CURLOPT_SSL_VERIFYPEER, o->strict_ssl ? 1L : 0L);
    SET(call, CURLOPT_SSL_VERIFYHOST, o->strict_ssl ? 2L : 0L);
    if (o->cafile)
        SET(call, CURLOPT_CAINFO, o->cafile);
    set_blob(call, CURLOPT_CAINFO_BLOB, o->ca);
    if (o->cert && o->key) {
        set_blob(call, CURLOPT_SSLCERT_BLOB, o->cert);
        set_blob(call, CURLOPT_SSLKEY_BLOB, o->key);
    }
}

/* begin and end */

static struct cpm_http_transfer *take_transfer(struct cpm_http *http)
{
    struct cpm_http_transfer *t = http->spare;

    if (t) {
        http->spare = t->next;
        return t;
    }
    t = cpm_calloc(1, sizeof(*t));
    t->easy = http->curl.easy_init();
    if (!t->easy) {
        cpm_free(t);
        return NULL;
    }
    return t;
}

int cpm_http_transfer_begin(struct cpm_http_call *call, struct cpm_error *err)
{
    call->transfer = take_transfer(call->http);
    if (!call->transfer)
        return cpm_error_set(err, CPM_ENOMEM, "libcurl has no memory");
    call->transfer->error[0] = '\0';
    cpm_buf_release(&call->answer);
    cpm_buf_init(&call->answer, call->max > BAD_BODY_MAX ? call->max + 1 : BAD_BODY_MAX);
    cpm_buf_clear(&call->header_text);
    call->header = (struct cpm_http_headers){.etag = CPM_STR_NONE};
    call->http_status = 0;
    call->fault = 0;
    call->last_byte = uv_now(call->http->loop);
    set_request(call);
    set_callbacks(call);
    set_network(call);
    if (set_headers(call, err) < 0 ||
        call->http->curl.multi_add_handle(call->http->multi, call->transfer->easy) != CURLM_OK) {
        cpm_http_transfer_end(call);
        return err && err->code ? err->code
                                : cpm_error_set(err, CPM_ENETWORK, "libcurl refused a request");
    }
    call->http->stats->requests++;
    return 0;
}

void cpm_http_transfer_end(struct cpm_http_call *call)
{
    struct cpm_http_transfer *t = call->transfer;
    struct cpm_http *http = call->http;

    if (!t)
        return;
    http->curl.multi_remove_handle(http->multi, t->easy);
    http->curl.slist_free_all(t->headers);
    t->headers = NULL;
    http->curl.easy_reset(t->easy);
    t->next = http->spare;
    http->spare = t;
    call->transfer = NULL;
}
