/* Second factors. A registry that wants one answers 401 with "OTP"; newer ones name two addresses:
 * one for the user's browser and one that tells when it is done. */
#include "cli/net.h"

#include "cli/config/config.h"
#include "cli/prompt.h"
#include "cli/term.h"

#include <unistd.h>

#define POLLS_MAX  2000
#define WAIT_MAX_S 60

static unsigned wait_seconds(const struct cpm_net_call *call)
{
    uint64_t seconds = 0;
    if (!cpm_str_u64(cpm_net_header(call, "retry-after"), &seconds) || seconds == 0)
        return 1;
    return seconds < WAIT_MAX_S ? (unsigned)seconds : WAIT_MAX_S;
}

static int invalid_answer(struct cpm_error *err)
{
    return cpm_error_set(err, CPM_EHTTP, "Invalid response from web login endpoint");
}

static int poll_token(struct cpm_net *net, const char *url, const char **token,
                      struct cpm_error *err)
{
    for (int i = 0; i < POLLS_MAX; i++) {
        struct cpm_net_call call = {.url = url};
        int rc = cpm_net_exchange(net, &call, err);
        struct cpm_str text = cpm_arena_str(net->cli->arena, cpm_json_get_str(call.json, "token"));
        cpm_json_free(call.json);
        if (rc < 0)
            return rc;
        if (call.status == 200 && text.len) {
            *token = text.ptr;
            return 0;
        }
        if (call.status != 202)
            return invalid_answer(err);
        sleep(wait_seconds(&call));
    }
    return cpm_error_set(err, CPM_ETIMEDOUT, "nobody logged in at the registry's page");
}

static bool is_web(struct cpm_str url)
{
    return cpm_str_starts(url, "https://") || cpm_str_starts(url, "http://");
}

int cpm_net_web_token(struct cpm_net *net, const char *title, struct cpm_str url,
                      struct cpm_str done_url, const char **token, struct cpm_error *err)
{
    if (!is_web(url) || !is_web(done_url))
        return invalid_answer(err);
    cpm_term_outf(net->cli->term, "%s:\n%.*s", title, CPM_STR_ARG(url));
    cpm_term_flush(net->cli->term);
    return poll_token(net, cpm_arena_str(net->cli->arena, done_url).ptr, token, err);
}

static int second_factor(struct cpm_net *net, struct cpm_net_call *call, struct cpm_error *err)
{
    struct cpm_str url = cpm_json_get_str(call->json, "authUrl");
    struct cpm_str done = cpm_json_get_str(call->json, "doneUrl");
    if (url.len && done.len)
        return cpm_net_web_token(net, "Authenticate your account at", url, done, &call->otp, err);
    return cpm_prompt(net->cli, "This operation requires a one-time password.\nEnter OTP:", false,
                      NULL, &call->otp, err);
}

int cpm_net_exchange_otp(struct cpm_net *net, struct cpm_net_call *call, struct cpm_error *err)
{
    struct cpm_error fault = CPM_ERROR_INIT;
    int rc = cpm_net_exchange(net, call, &fault);
    bool wants =
        rc == CPM_EOTP || (rc == CPM_E401 && cpm_str_find(call->text, "one-time pass") != CPM_NPOS);
    if (wants && cpm_prompt_interactive()) {
        rc = second_factor(net, call, err);
        cpm_json_free(call->json);
        call->json = NULL;
        return rc < 0 ? rc : cpm_net_exchange(net, call, err);
    }
    return rc < 0 ? cpm_error_set(err, rc, "%s", fault.text) : 0;
}
