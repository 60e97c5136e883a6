/* A command's way to its registry when it does one thing after the other: each call runs the loop
 * until its answer is there. Opened when the first question is asked, so that a command that ends
 * without one never loads the network. */
#ifndef CPM_CLI_NET_H
#define CPM_CLI_NET_H

#include "base/json.h"
#include "cli/cli.h"
#include "registry/registry.h"

struct cpm_net {
    const char *at; /* in: another default registry than the configured one, or NULL */
    struct cpm_cli *cli;
    uv_loop_t loop;
    struct cpm_registry_options opts;
    struct cpm_registry *registry;
    bool open;
    int64_t fresh_until_ms; /* of the last packument, see registry/registry.h */
};

/* The configuration's options, with a registry's notices going to the terminal; without the user
 * agent, which may have to wait for node. */
int cpm_net_options(struct cpm_cli *cli, struct cpm_registry_options *out, struct cpm_error *err);
const char *cpm_net_agent(struct cpm_cli *cli);
/* Errors: CPM_ECONFIG, CPM_EINVALIDAUTH. Twice is no fault. */
int cpm_net_open(struct cpm_cli *cli, struct cpm_net *net, struct cpm_error *err);
void cpm_net_close(struct cpm_net *net);

/* The registry of a package name ("" for the default one), by scope; ends in '/'. */
const char *cpm_net_registry(struct cpm_net *net, struct cpm_str name);
/* True when there is a token, a password or a client certificate for this registry. */
bool cpm_net_has_credentials(struct cpm_net *net, const char *registry);

struct cpm_net_call {
    const char *method; /* NULL: GET */
    const char *url;    /* absolute, or below `registry` (the default one when NULL) */
    const char *registry;
    const struct cpm_json *body; /* or NULL */
    const char *header;          /* one more "Name: value", or NULL */
    const char *otp;             /* one-time password, or NULL: the setting otp */
    bool anonymous;              /* no credentials */
    bool any_status;             /* an HTTP status of 400 and more is no error */
    /* out */
    int status;            /* HTTP's */
    struct cpm_json *json; /* of the answer, owned; NULL when it is none */
    struct cpm_str text;   /* of the answer, in the run's arena */
    struct cpm_str headers;
};
/* Errors: CPM_E401, CPM_EOTP, CPM_E403, CPM_E404, CPM_EHTTP …, with npm's words, and the network's.
 * call->json is to be freed in any case. */
int cpm_net_exchange(struct cpm_net *net, struct cpm_net_call *call, struct cpm_error *err);
/* The same; when the registry wants a one-time password and a terminal is there, the user is asked
 * for it, or sent to the address that the registry names. */
int cpm_net_exchange_otp(struct cpm_net *net, struct cpm_net_call *call, struct cpm_error *err);
/* Sends the user to `url` with `title`, and asks `done_url` until it gives a token. */
int cpm_net_web_token(struct cpm_net *net, const char *title, struct cpm_str url,
                      struct cpm_str done_url, const char **token, struct cpm_error *err);
/* The value of an answer's header, or "". */
struct cpm_str cpm_net_header(const struct cpm_net_call *call, const char *name);

int cpm_net_packument(struct cpm_net *net, struct cpm_str name, bool full,
                      const struct cpm_packument **out, struct cpm_error *err);
/* The same for many at once, each name of a list once; out and results are of `count`. A fault of
 * one stands in its own result, with packument NULL. Error: nothing could be asked. */
struct cpm_net_packuments {
    /* in */
    const struct cpm_str *names;
    size_t count;
    bool full;
    bool cached_ok; /* no need to pass the cache by */
    /* out, in the run's arena */
    struct cpm_packument_request *results;
};
int cpm_net_packuments(struct cpm_net *net, struct cpm_net_packuments *all, struct cpm_error *err);
/* *bytes is to be freed with cpm_free. */
int cpm_net_tarball(struct cpm_net *net, struct cpm_str url, struct cpm_str integrity, char **bytes,
                    size_t *size, struct cpm_error *err);

/* "@scope/name" as a path segment, as npm's escapedName: "@scope%2fname". */
const char *cpm_net_escape(struct cpm_arena *arena, struct cpm_str name);
/* encodeURIComponent. */
const char *cpm_net_encode(struct cpm_arena *arena, struct cpm_str text);

#endif
