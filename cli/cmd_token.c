/* cpm token: the tokens of an account. A token is named by the beginning of its key. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/net.h"
#include "cli/print_json.h"
#include "cli/prompt.h"
#include "registry/endpoints.h"

#define ID_MIN    6
#define PAGES_MAX 1000

struct token {
    struct cpm_cli *cli;
    struct cpm_net net;
    struct cpm_json *list; /* owned */
};

/* All pages. The address of the next one must be the registry's own. */
static int fetch(struct token *t, struct cpm_error *err)
{
    const char *url = CPM_ENDPOINT_TOKENS;
    int rc = 0;
    t->list = cpm_json_new_array();
    for (int page = 0; url && rc == 0 && page < PAGES_MAX; page++) {
        struct cpm_net_call call = {.url = url};
        rc = cpm_net_exchange(&t->net, &call, err);
        CPM_JSON_EACH (cpm_json_get(call.json, CPM_STR("objects")), each)
            cpm_json_add(t->list, cpm_json_copy(each));
        struct cpm_str next = cpm_json_get_str(cpm_json_get(call.json, CPM_STR("urls")), "next");
        url = next.len ? cpm_arena_str(t->cli->arena, next).ptr : NULL;
        cpm_json_free(call.json);
    }
    return rc;
}

static struct cpm_str key_of(const struct cpm_json *token)
{
    return cpm_json_get_str(token, "key");
}

/* The shortest beginning of the key, of six or more, that no other key has. */
static struct cpm_str id_of(const struct token *t, const struct cpm_json *token)
{
    struct cpm_str key = key_of(token);
    for (size_t len = ID_MIN; len < key.len; len++) {
        bool taken = false;
        CPM_JSON_EACH (t->list, other)
            taken |= other != token &&
                     cpm_str_eq(cpm_str_sub(key_of(other), 0, len), cpm_str_sub(key, 0, len));
        if (!taken)
            return cpm_str_sub(key, 0, len);
    }
    return key;
}

static const char *cidrs(struct token *t, const struct cpm_json *token)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    CPM_JSON_EACH (cpm_json_get(token, CPM_STR("cidr_whitelist")), cidr)
        cpm_buf_addf(&out, "%s%.*s", out.len ? "," : "", CPM_STR_ARG(cpm_json_str(cidr)));
    const char *text = cpm_arena_strndup(t->cli->arena, cpm_buf_text(&out), out.len);
    cpm_buf_release(&out);
    return text;
}

static void print_line(struct token *t, const struct cpm_json *token, bool parseable)
{
    struct cpm_str id = id_of(t, token), created = cpm_json_get_str(token, "created");
    struct cpm_str shown = cpm_json_get_str(token, "token"), name = cpm_json_get_str(token, "name");
    const char *list = cidrs(t, token);
    bool readonly = cpm_json_truthy(cpm_json_get(token, CPM_STR("readonly")));
    if (parseable) {
        cpm_term_outf(t->cli->term, "%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%s\t%s",
                      CPM_STR_ARG(key_of(token)), CPM_STR_ARG(shown), CPM_STR_ARG(id),
                      CPM_STR_ARG(name), CPM_STR_ARG(created), readonly ? "true" : "false", list);
        return;
    }
    cpm_term_outf(t->cli->term, "Token %.*s… with id %.*s name %.*s created %.*s",
                  CPM_STR_ARG(shown), CPM_STR_ARG(id), CPM_STR_ARG(name),
                  CPM_STR_ARG(cpm_str_sub(created, 0, 10)));
    if (*list)
        cpm_term_outf(t->cli->term, "with IP whitelist: %s", list);
    cpm_term_out(t->cli->term, CPM_STR(""));
}

static int list(struct token *t, struct cpm_error *err)
{
    bool parseable = cpm_config_bool(t->cli->config, "parseable");
    int rc = fetch(t, err);
    if (rc < 0)
        return rc;
    if (cpm_term_json(t->cli->term)) {
        struct cpm_json *copy = cpm_json_copy(t->list), *to = cpm_json_first(copy);
        CPM_JSON_EACH (t->list, token) {
            cpm_json_set_str(to, "id", id_of(t, token));
            to = cpm_json_next(to);
        }
        cpm_print_json(t->cli->term, copy);
        return 0;
    }
    if (parseable)
        cpm_term_out(t->cli->term,
                     CPM_STR("key\ttoken\tid\tname\tcreated\treadonly\tCIDR whitelist"));
    CPM_JSON_EACH (t->list, token)
        print_line(t, token, parseable);
    return 0;
}

