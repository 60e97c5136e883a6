/* cpm profile: what the registry knows of the user. Setting one field sends all that may be set,
 * since the registry clears what is left out. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/net.h"
#include "cli/print_json.h"
#include "cli/prompt.h"
#include "registry/endpoints.h"

static const char *const writable[] = {"email",    "password", "fullname", "homepage",
                                       "freenode", "twitter",  "github",   NULL};

struct profile {
    struct cpm_cli *cli;
    struct cpm_net net;
    struct cpm_json *info; /* owned */
    bool json, parseable;
};

static int fetch(struct profile *p, struct cpm_error *err)
{
    struct cpm_net_call call = {.url = CPM_ENDPOINT_PROFILE};
    int rc = cpm_net_exchange(&p->net, &call, err);
    p->info = call.json;
    if (!cpm_json_truthy(cpm_json_get(p->info, CPM_STR("cidr_whitelist"))))
        cpm_json_del(p->info, CPM_STR("cidr_whitelist"));
    return rc;
}

/* Takes neither; *answer is to be freed. Empty texts are sent as null, as the registry wants. */
static int post(struct profile *p, struct cpm_json *body, struct cpm_json **answer,
                struct cpm_error *err)
{
    for (struct cpm_json *v = cpm_json_first(body); v; v = cpm_json_next(v))
        if (cpm_json_is(v, CPM_JSON_STRING) && !cpm_json_str(v).len) {
            struct cpm_str key = cpm_arena_str(p->cli->arena, cpm_json_key(v));
            cpm_json_set(body, key, cpm_json_new_null());
            v = cpm_json_get(body, key);
        }
    struct cpm_net_call call = {.method = "POST", .url = CPM_ENDPOINT_PROFILE, .body = body};
    int rc = cpm_net_exchange_otp(&p->net, &call, err);
    *answer = call.json;
    return rc;
}

static struct cpm_str text_of(struct profile *p, const struct cpm_json *value)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    if (cpm_json_is(value, CPM_JSON_STRING))
        cpm_buf_add_str(&text, cpm_json_str(value));
    else if (cpm_json_truthy(value))
        cpm_json_write(value, CPM_STR(""), CPM_STR(""), &text);
    struct cpm_str copy = cpm_arena_str(p->cli->arena, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return copy;
}

static struct cpm_str second_factor(const struct profile *p)
{
    const struct cpm_json *tfa = cpm_json_get(p->info, CPM_STR("tfa"));
    if (!cpm_json_truthy(tfa) || cpm_json_truthy(cpm_json_get(tfa, CPM_STR("pending"))))
        return CPM_STR("disabled");
    return cpm_json_get_str(tfa, "mode");
}

/* The fields that npm knows, in its order, then the registry's other ones. */
static struct cpm_json *shown(struct profile *p)
{
    static const char *const known[] = {
        "name",    "email",  "two-factor auth", "fullname", "homepage", "freenode",
        "twitter", "github", "created",         "updated",  NULL};
    struct cpm_json *out = cpm_json_new_object();
    bool verified = cpm_json_truthy(cpm_json_get(p->info, CPM_STR("email_verified")));
    for (const char *const *key = known; *key; key++)
        cpm_json_set_str(out, *key, text_of(p, cpm_json_get(p->info, cpm_str(*key))));
    CPM_JSON_EACH (p->info, v) {
        struct cpm_str key = cpm_json_key(v);
        if (!cpm_json_get(out, key) && !cpm_str_is(key, "tfa") &&
            !cpm_str_is(key, "email_verified"))
            cpm_json_set(out, key, cpm_json_new_str(text_of(p, v)));
    }
    cpm_json_set_str(out, "email",
                     cpm_str(cpm_arena_printf(p->cli->arena, "%.*s%s",
                                              CPM_STR_ARG(cpm_json_get_str(out, "email")),
                                              verified ? " (verified)" : "(unverified)")));
    cpm_json_set_str(out, "two-factor auth", second_factor(p));
    return out;
}

