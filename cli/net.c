/* One request at a time on a loop of its own. What a registry answers with is read with a cap, and
 * an answer that is no JSON is no fault where only its status counts. */
#include "cli/net.h"

#include "base/mem.h"
#include "cli/config/config.h"
#include "cli/term.h"
#include "registry/http_url.h"

#include <strings.h>

#define ANSWER_MAX (256u << 20)
#define HEADERS    8

static void show_notice(void *data, struct cpm_str text)
{
    cpm_term_log(data, CPM_LOG_NOTICE, "", "%.*s", CPM_STR_ARG(text));
}

int cpm_net_options(struct cpm_cli *cli, struct cpm_registry_options *out, struct cpm_error *err)
{
    int rc = cpm_config_registry(cli->config, out, err);
    out->notice = show_notice;
    out->notice_data = cli->term;
    return rc;
}

const char *cpm_net_agent(struct cpm_cli *cli)
{
    return cpm_arena_printf(cli->arena, "%s cpm/%s", cpm_config_user_agent(cli->config),
                            CPM_VERSION);
}

int cpm_net_open(struct cpm_cli *cli, struct cpm_net *net, struct cpm_error *err)
{
    if (net->open)
        return 0;
    *net = (struct cpm_net){.cli = cli, .at = net->at};
    int rc = cpm_net_options(cli, &net->opts, err);
    if (rc < 0)
        return rc;
    net->opts.user_agent = cpm_net_agent(cli);
    if (net->at)
        net->opts.registry = net->at;
    if (uv_loop_init(&net->loop) != 0)
        return cpm_error_set(err, CPM_ENOMEM, "no event loop");
    net->open = true;
    return cpm_registry_new(&net->loop, &net->opts, &net->registry, err);
}

void cpm_net_close(struct cpm_net *net)
{
    if (!net->open)
        return;
    cpm_registry_free(net->registry);
    uv_run(&net->loop, UV_RUN_DEFAULT);
    uv_loop_close(&net->loop);
    net->open = false;
}

const char *cpm_net_registry(struct cpm_net *net, struct cpm_str name)
{
    return cpm_registry_url_for(net->registry, name);
}

bool cpm_net_has_credentials(struct cpm_net *net, const char *registry)
{
    struct cpm_http_url url;
    if (!cpm_http_url_parse(cpm_str(registry), &url))
        return false;
    const struct cpm_auth_entry *auth = cpm_auth_find(&net->opts, &url);
    return auth && (auth->token || auth->basic || (auth->certfile && auth->keyfile));
}

static const char *full_url(struct cpm_net *net, const struct cpm_net_call *call)
{
    const char *base = call->registry ? call->registry : net->opts.registry, *rel = call->url;
    if (strncmp(rel, "http://", 7) == 0 || strncmp(rel, "https://", 8) == 0)
        return rel;
    while (*rel == '/')
        rel++;
    bool slash = cpm_str_ends(cpm_str(base), "/");
    return cpm_arena_printf(net->cli->arena, "%s%s%s", base, slash ? "" : "/", rel);
}

static void on_exchange(struct cpm_http_request *req)
{
    *(bool *)req->data = true;
}

static void run_until(struct cpm_net *net, const bool *done)
{
    while (!*done)
        uv_run(&net->loop, UV_RUN_ONCE);
}

static void keep_answer(struct cpm_net *net, struct cpm_net_call *call,
                        const struct cpm_http_request *req)
{
    struct cpm_arena *arena = net->cli->arena;
    call->status = req->http_status;
    call->text = cpm_arena_str(arena, req->answer);
    call->headers = cpm_arena_str(arena, req->answer_headers);
    if (call->text.len)
        cpm_json_parse(call->text, "answer", CPM_JSON_LAST_WINS, &call->json, NULL);
}

static void fill_headers(struct cpm_net *net, const struct cpm_net_call *call,
                         const char *headers[HEADERS])
{
    struct cpm_cli *cli = net->cli;
    const char *otp = call->otp ? call->otp : cpm_config_str(cli->config, "otp");
    const char *auth_type = cpm_config_str(cli->config, "auth-type");
    size_t n = 0;
    headers[n++] = "Accept: application/json";
    if (call->body)
        headers[n++] = "Content-Type: application/json";
    if (otp && *otp)
        headers[n++] = cpm_arena_printf(cli->arena, "npm-otp: %s", otp);
    if (auth_type && *auth_type)
        headers[n++] = cpm_arena_printf(cli->arena, "npm-auth-type: %s", auth_type);
    if (cli->command)
        headers[n++] = cpm_arena_printf(cli->arena, "npm-command: %s", cli->command);
    if (call->header)
        headers[n++] = call->header;
    headers[n] = NULL;
}