/* The key that an argument means: the beginning of one, or a whole token's text. */
static int find(struct token *t, const char *id, struct cpm_str *key, struct cpm_error *err)
{
    size_t matches = 0;
    bool whole = false;
    CPM_JSON_EACH (t->list, token) {
        struct cpm_str shown = cpm_json_get_str(token, "token");
        whole |= shown.len && strncmp(id, shown.ptr, shown.len) == 0;
        if (cpm_str_starts(key_of(token), id)) {
            matches++;
            *key = key_of(token);
        }
    }
    if (matches > 1)
        return cpm_error_set(err, CPM_EUNKNOWN,
                             "Token ID \"%s\" was ambiguous, a new token may have been created "
                             "since you last ran `cpm token list`.",
                             id);
    if (!matches && !whole)
        return cpm_error_set(err, CPM_EUNKNOWN, "Unknown token id or value \"%s\".", id);
    if (!matches)
        *key = cpm_str(id);
    return 0;
}

static int end(struct token *t, struct cpm_str key, struct cpm_error *err)
{
    struct cpm_net_call call = {.method = "DELETE",
                                .url = cpm_arena_printf(t->cli->arena, CPM_ENDPOINT_TOKEN,
                                                        cpm_net_encode(t->cli->arena, key))};
    int rc = cpm_net_exchange_otp(&t->net, &call, err);
    cpm_json_free(call.json);
    return rc;
}

static int revoke_tokens(struct token *t, struct cpm_error *err)
{
    size_t n = (size_t)t->cli->argc - 1;
    struct cpm_str *keys = CPM_NEW_ARRAY(t->cli->arena, struct cpm_str, n + 1);
    if (n == 0)
        return cpm_error_set(err, CPM_EUSAGE, "`<tokenKey>` argument is required.");
    int rc = fetch(t, err);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = find(t, t->cli->argv[i + 1], &keys[i], err);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = end(t, keys[i], err);
    if (rc < 0)
        return rc;
    if (cpm_term_json(t->cli->term)) {
        struct cpm_json *doc = cpm_json_new_array();
        for (size_t i = 0; i < n; i++)
            cpm_json_add(doc, cpm_json_new_str(keys[i]));
        cpm_print_json(t->cli->term, doc);
    } else {
        cpm_term_outf(t->cli->term, "Removed %zu token%s", n, n == 1 ? "" : "s");
    }
    return 0;
}

/* "1.2.3.4/24": numbers up to 255, a length up to 32. */
static bool is_cidr(const char *text)
{
    struct cpm_str rest = cpm_str(text), address, part;
    uint64_t n;
    size_t parts = 0;
    if (!cpm_str_split(&rest, '/', &address) || !cpm_str_u64(rest, &n) || n > 32)
        return false;
    while (address.len && cpm_str_split(&address, '.', &part))
        if (++parts > 4 || !cpm_str_u64(part, &n) || n > 255)
            return false;
    return parts == 4;
}

static void set_list(struct token *t, struct cpm_json *body, const char *key, const char *as)
{
    const char *const *v = cpm_config_list(t->cli->config, key);
    struct cpm_json *array = cpm_json_new_array();
    for (; *v; v++)
        if (**v)
            cpm_json_add(array, cpm_json_new_str(cpm_str(*v)));
    if (cpm_json_count(array))
        cpm_json_set(body, cpm_str(as), array);
    else
        cpm_json_free(array);
}

static void set_text(struct token *t, struct cpm_json *body, const char *key, const char *as)
{
    const char *value = cpm_config_str(t->cli->config, key);
    if (value && *value)
        cpm_json_set_str(body, as, cpm_str(value));
}