/* The fields that the arguments name, parted by commas or blanks, on one line. */
static void print_named(struct profile *p, const struct cpm_json *fields)
{
    struct cpm_buf line = CPM_BUF_INIT(1 << 20);
    size_t n = 0;
    for (int i = 1; i < p->cli->argc; i++) {
        struct cpm_str rest = cpm_str(p->cli->argv[i]), key;
        while (rest.len && cpm_str_split(&rest, ',', &key))
            if (cpm_str_trim(key).len)
                cpm_buf_addf(&line, "%s%.*s", n++ ? "\t" : "",
                             CPM_STR_ARG(cpm_json_str(cpm_json_get(fields, key))));
    }
    cpm_term_out(p->cli->term, cpm_buf_str(&line));
    cpm_buf_release(&line);
}

static void print_parseable(struct profile *p)
{
    CPM_JSON_EACH (p->info, v) {
        struct cpm_str key = cpm_json_key(v);
        struct cpm_str text = cpm_str_is(key, "tfa") ? second_factor(p) : text_of(p, v);
        cpm_term_outf(p->cli->term, "%.*s\t%.*s", CPM_STR_ARG(key), CPM_STR_ARG(text));
    }
}

static int get(struct profile *p, struct cpm_error *err)
{
    int rc = fetch(p, err);
    if (rc < 0)
        return rc;
    if (p->json) {
        cpm_print_json(p->cli->term, cpm_json_copy(p->info));
        return 0;
    }
    struct cpm_json *fields = shown(p);
    if (p->cli->argc > 1)
        print_named(p, fields);
    else if (p->parseable)
        print_parseable(p);
    else
        CPM_JSON_EACH (fields, v)
            cpm_term_outf(p->cli->term, "%.*s: %.*s", CPM_STR_ARG(cpm_json_key(v)),
                          CPM_STR_ARG(cpm_json_str(v)));
    cpm_json_free(fields);
    return 0;
}

static int ask_passwords(struct profile *p, struct cpm_json **out, struct cpm_error *err)
{
    const char *old, *new_, *again;
    int rc = cpm_prompt(p->cli, "Current password:", true, NULL, &old, err);
    do {
        if (rc == 0)
            rc = cpm_prompt(p->cli, "New password:", true, NULL, &new_, err);
        if (rc == 0)
            rc = cpm_prompt(p->cli, "       Again:", true, NULL, &again, err);
        if (rc < 0)
            return rc;
        if (strcmp(new_, again) != 0)
            cpm_term_log(p->cli->term, CPM_LOG_WARN, "profile",
                         "Passwords do not match, please try again.");
    } while (strcmp(new_, again) != 0);
    *out = cpm_json_new_object();
    cpm_json_set_str(*out, "old", cpm_str(old));
    cpm_json_set_str(*out, "new", cpm_str(new_));
    return 0;
}

/* The words behind the key, or two passwords. */
static int new_value(struct profile *p, const char *key, struct cpm_json **out,
                     struct cpm_error *err)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 20);
    bool password = strcmp(key, "password") == 0;
    const char *const *known = writable;
    while (*known && strcmp(*known, key) != 0)
        known++;
    if (password && p->cli->argc > 2)
        return cpm_error_set(err, CPM_EUNKNOWN,
                             "cpm profile set password\nDo not include your current or new "
                             "passwords on the command line.");
    if (!password && p->cli->argc < 3)
        return cpm_error_set(err, CPM_EUNKNOWN, "cpm profile set <prop> <value>");
    if (!*known)
        return cpm_error_set(err, CPM_EUNKNOWN,
                             "\"%s\" is not a property we can set. Valid properties are: email, "
                             "password, fullname, homepage, freenode, twitter, github",
                             key);
    if (password)
        return ask_passwords(p, out, err);
    for (int i = 2; i < p->cli->argc; i++)
        cpm_buf_addf(&text, "%s%s", i > 2 ? " " : "", p->cli->argv[i]);
    *out = cpm_json_new_str(cpm_buf_str(&text));
    cpm_buf_release(&text);
    return 0;
}