int cpm_net_exchange(struct cpm_net *net, struct cpm_net_call *call, struct cpm_error *err)
{
    const char *headers[HEADERS];
    struct cpm_buf body = CPM_BUF_INIT(1u << 30);
    bool done = false;
    fill_headers(net, call, headers);
    if (call->body)
        cpm_json_write(call->body, CPM_STR(""), CPM_STR(""), &body);
    struct cpm_http_request req = {.method = call->method ? call->method : "GET",
                                   .url = full_url(net, call),
                                   .headers = headers,
                                   .body = cpm_buf_str(&body),
                                   .auth = !call->anonymous,
                                   .retry = !call->method,
                                   .max = ANSWER_MAX,
                                   .data = &done,
                                   .done = on_exchange};
    int rc = cpm_http_start(net->registry, &req, err);
    if (rc == 0) {
        run_until(net, &done);
        rc = req.status < 0 ? cpm_error_set(err, req.status, "%s", req.err.text) : 0;
        keep_answer(net, call, &req);
        if (rc == 0 && req.http_status >= 400 && !call->any_status)
            rc = cpm_http_request_error(&req, err);
        cpm_http_release(&req);
    }
    cpm_buf_release(&body);
    return rc;
}

struct cpm_str cpm_net_header(const struct cpm_net_call *call, const char *name)
{
    struct cpm_str rest = call->headers, line, found = CPM_STR("");
    size_t len = strlen(name);
    while (rest.len && cpm_str_split(&rest, '\n', &line))
        if (line.len > len && line.ptr[len] == ':' && strncasecmp(line.ptr, name, len) == 0)
            found = cpm_str_trim(cpm_str_sub(line, len + 1, line.len));
    return found;
}

static void on_packument(struct cpm_packument_request *req)
{
    *(bool *)req->data = true;
}

int cpm_net_packument(struct cpm_net *net, struct cpm_str name, bool full,
                      const struct cpm_packument **out, struct cpm_error *err)
{
    bool done = false;
    struct cpm_packument_request req = {
        .name = name, .full = full, .no_cache = true, .data = &done, .done = on_packument};
    int rc = cpm_packument_start(net->registry, &req, err);
    if (rc < 0)
        return rc;
    run_until(net, &done);
    *out = req.packument;
    net->fresh_until_ms = req.fresh_until_ms;
    return req.status < 0 ? cpm_error_set(err, req.status, "%s", req.err.text) : 0;
}

static void on_one_packument(struct cpm_packument_request *req)
{
    --*(size_t *)req->data;
}

int cpm_net_packuments(struct cpm_net *net, struct cpm_net_packuments *all, struct cpm_error *err)
{
    size_t open = 0;
    int rc = 0;
    all->results = CPM_NEW_ARRAY(net->cli->arena, struct cpm_packument_request, all->count + 1);
    for (size_t i = 0; i < all->count && rc == 0; i++) {
        all->results[i] = (struct cpm_packument_request){.name = all->names[i],
                                                         .full = all->full,
                                                         .no_cache = !all->cached_ok,
                                                         .data = &open,
                                                         .done = on_one_packument};
        rc = cpm_packument_start(net->registry, &all->results[i], err);
        open += rc == 0;
    }
    while (open)
        uv_run(&net->loop, UV_RUN_ONCE);
    return rc;
}

static void on_tarball(struct cpm_tarball_request *req)
{
    *(bool *)req->data = true;
}

int cpm_net_tarball(struct cpm_net *net, struct cpm_str url, struct cpm_str integrity, char **bytes,
                    size_t *size, struct cpm_error *err)
{
    bool done = false;
    struct cpm_tarball_request req = {
        .url = url, .name = url, .integrity = integrity, .data = &done, .done = on_tarball};
    int rc = cpm_tarball_start(net->registry, &req, err);
    if (rc < 0)
        return rc;
    run_until(net, &done);
    *bytes = req.bytes;
    *size = req.size;
    return req.status < 0 ? cpm_error_set(err, req.status, "%s", req.err.text) : 0;
}

const char *cpm_net_escape(struct cpm_arena *arena, struct cpm_str name)
{
    return cpm_url_name(arena, name);
}

const char *cpm_net_encode(struct cpm_arena *arena, struct cpm_str text)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr("-_.!~*'()", c));
        if (plain)
            cpm_buf_add_char(&out, (char)c);
        else
            cpm_buf_addf(&out, "%%%02X", c);
    }
    const char *copy = cpm_arena_strndup(arena, cpm_buf_text(&out), out.len);
    cpm_buf_release(&out);
    return copy;
}