static int make_body(struct token *t, struct cpm_json *body, struct cpm_error *err)
{
    const struct cpm_config *config = t->cli->config;
    const char *password = cpm_config_str(config, "password");
    double days = cpm_config_num(config, "expires");
    for (const char *const *cidr = cpm_config_list(config, "cidr"); *cidr; cidr++)
        if (**cidr && !is_cidr(*cidr))
            return cpm_error_set(err, CPM_EUNKNOWN,
                                 "CIDR whitelist contains invalid CIDR entry: %s", *cidr);
    set_text(t, body, "name", "name");
    int rc =
        password && *password ? 0 : cpm_prompt(t->cli, "npm password:", true, NULL, &password, err);
    if (rc < 0)
        return rc;
    cpm_json_set_str(body, "password", cpm_str(password));
    set_text(t, body, "token-description", "description");
    set_list(t, body, "packages", "packages");
    if (cpm_config_bool(config, "packages-all"))
        cpm_json_set(body, CPM_STR("packages_all"), cpm_json_new_bool(true));
    set_list(t, body, "scopes", "scopes");
    set_list(t, body, "orgs", "orgs");
    set_text(t, body, "packages-and-scopes-permission", "packages_and_scopes_permission");
    set_text(t, body, "orgs-permission", "orgs_permission");
    if (days > 0)
        cpm_json_set(body, CPM_STR("expires"), cpm_json_new_number(days));
    set_list(t, body, "cidr", "cidr_whitelist");
    if (cpm_config_bool(config, "bypass-2fa"))
        cpm_json_set(body, CPM_STR("bypass_2fa"), cpm_json_new_bool(true));
    return 0;
}

static void print_created(struct token *t, struct cpm_json *answer)
{
    struct cpm_str expires = cpm_json_get_str(answer, "expires");
    const char *list_ = cidrs(t, answer);
    cpm_json_del(answer, CPM_STR("key"));
    cpm_json_del(answer, CPM_STR("updated"));
    if (cpm_term_json(t->cli->term)) {
        cpm_print_json(t->cli->term, cpm_json_copy(answer));
        return;
    }
    if (cpm_config_bool(t->cli->config, "parseable")) {
        CPM_JSON_EACH (answer, v) {
            struct cpm_buf text = CPM_BUF_INIT(1 << 20);
            if (cpm_json_is(v, CPM_JSON_STRING))
                cpm_buf_add_str(&text, cpm_json_str(v));
            else
                cpm_json_write(v, CPM_STR(""), CPM_STR(""), &text);
            cpm_term_outf(t->cli->term, "%.*s\t%s", CPM_STR_ARG(cpm_json_key(v)),
                          cpm_buf_text(&text));
            cpm_buf_release(&text);
        }
        return;
    }
    cpm_term_outf(t->cli->term, "Created token %.*s",
                  CPM_STR_ARG(cpm_json_get_str(answer, "token")));
    if (*list_)
        cpm_term_outf(t->cli->term, "with IP whitelist: %s", list_);
    if (expires.len)
        cpm_term_outf(t->cli->term, "expires: %.*s", CPM_STR_ARG(expires));
}

static int create(struct token *t, struct cpm_error *err)
{
    struct cpm_json *body = cpm_json_new_object();
    struct cpm_net_call call = {.method = "POST", .url = CPM_ENDPOINT_TOKENS, .body = body};
    int rc = make_body(t, body, err);
    if (rc == 0)
        rc = cpm_net_exchange_otp(&t->net, &call, err);
    if (rc == 0)
        print_created(t, call.json);
    cpm_json_free(call.json);
    cpm_json_free(body);
    return rc;
}

static int run(struct token *t, struct cpm_error *err)
{
    static const struct {
        const char *word;
        int (*run)(struct token *, struct cpm_error *);
    } rows[] = {{"list", list},
                {"ls", list},
                {"rm", revoke_tokens},
                {"delete", revoke_tokens},
                {"revoke", revoke_tokens},
                {"remove", revoke_tokens},
                {"create", create}};
    const char *word = t->cli->argc > 0 ? t->cli->argv[0] : "list";
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].word, word) == 0)
            return rows[i].run(t, err);
    return cpm_error_set(err, CPM_EUSAGE, "%s is not a recognized subcommand.", word);
}

int cpm_cmd_token(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct token t = {.cli = cli};
    int rc = cpm_net_open(cli, &t.net, err);
    (void)exit_code;
    if (rc == 0)
        rc = run(&t, err);
    cpm_json_free(t.list);
    cpm_net_close(&t.net);
    return rc;
}