static void print_set(struct profile *p, const char *key, const struct cpm_json *answer)
{
    const struct cpm_json *value = cpm_json_get(answer, cpm_str(key));
    struct cpm_str text = text_of(p, value);
    if (p->json) {
        struct cpm_json *doc = cpm_json_new_object();
        if (value)
            cpm_json_set(doc, cpm_str(key), cpm_json_copy(value));
        cpm_print_json(p->cli->term, doc);
    } else if (p->parseable) {
        cpm_term_outf(p->cli->term, "%s\t%.*s", key, CPM_STR_ARG(text));
    } else if (text.len) {
        cpm_term_outf(p->cli->term, "Set %s to %.*s", key, CPM_STR_ARG(text));
    } else {
        cpm_term_outf(p->cli->term, "Set %s", key);
    }
}

static int set(struct profile *p, struct cpm_error *err)
{
    const char *key = p->cli->argc > 1 ? p->cli->argv[1] : "";
    struct cpm_json *value = NULL, *body, *answer = NULL;
    int rc = new_value(p, key, &value, err);
    if (rc == 0)
        rc = fetch(p, err);
    if (rc < 0) {
        cpm_json_free(value);
        return rc;
    }
    body = cpm_json_new_object();
    for (const char *const *k = writable; *k; k++) {
        const struct cpm_json *old = cpm_json_get(p->info, cpm_str(*k));
        if (old)
            cpm_json_set(body, cpm_str(*k), cpm_json_copy(old));
    }
    cpm_json_set(body, cpm_str(key), value);
    rc = post(p, body, &answer, err);
    if (rc == 0)
        print_set(p, key, answer);
    cpm_json_free(answer);
    cpm_json_free(body);
    return rc;
}

static int disable(struct profile *p, struct cpm_error *err)
{
    const char *password;
    struct cpm_json *body, *tfa, *answer = NULL;
    int rc = fetch(p, err);
    if (rc < 0)
        return rc;
    if (cpm_str_is(second_factor(p), "disabled")) {
        cpm_term_out(p->cli->term, CPM_STR("Two factor authentication not enabled."));
        return 0;
    }
    rc = cpm_prompt(p->cli, "npm password:", true, NULL, &password, err);
    if (rc < 0)
        return rc;
    body = cpm_json_new_object();
    tfa = cpm_json_new_object();
    cpm_json_set_str(tfa, "password", cpm_str(password));
    cpm_json_set_str(tfa, "mode", CPM_STR("disable"));
    cpm_json_set(body, CPM_STR("tfa"), tfa);
    rc = post(p, body, &answer, err);
    cpm_json_free(answer);
    cpm_json_free(body);
    if (rc == 0)
        cpm_term_out(p->cli->term, p->json        ? CPM_STR("{\n  \"tfa\": false\n}")
                                   : p->parseable ? CPM_STR("tfa\tfalse")
                                                  : CPM_STR("Two factor authentication disabled."));
    return rc;
}

static bool is_any(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static int run(struct profile *p, struct cpm_error *err)
{
    static const char *const on[] = {"enable-2fa", "enable-tfa", "enable2fa", "enabletfa", NULL};
    static const char *const off[] = {"disable-2fa", "disable-tfa", "disable2fa", "disabletfa",
                                      NULL};
    const char *word = p->cli->argc > 0 ? p->cli->argv[0] : NULL;
    if (!word)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    if (strcmp(word, "get") == 0)
        return get(p, err);
    if (strcmp(word, "set") == 0)
        return set(p, err);
    if (is_any(word, off))
        return disable(p, err);
    if (is_any(word, on))
        return cpm_error_set(err, CPM_EUNSUPPORTED,
                             "cpm cannot enable two-factor authentication yet: do it on the "
                             "registry's page");
    return cpm_error_set(err, CPM_EUNKNOWN, "Unknown profile command: %s", word);
}

int cpm_cmd_profile(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct profile p = {.cli = cli,
                        .json = cpm_term_json(cli->term),
                        .parseable = cpm_config_bool(cli->config, "parseable")};
    int rc = cpm_net_open(cli, &p.net, err);
    (void)exit_code;
    if (rc == 0)
        rc = run(&p, err);
    cpm_json_free(p.info);
    cpm_net_close(&p.net);
    return rc;
}
